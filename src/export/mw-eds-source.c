/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-eds-source"

#include "config.h"

#include "export/mw-eds-source.h"

#include "export/mw-export.h"

#include <string.h>

/* A source that is being made, on top of what Evolution has of it */
typedef struct
{
  GKeyFile *file; /* owned */
  gboolean is_new;
  gboolean changed;
} Draft;

/**
 * mw_eds_part_to_string:
 * @part: a part
 *
 * Returns: (transfer none): its stable name
 */
const char *
mw_eds_part_to_string (MwEdsPart part)
{
  static const char *const names[] = { "account", "identity", "transport" };

  g_return_val_if_fail (part < G_N_ELEMENTS (names), NULL);

  return names[part];
}

/**
 * mw_eds_source_uid:
 * @account: an account
 * @part: which of its sources
 *
 * The uid follows from the account's id, so that exporting again finds the same sources. It looks
 * like Evolution's own: 40 hexadecimal digits.
 *
 * Returns: (transfer full): the uid
 */
char *
mw_eds_source_uid (MwAccount *account, MwEdsPart part)
{
  g_autofree char *name = g_strdup_printf (
      "mailwright evolution %s %s", mw_account_get_id (account), mw_eds_part_to_string (part));

  return g_compute_checksum_for_string (G_CHECKSUM_SHA1, name, -1);
}

/**
 * mw_eds_source_marker:
 * @account: an account
 *
 * Returns: (transfer full): the line that says whose sources they are
 */
char *
mw_eds_source_marker (MwAccount *account)
{
  return g_strconcat ("Account=", mw_account_get_id (account), NULL);
}

static gboolean
host_is_below (const char *host, const char *domain)
{
  gsize host_length = strlen (host);
  gsize domain_length = strlen (domain);

  return host_length >= domain_length &&
         g_ascii_strcasecmp (host + host_length - domain_length, domain) == 0 &&
         (host_length == domain_length || host[host_length - domain_length - 1] == '.');
}

/* Evolution's own OAuth2 services, and whose servers they are for */
static const struct
{
  const char *method;
  const char *domain;
} oauth2_services[] = {
  { "Google", "gmail.com" },    { "Google", "googlemail.com" }, { "Google", "google.com" },
  { "Outlook", "outlook.com" }, { "Outlook", "office365.com" }, { "Outlook", "hotmail.com" },
  { "Yahoo", "yahoo.com" },     { "Yahoo", "yahoodns.net" },
};

static char *
oauth2_method (MwAccount *account, MwServer *server, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (oauth2_services); i++)
    if (host_is_below (mw_server_get_host (server), oauth2_services[i].domain))
      return g_strdup (oauth2_services[i].method);
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED,
               "%s: Evolution has no OAuth2 client for %s",
               mw_address_get_text (mw_account_get_address (account)), mw_server_get_host (server));
  return NULL;
}

/**
 * mw_eds_source_auth_method:
 * @account: an account
 * @half: one of its halves, which has a server
 * @error: return location for a #GError
 *
 * What Evolution calls the mechanism. For receiving, "none" is the protocol's own login command,
 * which every server has; for sending, it is no login at all.
 *
 * Returns: (transfer full) (nullable): the method; %NULL with %MW_EXPORT_ERROR_NOT_SUPPORTED when
 *   Evolution does not have it
 */
char *
mw_eds_source_auth_method (MwAccount *account, MwHalf half, GError **error)
{
  static const char *const known[] = { "PLAIN", "LOGIN",  "CRAM-MD5", "DIGEST-MD5",
                                       "NTLM",  "GSSAPI", NULL };
  MwServer *server = mw_account_get_server (account, half);
  const char *mechanism = mw_server_get_mechanism (server);
  g_autofree char *upper = NULL;

  if (!mw_server_needs_login (server))
    return g_strdup ("none");
  if (mw_export_uses_oauth2 (server))
    return oauth2_method (account, server, error);
  if (mechanism == NULL)
    return g_strdup (half == MW_HALF_OUTGOING ? "PLAIN" : "none");

  upper = g_ascii_strup (mechanism, -1);
  if (g_strv_contains (known, upper))
    return g_steal_pointer (&upper);
  if (g_str_equal (upper, "APOP") && mw_server_get_protocol (server) == MW_PROTOCOL_POP3)
    return g_strdup ("+APOP");
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED,
               "%s: Evolution does not know the mechanism %s",
               mw_address_get_text (mw_account_get_address (account)), mechanism);
  return NULL;
}

