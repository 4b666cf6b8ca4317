/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Provider files: key files as GKeyFile reads them, UTF-8, named ID.ini. Ours are in
 * data/providers and are joined at build time; users and administrators add theirs, which this
 * file reads.
 *
 *   [Provider]
 *   Name=Example Mail                 what people call it; Name[zh_CN] and so on may follow
 *   Region=de                         optional: a country code, "global", "hosting", "self-hosted"
 *   Domains=example.org;*.example.net;   "*.": all domains below
 *   MX=mx*.example.org;*.mx.example.net; hosts that tell domains of customers; "*" within a label,
 *                                     or "*." in front; the last two labels are plain
 *   Service=mailbox                   or sending-only; or none: no mail program gets in
 *   Username=full;local;              preferred first, then others that work: full, local (before
 *                                     the @), custom (to be looked up), or with {local} {domain}
 *   SmtpUsername=full;                where sending differs
 *   Auth=oauth2;app-password;         best first: oauth2, app-password, authorization-code (codes
 *                                     and client passwords of Chinese providers), client-password,
 *                                     password, smtp-credentials, bridge-password
 *   PasswordPattern=[a-z]{16}         shape of the password, see mw-password-pattern.c
 *   PasswordBlanks=ignore             it is shown with blanks that do not belong to it
 *   PasswordHint=One sentence.        the shape in words
 *   OtherPasswordPattern=...          shape of something else that people put there
 *   Regions=eu-west-1;us-east-1;      what may stand for {region} in a host name
 *   OtherHosts=imap2.example.org;     more names that are right, as patterns; never offered
 *   WrongHosts=mail.example.org;      names that people type and that are wrong, as patterns
 *   Quirks=needs-imap-id;             habits that code knows of, see the list below
 *   Prepare=Do this. Then that.       what to do before the password is typed
 *   Help=https://...
 *   Confidence=high                   high, medium, low
 *   Checked=2026-11-21                when this was last held against the sources
 *   Source=ISPDB example.xml;https://...;
 *
 *   [IMAP 1]                          also [POP3 n] and [SMTP n], in order of preference
 *   Host=imap.example.org             may hold {domain} (of the address) or {region}
 *   Port=993
 *   Security=tls                      tls, starttls, none
 *   Unusual=true                      port and security are an odd pair, but right
 *
 *   [Note 1]
 *   Text=Good to know.
 *
 *   [Error 1]
 *   Match=words of the server;or others;
 *   Protocol=imap                     optional
 *   Diagnosis=auth-failed             an id of the diagnosis table
 *   Text=What it means.
 *
 * Name, Prepare, PasswordHint and Text are translated by Key[zh_CN]; in our own files each has all
 * languages. In additions, Name, a server or a domain, and whatever is needed to make sense of
 * them have to be there; Service, Confidence, Username (full) and Auth (password) have defaults.
 *
 * Quirks: admin-allows (an administrator has to allow mail programs), closing (the service ends
 * soon), drops-after-refusal (hangs up after a refused login), guessed-hosts (host names are
 * guesses), local-bridge (a program on this computer is the server), needs-imap-id (RFC 2971: no
 * folder opens before ID), only-plain-listed (the sources know no TLS; try it first), paid-plan,
 * region-in-host, smtp-without-login, starttls-only-submission, switch-on-first (IMAP/POP3/SMTP
 * have to be switched on in the web mail), tor-only, username-may-differ (the login name need not
 * be the address). */

#define G_LOG_DOMAIN "mw-providers"

#include "config.h"

#include "providers/mw-provider-image.h"

#include "model/mw-diagnosis.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TEXT 4096
#define MAX_ITEM 512
#define MAX_ITEMS 5000
#define MAX_GROUPS 200
#define MAX_PROVIDERS 8000

struct _MwProviderLoader
{
  /* Owned */
  GString *strings;
  GHashTable *known_strings; /* GBytes -> offset */
  GArray *providers;
  GArray *servers;
  GArray *notes;
  GArray *errors;
  GArray *domains;
  GArray *mx;
  GArray *hosts;
  GHashTable *domain_owners; /* domain -> id */

  MwProviderImage image;
};

/* One file while it is read. */
typedef struct
{
  MwProviderLoader *loader;
  GKeyFile *file;
  const char *id;
  MwProviderRecord record;
  GStrv lists[MW_PROVIDER_N_LISTS];
  GPtrArray *complaints;
  GError **error;
} Reading;

static const char *const list_keys[MW_PROVIDER_N_LISTS] = {
  [MW_PROVIDER_LIST_DOMAINS] = "Domains",        [MW_PROVIDER_LIST_MX] = "MX",
  [MW_PROVIDER_LIST_SOURCES] = "Source",         [MW_PROVIDER_LIST_AUTHENTICATIONS] = "Auth",
  [MW_PROVIDER_LIST_USERNAMES] = "Username",     [MW_PROVIDER_LIST_SMTP_USERNAMES] = "SmtpUsername",
  [MW_PROVIDER_LIST_REGIONS] = "Regions",        [MW_PROVIDER_LIST_OTHER_HOSTS] = "OtherHosts",
  [MW_PROVIDER_LIST_WRONG_HOSTS] = "WrongHosts", [MW_PROVIDER_LIST_QUIRKS] = "Quirks",
};

