/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-draft"

#include "config.h"

#include "app/mw-add-draft.h"

#include <string.h>

struct _MwAddDraft
{
  GObject parent_instance;

  /* Owned */
  char *name;
  MwAddress *address;
  MwDiscoveryResult *result;
  MwSettings *settings;
  char *region;
  char *username;                         /* where it does not follow from the address */
  MwServer *picked[MW_PROTOCOL_SMTP + 1]; /* taken from another source, by protocol */
  MwServer *by_hand[MW_HALF_OUTGOING + 1];

  /* Not owned: lives as long as the session */
  MwProviderDb *providers;

  MwProtocol incoming;
  gboolean has_by_hand;
  gboolean accepted;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwAddDraft, mw_add_draft, G_TYPE_OBJECT)

static void
emit_changed (MwAddDraft *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
forget_picks (MwAddDraft *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->picked); i++)
    g_clear_pointer (&self->picked[i], mw_server_unref);
  g_clear_pointer (&self->region, g_free);
  g_clear_pointer (&self->username, g_free);
  self->incoming = MW_PROTOCOL_UNKNOWN;
  self->accepted = FALSE;
}

static void
forget_by_hand (MwAddDraft *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->by_hand); i++)
    g_clear_pointer (&self->by_hand[i], mw_server_unref);
  self->has_by_hand = FALSE;
}

static void
mw_add_draft_finalize (GObject *object)
{
  MwAddDraft *self = MW_ADD_DRAFT (object);

  forget_picks (self);
  forget_by_hand (self);
  g_free (self->name);
  g_clear_pointer (&self->address, mw_address_unref);
  g_clear_pointer (&self->result, mw_discovery_result_unref);
  g_clear_pointer (&self->settings, mw_settings_unref);

  G_OBJECT_CLASS (mw_add_draft_parent_class)->finalize (object);
}

