/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-export-thunderbird-prefs.h"

#include "export/mw-export-plan.h"

#include <string.h>

/* The preference that says whose part of the file it is. Thunderbird keeps it, and takes it away
 * with the account. Its value is the id of our account. */
#define MARKER "mailwright-account"
#define ADOPTED "mailwright-adopted"

#define ACCOUNTS "mail.accountmanager.accounts"
#define SMTP_SERVERS "mail.smtpservers"
#define LAST_KEY "mail.account.lastKey"

/* ---- names of preferences ---- */

/* "mail.server.server1.port", interned: the names are few, and are asked for again and again */
static const char *
pref (const char *branch, const char *key, const char *name)
{
  g_autofree char *full = g_strconcat (branch, key, ".", name, NULL);

  return g_intern_string (full);
}

static const char *
server (const char *key, const char *name)
{
  return pref ("mail.server.", key, name);
}

static const char *
identity (const char *key, const char *name)
{
  return pref ("mail.identity.", key, name);
}

static const char *
smtp (const char *key, const char *name)
{
  return pref ("mail.smtpserver.", key, name);
}

static const char *
account_pref (const char *key, const char *name)
{
  return pref ("mail.account.", key, name);
}

static GStrv
get_list (MwPrefsJs *prefs, const char *name)
{
  const char *text = mw_prefs_js_get_string (prefs, name);
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", ",", -1);
  g_autoptr(GStrvBuilder) list = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (list, parts[i]);
  return g_strv_builder_end (list);
}

static gboolean
contains (GStrv list, const char *word)
{
  return g_strv_contains ((const char *const *) list, word);
}

/* Puts @word before @before, or at the end; leaves a list that has it alone */
static void
add_to_list (MwPrefsJs *prefs, const char *name, const char *word, const char *before)
{
  g_auto (GStrv) list = get_list (prefs, name);
  g_autoptr(GStrvBuilder) changed = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  g_autofree char *text = NULL;
  gboolean added = FALSE;

  if (contains (list, word))
    return;
  for (guint i = 0; list[i] != NULL; i++)
    {
      if (before != NULL && !added && g_str_equal (list[i], before))
        {
          g_strv_builder_add (changed, word);
          added = TRUE;
        }
      g_strv_builder_add (changed, list[i]);
    }
  if (!added)
    g_strv_builder_add (changed, word);
  words = g_strv_builder_end (changed);
  text = g_strjoinv (",", words);
  mw_prefs_js_set_string (prefs, name, text);
}

/* ---- what a server becomes ---- */

static int
socket_type (MwSecurity security)
{
  switch (security)
    {
    case MW_SECURITY_TLS:
      return 3;
    case MW_SECURITY_STARTTLS:
      return 2;
    case MW_SECURITY_NONE:
      break;
    }
  return 0;
}

/* A part of a folder URI: what Thunderbird itself leaves as it is are letters, digits and *-._ */
static char *
escape_for_uri (const char *text)
{
  g_autoptr(GString) out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (g_ascii_isalnum (*text) || strchr ("*-._", *text) != NULL)
      g_string_append_c (out, *text);
    else
      g_string_append_printf (out, "%%%02X", (guchar) *text);
  return g_string_free_and_steal (g_steal_pointer (&out));
}

/* "imap://jo%40example.org@imap.example.org/" */
static char *
folder_root (const char *type, const char *username, const char *host)
{
  g_autofree char *user = escape_for_uri (username);
  g_autofree char *escaped_host = escape_for_uri (host);

  return g_strdup_printf ("%s://%s@%s/", g_str_equal (type, "pop3") ? "mailbox" : "imap", user,
                          escaped_host);
}

/* ---- finding and numbering ---- */

static const char *
server_of_account (MwPrefsJs *prefs, const char *account_key)
{
  return mw_prefs_js_get_string (prefs, account_pref (account_key, "server"));
}

static gboolean
same_text (MwPrefsJs *prefs, const char *name, const char *value)
{
  const char *there = mw_prefs_js_get_string (prefs, name);
  g_autofree char *folded_there = there != NULL ? g_utf8_casefold (there, -1) : NULL;
  g_autofree char *folded = value != NULL ? g_utf8_casefold (value, -1) : NULL;

  return g_strcmp0 (folded_there, folded) == 0;
}