static const char *const provider_keys[] = {
  "Name",
  "Region",
  "Domains",
  "MX",
  "Service",
  "Username",
  "SmtpUsername",
  "Auth",
  "PasswordPattern",
  "PasswordBlanks",
  "PasswordHint",
  "OtherPasswordPattern",
  "Regions",
  "OtherHosts",
  "WrongHosts",
  "Quirks",
  "Prepare",
  "Help",
  "Confidence",
  "Checked",
  "Source",
  NULL,
};
static const char *const server_keys[] = { "Host", "Port", "Security", "Unusual", NULL };
static const char *const note_keys[] = { "Text", NULL };
static const char *const error_keys[] = { "Match", "Protocol", "Diagnosis", "Text", NULL };

/* In the order of the enumerations. */
static const char *const services[] = { "mailbox", "sending-only", "none", NULL };
static const char *const confidences[] = { "high", "medium", "low", NULL };
static const char *const groups_of_protocols[] = { NULL, "IMAP", "POP3", "SMTP" };

static const char *const authentications[] = {
  "password", "app-password",     "authorization-code", "client-password",
  "oauth2",   "smtp-credentials", "bridge-password",    NULL,
};

G_GNUC_PRINTF (2, 3)
static gboolean
fail (Reading *reading, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (reading->error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, message);
  return FALSE;
}

static guint32
add_bytes (MwProviderLoader *self, const char *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  gpointer offset;

  if (g_hash_table_lookup_extended (self->known_strings, bytes, NULL, &offset))
    return GPOINTER_TO_UINT (offset);
  offset = GUINT_TO_POINTER (self->strings->len);
  g_string_append_len (self->strings, data, (gssize) length);
  g_hash_table_insert (self->known_strings, g_steal_pointer (&bytes), offset);
  return GPOINTER_TO_UINT (offset);
}

static MwProviderString
add_string (MwProviderLoader *self, const char *text)
{
  return text != NULL && *text != '\0' ? add_bytes (self, text, strlen (text) + 1) : 0;
}

static MwProviderList
add_list (MwProviderLoader *self, const char *const *items)
{
  g_autoptr (GString) list = g_string_new (NULL);

  if (items == NULL || items[0] == NULL)
    return 0;
  for (gsize i = 0; items[i] != NULL; i++)
    g_string_append_len (list, items[i], (gssize) strlen (items[i]) + 1);
  g_string_append_c (list, '\0');
  return add_bytes (self, list->str, list->len);
}

/* What is shown to a person or put into a report must not move the cursor or turn the line round.
 */
static gboolean
is_clean (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (g_unichar_iscntrl (character) || (character >= 0x202a && character <= 0x202e) ||
          (character >= 0x2066 && character <= 0x2069))
        return FALSE;
    }
  return TRUE;
}

/* A single value; NULL without an error when the key is not there. */
static gboolean
read_string (Reading *reading, const char *group, const char *key, char **out)
{
  g_autoptr (GError) error = NULL;

  *out = NULL;
  if (!g_key_file_has_key (reading->file, group, key, NULL))
    return TRUE;
  *out = g_key_file_get_string (reading->file, group, key, &error);
  if (*out == NULL)
    return fail (reading, "[%s] %s: %s", group, key, error->message);
  g_strstrip (*out);
  if (strlen (*out) > MAX_TEXT || !is_clean (*out))
    {
      g_clear_pointer (out, g_free);
      return fail (reading, "[%s] %s is too long or holds control characters", group, key);
    }
  return TRUE;
}

static gboolean
read_list (Reading *reading, const char *group, const char *key, GStrv *out)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) items = NULL;
  gsize length = 0;

  if (g_key_file_has_key (reading->file, group, key, NULL))
    {
      items = g_key_file_get_string_list (reading->file, group, key, &length, &error);
      if (items == NULL)
        return fail (reading, "[%s] %s: %s", group, key, error->message);
      if (length > MAX_ITEMS)
        return fail (reading, "[%s] %s has more than %d items", group, key, MAX_ITEMS);
    }
  for (gsize i = 0; i < length; i++)
    {
      g_strstrip (items[i]);
      if (strlen (items[i]) > MAX_ITEM || !is_clean (items[i]))
        return fail (reading, "an item of [%s] %s is too long or holds control characters", group,
                     key);
      if (*items[i] != '\0' && g_hash_table_add (seen, items[i]))
        g_strv_builder_add (builder, items[i]);
    }
  *out = g_strv_builder_end (builder);
  return TRUE;
}