/* Ours: written again whenever it differs */
static void
set (Draft *draft, const char *group, const char *key, const char *value)
{
  g_autofree char *now = g_key_file_get_string (draft->file, group, key, NULL);

  if (g_strcmp0 (now, value) == 0)
    return;
  g_key_file_set_string (draft->file, group, key, value);
  draft->changed = TRUE;
}

/* Evolution's and the person's from then on: written once */
static void
set_first (Draft *draft, const char *group, const char *key, const char *value)
{
  if (draft->is_new)
    set (draft, group, key, value);
}

/* Ours as long as nobody changed it: what we wrote last is kept beside */
static void
set_unless_edited (Draft *draft, const char *group, const char *key, const char *value)
{
  g_autofree char *ours = g_strconcat ("Last", key, NULL);
  g_autofree char *now = g_key_file_get_string (draft->file, group, key, NULL);
  g_autofree char *last = g_key_file_get_string (draft->file, MW_EDS_GROUP, ours, NULL);

  if (!draft->is_new && last != NULL && g_strcmp0 (now, last) != 0)
    return;
  set (draft, group, key, value);
  set (draft, MW_EDS_GROUP, ours, value);
}

static void
set_optional (Draft *draft, const char *group, const char *key, const char *value)
{
  if (value != NULL && *value != '\0')
    set (draft, group, key, value);
  else if (g_key_file_has_key (draft->file, group, key, NULL))
    {
      g_autofree char *now = g_key_file_get_string (draft->file, group, key, NULL);

      if (g_strcmp0 (now, "") != 0)
        set (draft, group, key, "");
    }
}

/* A missing word would be no encryption at all, and an unknown one STARTTLS, without a message */
static const char *
security_word (MwSecurity security)
{
  switch (security)
    {
    case MW_SECURITY_TLS:
      return "ssl-on-alternate-port";
    case MW_SECURITY_NONE:
      return "none";
    case MW_SECURITY_STARTTLS:
    default:
      return "starttls-on-standard-port";
    }
}

static gboolean
set_server (Draft *draft, MwAccount *account, MwHalf half, GError **error)
{
  MwServer *server = mw_account_get_server (account, half);
  const char *user = mw_server_get_username (server);
  g_autofree char *method = mw_eds_source_auth_method (account, half, error);
  g_autofree char *host = mw_host_to_ascii (mw_server_get_host (server));
  g_autofree char *port = g_strdup_printf ("%u", mw_server_get_port (server));

  if (method == NULL)
    return FALSE;
  if (host == NULL)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
                   "%s: %s.host is no host name",
                   mw_address_get_text (mw_account_get_address (account)),
                   mw_protocol_to_string (mw_server_get_protocol (server)));
      return FALSE;
    }
  /* Evolution takes them away when it reads the source */
  if (user != NULL && *user != '\0' &&
      (g_ascii_isspace (*user) || g_ascii_isspace (user[strlen (user) - 1])))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
                   "%s: %s.username begins or ends with a blank, which Evolution does not keep",
                   mw_address_get_text (mw_account_get_address (account)),
                   mw_protocol_to_string (mw_server_get_protocol (server)));
      return FALSE;
    }
  set (draft, "Authentication", "Host", host);
  set (draft, "Authentication", "Port", port);
  if (!mw_server_needs_login (server))
    set_optional (draft, "Authentication", "User", NULL);
  else if (user != NULL && *user != '\0')
    set (draft, "Authentication", "User", user);
  else
    set (draft, "Authentication", "User", mw_address_get_ascii (mw_account_get_address (account)));
  set (draft, "Authentication", "Method", method);
  set (draft, "Security", "Method", security_word (mw_server_get_security (server)));
  return TRUE;
}