static gboolean
has_marker (MwPrefsJs *prefs, const char *name, const char *id)
{
  return g_strcmp0 (mw_prefs_js_get_string (prefs, name), id) == 0;
}

/* The lowest number from @first on under which nothing at all is set, not even leftovers of what
 * was removed: a new account would inherit them */
static char *
free_key (MwPrefsJs *prefs, const char *branch, const char *stem, GStrv listed, int first)
{
  for (int number = MAX (first, 1);; number++)
    {
      g_autofree char *key = g_strdup_printf ("%s%d", stem, number);
      g_autofree char *prefix = g_strconcat (branch, key, ".", NULL);

      if (!mw_prefs_js_has_branch (prefs, prefix) && (listed == NULL || !contains (listed, key)))
        return g_steal_pointer (&key);
    }
}

/* Keys that accounts refer to, though nothing may be set below them */
static GStrv
list_references (MwPrefsJs *prefs, const char *name)
{
  g_auto (GStrv) names = mw_prefs_js_list (prefs, "mail.account.");
  g_autofree char *suffix = g_strconcat (".", name, NULL);
  g_autoptr(GStrvBuilder) keys = g_strv_builder_new ();

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_has_suffix (names[i], suffix))
      {
        g_auto (GStrv) list = get_list (prefs, names[i]);

        g_strv_builder_addv (keys, (const char **) list);
      }
  return g_strv_builder_end (keys);
}

/* The account that an earlier export made, if it is still there */
static char *
find_marked_account (MwPrefsJs *prefs, const char *id)
{
  g_auto (GStrv) accounts = get_list (prefs, ACCOUNTS);

  for (guint i = 0; accounts[i] != NULL; i++)
    {
      const char *key = server_of_account (prefs, accounts[i]);

      if (key != NULL && has_marker (prefs, server (key, MARKER), id))
        return g_strdup (accounts[i]);
    }
  return NULL;
}

/* Another account for the same mail box: Thunderbird throws the second one away at its start. The
 * port does not count: it is no part of the folders' and the password's names. */
static char *
find_same_account (
    MwPrefsJs *prefs, const char *type, const char *host, const char *username, const char *but_not)
{
  g_auto (GStrv) accounts = get_list (prefs, ACCOUNTS);

  for (guint i = 0; accounts[i] != NULL; i++)
    {
      const char *key = server_of_account (prefs, accounts[i]);

      if (key != NULL && g_strcmp0 (accounts[i], but_not) != 0 &&
          g_strcmp0 (mw_prefs_js_get_string (prefs, server (key, "type")), type) == 0 &&
          same_text (prefs, server (key, "hostname"), host) &&
          same_text (prefs, server (key, "userName"), username))
        return g_strdup (accounts[i]);
    }
  return NULL;
}

/* Thunderbird keeps its local folders last */
static char *
find_local_folders (MwPrefsJs *prefs)
{
  g_auto (GStrv) accounts = get_list (prefs, ACCOUNTS);
  const char *local = mw_prefs_js_get_string (prefs, "mail.accountmanager.localfoldersserver");

  for (guint i = 0; accounts[i] != NULL; i++)
    {
      const char *key = server_of_account (prefs, accounts[i]);

      if (key != NULL &&
          (g_strcmp0 (key, local) == 0 ||
           g_strcmp0 (mw_prefs_js_get_string (prefs, server (key, "type")), "none") == 0))
        return g_strdup (accounts[i]);
    }
  return NULL;
}

/* ---- the receiving half ---- */