/* A choice among words: its index goes to @out, @standard when the key is not there. */
static gboolean
read_choice (Reading *reading,
             const char *group,
             const char *key,
             const char *const *words,
             guint standard,
             guint *out)
{
  g_autofree char *value = NULL;

  if (!read_string (reading, group, key, &value))
    return FALSE;
  *out = standard;
  if (value == NULL)
    return TRUE;
  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], value))
      {
        *out = i;
        return TRUE;
      }
  return fail (reading, "[%s] %s=%s is unknown", group, key, value);
}

/* A text and its translations. */
static gboolean
read_text (Reading *reading, const char *group, const char *key, MwProviderText *out)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) keys = g_key_file_get_keys (reading->file, group, NULL, NULL);
  g_autofree char *prefix = g_strconcat (key, "[", NULL);
  char *value;

  *out = 0;
  if (!read_string (reading, group, key, &value))
    return FALSE;
  if (value == NULL || *value == '\0')
    {
      g_free (value);
      return TRUE;
    }
  g_ptr_array_add (parts, value);
  for (gsize i = 0; keys[i] != NULL; i++)
    {
      gsize length = strlen (keys[i]);
      gsize start = strlen (prefix);

      if (!g_str_has_prefix (keys[i], prefix) || length <= start + 1 || keys[i][length - 1] != ']')
        continue;
      if (!read_string (reading, group, keys[i], &value))
        return FALSE;
      if (value == NULL || *value == '\0')
        {
          g_free (value);
          continue;
        }
      g_ptr_array_add (parts, g_strndup (keys[i] + start, length - start - 1));
      g_ptr_array_add (parts, value);
    }
  g_ptr_array_add (parts, NULL);
  *out = add_list (reading->loader, (const char *const *) parts->pdata);
  return TRUE;
}

/* The name in lower case A-labels, or NULL. */
static char *
normalize_host (const char *host)
{
  g_autofree char *ascii = mw_host_to_ascii (host);
  g_autofree char *lower = ascii != NULL ? g_ascii_strdown (ascii, -1) : NULL;

  return lower != NULL && mw_host_is_valid (lower) ? g_steal_pointer (&lower) : NULL;
}