static void
mw_add_draft_class_init (MwAddDraftClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_add_draft_finalize;

  signals[CHANGED] = g_signal_new ("changed", MW_TYPE_ADD_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
mw_add_draft_init (MwAddDraft *self)
{
  self->name = g_strdup ("");
}

/**
 * mw_add_draft_new:
 * @providers: the provider database; has to outlive the draft
 *
 * Returns: (transfer full): an empty draft
 */
MwAddDraft *
mw_add_draft_new (MwProviderDb *providers)
{
  MwAddDraft *self = g_object_new (MW_TYPE_ADD_DRAFT, NULL);

  self->providers = providers;
  return self;
}

/**
 * mw_add_draft_set_identity:
 * @self: a draft
 * @name: the person's name, may be empty
 * @address: the address; another one than before makes everything else be forgotten, but what was
 *   typed by hand
 */
void
mw_add_draft_set_identity (MwAddDraft *self, const char *name, MwAddress *address)
{
  g_set_str (&self->name, name);
  if (self->address == NULL ||
      strcmp (mw_address_get_text (self->address), mw_address_get_text (address)) != 0)
    {
      g_clear_pointer (&self->result, mw_discovery_result_unref);
      g_clear_pointer (&self->settings, mw_settings_unref);
      forget_picks (self);
    }
  mw_address_ref (address);
  g_clear_pointer (&self->address, mw_address_unref);
  self->address = address;
  emit_changed (self);
}

/**
 * mw_add_draft_get_address:
 * @self: a draft
 *
 * Returns: (transfer none) (nullable): the address
 */
MwAddress *
mw_add_draft_get_address (MwAddDraft *self)
{
  return self->address;
}

/**
 * mw_add_draft_get_name:
 * @self: a draft
 *
 * Returns: (transfer none): the person's name, may be empty
 */
const char *
mw_add_draft_get_name (MwAddDraft *self)
{
  return self->name;
}

/* Of some providers nothing is known but a page of help, and of others no server before a region is
 * chosen: that is worth showing too */
static gboolean
is_worth_showing (MwAddDraft *self, MwSettings *settings)
{
  const MwProvider *provider = settings->provider != NULL
                                   ? mw_provider_db_lookup_id (self->providers, settings->provider)
                                   : NULL;

  return provider != NULL && (mw_provider_get_service (provider) != MW_PROVIDER_SERVICE_MAILBOX ||
                              mw_provider_get_regions (provider)[0] != NULL);
}

/* The best complete settings, else those of a provider that can be shown without */
static MwSettings *
choose_settings (MwAddDraft *self, MwDiscoveryResult *result)
{
  MwSettings *settings = mw_discovery_result_get_chosen_settings (result);
  GPtrArray *all = mw_discovery_result_get_settings (result);

  for (guint i = 0; i < all->len && settings == NULL; i++)
    if (is_worth_showing (self, g_ptr_array_index (all, i)))
      settings = g_ptr_array_index (all, i);
  return settings;
}

/**
 * mw_add_draft_set_result:
 * @self: a draft
 * @result: (nullable): what the sources say; %NULL: nothing
 *
 * Takes the best settings from @result. What the person picked before stays picked as long as the
 * same source is the best one.
 */
void
mw_add_draft_set_result (MwAddDraft *self, MwDiscoveryResult *result)
{
  MwSettings *settings = result != NULL ? choose_settings (self, result) : NULL;
  gboolean same = settings != NULL && self->settings != NULL &&
                  settings->source == self->settings->source &&
                  g_strcmp0 (settings->origin, self->settings->origin) == 0;

  if (result != NULL)
    mw_discovery_result_ref (result);
  g_clear_pointer (&self->result, mw_discovery_result_unref);
  self->result = result;
  if (!same)
    forget_picks (self);
  if (settings != NULL)
    mw_settings_ref (settings);
  g_clear_pointer (&self->settings, mw_settings_unref);
  self->settings = settings;
  emit_changed (self);
}

/**
 * mw_add_draft_set_settings:
 * @self: a draft
 * @settings: (nullable): settings that did not come from a search: of a file that the person
 *   opened; %NULL: none any more
 */
void
mw_add_draft_set_settings (MwAddDraft *self, MwSettings *settings)
{
  g_clear_pointer (&self->result, mw_discovery_result_unref);
  forget_picks (self);
  if (settings != NULL)
    mw_settings_ref (settings);
  g_clear_pointer (&self->settings, mw_settings_unref);
  self->settings = settings;
  emit_changed (self);
}

/**
 * mw_add_draft_get_result:
 * @self: a draft
 *
 * Returns: (transfer none) (nullable): what the sources said
 */
MwDiscoveryResult *
mw_add_draft_get_result (MwAddDraft *self)
{
  return self->result;
}

/**
 * mw_add_draft_get_settings:
 * @self: a draft
 *
 * Returns: (transfer none) (nullable): the settings that the draft starts from
 */
MwSettings *
mw_add_draft_get_settings (MwAddDraft *self)
{
  return self->settings;
}

static const MwProvider *
provider_of_server (MwAddDraft *self, MwServer *server)
{
  MwProtocol protocol;

  return server != NULL
             ? mw_provider_db_lookup_host (self->providers, mw_server_get_host (server), &protocol)
             : NULL;
}

/**
 * mw_add_draft_get_provider:
 * @self: a draft
 *
 * Returns: (transfer none) (nullable): whose servers they are, as far as the database knows
 */
const MwProvider *
mw_add_draft_get_provider (MwAddDraft *self)
{
  const MwProvider *provider = NULL;

  if (self->has_by_hand)
    {
      provider = provider_of_server (self, self->by_hand[MW_HALF_INCOMING]);
      if (provider == NULL)
        provider = provider_of_server (self, self->by_hand[MW_HALF_OUTGOING]);
      return provider;
    }
  if (self->settings != NULL && self->settings->provider != NULL)
    provider = mw_provider_db_lookup_id (self->providers, self->settings->provider);
  if (provider == NULL && self->address != NULL)
    provider =
        mw_provider_db_lookup_domain (self->providers, mw_address_get_domain_ascii (self->address));
  return provider;
}

/* The servers of the region that was chosen, where the provider has some; else of the settings */
static MwServer *
find_in_settings (MwAddDraft *self, MwProtocol protocol)
{
  const MwProvider *provider;
  g_autoptr (GPtrArray) servers = NULL;
  MwServer *server;

  if (self->settings == NULL)
    return NULL;
  if (self->region != NULL && (provider = mw_add_draft_get_provider (self)) != NULL)
    {
      servers = mw_provider_get_servers_in_region (provider, self->address, self->region);
      for (guint i = 0; servers != NULL && i < servers->len; i++)
        if (mw_server_get_protocol (g_ptr_array_index (servers, i)) == protocol)
          return mw_server_ref (g_ptr_array_index (servers, i));
    }
  server = mw_settings_find (self->settings, protocol);
  return server != NULL ? mw_server_ref (server) : NULL;
}

static gboolean
lacks_username (MwServer *server)
{
  return mw_server_get_username (server) == NULL &&
         g_strcmp0 (mw_server_get_mechanism (server), MW_MECHANISM_NONE) != 0;
}

/**
 * mw_add_draft_offers:
 * @self: a draft
 * @protocol: a protocol
 *
 * Returns: whether the settings have a server for @protocol
 */
gboolean
mw_add_draft_offers (MwAddDraft *self, MwProtocol protocol)
{
  g_autoptr (MwServer) server = mw_add_draft_dup_server (self, protocol);

  return server != NULL;
}

/**
 * mw_add_draft_get_incoming:
 * @self: a draft
 *
 * Returns: how mail is received: IMAP unless the person chose POP3 or there is nothing else;
 *   %MW_PROTOCOL_UNKNOWN when it is not
 */
MwProtocol
mw_add_draft_get_incoming (MwAddDraft *self)
{
  if (self->incoming != MW_PROTOCOL_UNKNOWN && mw_add_draft_offers (self, self->incoming))
    return self->incoming;
  if (mw_add_draft_offers (self, MW_PROTOCOL_IMAP))
    return MW_PROTOCOL_IMAP;
  return mw_add_draft_offers (self, MW_PROTOCOL_POP3) ? MW_PROTOCOL_POP3 : MW_PROTOCOL_UNKNOWN;
}

/**
 * mw_add_draft_set_incoming:
 * @self: a draft
 * @protocol: IMAP or POP3
 */
void
mw_add_draft_set_incoming (MwAddDraft *self, MwProtocol protocol)
{
  if (self->incoming == protocol)
    return;
  self->incoming = protocol;
  emit_changed (self);
}

/**
 * mw_add_draft_get_region:
 * @self: a draft
 *
 * Returns: (transfer none) (nullable): the provider's region that was chosen
 */
const char *
mw_add_draft_get_region (MwAddDraft *self)
{
  return self->region;
}

/**
 * mw_add_draft_set_region:
 * @self: a draft
 * @region: (nullable): one of mw_provider_get_regions()
 */
void
mw_add_draft_set_region (MwAddDraft *self, const char *region)
{
  if (g_set_str (&self->region, region))
    emit_changed (self);
}

/**
 * mw_add_draft_dup_server:
 * @self: a draft
 * @protocol: a protocol
 *
 * Returns: (transfer full) (nullable): the server for @protocol as it was found or picked; what was
 *   typed by hand does not count here
 */
MwServer *
mw_add_draft_dup_server (MwAddDraft *self, MwProtocol protocol)
{
  g_autoptr (MwServer) server = NULL;

  g_return_val_if_fail (protocol > MW_PROTOCOL_UNKNOWN && protocol <= MW_PROTOCOL_SMTP, NULL);

  if (self->picked[protocol] != NULL)
    server = mw_server_ref (self->picked[protocol]);
  else
    server = find_in_settings (self, protocol);
  if (server != NULL && lacks_username (server) && self->username != NULL)
    return mw_server_with_username (server, self->username);
  return g_steal_pointer (&server);
}

/**
 * mw_add_draft_lacks_username:
 * @self: a draft
 *
 * Returns: whether some server wants a login name that nobody can know but the person: it has to be
 *   typed; also when that was done
 */
gboolean
mw_add_draft_lacks_username (MwAddDraft *self)
{
  for (MwProtocol protocol = MW_PROTOCOL_IMAP; protocol <= MW_PROTOCOL_SMTP; protocol++)
    {
      g_autoptr (MwServer) server = find_in_settings (self, protocol);

      if (server != NULL && lacks_username (server))
        return TRUE;
    }
  return FALSE;
}

/**
 * mw_add_draft_get_username:
 * @self: a draft
 *
 * Returns: (transfer none) (nullable): the login name that was typed, where one was lacking
 */
const char *
mw_add_draft_get_username (MwAddDraft *self)
{
  return self->username;
}

/**
 * mw_add_draft_set_username:
 * @self: a draft
 * @username: the login name for servers that lack one; empty for none
 */
void
mw_add_draft_set_username (MwAddDraft *self, const char *username)
{
  if (g_set_str (&self->username, username != NULL && *username != '\0' ? username : NULL))
    emit_changed (self);
}

/**
 * mw_add_draft_dup_half:
 * @self: a draft
 * @half: receiving or sending
 *
 * Returns: (transfer full) (nullable): the server that the account will have
 */
MwServer *
mw_add_draft_dup_half (MwAddDraft *self, MwHalf half)
{
  MwProtocol protocol = MW_PROTOCOL_SMTP;

  if (self->has_by_hand)
    return self->by_hand[half] != NULL ? mw_server_ref (self->by_hand[half]) : NULL;
  if (half == MW_HALF_INCOMING)
    protocol = mw_add_draft_get_incoming (self);
  return protocol != MW_PROTOCOL_UNKNOWN ? mw_add_draft_dup_server (self, protocol) : NULL;
}

/**
 * mw_add_draft_dup_known:
 * @self: a draft
 * @half: receiving or sending
 *
 * Returns: (transfer full) (nullable): what a form can be filled with: the server that the account
 *   would have, else the first that some source names, however little that source knows
 */
MwServer *
mw_add_draft_dup_known (MwAddDraft *self, MwHalf half)
{
  MwServer *server = mw_add_draft_dup_half (self, half);
  GPtrArray *all = self->result != NULL ? mw_discovery_result_get_settings (self->result) : NULL;

  for (guint i = 0; all != NULL && server == NULL && i < all->len; i++)
    {
      MwSettings *settings = g_ptr_array_index (all, i);
      MwServer *found = mw_settings_find (settings, half == MW_HALF_OUTGOING ? MW_PROTOCOL_SMTP
                                                                             : MW_PROTOCOL_IMAP);

      if (found == NULL && half == MW_HALF_INCOMING)
        found = mw_settings_find (settings, MW_PROTOCOL_POP3);
      if (found != NULL)
        server = mw_server_ref (found);
    }
  return server;
}

/**
 * mw_add_draft_is_ready:
 * @self: a draft
 *
 * Returns: whether it has all that an account needs, but the password
 */
gboolean
mw_add_draft_is_ready (MwAddDraft *self)
{
  gboolean any = FALSE;

  if (!mw_add_draft_is_trusted (self) && !self->accepted)
    return FALSE;
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      g_autoptr (MwServer) server = mw_add_draft_dup_half (self, half);

      if (server == NULL)
        continue;
      any = TRUE;
      if (!self->has_by_hand && lacks_username (server))
        return FALSE;
    }
  return any;
}

/* "imap.host" -> IMAP and "host" */
static MwProtocol
split_field (const char *field, const char **part)
{
  const char *dot = strchr (field, '.');
  g_autofree char *name = dot != NULL ? g_strndup (field, (gsize) (dot - field)) : NULL;

  if (name == NULL)
    return MW_PROTOCOL_UNKNOWN;
  *part = dot + 1;
  return mw_protocol_from_string (name);
}

static char *
dup_part (MwServer *server, const char *part)
{
  if (strcmp (part, "host") == 0)
    return g_strdup (mw_server_get_host (server));
  if (strcmp (part, "port") == 0)
    return g_strdup_printf ("%u", mw_server_get_port (server));
  if (strcmp (part, "security") == 0)
    return g_strdup (mw_security_to_string (mw_server_get_security (server)));
  if (strcmp (part, "username") == 0)
    return g_strdup (mw_server_get_username (server));
  return NULL;
}

/**
 * mw_add_draft_dup_value:
 * @self: a draft
 * @field: "imap.host", "smtp.username" ... as in #MwDiscoveryConflict
 *
 * Returns: (transfer full) (nullable): the value of @field as it stands now
 */
char *
mw_add_draft_dup_value (MwAddDraft *self, const char *field)
{
  const char *part;
  MwProtocol protocol = split_field (field, &part);
  g_autoptr (MwServer) server = NULL;

  if (protocol == MW_PROTOCOL_UNKNOWN)
    return NULL;
  server = mw_add_draft_dup_server (self, protocol);
  return server != NULL ? dup_part (server, part) : NULL;
}

/* How much of two servers is equal: of those that fit, the nearest to what stands there is taken */
static int
likeness (MwServer *a, MwServer *b)
{
  return 4 * (strcmp (mw_server_get_host (a), mw_server_get_host (b)) == 0) +
         2 * (mw_server_get_port (a) == mw_server_get_port (b)) +
         (mw_server_get_security (a) == mw_server_get_security (b));
}

/**
 * mw_add_draft_take_value:
 * @self: a draft
 * @field: "imap.host", "smtp.username" ... as in #MwDiscoveryConflict
 * @value: a value that some source gives for @field
 *
 * Takes the value of another source. Name, port and security of a server belong together: a mixture
 * that no source knows does not come about, so the others follow where they have to.
 */
void
mw_add_draft_take_value (MwAddDraft *self, const char *field, const char *value)
{
  const char *part = "";
  MwProtocol protocol = split_field (field, &part);
  g_autoptr (MwServer) current = NULL;
  GPtrArray *all;
  MwServer *best = NULL;
  int best_likeness = -1;

  g_return_if_fail (protocol != MW_PROTOCOL_UNKNOWN);

  current = mw_add_draft_dup_server (self, protocol);
  if (current == NULL || self->result == NULL)
    return;
  all = mw_discovery_result_get_settings (self->result);
  for (guint i = 0; i < all->len; i++)
    {
      MwServer *server = mw_settings_find (g_ptr_array_index (all, i), protocol);
      g_autofree char *said = server != NULL ? dup_part (server, part) : NULL;

      if (g_strcmp0 (said, value) == 0 && likeness (server, current) > best_likeness)
        {
          best = server;
          best_likeness = likeness (server, current);
        }
    }
  if (best == NULL)
    return;
  g_clear_pointer (&self->picked[protocol], mw_server_unref);
  self->picked[protocol] =
      strcmp (part, "username") == 0
          ? mw_server_with_username (current, value)
          : mw_server_with_endpoint (current, mw_server_get_host (best), mw_server_get_port (best),
                                     mw_server_get_security (best));
  self->accepted = FALSE;
  emit_changed (self);
}

/**
 * mw_add_draft_get_n_conflicts:
 * @self: a draft
 *
 * Returns: about how many values the sources disagree
 */
guint
mw_add_draft_get_n_conflicts (MwAddDraft *self)
{
  return self->result != NULL ? mw_discovery_result_get_conflicts (self->result)->len : 0;
}

static gboolean
lists_endpoint (MwSettings *settings, MwServer *server)
{
  for (guint i = 0; i < settings->servers->len; i++)
    if (mw_server_same_endpoint (g_ptr_array_index (settings->servers, i), server))
      return TRUE;
  return FALSE;
}

/* What one trusted source names may be trusted, whoever names it too. What no source names was
 * typed by the person, or is in the region of a provider of the database. */
static gboolean
server_is_trusted (MwAddDraft *self, MwServer *server)
{
  GPtrArray *all = self->result != NULL ? mw_discovery_result_get_settings (self->result) : NULL;
  gboolean named = FALSE;

  if (self->settings != NULL && lists_endpoint (self->settings, server))
    {
      if (self->settings->trusted)
        return TRUE;
      named = TRUE;
    }
  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      MwSettings *settings = g_ptr_array_index (all, i);

      if (!lists_endpoint (settings, server))
        continue;
      if (settings->trusted)
        return TRUE;
      named = TRUE;
    }
  return !named;
}

