/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-discovery-result.h"

#include "discovery/mw-discovery-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _MwDiscoveryResult
{
  MwAddress *address;
  GPtrArray *settings;
  GPtrArray *conflicts;
  GPtrArray *notes;
  GPtrArray *answers;
  int chosen;
  gboolean certain;
};

G_DEFINE_BOXED_TYPE (MwDiscoveryResult,
                     mw_discovery_result,
                     mw_discovery_result_ref,
                     mw_discovery_result_unref)

/* Every note that there is. The sentences stand alone; what a note is about comes as its detail. */
static const struct
{
  const char *id;
  const char *text;
} notes_table[] = {
  { "no-such-domain", N_ ("This domain does not exist. Check the spelling of the address.") },
  { "dns-unavailable",
    N_ ("The name servers did not answer, so nothing could be looked up. Check the connection to "
        "the Internet.") },
  /* Translators: MX is the name of the DNS record that says where a domain takes its mail */
  { "null-mx",
    N_ ("This domain says that it takes no mail (null MX). Check the spelling of the address.") },
  { "gateway-mx",
    N_ ("Mail for this domain goes through a filter service, which does not tell where the mailbox "
        "is.") },
  { "public-suffix",
    N_ ("Anyone can register names below this domain, so no server names were guessed.") },
  { "setup-file-malformed", N_ ("A set-up file on this computer could not be read.") },
  /* Translators: PACC is the name of a standard; it stays as it is */
  { "pacc-malformed",
    N_ ("The domain publishes a configuration (PACC) that is not well formed. It was not used.") },
  { "pacc-digest-mismatch",
    N_ ("The configuration that the domain publishes (PACC) does not match its checksum in DNS. It "
        "was not used.") },
  { "pacc-digest-missing",
    N_ ("The configuration that the domain publishes (PACC) has no checksum in DNS. It was not "
        "used.") },
  /* Translators: “autoconfig” is the name of a way to publish mail settings; it stays as it is */
  { "autoconfig-malformed",
    N_ ("The configuration that the domain publishes (autoconfig) cannot be used.") },
  /* Translators: ISPDB is Mozilla's public database of mail providers */
  { "ispdb-malformed", N_ ("The entry in the public database (ISPDB) cannot be used.") },
  { "redirected", N_ ("The configuration came from a website outside of the domain.") },
  /* Translators: SRV is the name of a DNS record; it stays as it is */
  { "srv-not-offered",
    N_ ("The domain says in DNS (SRV) that it does not offer one of the services.") },
  { "untrusted-target",
    N_ ("The servers do not belong to the domain or to a provider that is known for it. Check that "
        "the names are right before typing the password.") },
  { "insecure-offer",
    N_ ("A source offers a server without encryption. The password could be read on the way.") },
  { "smtputf8-needed",
    N_ ("The part of the address before the @ is not plain ASCII. Both this provider and those who "
        "write there have to support international addresses (SMTPUTF8).") },
  { "sending-only-provider", N_ ("This service only sends mail. There is no mailbox to read.") },
  { "provider-without-imap",
    N_ ("This provider does not let other mail programs in. Only its own programs work.") },
  { "provider-not-rechecked",
    N_ ("What is known about this provider was last checked more than a year ago.") },
};

/**
 * mw_answer_status_to_string:
 * @status: a status
 *
 * Returns: its id: stable, untranslated
 */
const char *
mw_answer_status_to_string (MwAnswerStatus status)
{
  static const char *const names[] = {
    "waiting", "asking", "found", "nothing", "failed", "skipped"
  };

  g_return_val_if_fail ((guint) status < G_N_ELEMENTS (names), "failed");

  return names[status];
}

/**
 * mw_discovery_note_get_ids:
 *
 * Returns: (transfer none) (array zero-terminated=1): the ids of all notes that can come
 */
const char *const *
mw_discovery_note_get_ids (void)
{
  static const char *ids[G_N_ELEMENTS (notes_table) + 1];
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (notes_table); i++)
        ids[i] = notes_table[i].id;
      g_once_init_leave (&once, 1);
    }
  return ids;
}

/**
 * mw_discovery_note_get_text:
 * @note: a note
 *
 * Returns: (transfer none): what it says, translated, in full sentences
 */
const char *
mw_discovery_note_get_text (const MwDiscoveryNote *note)
{
  g_return_val_if_fail (note != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (notes_table); i++)
    if (strcmp (notes_table[i].id, note->id) == 0)
      return _ (notes_table[i].text);
  g_return_val_if_reached (NULL);
}

MwDiscoveryNote *
mw_discovery_note_new (const char *id, const char *detail)
{
  MwDiscoveryNote *note = g_new0 (MwDiscoveryNote, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (notes_table); i++)
    if (strcmp (notes_table[i].id, id) == 0)
      note->id = notes_table[i].id;
  g_assert (note->id != NULL);
  note->detail = g_strdup (detail);
  return note;
}

MwDiscoveryNote *
mw_discovery_note_copy (const MwDiscoveryNote *note)
{
  return mw_discovery_note_new (note->id, note->detail);
}