static gboolean
is_pattern (const char *pattern)
{
  g_auto (GStrv) labels = g_strsplit (pattern, ".", -1);
  guint n = g_strv_length (labels);
  g_autofree char *sample = g_strdelimit (g_strdup (pattern), "*", 'x');

  /* Two plain labels at the end: nobody can claim all of a top level domain. */
  if (n < 2 || strchr (labels[n - 1], '*') != NULL || strchr (labels[n - 2], '*') != NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (strchr (labels[i], '*') != strrchr (labels[i], '*'))
      return FALSE;
  return mw_host_is_valid (sample) && !g_hostname_is_ip_address (sample);
}

static gboolean
check_domains (Reading *reading)
{
  GStrv domains = reading->lists[MW_PROVIDER_LIST_DOMAINS];
  gboolean bridge = g_strv_contains ((const char *const *) reading->lists[MW_PROVIDER_LIST_QUIRKS],
                                     "local-bridge");

  for (gsize i = 0; domains[i] != NULL; i++)
    {
      gboolean below = g_str_has_prefix (domains[i], "*.");
      g_autofree char *base = normalize_host (domains[i] + (below ? 2 : 0));

      /* A program on this computer may serve a domain of one label, as Yggmail does. */
      if (base == NULL || g_hostname_is_ip_address (base) ||
          (strchr (base, '.') == NULL && (below || !bridge)))
        return fail (reading, "%s is no mail domain", domains[i]);
      g_free (domains[i]);
      domains[i] = below ? g_strconcat ("*.", base, NULL) : g_steal_pointer (&base);
    }
  return TRUE;
}

static gboolean
check_patterns (Reading *reading, MwProviderListId id)
{
  GStrv patterns = reading->lists[id];

  for (gsize i = 0; patterns[i] != NULL; i++)
    {
      char *lower = g_ascii_strdown (patterns[i], -1);

      g_free (patterns[i]);
      patterns[i] = lower;
      if (!is_pattern (patterns[i]))
        return fail (reading, "%s: %s is no host pattern", list_keys[id], patterns[i]);
    }
  return TRUE;
}

static gboolean
check_usernames (Reading *reading, MwProviderListId id)
{
  GStrv forms = reading->lists[id];

  for (gsize i = 0; forms[i] != NULL; i++)
    {
      g_autoptr (GString) rest = g_string_new (forms[i]);

      if (g_str_equal (forms[i], "full") || g_str_equal (forms[i], "local") ||
          g_str_equal (forms[i], "custom"))
        continue;
      g_string_replace (rest, "{domain}", "", 0);
      if (g_string_replace (rest, "{local}", "", 0) != 1 || strpbrk (rest->str, "{} ") != NULL)
        return fail (reading, "%s: %s is no form of a user name", list_keys[id], forms[i]);
    }
  return TRUE;
}

static gboolean
check_authentications (Reading *reading)
{
  GStrv names = reading->lists[MW_PROVIDER_LIST_AUTHENTICATIONS];

  for (gsize i = 0; names[i] != NULL; i++)
    if (!g_strv_contains (authentications, names[i]))
      return fail (reading, "Auth: %s is unknown", names[i]);
  return TRUE;
}

static gboolean
check_regions (Reading *reading)
{
  GStrv regions = reading->lists[MW_PROVIDER_LIST_REGIONS];

  for (gsize i = 0; regions[i] != NULL; i++)
    if (strchr (regions[i], '.') != NULL || !mw_host_is_valid (regions[i]))
      return fail (reading, "Regions: %s cannot be part of a host name", regions[i]);
  return TRUE;
}

static gboolean
read_lists (Reading *reading)
{
  const char *const full[] = { "full", NULL };
  const char *const password[] = { "password", NULL };

  for (guint i = 0; i < MW_PROVIDER_N_LISTS; i++)
    if (!read_list (reading, "Provider", list_keys[i], &reading->lists[i]))
      return FALSE;
  if (reading->record.service != MW_PROVIDER_SERVICE_NONE)
    {
      GStrv *usernames = &reading->lists[MW_PROVIDER_LIST_USERNAMES];
      GStrv *names = &reading->lists[MW_PROVIDER_LIST_AUTHENTICATIONS];

      if ((*usernames)[0] == NULL)
        {
          g_strfreev (*usernames);
          *usernames = g_strdupv ((char **) full);
        }
      if ((*names)[0] == NULL)
        {
          g_strfreev (*names);
          *names = g_strdupv ((char **) password);
        }
    }
  return check_domains (reading) && check_patterns (reading, MW_PROVIDER_LIST_MX) &&
         check_patterns (reading, MW_PROVIDER_LIST_OTHER_HOSTS) &&
         check_patterns (reading, MW_PROVIDER_LIST_WRONG_HOSTS) &&
         check_usernames (reading, MW_PROVIDER_LIST_USERNAMES) &&
         check_usernames (reading, MW_PROVIDER_LIST_SMTP_USERNAMES) &&
         check_authentications (reading) && check_regions (reading);
}

static gboolean
read_password_pattern (Reading *reading, const char *key, MwProviderString *out)
{
  g_autofree char *pattern = NULL;

  if (!read_string (reading, "Provider", key, &pattern))
    return FALSE;
  if (pattern != NULL && !mw_password_pattern_is_valid (pattern))
    return fail (reading, "%s cannot be understood", key);
  *out = add_string (reading->loader, pattern);
  return TRUE;
}

/* Only links that a browser opens without doing harm: the help button of an entry is pressed in
 * good faith. Onion services need no TLS. */
static gboolean
is_help_link (const char *link)
{
  g_autoptr (GUri) uri = g_uri_parse (link, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL)
    return FALSE;
  return g_str_equal (g_uri_get_scheme (uri), "https") ||
         (g_str_equal (g_uri_get_scheme (uri), "http") && g_str_has_suffix (host, ".onion"));
}

static gboolean
is_date (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 4);

  return g_strv_length (parts) == 3 && strlen (parts[0]) == 4 && strlen (parts[1]) == 2 &&
         strlen (parts[2]) == 2 && strspn (text, "0123456789-") == strlen (text) &&
         g_date_valid_dmy ((GDateDay) atoi (parts[2]), (GDateMonth) atoi (parts[1]),
                           (GDateYear) atoi (parts[0]));
}

static gboolean
read_scalars (Reading *reading)
{
  MwProviderRecord *record = &reading->record;
  MwProviderLoader *loader = reading->loader;
  const char *const ignore[] = { "keep", "ignore", NULL };
  g_autofree char *region = NULL;
  g_autofree char *help = NULL;
  g_autofree char *checked = NULL;
  guint service, confidence, blanks;

  if (!read_choice (reading, "Provider", "Service", services, 0, &service) ||
      !read_choice (reading, "Provider", "Confidence", confidences, 1, &confidence) ||
      !read_choice (reading, "Provider", "PasswordBlanks", ignore, 0, &blanks) ||
      !read_string (reading, "Provider", "Region", &region) ||
      !read_string (reading, "Provider", "Help", &help) ||
      !read_string (reading, "Provider", "Checked", &checked) ||
      !read_text (reading, "Provider", "Name", &record->name) ||
      !read_text (reading, "Provider", "Prepare", &record->prepare) ||
      !read_text (reading, "Provider", "PasswordHint", &record->password_hint) ||
      !read_password_pattern (reading, "PasswordPattern", &record->password_pattern) ||
      !read_password_pattern (reading, "OtherPasswordPattern", &record->other_password_pattern))
    return FALSE;
  if (record->name == 0)
    return fail (reading, "[Provider] has no Name");
  if (help != NULL && !is_help_link (help))
    return fail (reading, "Help=%s is no https link", help);
  if (checked != NULL && !is_date (checked))
    return fail (reading, "Checked=%s is no date (YYYY-MM-DD)", checked);

  record->id = add_string (loader, reading->id);
  record->region = add_string (loader, region);
  record->help = add_string (loader, help);
  record->checked = add_string (loader, checked);
  record->service = (guint8) service;
  record->confidence = (guint8) confidence;
  record->blanks_ignored = (guint8) blanks;
  return TRUE;
}