static gboolean
is_google (MwAccount *account)
{
  MwServer *server = mw_account_get_server (account, MW_HALF_OUTGOING);

  return server != NULL && (host_is_below (mw_server_get_host (server), "gmail.com") ||
                            host_is_below (mw_server_get_host (server), "googlemail.com"));
}

static gboolean
make_account (Draft *draft, MwAccount *account, GError **error)
{
  MwServer *server = mw_account_get_server (account, MW_HALF_INCOMING);
  g_autofree char *identity = mw_eds_source_uid (account, MW_EDS_PART_IDENTITY);

  set (draft, "Data Source", "Parent", "");
  set (draft, "Mail Account", "IdentityUid", identity);
  if (server == NULL)
    {
      /* What Evolution's own assistant writes for an account that only sends */
      set (draft, "Mail Account", "BackendName", "none");
      return TRUE;
    }
  /* Evolution then finds the server's own folders for sent mail, drafts and so on */
  set_first (draft, "Mail Account", "NeedsInitialSetup", "true");
  set_first (draft, "Refresh", "Enabled", "true");
  set_first (draft, "Refresh", "IntervalMinutes", "10");
  if (mw_server_get_protocol (server) == MW_PROTOCOL_POP3)
    {
      set (draft, "Mail Account", "BackendName", "pop");
      /* Missing, it means that mail is deleted from the server */
      set (draft, "Pop Backend", "KeepOnServer",
           mw_account_get_leave_on_server (account) ? "true" : "false");
    }
  else
    set (draft, "Mail Account", "BackendName", "imapx");
  return set_server (draft, account, MW_HALF_INCOMING, error);
}

static gboolean
make_identity (Draft *draft, MwAccount *account, GError **error)
{
  g_autofree char *parent = mw_eds_source_uid (account, MW_EDS_PART_ACCOUNT);
  g_autofree char *transport = mw_eds_source_uid (account, MW_EDS_PART_TRANSPORT);
  gboolean sends = mw_account_get_server (account, MW_HALF_OUTGOING) != NULL;

  set (draft, "Data Source", "Parent", parent);
  set (draft, "Mail Identity", "Address", mw_address_get_ascii (mw_account_get_address (account)));
  set_unless_edited (draft, "Mail Identity", "Name", mw_account_get_name (account));
  set_optional (draft, "Mail Identity", "ReplyTo", mw_account_get_reply_to (account));
  set_optional (draft, "Mail Identity", "Organization", mw_account_get_organization (account));
  set_optional (draft, "Mail Submission", "TransportUid", sends ? transport : NULL);
  if (is_google (account))
    set_first (draft, "Mail Submission", "UseSentFolder", "false");
  else
    set_first (draft, "Mail Submission", "SentFolder", "folder://local/Sent");
  set_first (draft, "Mail Composition", "DraftsFolder", "folder://local/Drafts");
  return TRUE;
}

static gboolean
make_transport (Draft *draft, MwAccount *account, GError **error)
{
  g_autofree char *parent = mw_eds_source_uid (account, MW_EDS_PART_ACCOUNT);

  set (draft, "Data Source", "Parent", parent);
  set (draft, "Mail Transport", "BackendName", "smtp");
  return set_server (draft, account, MW_HALF_OUTGOING, error);
}

static gboolean
load (Draft *draft, const char *before, GError **error)
{
  g_autoptr(GError) cause = NULL;

  if (g_key_file_load_from_data (draft->file, before, -1,
                                 G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, &cause))
    return TRUE;
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID,
               "The source that Evolution has cannot be read: %s", cause->message);
  return FALSE;
}

