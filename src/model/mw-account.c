/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-account"

#include "config.h"

#include "model/mw-account.h"

struct _MwAccount
{
  GObject parent_instance;

  /* Owned */
  char *id;
  MwAddress *address;
  char *name;
  char *reply_to;
  char *organization;
  char *provider;
  MwServer *servers[2];
  char *pins[2];
  char *etag;

  gboolean leave_on_server;
  gboolean separate_passwords;
};

enum
{
  PROP_ID = 1,
  PROP_ADDRESS,
  PROP_NAME,
  PROP_REPLY_TO,
  PROP_ORGANIZATION,
  PROP_PROVIDER,
  PROP_INCOMING,
  PROP_OUTGOING,
  PROP_LEAVE_ON_SERVER,
  PROP_SEPARATE_PASSWORDS,
  PROP_INCOMING_PIN,
  PROP_OUTGOING_PIN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MwAccount, mw_account, G_TYPE_OBJECT)

/**
 * mw_half_to_string:
 * @half: a half of an account
 *
 * Returns: "incoming" or "outgoing": stable, untranslated
 */
const char *
mw_half_to_string (MwHalf half)
{
  return half == MW_HALF_INCOMING ? "incoming" : "outgoing";
}

static void
set_string (MwAccount *self, char **field, const char *value, guint property)
{
  if (value != NULL && *value == '\0')
    value = NULL;
  if (g_set_str (field, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
mw_account_dispose (GObject *object)
{
  MwAccount *self = MW_ACCOUNT (object);

  g_clear_pointer (&self->address, mw_address_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (self->servers); i++)
    g_clear_pointer (&self->servers[i], mw_server_unref);

  G_OBJECT_CLASS (mw_account_parent_class)->dispose (object);
}

static void
mw_account_finalize (GObject *object)
{
  MwAccount *self = MW_ACCOUNT (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->reply_to);
  g_free (self->organization);
  g_free (self->provider);
  g_free (self->etag);
  for (gsize i = 0; i < G_N_ELEMENTS (self->pins); i++)
    g_free (self->pins[i]);

  G_OBJECT_CLASS (mw_account_parent_class)->finalize (object);
}

static void
mw_account_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MwAccount *self = MW_ACCOUNT (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_ADDRESS:
      g_value_set_boxed (value, self->address);
      break;
    case PROP_NAME:
      g_value_set_string (value, mw_account_get_name (self));
      break;
    case PROP_REPLY_TO:
      g_value_set_string (value, self->reply_to);
      break;
    case PROP_ORGANIZATION:
      g_value_set_string (value, self->organization);
      break;
    case PROP_PROVIDER:
      g_value_set_string (value, self->provider);
      break;
    case PROP_INCOMING:
    case PROP_OUTGOING:
      g_value_set_boxed (value, self->servers[prop_id - PROP_INCOMING]);
      break;
    case PROP_LEAVE_ON_SERVER:
      g_value_set_boolean (value, self->leave_on_server);
      break;
    case PROP_SEPARATE_PASSWORDS:
      g_value_set_boolean (value, self->separate_passwords);
      break;
    case PROP_INCOMING_PIN:
    case PROP_OUTGOING_PIN:
      g_value_set_string (value, self->pins[prop_id - PROP_INCOMING_PIN]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mw_account_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MwAccount *self = MW_ACCOUNT (object);

  switch (prop_id)
    {
    case PROP_ID:
      self->id = g_value_dup_string (value);
      break;
    case PROP_ADDRESS:
      if (g_value_get_boxed (value) != NULL)
        mw_account_set_address (self, g_value_get_boxed (value));
      break;
    case PROP_NAME:
      mw_account_set_name (self, g_value_get_string (value));
      break;
    case PROP_REPLY_TO:
      mw_account_set_reply_to (self, g_value_get_string (value));
      break;
    case PROP_ORGANIZATION:
      mw_account_set_organization (self, g_value_get_string (value));
      break;
    case PROP_PROVIDER:
      mw_account_set_provider (self, g_value_get_string (value));
      break;
    case PROP_INCOMING:
    case PROP_OUTGOING:
      mw_account_set_server (self, prop_id - PROP_INCOMING, g_value_get_boxed (value));
      break;
    case PROP_LEAVE_ON_SERVER:
      mw_account_set_leave_on_server (self, g_value_get_boolean (value));
      break;
    case PROP_SEPARATE_PASSWORDS:
      mw_account_set_separate_passwords (self, g_value_get_boolean (value));
      break;
    case PROP_INCOMING_PIN:
    case PROP_OUTGOING_PIN:
      mw_account_set_pin (self, prop_id - PROP_INCOMING_PIN, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mw_account_constructed (GObject *object)
{
  MwAccount *self = MW_ACCOUNT (object);

  G_OBJECT_CLASS (mw_account_parent_class)->constructed (object);

  if (self->id == NULL)
    self->id = g_uuid_string_random ();
}

static void
mw_account_class_init (MwAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = mw_account_dispose;
  object_class->finalize = mw_account_finalize;
  object_class->constructed = mw_account_constructed;
  object_class->get_property = mw_account_get_property;
  object_class->set_property = mw_account_set_property;

  properties[PROP_ID] = g_param_spec_string (
      "id", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_ADDRESS] = g_param_spec_boxed ("address", NULL, NULL, MW_TYPE_ADDRESS, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  properties[PROP_REPLY_TO] = g_param_spec_string ("reply-to", NULL, NULL, NULL, flags);
  properties[PROP_ORGANIZATION] = g_param_spec_string ("organization", NULL, NULL, NULL, flags);
  properties[PROP_PROVIDER] = g_param_spec_string ("provider", NULL, NULL, NULL, flags);
  properties[PROP_INCOMING] = g_param_spec_boxed ("incoming", NULL, NULL, MW_TYPE_SERVER, flags);
  properties[PROP_OUTGOING] = g_param_spec_boxed ("outgoing", NULL, NULL, MW_TYPE_SERVER, flags);
  properties[PROP_LEAVE_ON_SERVER] =
      g_param_spec_boolean ("leave-on-server", NULL, NULL, TRUE, flags);
  properties[PROP_SEPARATE_PASSWORDS] =
      g_param_spec_boolean ("separate-passwords", NULL, NULL, FALSE, flags);
  properties[PROP_INCOMING_PIN] = g_param_spec_string ("incoming-pin", NULL, NULL, NULL, flags);
  properties[PROP_OUTGOING_PIN] = g_param_spec_string ("outgoing-pin", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mw_account_init (MwAccount *self)
{
  self->leave_on_server = TRUE;
}

/**
 * mw_account_new:
 * @address: the mail address
 *
 * Returns: (transfer full): an account with a fresh random id, the name that was typed with
 *   @address, and no servers yet
 */
MwAccount *
mw_account_new (MwAddress *address)
{
  g_return_val_if_fail (address != NULL, NULL);

  return g_object_new (MW_TYPE_ACCOUNT, "address", address, "name", mw_address_get_name (address),
                       NULL);
}

/**
 * mw_account_copy:
 * @self: an account
 *
 * Returns: (transfer full): an account that is equal to @self, its id too
 */
MwAccount *
mw_account_copy (MwAccount *self)
{
  MwAccount *copy;

  g_return_val_if_fail (MW_IS_ACCOUNT (self), NULL);

  copy = g_object_new (MW_TYPE_ACCOUNT, "id", self->id, "address", self->address, "name",
                       self->name, "reply-to", self->reply_to, "organization", self->organization,
                       "provider", self->provider, "incoming", self->servers[MW_HALF_INCOMING],
                       "outgoing", self->servers[MW_HALF_OUTGOING], "leave-on-server",
                       self->leave_on_server, "separate-passwords", self->separate_passwords,
                       "incoming-pin", self->pins[MW_HALF_INCOMING], "outgoing-pin",
                       self->pins[MW_HALF_OUTGOING], NULL);
  copy->etag = g_strdup (self->etag);
  return copy;
}

/**
 * mw_account_get_id:
 * @self: an account
 *
 * Returns: (transfer none): its UUID, lower case; it never changes
 */
const char *
mw_account_get_id (MwAccount *self)
{
  return self->id;
}

/**
 * mw_account_get_address:
 * @self: an account
 *
 * Returns: (transfer none): its mail address
 */
MwAddress *
mw_account_get_address (MwAccount *self)
{
  return self->address;
}

/**
 * mw_account_set_address:
 * @self: an account
 * @address: its mail address
 */
void
mw_account_set_address (MwAccount *self, MwAddress *address)
{
  g_return_if_fail (address != NULL);

  if (self->address == address)
    return;
  g_clear_pointer (&self->address, mw_address_unref);
  self->address = mw_address_ref (address);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

/**
 * mw_account_get_name:
 * @self: an account
 *
 * Returns: (transfer none): the name of the person, as it stands in the From header; may be ""
 */
const char *
mw_account_get_name (MwAccount *self)
{
  return self->name != NULL ? self->name : "";
}

/**
 * mw_account_set_name:
 * @self: an account
 * @name: (nullable): the name of the person
 */
void
mw_account_set_name (MwAccount *self, const char *name)
{
  set_string (self, &self->name, name, PROP_NAME);
}

/**
 * mw_account_get_reply_to:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): the address that answers shall go to
 */
const char *
mw_account_get_reply_to (MwAccount *self)
{
  return self->reply_to;
}

/**
 * mw_account_set_reply_to:
 * @self: an account
 * @reply_to: (nullable): the address that answers shall go to
 */
void
mw_account_set_reply_to (MwAccount *self, const char *reply_to)
{
  set_string (self, &self->reply_to, reply_to, PROP_REPLY_TO);
}

/**
 * mw_account_get_organization:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): the organisation, as in the Organization header
 */
const char *
mw_account_get_organization (MwAccount *self)
{
  return self->organization;
}

/**
 * mw_account_set_organization:
 * @self: an account
 * @organization: (nullable): the organisation
 */
void
mw_account_set_organization (MwAccount *self, const char *organization)
{
  set_string (self, &self->organization, organization, PROP_ORGANIZATION);
}

/**
 * mw_account_get_provider:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): the id of its provider in the provider database
 */
const char *
mw_account_get_provider (MwAccount *self)
{
  return self->provider;
}

/**
 * mw_account_set_provider:
 * @self: an account
 * @provider: (nullable): a provider's id
 */
void
mw_account_set_provider (MwAccount *self, const char *provider)
{
  set_string (self, &self->provider, provider, PROP_PROVIDER);
}

/**
 * mw_account_get_server:
 * @self: an account
 * @half: which half
 *
 * Returns: (transfer none) (nullable): the server of that half
 */
MwServer *
mw_account_get_server (MwAccount *self, MwHalf half)
{
  return self->servers[half];
}

/**
 * mw_account_set_server:
 * @self: an account
 * @half: which half
 * @server: (nullable): its server: IMAP or POP3 for receiving, SMTP for sending
 */
void
mw_account_set_server (MwAccount *self, MwHalf half, MwServer *server)
{
  g_return_if_fail (server == NULL || (half == MW_HALF_OUTGOING) ==
                                          (mw_server_get_protocol (server) == MW_PROTOCOL_SMTP));

  if (self->servers[half] == server)
    return;
  g_clear_pointer (&self->servers[half], mw_server_unref);
  if (server != NULL)
    self->servers[half] = mw_server_ref (server);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INCOMING + half]);
}

/**
 * mw_account_get_leave_on_server:
 * @self: an account
 *
 * Returns: whether a POP3 program leaves the mail on the server; %TRUE unless somebody said no
 */
gboolean
mw_account_get_leave_on_server (MwAccount *self)
{
  return self->leave_on_server;
}

/**
 * mw_account_set_leave_on_server:
 * @self: an account
 * @leave_on_server: whether a POP3 program leaves the mail on the server
 */
void
mw_account_set_leave_on_server (MwAccount *self, gboolean leave_on_server)
{
  if (self->leave_on_server == !!leave_on_server)
    return;
  self->leave_on_server = !!leave_on_server;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEAVE_ON_SERVER]);
}

/**
 * mw_account_get_separate_passwords:
 * @self: an account
 *
 * Returns: whether sending has a password of its own
 */
gboolean
mw_account_get_separate_passwords (MwAccount *self)
{
  return self->separate_passwords;
}

/**
 * mw_account_set_separate_passwords:
 * @self: an account
 * @separate_passwords: whether sending has a password of its own
 */
void
mw_account_set_separate_passwords (MwAccount *self, gboolean separate_passwords)
{
  if (self->separate_passwords == !!separate_passwords)
    return;
  self->separate_passwords = !!separate_passwords;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEPARATE_PASSWORDS]);
}

/**
 * mw_account_get_pin:
 * @self: an account
 * @half: which half
 *
 * Returns: (transfer none) (nullable): SHA-256 of the one public key that the person accepted for
 *   this server although its certificate was refused, 64 lower-case hexadecimal digits
 */
const char *
mw_account_get_pin (MwAccount *self, MwHalf half)
{
  return self->pins[half];
}

/**
 * mw_account_set_pin:
 * @self: an account
 * @half: which half
 * @pin: (nullable): SHA-256 of an accepted public key
 */
void
mw_account_set_pin (MwAccount *self, MwHalf half, const char *pin)
{
  set_string (self, &self->pins[half], pin, PROP_INCOMING_PIN + half);
}

/**
 * mw_account_get_etag:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): what its file held when it was last loaded or saved, as a
 *   digest; %NULL if it never was
 */
const char *
mw_account_get_etag (MwAccount *self)
{
  return self->etag;
}

/**
 * mw_account_set_etag:
 * @self: an account
 * @etag: (nullable): a digest of its file; for the store only
 */
void
mw_account_set_etag (MwAccount *self, const char *etag)
{
  g_set_str (&self->etag, etag);
}

/**
 * mw_account_get_password_half:
 * @self: an account
 * @half: the half that wants to log in
 *
 * Under which half the password for @half is kept: both halves share the incoming one, unless the
 * person has separate passwords or nobody logs in to receive.
 *
 * Returns: that half
 */
MwHalf
mw_account_get_password_half (MwAccount *self, MwHalf half)
{
  MwServer *incoming = self->servers[MW_HALF_INCOMING];

  if (half == MW_HALF_OUTGOING && !self->separate_passwords && incoming != NULL &&
      mw_server_needs_login (incoming))
    return MW_HALF_INCOMING;
  return half;
}