static gboolean
check_template (Reading *reading, const char *group, const char *host)
{
  g_autoptr (GString) sample = g_string_new (host);

  if (g_string_replace (sample, "{domain}", "example.org", 0) > 0 &&
      reading->lists[MW_PROVIDER_LIST_DOMAINS][0] == NULL &&
      !g_strv_contains ((const char *const *) reading->lists[MW_PROVIDER_LIST_QUIRKS],
                        "guessed-hosts"))
    return fail (reading, "[%s] {domain} needs Domains, or the quirk guessed-hosts", group);
  if (g_string_replace (sample, "{region}", "region", 0) > 0 &&
      reading->lists[MW_PROVIDER_LIST_REGIONS][0] == NULL)
    return fail (reading, "[%s] {region} needs Regions", group);
  if (!mw_host_is_valid (sample->str) || g_str_has_prefix (host, "{region}"))
    return fail (reading, "[%s] Host=%s is no host name", group, host);
  return TRUE;
}

static gboolean
read_server (Reading *reading, const char *group, MwProtocol protocol)
{
  MwProviderServerRecord server = { .protocol = (guint8) protocol };
  const char *const truth[] = { "false", "true", NULL };
  g_autofree char *host = NULL;
  g_autofree char *lower = NULL;
  g_autofree char *port = NULL;
  g_autofree char *security_name = NULL;
  MwSecurity security;
  guint64 number;
  guint unusual;

  if (!read_string (reading, group, "Host", &host) ||
      !read_string (reading, group, "Port", &port) ||
      !read_string (reading, group, "Security", &security_name) ||
      !read_choice (reading, group, "Unusual", truth, 0, &unusual))
    return FALSE;
  if (host == NULL || port == NULL || security_name == NULL)
    return fail (reading, "[%s] needs Host, Port and Security", group);
  lower = strchr (host, '{') == NULL ? normalize_host (host) : g_ascii_strdown (host, -1);
  if (lower == NULL)
    return fail (reading, "[%s] Host=%s is no host name", group, host);
  if (!check_template (reading, group, lower))
    return FALSE;
  if (!g_ascii_string_to_unsigned (port, 10, 1, G_MAXUINT16, &number, NULL))
    return fail (reading, "[%s] Port=%s is no port", group, port);
  if (!mw_security_from_string (security_name, &security))
    return fail (reading, "[%s] Security=%s is unknown", group, security_name);

  server.host = add_string (reading->loader, lower);
  server.port = (guint16) number;
  server.security = (guint8) security;
  server.unusual = (guint8) unusual;
  g_array_append_val (reading->loader->servers, server);
  reading->record.n_servers++;
  return TRUE;
}

static gboolean
read_servers (Reading *reading)
{
  guint kinds[4] = { 0 };

  for (guint protocol = MW_PROTOCOL_IMAP; protocol <= MW_PROTOCOL_SMTP; protocol++)
    for (guint i = 1; i <= MAX_GROUPS; i++)
      {
        g_autofree char *group = g_strdup_printf ("%s %u", groups_of_protocols[protocol], i);

        if (!g_key_file_has_group (reading->file, group))
          break;
        if (!read_server (reading, group, (MwProtocol) protocol))
          return FALSE;
        kinds[protocol]++;
      }

  switch (reading->record.service)
    {
    case MW_PROVIDER_SERVICE_NONE:
      if (reading->record.n_servers > 0)
        return fail (reading, "Service=none, but there are servers");
      break;

    case MW_PROVIDER_SERVICE_SENDING_ONLY:
      if (kinds[MW_PROTOCOL_SMTP] == 0 || kinds[MW_PROTOCOL_IMAP] + kinds[MW_PROTOCOL_POP3] > 0)
        return fail (reading, "Service=sending-only has SMTP servers and no others");
      break;

    default:
      if (kinds[MW_PROTOCOL_SMTP] > 0 && kinds[MW_PROTOCOL_IMAP] + kinds[MW_PROTOCOL_POP3] == 0)
        return fail (reading, "there is no server to read mail from; is it Service=sending-only?");
      break;
    }
  if (reading->record.n_servers == 0 && reading->lists[MW_PROVIDER_LIST_DOMAINS][0] == NULL &&
      reading->lists[MW_PROVIDER_LIST_MX][0] == NULL)
    return fail (reading, "there is neither a server nor a domain");
  return TRUE;
}