/**
 * mw_add_draft_is_trusted:
 * @self: a draft
 *
 * Returns: whether the servers may be used without asking the person first
 */
gboolean
mw_add_draft_is_trusted (MwAddDraft *self)
{
  g_auto (GStrv) hosts = mw_add_draft_dup_strange_hosts (self);

  return hosts[0] == NULL;
}

/**
 * mw_add_draft_dup_strange_hosts:
 * @self: a draft
 *
 * Returns: (transfer full) (array zero-terminated=1): the hosts that the person has to confirm
 *   first, none twice; not those that the person typed
 */
GStrv
mw_add_draft_dup_strange_hosts (MwAddDraft *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *first = NULL;

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      g_autoptr (MwServer) server = mw_add_draft_dup_half (self, half);

      if (server == NULL || server_is_trusted (self, server) ||
          g_strcmp0 (first, mw_server_get_host (server)) == 0)
        continue;
      g_strv_builder_add (builder, mw_server_get_host (server));
      g_set_str (&first, mw_server_get_host (server));
    }
  return g_strv_builder_end (builder);
}

/**
 * mw_add_draft_get_accepted:
 * @self: a draft
 *
 * Returns: whether the person confirmed the servers
 */
gboolean
mw_add_draft_get_accepted (MwAddDraft *self)
{
  return self->accepted;
}