void
mw_discovery_note_free (MwDiscoveryNote *note)
{
  g_free (note->detail);
  g_free (note);
}

MwDiscoveryAnswer *
mw_discovery_answer_new (MwSource source)
{
  MwDiscoveryAnswer *answer = g_new0 (MwDiscoveryAnswer, 1);

  answer->source = source;
  return answer;
}

void
mw_discovery_answer_free (MwDiscoveryAnswer *answer)
{
  g_free (answer->reason);
  g_free (answer);
}

static void
value_free (MwDiscoveryValue *value)
{
  g_free (value->value);
  g_strfreev (value->sources);
  g_free (value);
}

static void
conflict_free (MwDiscoveryConflict *conflict)
{
  g_free (conflict->field);
  g_ptr_array_unref (conflict->values);
  g_free (conflict);
}

/* ---- conflicts ---- */

static gboolean
lists_endpoint (MwSettings *settings, MwServer *wanted)
{
  for (guint i = 0; i < settings->servers->len; i++)
    if (mw_server_same_endpoint (g_ptr_array_index (settings->servers, i), wanted))
      return TRUE;
  return FALSE;
}

static void
conflict_add (MwDiscoveryConflict *conflict, const char *text, MwSource source)
{
  const char *name = mw_source_to_string (source);
  MwDiscoveryValue *value = NULL;

  for (guint i = 0; i < conflict->values->len && value == NULL; i++)
    {
      MwDiscoveryValue *other = g_ptr_array_index (conflict->values, i);

      if (strcmp (other->value, text) == 0)
        value = other;
    }
  if (value == NULL)
    {
      value = g_new0 (MwDiscoveryValue, 1);
      value->value = g_strdup (text);
      value->sources = g_new0 (char *, 1);
      g_ptr_array_add (conflict->values, value);
    }
  if (!g_strv_contains ((const char *const *) value->sources, name))
    {
      guint length = g_strv_length (value->sources);

      value->sources = g_renew (char *, value->sources, length + 2);
      value->sources[length] = g_strdup (name);
      value->sources[length + 1] = NULL;
    }
}

static MwDiscoveryConflict *
conflict_new (MwProtocol protocol, const char *field)
{
  MwDiscoveryConflict *conflict = g_new0 (MwDiscoveryConflict, 1);

  conflict->field = g_strdup_printf ("%s.%s", mw_protocol_to_string (protocol), field);
  conflict->values = g_ptr_array_new_with_free_func ((GDestroyNotify) value_free);
  return conflict;
}

static void
take_conflict (GPtrArray *conflicts, MwDiscoveryConflict *conflict)
{
  if (conflict->values->len > 1)
    g_ptr_array_add (conflicts, conflict);
  else
    conflict_free (conflict);
}

/* SRV and guesses know no login names: theirs is only what is tried first */
static gboolean
knows_usernames (MwSettings *settings)
{
  return settings->source != MW_SOURCE_SRV && settings->source != MW_SOURCE_GUESS;
}

/* The best source that names a server of the protocol is the measure. A source whose first choice
 * is among the alternatives of the other agrees with it: providers have several right answers. */
static void
compare_protocol (GPtrArray *conflicts, GPtrArray *all, MwProtocol protocol)
{
  MwDiscoveryConflict *host = conflict_new (protocol, "host");
  MwDiscoveryConflict *port = conflict_new (protocol, "port");
  MwDiscoveryConflict *security = conflict_new (protocol, "security");
  MwDiscoveryConflict *username = conflict_new (protocol, "username");
  MwSettings *reference = NULL;
  MwServer *expected = NULL;

  for (guint i = 0; i < all->len; i++)
    {
      MwSettings *settings = g_ptr_array_index (all, i);
      MwServer *server = mw_settings_find (settings, protocol);
      MwServer *said = server;
      g_autofree char *number = NULL;

      if (server == NULL)
        continue;
      if (reference == NULL)
        {
          reference = settings;
          expected = server;
        }
      else if (lists_endpoint (reference, server) || lists_endpoint (settings, expected))
        said = expected;

      number = g_strdup_printf ("%u", mw_server_get_port (said));
      conflict_add (host, mw_server_get_host (said), settings->source);
      conflict_add (port, number, settings->source);
      conflict_add (security, mw_security_to_string (mw_server_get_security (said)),
                    settings->source);
      if (knows_usernames (settings) && mw_server_get_username (server) != NULL)
        conflict_add (username, mw_server_get_username (server), settings->source);
    }

  take_conflict (conflicts, host);
  take_conflict (conflicts, port);
  take_conflict (conflicts, security);
  take_conflict (conflicts, username);
}

/* ---- the result ---- */

/* Whether the first choice of each protocol is encrypted */
gboolean
mw_discovery_is_encrypted (MwSettings *settings)
{
  for (MwProtocol protocol = MW_PROTOCOL_IMAP; protocol <= MW_PROTOCOL_SMTP; protocol++)
    {
      MwServer *server = mw_settings_find (settings, protocol);

      if (server != NULL && mw_server_get_security (server) == MW_SECURITY_NONE)
        return FALSE;
    }
  return TRUE;
}