static gboolean
read_notes (Reading *reading)
{
  for (guint i = 1; i <= MAX_GROUPS; i++)
    {
      g_autofree char *group = g_strdup_printf ("Note %u", i);
      MwProviderText text;

      if (!g_key_file_has_group (reading->file, group))
        break;
      if (!read_text (reading, group, "Text", &text))
        return FALSE;
      if (text == 0)
        return fail (reading, "[%s] has no Text", group);
      g_array_append_val (reading->loader->notes, text);
      reading->record.n_notes++;
    }
  return TRUE;
}

static gboolean
read_error (Reading *reading, const char *group)
{
  MwProviderErrorRecord row = { 0 };
  const char *const protocols[] = { "", "imap", "pop3", "smtp", NULL };
  g_auto (GStrv) matches = NULL;
  g_autofree char *diagnosis = NULL;
  guint protocol;

  if (!read_list (reading, group, "Match", &matches) ||
      !read_choice (reading, group, "Protocol", protocols, MW_PROTOCOL_UNKNOWN, &protocol) ||
      !read_string (reading, group, "Diagnosis", &diagnosis) ||
      !read_text (reading, group, "Text", &row.text))
    return FALSE;
  if (matches[0] == NULL || diagnosis == NULL || row.text == 0)
    return fail (reading, "[%s] needs Match, Diagnosis and Text", group);
  if (mw_diagnosis_from_id (diagnosis) == MW_DIAGNOSIS_NONE)
    return fail (reading, "[%s] Diagnosis=%s is unknown", group, diagnosis);
  for (gsize i = 0; matches[i] != NULL; i++)
    {
      char *folded = mw_provider_fold_error_text (matches[i]);

      g_free (matches[i]);
      matches[i] = folded;
      if (strlen (folded) < 3)
        return fail (reading, "[%s] Match is shorter than three characters", group);
    }
  row.matches = add_list (reading->loader, (const char *const *) matches);
  row.diagnosis = add_string (reading->loader, diagnosis);
  row.protocol = (guint8) protocol;
  g_array_append_val (reading->loader->errors, row);
  reading->record.n_errors++;
  return TRUE;
}

static gboolean
read_errors (Reading *reading)
{
  for (guint i = 1; i <= MAX_GROUPS; i++)
    {
      g_autofree char *group = g_strdup_printf ("Error %u", i);

      if (!g_key_file_has_group (reading->file, group))
        break;
      if (!read_error (reading, group))
        return FALSE;
    }
  return TRUE;
}

/* Speaks of groups and keys that nobody reads: mostly a slip of the pen. The rest still counts,
 * so that a file for a later version does its best here. */
static void
complain_of_unknown (Reading *reading)
{
  g_auto (GStrv) groups = g_key_file_get_groups (reading->file, NULL);

  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (reading->file, groups[i], NULL, NULL);
      const char *const *known = NULL;

      if (g_str_equal (groups[i], "Provider"))
        known = provider_keys;
      else if (g_str_has_prefix (groups[i], "IMAP ") || g_str_has_prefix (groups[i], "POP3 ") ||
               g_str_has_prefix (groups[i], "SMTP "))
        known = server_keys;
      else if (g_str_has_prefix (groups[i], "Note "))
        known = note_keys;
      else if (g_str_has_prefix (groups[i], "Error "))
        known = error_keys;

      if (known == NULL)
        {
          g_ptr_array_add (reading->complaints, g_strdup_printf ("unknown group [%s]", groups[i]));
          continue;
        }
      for (gsize j = 0; keys != NULL && keys[j] != NULL; j++)
        {
          g_autofree char *name = g_strndup (keys[j], strcspn (keys[j], "["));

          if (!g_strv_contains (known, name))
            g_ptr_array_add (reading->complaints,
                             g_strdup_printf ("unknown key %s in [%s]", keys[j], groups[i]));
        }
    }
}

static void
index_patterns (Reading *reading, MwProviderListId id, GArray *table, guint8 kind)
{
  for (gsize i = 0; reading->lists[id][i] != NULL; i++)
    {
      MwProviderPatternRecord row = {
        .key = add_string (reading->loader, mw_provider_pattern_key (reading->lists[id][i])),
        .pattern = add_string (reading->loader, reading->lists[id][i]),
        .provider = (guint16) reading->loader->providers->len,
        .kind = kind,
      };

      g_array_append_val (table, row);
    }
}