static void
add_account (MwPrefsJs *prefs, MwThunderbirdPlace *place)
{
  g_auto (GStrv) listed = get_list (prefs, ACCOUNTS);
  g_auto (GStrv) servers = list_references (prefs, "server");
  g_autofree char *local = find_local_folders (prefs);
  int last = MAX (mw_prefs_js_get_int (prefs, LAST_KEY, 0), 0);

  /* Thunderbird gives the next account the number behind lastKey without looking whether it is in
   * use */
  place->account_key =
      free_key (prefs, "mail.account.", "account", listed, last < G_MAXINT32 - 1000 ? last + 1 : 1);
  place->server_key = free_key (prefs, "mail.server.", "server", servers, 1);
  mw_prefs_js_set_string (prefs, account_pref (place->account_key, "server"), place->server_key);
  add_to_list (prefs, ACCOUNTS, place->account_key, local);
  last = MAX (last, atoi (place->account_key + strlen ("account")));
  mw_prefs_js_set_int (prefs, LAST_KEY, last);
}

/* Folders of the identity that stand on this server follow it to its new name */
static void
move_folders (MwPrefsJs *prefs, const char *identity_key, const char *from, const char *to)
{
  static const char *const names[] = {
    "fcc_folder",
    "draft_folder",
    "stationery_folder",
    "archive_folder",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *name = identity (identity_key, names[i]);
      const char *there = mw_prefs_js_get_string (prefs, name);

      if (there != NULL && g_str_has_prefix (there, from))
        {
          g_autofree char *moved = g_strconcat (to, there + strlen (from), NULL);

          mw_prefs_js_set_string (prefs, name, moved);
        }
    }
}

static void
put_server (MwPrefsJs *prefs,
            MwAccount *account,
            const char *key,
            const char *username,
            MwThunderbirdAuth auth)
{
  MwServer *one = mw_account_get_server (account, MW_HALF_INCOMING);
  gboolean pop3 = mw_server_get_protocol (one) == MW_PROTOCOL_POP3;
  g_autofree char *host = mw_host_to_ascii (mw_server_get_host (one));
  gboolean is_new = !mw_prefs_js_has (prefs, server (key, "type"));

  mw_prefs_js_set_string (prefs, server (key, "type"), pop3 ? "pop3" : "imap");
  /* Thunderbird compares host names without regard to case, and names folders by its spelling */
  if (!same_text (prefs, server (key, "hostname"), host))
    mw_prefs_js_set_string (prefs, server (key, "hostname"), host);
  mw_prefs_js_set_string (prefs, server (key, "userName"), username);
  mw_prefs_js_set_int (prefs, server (key, "port"), mw_server_get_port (one));
  mw_prefs_js_set_int (prefs, server (key, "socketType"),
                       socket_type (mw_server_get_security (one)));
  mw_prefs_js_set_int (prefs, server (key, "authMethod"), (int) auth);
  mw_prefs_js_set_string (prefs, server (key, MARKER), mw_account_get_id (account));
  /* Thunderbird's own default takes the mail off the server */
  if (pop3 && !mw_prefs_js_get_boolean (prefs, server (key, ADOPTED), FALSE))
    mw_prefs_js_set_boolean (prefs, server (key, "leave_on_server"),
                             mw_account_get_leave_on_server (account));
  if (!is_new)
    return; /* what follows is a start, and the person's own from then on */
  mw_prefs_js_set_string (prefs, server (key, "name"),
                          mw_address_get_text (mw_account_get_address (account)));
  mw_prefs_js_set_boolean (prefs, server (key, "login_at_startup"), TRUE);
  mw_prefs_js_set_boolean (prefs, server (key, "check_new_mail"), TRUE);
  if (pop3)
    mw_prefs_js_set_boolean (prefs, server (key, "download_on_biff"), TRUE);
}

/* ---- the identity ---- */

static char *
find_identity (MwPrefsJs *prefs, MwThunderbirdPlace *place, MwAccount *account, gboolean *ours)
{
  g_auto (GStrv) keys = get_list (prefs, account_pref (place->account_key, "identities"));
  MwAddress *address = mw_account_get_address (account);

  *ours = FALSE;
  for (guint i = 0; keys[i] != NULL; i++)
    if (has_marker (prefs, identity (keys[i], MARKER), mw_account_get_id (account)))
      {
        *ours = TRUE;
        return g_strdup (keys[i]);
      }
  for (guint i = 0; keys[i] != NULL; i++)
    if (same_text (prefs, identity (keys[i], "useremail"), mw_address_get_ascii (address)) ||
        same_text (prefs, identity (keys[i], "useremail"), mw_address_get_text (address)))
      return g_strdup (keys[i]);
  return NULL;
}