/* The best complete answer; one without encryption only if there is no other */
static int
choose (GPtrArray *all)
{
  int plain = -1;

  for (guint i = 0; i < all->len; i++)
    {
      MwSettings *settings = g_ptr_array_index (all, i);

      if (!mw_settings_is_complete (settings))
        continue;
      if (mw_discovery_is_encrypted (settings))
        return (int) i;
      if (plain < 0)
        plain = (int) i;
    }
  return plain;
}

/* settings, notes, answers: (transfer full), with free functions */
MwDiscoveryResult *
mw_discovery_result_new (
    MwAddress *address, GPtrArray *settings, GPtrArray *notes, GPtrArray *answers, gboolean certain)
{
  MwDiscoveryResult *self = g_atomic_rc_box_new0 (MwDiscoveryResult);

  self->address = mw_address_ref (address);
  self->settings = settings;
  self->notes = notes;
  self->answers = answers;
  self->certain = certain;
  self->chosen = choose (settings);
  self->conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify) conflict_free);
  for (MwProtocol protocol = MW_PROTOCOL_IMAP; protocol <= MW_PROTOCOL_SMTP; protocol++)
    compare_protocol (self->conflicts, settings, protocol);

  return self;
}

static void
result_clear (gpointer data)
{
  MwDiscoveryResult *self = data;

  mw_address_unref (self->address);
  g_ptr_array_unref (self->settings);
  g_ptr_array_unref (self->conflicts);
  g_ptr_array_unref (self->notes);
  g_ptr_array_unref (self->answers);
}

/**
 * mw_discovery_result_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self, counted once more; any thread
 */
MwDiscoveryResult *
mw_discovery_result_ref (MwDiscoveryResult *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * mw_discovery_result_unref:
 * @self: (transfer full): a result; any thread
 */
void
mw_discovery_result_unref (MwDiscoveryResult *self)
{
  g_atomic_rc_box_release_full (self, result_clear);
}

/**
 * mw_discovery_result_get_address:
 * @self: a result
 *
 * Returns: (transfer none): the address that it is about
 */
MwAddress *
mw_discovery_result_get_address (MwDiscoveryResult *self)
{
  return self->address;
}

/**
 * mw_discovery_result_get_settings:
 * @self: a result
 *
 * Returns: (transfer none) (element-type MwSettings): what was found, best first; do not change
 */
GPtrArray *
mw_discovery_result_get_settings (MwDiscoveryResult *self)
{
  return self->settings;
}

/**
 * mw_discovery_result_get_conflicts:
 * @self: a result
 *
 * Returns: (transfer none) (element-type MwDiscoveryConflict): where the sources disagree, by
 *   protocol (IMAP, POP3, SMTP) and field; do not change
 */
GPtrArray *
mw_discovery_result_get_conflicts (MwDiscoveryResult *self)
{
  return self->conflicts;
}

/**
 * mw_discovery_result_get_notes:
 * @self: a result
 *
 * Returns: (transfer none) (element-type MwDiscoveryNote): what a person should know; an id may
 *   come twice, with different details; do not change
 */
GPtrArray *
mw_discovery_result_get_notes (MwDiscoveryResult *self)
{
  return self->notes;
}

/**
 * mw_discovery_result_get_answers:
 * @self: a result
 *
 * Returns: (transfer none) (element-type MwDiscoveryAnswer): one for each #MwSource, in its order;
 *   do not change
 */
GPtrArray *
mw_discovery_result_get_answers (MwDiscoveryResult *self)
{
  return self->answers;
}

/**
 * mw_discovery_result_get_chosen:
 * @self: a result
 *
 * Returns: the index of the best complete settings, or -1 if there are none
 */
int
mw_discovery_result_get_chosen (MwDiscoveryResult *self)
{
  return self->chosen;
}

/**
 * mw_discovery_result_get_chosen_settings:
 * @self: a result
 *
 * Returns: (transfer none) (nullable): the best complete settings
 */
MwSettings *
mw_discovery_result_get_chosen_settings (MwDiscoveryResult *self)
{
  return self->chosen >= 0 ? g_ptr_array_index (self->settings, self->chosen) : NULL;
}

/**
 * mw_discovery_result_is_certain:
 * @self: a result
 *
 * Returns: whether nothing that may still come can change what is chosen
 */
gboolean
mw_discovery_result_is_certain (MwDiscoveryResult *self)
{
  return self->certain;
}

/**
 * mw_discovery_result_has_note:
 * @self: a result
 * @id: the id of a note
 *
 * Returns: whether a note of that id is there
 */
gboolean
mw_discovery_result_has_note (MwDiscoveryResult *self, const char *id)
{
  for (guint i = 0; i < self->notes->len; i++)
    if (strcmp (((MwDiscoveryNote *) g_ptr_array_index (self->notes, i))->id, id) == 0)
      return TRUE;
  return FALSE;
}