static void
index_server_host (Reading *reading, const char *host, guint8 protocols)
{
  MwProviderLoader *loader = reading->loader;
  MwProviderPatternRecord row = {
    .key = add_string (loader, mw_provider_pattern_key (host)),
    .pattern = add_string (loader, host),
    .provider = (guint16) loader->providers->len,
    .protocols = protocols,
    .kind = MW_PROVIDER_HOST_SERVER,
  };

  if (strchr (host, '.') == NULL || g_hostname_is_ip_address (host))
    return;
  /* One host often serves several protocols; its rows are the last ones so far. */
  for (guint i = loader->hosts->len; i > 0; i--)
    {
      MwProviderPatternRecord *other =
          &g_array_index (loader->hosts, MwProviderPatternRecord, i - 1);

      if (other->provider != row.provider)
        break;
      if (other->pattern == row.pattern)
        {
          other->protocols |= protocols;
          return;
        }
    }
  g_array_append_val (loader->hosts, row);
}

static void
index_servers (Reading *reading)
{
  GStrv domains = reading->lists[MW_PROVIDER_LIST_DOMAINS];
  MwProviderLoader *loader = reading->loader;

  for (guint i = 0; i < reading->record.n_servers; i++)
    {
      MwProviderServerRecord server =
          g_array_index (loader->servers, MwProviderServerRecord, reading->record.first_server + i);
      g_autoptr (GString) host = g_string_new (loader->strings->str + server.host);

      g_string_replace (host, "{region}", "*", 0);
      if (strstr (host->str, "{domain}") == NULL)
        {
          index_server_host (reading, host->str, (guint8) (1 << server.protocol));
          continue;
        }
      for (gsize j = 0; domains[j] != NULL; j++)
        {
          g_autoptr (GString) filled = g_string_new (host->str);

          if (g_str_has_prefix (domains[j], "*."))
            continue;
          g_string_replace (filled, "{domain}", domains[j], 0);
          index_server_host (reading, filled->str, (guint8) (1 << server.protocol));
        }
    }
}

static void
index_domains (Reading *reading)
{
  GStrv domains = reading->lists[MW_PROVIDER_LIST_DOMAINS];
  MwProviderLoader *loader = reading->loader;

  for (gsize i = 0; domains[i] != NULL; i++)
    {
      const char *owner = g_hash_table_lookup (loader->domain_owners, domains[i]);
      MwProviderDomainRecord row = {
        .key = add_string (loader, domains[i]),
        .provider = (guint16) loader->providers->len,
      };

      if (owner != NULL)
        {
          g_ptr_array_add (
              reading->complaints,
              g_strdup_printf ("domain %s already belongs to %s.ini", domains[i], owner));
          continue;
        }
      g_hash_table_insert (loader->domain_owners, g_strdup (domains[i]), g_strdup (reading->id));
      g_array_append_val (loader->domains, row);
    }
}