static void
set_or_unset (MwPrefsJs *prefs, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    mw_prefs_js_set_string (prefs, name, value);
  else
    mw_prefs_js_unset (prefs, name);
}

static void
put_folders (MwPrefsJs *prefs, const char *key, const char *root)
{
  static const struct
  {
    const char *name;
    const char *folder;
    const char *mode;
  } folders[] = {
    { "fcc_folder", "Sent", "fcc_folder_picker_mode" },
    { "draft_folder", "Drafts", "drafts_folder_picker_mode" },
    { "stationery_folder", "Templates", "tmpl_folder_picker_mode" },
  };

  /* Without these, sent mail goes to the local folders wherever a server marks no folder for it
   * (RFC 6154); where a server does, Thunderbird puts that folder in. */
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *uri = g_strconcat (root, folders[i].folder, NULL);

      mw_prefs_js_set_string (prefs, identity (key, folders[i].name), uri);
      mw_prefs_js_set_string (prefs, identity (key, folders[i].mode), "0");
    }
}

static void
put_identity (MwPrefsJs *prefs, MwAccount *account, MwThunderbirdPlace *place, const char *root)
{
  MwAddress *address = mw_account_get_address (account);
  gboolean ours;
  const char *key;

  place->identity_key = find_identity (prefs, place, account, &ours);
  if (place->identity_key == NULL)
    {
      g_auto (GStrv) references = list_references (prefs, "identities");

      place->identity_key = free_key (prefs, "mail.identity.", "id", references, 1);
      add_to_list (prefs, account_pref (place->account_key, "identities"), place->identity_key,
                   NULL);
      put_folders (prefs, place->identity_key, root);
      ours = TRUE;
    }
  key = place->identity_key;
  if (place->smtp_key != NULL)
    mw_prefs_js_set_string (prefs, identity (key, "smtpServer"), place->smtp_key);
  if (!ours)
    return; /* the person's own identity: only the sending server is ours to say */
  mw_prefs_js_set_string (prefs, identity (key, "useremail"),
                          mw_address_needs_smtputf8 (address) ? mw_address_get_text (address)
                                                              : mw_address_get_ascii (address));
  set_or_unset (prefs, identity (key, "fullName"), mw_account_get_name (account));
  set_or_unset (prefs, identity (key, "reply_to"), mw_account_get_reply_to (account));
  set_or_unset (prefs, identity (key, "organization"), mw_account_get_organization (account));
  if (place->smtp_key == NULL)
    mw_prefs_js_unset (prefs, identity (key, "smtpServer"));
  mw_prefs_js_set_string (prefs, identity (key, MARKER), mw_account_get_id (account));
}

/* ---- the sending half ---- */

typedef struct
{
  const char *host;
  const char *username; /* or %NULL */
  int port;
  int try_ssl;
  int auth;
} Smtp;

static gboolean
smtp_matches (MwPrefsJs *prefs, const char *key, const Smtp *wanted)
{
  const char *type = mw_prefs_js_get_string (prefs, smtp (key, "type"));

  return (type == NULL || g_str_equal (type, "smtp")) &&
         same_text (prefs, smtp (key, "hostname"), wanted->host) &&
         same_text (prefs, smtp (key, "username"), wanted->username) &&
         mw_prefs_js_get_int (prefs, smtp (key, "port"), 0) == wanted->port &&
         mw_prefs_js_get_int (prefs, smtp (key, "try_ssl"), 0) == wanted->try_ssl &&
         mw_prefs_js_get_int (prefs, smtp (key, "authMethod"), 3) == wanted->auth;
}

/* Does an identity of another account send through it? */
static gboolean
smtp_is_shared (MwPrefsJs *prefs, const char *key, const char *id)
{
  g_auto (GStrv) names = mw_prefs_js_list (prefs, "mail.identity.");

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *stem = NULL;
      g_autofree char *marker = NULL;

      if (!g_str_has_suffix (names[i], ".smtpServer") ||
          g_strcmp0 (mw_prefs_js_get_string (prefs, names[i]), key) != 0)
        continue;
      stem = g_strndup (names[i], strlen (names[i]) - strlen ("smtpServer"));
      marker = g_strconcat (stem, MARKER, NULL);
      if (!has_marker (prefs, marker, id))
        return TRUE;
    }
  return FALSE;
}