static gboolean
make (Draft *draft, MwAccount *account, MwEdsPart part, GError **error)
{
  set_unless_edited (draft, "Data Source", "DisplayName",
                     mw_address_get_text (mw_account_get_address (account)));
  set (draft, MW_EDS_GROUP, "Account", mw_account_get_id (account));
  set (draft, MW_EDS_GROUP, "Part", mw_eds_part_to_string (part));

  /* Nothing to send with any more: the source stays for when there is again, but off */
  if (part == MW_EDS_PART_TRANSPORT && mw_account_get_server (account, MW_HALF_OUTGOING) == NULL)
    {
      set (draft, "Data Source", "Enabled", "false");
      return TRUE;
    }
  if (part == MW_EDS_PART_TRANSPORT)
    set (draft, "Data Source", "Enabled", "true");
  else
    set_first (draft, "Data Source", "Enabled", "true");

  switch (part)
    {
    case MW_EDS_PART_ACCOUNT:
      return make_account (draft, account, error);
    case MW_EDS_PART_IDENTITY:
      return make_identity (draft, account, error);
    case MW_EDS_PART_TRANSPORT:
    case MW_N_EDS_PARTS:
    default:
      return make_transport (draft, account, error);
    }
}

/**
 * mw_eds_source_make:
 * @account: an account
 * @part: which of its sources
 * @before: (nullable): the source as Evolution has it
 * @error: return location for a #GError
 *
 * Makes the text of one source. What Evolution or the person added stays; where nothing of ours
 * differs, the text stays to the byte. All escaping is that of key files.
 *
 * Returns: (transfer full) (nullable): the text; %NULL with a #MwExportError
 */
char *
mw_eds_source_make (MwAccount *account, MwEdsPart part, const char *before, GError **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  Draft draft = { file, before == NULL, FALSE };

  if (before != NULL && !load (&draft, before, error))
    return NULL;
  if (!make (&draft, account, part, error))
    return NULL;
  if (before != NULL && !draft.changed)
    return g_strdup (before);
  return g_key_file_to_data (file, NULL, NULL);
}

static GKeyFile *
load_text (const char *text)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();

  return g_key_file_load_from_data (file, text, -1,
                                    G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, NULL)
             ? g_steal_pointer (&file)
             : NULL;
}

/* %FALSE when somebody else changed the value since */
static gboolean
revert_value (GKeyFile *now,
              GKeyFile *before,
              GKeyFile *after,
              const char *group,
              const char *key,
              gboolean *reverted)
{
  g_autofree char *current = g_key_file_get_value (now, group, key, NULL);
  g_autofree char *old = g_key_file_get_value (before, group, key, NULL);
  g_autofree char *ours = g_key_file_get_value (after, group, key, NULL);

  if (g_strcmp0 (old, ours) == 0 || g_strcmp0 (current, old) == 0)
    return TRUE;
  if (g_strcmp0 (current, ours) != 0)
    return FALSE;
  if (old != NULL)
    g_key_file_set_value (now, group, key, old);
  else
    g_key_file_remove_key (now, group, key, NULL);
  *reverted = TRUE;
  return TRUE;
}

/**
 * mw_eds_source_revert:
 * @now: what a source holds
 * @before: what it held before an export
 * @after: what the export wrote
 *
 * Gives back every value that the export changed. Everything that Evolution and the person did
 * since stays. An export that never got as far is fine: then there is nothing to give back.
 *
 * Returns: (transfer full) (nullable): what the source shall hold; %NULL when one of the values
 *   that the export wrote was changed since
 */
char *
mw_eds_source_revert (const char *now, const char *before, const char *after)
{
  g_autoptr(GKeyFile) now_file = load_text (now);
  g_autoptr(GKeyFile) before_file = load_text (before);
  g_autoptr(GKeyFile) after_file = load_text (after);
  g_auto (GStrv) groups = NULL;
  gboolean reverted = FALSE;

  if (now_file == NULL || before_file == NULL || after_file == NULL)
    return NULL;
  groups = g_key_file_get_groups (after_file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (after_file, groups[i], NULL, NULL);

      for (guint j = 0; keys[j] != NULL; j++)
        if (!revert_value (now_file, before_file, after_file, groups[i], keys[j], &reverted))
          return NULL;
    }
  return reverted ? g_key_file_to_data (now_file, NULL, NULL) : g_strdup (now);
}