static gboolean
is_id (const char *id)
{
  return strlen (id) <= 100 && g_ascii_isalnum (*id) &&
         strspn (id, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen (id);
}

static gboolean
read_provider (Reading *reading)
{
  MwProviderLoader *loader = reading->loader;

  if (!g_key_file_has_group (reading->file, "Provider"))
    return fail (reading, "there is no [Provider]");
  if (loader->providers->len >= MAX_PROVIDERS)
    return fail (reading, "there are more than %d providers", MAX_PROVIDERS);
  reading->record.first_server = loader->servers->len;
  reading->record.first_note = loader->notes->len;
  reading->record.first_error = loader->errors->len;
  if (!read_scalars (reading) || !read_lists (reading) || !read_servers (reading) ||
      !read_notes (reading) || !read_errors (reading))
    {
      g_array_set_size (loader->servers, reading->record.first_server);
      g_array_set_size (loader->notes, reading->record.first_note);
      g_array_set_size (loader->errors, reading->record.first_error);
      return FALSE;
    }

  for (guint i = 0; i < MW_PROVIDER_N_LISTS; i++)
    reading->record.lists[i] = add_list (loader, (const char *const *) reading->lists[i]);
  complain_of_unknown (reading);
  index_domains (reading);
  index_servers (reading);
  index_patterns (reading, MW_PROVIDER_LIST_MX, loader->mx, 0);
  index_patterns (reading, MW_PROVIDER_LIST_OTHER_HOSTS, loader->hosts, MW_PROVIDER_HOST_OTHER);
  index_patterns (reading, MW_PROVIDER_LIST_WRONG_HOSTS, loader->hosts, MW_PROVIDER_HOST_WRONG);
  g_array_append_val (loader->providers, reading->record);
  return TRUE;
}

/*< private >
 * mw_provider_loader_new:
 *
 * Returns: (transfer full): a loader without providers
 */
MwProviderLoader *
mw_provider_loader_new (void)
{
  MwProviderLoader *self = g_new0 (MwProviderLoader, 1);

  self->strings = g_string_new (NULL);
  g_string_append_len (self->strings, "\0", 2); /* offset 0: nothing */
  self->known_strings =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  self->providers = g_array_new (FALSE, FALSE, sizeof (MwProviderRecord));
  self->servers = g_array_new (FALSE, FALSE, sizeof (MwProviderServerRecord));
  self->notes = g_array_new (FALSE, FALSE, sizeof (MwProviderText));
  self->errors = g_array_new (FALSE, FALSE, sizeof (MwProviderErrorRecord));
  self->domains = g_array_new (FALSE, FALSE, sizeof (MwProviderDomainRecord));
  self->mx = g_array_new (FALSE, FALSE, sizeof (MwProviderPatternRecord));
  self->hosts = g_array_new (FALSE, FALSE, sizeof (MwProviderPatternRecord));
  self->domain_owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/*< private >
 * mw_provider_loader_free:
 * @self: a loader
 *
 * Frees the loader and its image.
 */
void
mw_provider_loader_free (MwProviderLoader *self)
{
  g_string_free (self->strings, TRUE);
  g_hash_table_unref (self->known_strings);
  g_array_unref (self->providers);
  g_array_unref (self->servers);
  g_array_unref (self->notes);
  g_array_unref (self->errors);
  g_array_unref (self->domains);
  g_array_unref (self->mx);
  g_array_unref (self->hosts);
  g_hash_table_unref (self->domain_owners);
  g_free (self);
}

/*< private >
 * mw_provider_loader_add_data:
 * @self: a loader
 * @id: the id, from the file's name
 * @data: what is in the file, any bytes
 * @length: how many
 * @complaints: (element-type utf8): where to add what is wrong but no reason to drop the file
 * @error: return location for a #GError
 *
 * Reads one provider file.
 *
 * Returns: whether the provider was added; on failure the loader is as before
 */
gboolean
mw_provider_loader_add_data (MwProviderLoader *self,
                             const char *id,
                             const char *data,
                             gsize length,
                             GPtrArray *complaints,
                             GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  Reading reading = {
    .loader = self, .file = file, .id = id, .complaints = complaints, .error = error
  };
  gboolean added;

  if (!is_id (id))
    return fail (&reading, "the name of the file is no id (a-z, 0-9, dots and hyphens)");
  if (!g_utf8_validate_len (data, length, NULL))
    return fail (&reading, "is not UTF-8");
  if (length == 0)
    return fail (&reading, "is empty");
  if (!g_key_file_load_from_data (file, data, length, G_KEY_FILE_KEEP_TRANSLATIONS, error))
    return FALSE;
  added = read_provider (&reading);
  for (guint i = 0; i < MW_PROVIDER_N_LISTS; i++)
    g_strfreev (reading.lists[i]);
  return added;
}

static int
compare_domains (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const char *strings = user_data;
  const MwProviderDomainRecord *x = a, *y = b;

  return strcmp (strings + x->key, strings + y->key);
}

/* The number of characters of a pattern that are not "*". */
static gsize
count_literal (const char *pattern)
{
  gsize n = 0;

  for (; *pattern != '\0'; pattern++)
    n += *pattern != '*';
  return n;
}

static int
compare_patterns (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const char *strings = user_data;
  const MwProviderPatternRecord *x = a, *y = b;
  gsize literal_x = count_literal (strings + x->pattern);
  gsize literal_y = count_literal (strings + y->pattern);
  int order = strcmp (strings + x->key, strings + y->key);

  if (order == 0)
    order = (literal_x < literal_y) - (literal_x > literal_y);
  if (order == 0)
    order = (int) x->kind - (int) y->kind;
  if (order == 0)
    order = strcmp (strings + x->pattern, strings + y->pattern);
  return order != 0 ? order : (int) x->provider - (int) y->provider;
}

/*< private >
 * mw_provider_loader_finish:
 * @self: a loader, to which nothing is added from now on
 *
 * Returns: (transfer none): the image of what was added; it belongs to the loader
 */
const MwProviderImage *
mw_provider_loader_finish (MwProviderLoader *self)
{
  MwProviderImage *image = &self->image;

  g_array_sort_with_data (self->domains, compare_domains, self->strings->str);
  g_array_sort_with_data (self->mx, compare_patterns, self->strings->str);
  g_array_sort_with_data (self->hosts, compare_patterns, self->strings->str);
  image->strings = self->strings->str;
  image->providers = (const MwProviderRecord *) self->providers->data;
  image->servers = (const MwProviderServerRecord *) self->servers->data;
  image->notes = (const MwProviderText *) self->notes->data;
  image->errors = (const MwProviderErrorRecord *) self->errors->data;
  image->domains = (const MwProviderDomainRecord *) self->domains->data;
  image->mx = (const MwProviderPatternRecord *) self->mx->data;
  image->hosts = (const MwProviderPatternRecord *) self->hosts->data;
  image->n_providers = self->providers->len;
  image->n_domains = self->domains->len;
  image->n_mx = self->mx->len;
  image->n_hosts = self->hosts->len;
  image->first_common_error = self->errors->len;
  image->n_common_errors = 0;
  return image;
}