static void
put_smtp (MwPrefsJs *prefs, MwAccount *account, MwThunderbirdPlace *place, MwThunderbirdAuth auth)
{
  MwServer *one = mw_account_get_server (account, MW_HALF_OUTGOING);
  const char *id = mw_account_get_id (account);
  g_auto (GStrv) listed = get_list (prefs, SMTP_SERVERS);
  g_autofree char *host = mw_host_to_ascii (mw_server_get_host (one));
  g_autofree char *username = mw_thunderbird_get_username (account, MW_HALF_OUTGOING);
  const Smtp wanted = { host, username, mw_server_get_port (one),
                        socket_type (mw_server_get_security (one)), (int) auth };
  const char *key;

  for (guint i = 0; listed[i] != NULL && place->smtp_key == NULL; i++)
    if (has_marker (prefs, smtp (listed[i], MARKER), id))
      {
        if (smtp_matches (prefs, listed[i], &wanted) || !smtp_is_shared (prefs, listed[i], id))
          place->smtp_key = g_strdup (listed[i]);
        else /* others send through it as it is, so it is theirs from now on */
          mw_prefs_js_unset (prefs, smtp (listed[i], MARKER));
      }
  for (guint i = 0; listed[i] != NULL && place->smtp_key == NULL; i++)
    if (smtp_matches (prefs, listed[i], &wanted))
      {
        place->smtp_key = g_strdup (listed[i]);
        place->smtp_shared = TRUE;
        return;
      }
  if (place->smtp_key == NULL)
    {
      place->smtp_key = free_key (prefs, "mail.smtpserver.", "smtp", listed, 1);
      add_to_list (prefs, SMTP_SERVERS, place->smtp_key, NULL);
      mw_prefs_js_set_string (prefs, smtp (place->smtp_key, "description"),
                              mw_address_get_text (mw_account_get_address (account)));
    }
  key = place->smtp_key;
  mw_prefs_js_set_string (prefs, smtp (key, "type"), "smtp");
  mw_prefs_js_set_string (prefs, smtp (key, "hostname"), host);
  mw_prefs_js_set_int (prefs, smtp (key, "port"), wanted.port);
  mw_prefs_js_set_int (prefs, smtp (key, "try_ssl"), wanted.try_ssl);
  mw_prefs_js_set_int (prefs, smtp (key, "authMethod"), wanted.auth);
  set_or_unset (prefs, smtp (key, "username"), username);
  mw_prefs_js_set_string (prefs, smtp (key, MARKER), id);
}

/* ---- all of it ---- */

void
mw_thunderbird_place_free (MwThunderbirdPlace *self)
{
  g_free (self->account_key);
  g_free (self->server_key);
  g_free (self->identity_key);
  g_free (self->smtp_key);
  g_free (self->incoming_origin);
  g_free (self->outgoing_origin);
  g_free (self);
}

/* Finds where the account is, or can be taken over; leaves the keys empty when it is new */
static gboolean
find_place (MwPrefsJs *prefs,
            MwThunderbirdPlace *place,
            const char *id,
            const char *type,
            const char *host,
            const char *username,
            GError **error)
{
  g_autofree char *marked = find_marked_account (prefs, id);
  g_autofree char *same = find_same_account (prefs, type, host, username, marked);

  if (marked != NULL)
    {
      const char *key = server_of_account (prefs, marked);

      if (g_strcmp0 (mw_prefs_js_get_string (prefs, server (key, "type")), type) != 0)
        {
          /* Its mail is stored in another way; it stays, as the person's own */
          mw_prefs_js_unset (prefs, server (key, MARKER));
          place->left_behind = TRUE;
          g_clear_pointer (&marked, g_free);
        }
    }
  if (marked != NULL && same != NULL)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID,
                   "Thunderbird has another account for %s at %s already (%s beside %s)", username,
                   host, same, marked);
      return FALSE;
    }
  place->account_key = marked != NULL ? g_steal_pointer (&marked) : g_steal_pointer (&same);
  if (place->account_key != NULL)
    {
      place->server_key = g_strdup (server_of_account (prefs, place->account_key));
      place->adopted = !has_marker (prefs, server (place->server_key, MARKER), id);
    }
  return TRUE;
}