/**
 * mw_add_draft_set_accepted:
 * @self: a draft
 * @accepted: whether the person confirms the servers that stand there now
 */
void
mw_add_draft_set_accepted (MwAddDraft *self, gboolean accepted)
{
  if (self->accepted == accepted)
    return;
  self->accepted = accepted;
  emit_changed (self);
}

/**
 * mw_add_draft_set_by_hand:
 * @self: a draft
 * @incoming: (nullable): to receive with
 * @outgoing: (nullable): to send with
 *
 * From now on these servers count, and not what was found.
 */
void
mw_add_draft_set_by_hand (MwAddDraft *self, MwServer *incoming, MwServer *outgoing)
{
  if (incoming != NULL)
    mw_server_ref (incoming);
  if (outgoing != NULL)
    mw_server_ref (outgoing);
  forget_by_hand (self);
  self->by_hand[MW_HALF_INCOMING] = incoming;
  self->by_hand[MW_HALF_OUTGOING] = outgoing;
  self->has_by_hand = TRUE;
  emit_changed (self);
}

/**
 * mw_add_draft_clear_by_hand:
 * @self: a draft
 *
 * What was found counts again.
 */
void
mw_add_draft_clear_by_hand (MwAddDraft *self)
{
  if (!self->has_by_hand)
    return;
  forget_by_hand (self);
  emit_changed (self);
}

/**
 * mw_add_draft_get_by_hand:
 * @self: a draft
 *
 * Returns: whether servers were typed by hand
 */
gboolean
mw_add_draft_get_by_hand (MwAddDraft *self)
{
  return self->has_by_hand;
}

/**
 * mw_add_draft_get_password_kind:
 * @self: a draft
 *
 * Returns: (transfer none) (nullable): what is to be typed as the password: "password",
 *   "app-password", "authorization-code" ...; "oauth2" when nothing can be typed, since only the
 *   provider's own sign-in page opens the mailbox; %NULL when no server asks for a login
 */
const char *
mw_add_draft_get_password_kind (MwAddDraft *self)
{
  const char *kind = NULL;

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING && kind == NULL; half++)
    {
      g_autoptr (MwServer) server = mw_add_draft_dup_half (self, half);
      const MwProvider *provider;
      const char *const *kinds;

      if (server == NULL || !mw_server_needs_login (server))
        continue;
      kinds = mw_server_get_authentications (server);
      /* Servers that somebody typed know nothing about passwords, but their provider may */
      if ((kinds == NULL || kinds[0] == NULL) &&
          (provider = provider_of_server (self, server)) != NULL)
        kinds = mw_provider_get_authentications (provider);
      kind = "password";
      for (gsize i = 0; kinds != NULL && kinds[i] != NULL; i++)
        {
          /* Static: the array may be gone with the server */
          kind = g_intern_string (kinds[i]);
          if (strcmp (kind, "oauth2") != 0)
            break;
        }
    }
  return kind;
}

/**
 * mw_add_draft_apply:
 * @self: a draft with an address
 * @account: a new account, or a copy of one that this draft made before
 *
 * Puts all that the draft holds into @account.
 */
void
mw_add_draft_apply (MwAddDraft *self, MwAccount *account)
{
  const MwProvider *provider = mw_add_draft_get_provider (self);

  mw_account_set_address (account, self->address);
  mw_account_set_name (account, self->name);
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      g_autoptr (MwServer) server = mw_add_draft_dup_half (self, half);

      mw_account_set_server (account, half, server);
    }
  mw_account_set_provider (account, provider != NULL ? mw_provider_get_id (provider) : NULL);
}