static gboolean
check_host (MwServer *one, GError **error)
{
  g_autofree char *host = mw_host_to_ascii (mw_server_get_host (one));

  if (host == NULL)
    g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
                 "%s.host: not a host name", mw_protocol_to_string (mw_server_get_protocol (one)));
  return host != NULL;
}

/**
 * mw_thunderbird_prefs_put:
 * @prefs: the preferences of a profile, or empty ones
 * @account: an account that can receive, its values checked
 * @error: return location for a #GError
 *
 * Writes an account into Thunderbird's preferences. An account that an earlier export made is found
 * again by its marker, and what has changed in it is replaced; one that the person had made for the
 * same mail box is taken over, since Thunderbird does not allow a second one; otherwise it is added
 * under numbers that nothing uses. Everything else stays.
 *
 * Returns: (transfer full): where it went; %NULL with %MW_EXPORT_ERROR
 */
MwThunderbirdPlace *
mw_thunderbird_prefs_put (MwPrefsJs *prefs, MwAccount *account, GError **error)
{
  g_autoptr(MwThunderbirdPlace) place = g_new0 (MwThunderbirdPlace, 1);
  MwServer *incoming = mw_account_get_server (account, MW_HALF_INCOMING);
  MwServer *outgoing = mw_account_get_server (account, MW_HALF_OUTGOING);
  g_autofree char *host = NULL;
  g_autofree char *username = NULL;
  g_autofree char *root = NULL;
  g_autofree char *old_root = NULL;
  const char *type;
  const char *server_host;
  MwThunderbirdAuth incoming_auth, outgoing_auth = MW_THUNDERBIRD_AUTH_NONE;

  if (!check_host (incoming, error) || !mw_thunderbird_get_auth (incoming, &incoming_auth, error) ||
      (outgoing != NULL && (!check_host (outgoing, error) ||
                            !mw_thunderbird_get_auth (outgoing, &outgoing_auth, error))))
    return NULL;
  host = mw_host_to_ascii (mw_server_get_host (incoming));
  username = mw_thunderbird_get_username (account, MW_HALF_INCOMING);
  type = mw_server_get_protocol (incoming) == MW_PROTOCOL_POP3 ? "pop3" : "imap";
  if (!find_place (prefs, place, mw_account_get_id (account), type, host, username, error))
    return NULL;

  if (place->account_key == NULL)
    add_account (prefs, place);
  else
    {
      const char *old_host = mw_prefs_js_get_string (prefs, server (place->server_key, "hostname"));
      const char *old_user = mw_prefs_js_get_string (prefs, server (place->server_key, "userName"));

      if (old_host != NULL && old_user != NULL)
        old_root = folder_root (type, old_user, old_host);
      if (place->adopted)
        mw_prefs_js_set_boolean (prefs, server (place->server_key, ADOPTED), TRUE);
    }
  put_server (prefs, account, place->server_key, username, incoming_auth);
  server_host = mw_prefs_js_get_string (prefs, server (place->server_key, "hostname"));
  root = folder_root (type, username, server_host);
  if (outgoing != NULL)
    put_smtp (prefs, account, place, outgoing_auth);
  put_identity (prefs, account, place, root);
  if (old_root != NULL && !g_str_equal (old_root, root))
    move_folders (prefs, place->identity_key, old_root, root);
  place->incoming_origin =
      g_strdup_printf ("%s://%s", g_str_equal (type, "pop3") ? "mailbox" : "imap", server_host);
  if (place->smtp_key != NULL)
    place->outgoing_origin = g_strdup_printf (
        "smtp://%s", mw_prefs_js_get_string (prefs, smtp (place->smtp_key, "hostname")));
  return g_steal_pointer (&place);
}
