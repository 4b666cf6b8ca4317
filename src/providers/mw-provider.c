/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-providers"

#include "config.h"

#include "providers/mw-provider-image.h"

#include <locale.h>
#include <string.h>

/* How much of a server's words is looked at; the longest refusal that was seen has 600 bytes. */
#define MAX_ERROR_TEXT 8192

static const char *
get_string (const MwProvider *self, guint32 offset)
{
  return self->image->strings + offset;
}

static const char *
get_optional (const MwProvider *self, guint32 offset)
{
  return offset != 0 ? get_string (self, offset) : NULL;
}

/*< private >
 * mw_provider_image_list_next:
 * @item: an item of a list in an image
 *
 * Returns: the next item; the empty string after the last
 */
const char *
mw_provider_image_list_next (const char *item)
{
  return item + strlen (item) + 1;
}

/* The best translation of a text, by the rules of gettext, so that texts of providers and of the
 * program never differ in language: $LANGUAGE counts for nothing in the locale "C". English is the
 * language of the sources and ends the search. */
static const char *
get_text (const MwProviderImage *image, MwProviderText offset)
{
  const char *standard = image->strings + offset;
  const char *locale = setlocale (LC_MESSAGES, NULL);
  const char *const *languages;

  if (offset == 0)
    return NULL;
  if (locale == NULL || g_str_equal (locale, "C") || g_str_equal (locale, "POSIX"))
    return standard;
  languages = g_get_language_names ();
  for (gsize i = 0; languages[i] != NULL; i++)
    {
      const char *language = mw_provider_image_list_next (standard);

      if (g_str_equal (languages[i], "C") || g_str_equal (languages[i], "en") ||
          g_str_has_prefix (languages[i], "en_"))
        break;
      while (*language != '\0')
        {
          const char *text = mw_provider_image_list_next (language);

          if (g_str_equal (language, languages[i]))
            return text;
          language = mw_provider_image_list_next (text);
        }
    }
  return standard;
}

/* A pointer array over a list of the image, made when it is first asked for. Two threads may make
 * it at once; the second one throws its own away. */
static const char *const *
get_list (const MwProvider *self, MwProviderListId id)
{
  MwProvider *provider = (MwProvider *) self;
  const char **list = g_atomic_pointer_get (&provider->lists[id]);
  g_autoptr (GPtrArray) items = NULL;

  if (list != NULL)
    return list;

  items = g_ptr_array_new ();
  for (const char *item = get_string (self, self->record->lists[id]); *item != '\0';
       item = mw_provider_image_list_next (item))
    g_ptr_array_add (items, (gpointer) item);
  g_ptr_array_add (items, NULL);
  list = (const char **) g_ptr_array_steal (items, NULL);
  if (!g_atomic_pointer_compare_and_exchange (&provider->lists[id], NULL, list))
    {
      g_free (list);
      list = g_atomic_pointer_get (&provider->lists[id]);
    }
  return list;
}

/*< private >
 * mw_provider_init:
 * @self: zeroed memory
 * @image: the image that @self reads; it must outlive @self
 * @index: which of its providers
 */
void
mw_provider_init (MwProvider *self, const MwProviderImage *image, guint index)
{
  self->image = image;
  self->record = &image->providers[index];
}

/*< private >
 * mw_provider_clear:
 * @self: a provider
 *
 * Frees what @self made on demand.
 */
void
mw_provider_clear (MwProvider *self)
{
  for (guint i = 0; i < MW_PROVIDER_N_LISTS; i++)
    g_clear_pointer (&self->lists[i], g_free);
}

/* Matches one label against one label with at most one "*". */
static gboolean
label_matches (const char *pattern, gsize pattern_length, const char *label, gsize length)
{
  const char *star = memchr (pattern, '*', pattern_length);
  gsize before, after;

  if (star == NULL)
    return pattern_length == length && memcmp (pattern, label, length) == 0;
  before = (gsize) (star - pattern);
  after = pattern_length - before - 1;
  return length >= before + after && memcmp (pattern, label, before) == 0 &&
         memcmp (star + 1, label + length - after, after) == 0;
}

static const char *
start_of_label (const char *begin, const char *end)
{
  while (end > begin && end[-1] != '.')
    end--;
  return end;
}

/*< private >
 * mw_provider_pattern_matches:
 * @pattern: a host pattern: "*" stands for any characters within a label, and "*." at the beginning
 *   for one or more whole labels
 * @host: a host name in lower case, without a dot at the end
 *
 * Compares whole labels from the end on, so that "aspmx.l.google.com.evil.example" is no host of
 * Google's, and "mail.notgoogle.com" neither.
 *
 * Returns: whether @host is meant by @pattern
 */
gboolean
mw_provider_pattern_matches (const char *pattern, const char *host)
{
  const char *pattern_end = pattern + strlen (pattern);
  const char *host_end = host + strlen (host);

  for (;;)
    {
      const char *wanted = start_of_label (pattern, pattern_end);
      const char *given = start_of_label (host, host_end);

      if (wanted == pattern && pattern_end - wanted == 1 && *wanted == '*')
        return given < host_end;
      if (given == host_end || !label_matches (wanted, (gsize) (pattern_end - wanted), given,
                                               (gsize) (host_end - given)))
        return FALSE;
      if (wanted == pattern || given == host)
        return wanted == pattern && given == host;
      pattern_end = wanted - 1;
      host_end = given - 1;
    }
}

/*< private >
 * mw_provider_pattern_key:
 * @pattern: a host pattern
 *
 * Returns: (transfer none): the part of @pattern behind its last label with a "*": all of it when
 *   there is none
 */
const char *
mw_provider_pattern_key (const char *pattern)
{
  const char *star = strrchr (pattern, '*');
  const char *dot = star != NULL ? strchr (star, '.') : NULL;

  if (star == NULL)
    return pattern;
  return dot != NULL ? dot + 1 : star + strlen (star);
}

/*< private >
 * mw_provider_fold_host:
 * @host: a host or domain name
 * @buffer: (out): where to put it in lower case, without the dot at its end
 * @size: the size of @buffer
 *
 * Returns: whether @host can be a name at all
 */
gboolean
mw_provider_fold_host (const char *host, char *buffer, gsize size)
{
  gsize length = strnlen (host, size);

  if (length > 0 && host[length - 1] == '.')
    length--;
  if (length == 0 || length >= size)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isgraph (host[i]) || host[i] == '*')
        return FALSE;
      buffer[i] = g_ascii_tolower (host[i]);
    }
  buffer[length] = '\0';
  return TRUE;
}

/*< private >
 * mw_provider_fold_error_text:
 * @text: the words of a server, any bytes
 *
 * Makes texts comparable: ASCII in lower case, and every run of blanks, controls and hyphens one
 * blank, because servers break lines and write "535-5.7.8" as well as "535 5.7.8".
 *
 * Returns: (transfer full): the folded text
 */
char *
mw_provider_fold_error_text (const char *text)
{
  gsize length = strnlen (text, MAX_ERROR_TEXT);
  char *folded = g_malloc (length + 1);
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar) text[i];

      if (c > ' ' && c != 0x7f && c != '-')
        folded[n++] = g_ascii_tolower ((char) c);
      else if (n > 0 && folded[n - 1] != ' ')
        folded[n++] = ' ';
    }
  if (n > 0 && folded[n - 1] == ' ')
    n--;
  folded[n] = '\0';
  return folded;
}

static gboolean
lists_pattern (const MwProvider *self, MwProviderListId list, const char *host)
{
  for (const char *pattern = get_string (self, self->record->lists[list]); *pattern != '\0';
       pattern = mw_provider_image_list_next (pattern))
    if (mw_provider_pattern_matches (pattern, host))
      return TRUE;
  return FALSE;
}

/* Puts the domain and the region into the host name of a server. NULL when one is wanted that is
 * not known: half a name must never be taken for a name. */
static char *
fill_host (const char *host, const char *domain, const char *region)
{
  g_autoptr (GString) filled = g_string_new (host);

  if (domain != NULL)
    g_string_replace (filled, "{domain}", domain, 0);
  if (region != NULL)
    g_string_replace (filled, "{region}", region, 0);
  if (strchr (filled->str, '{') != NULL)
    return NULL;
  return g_string_free_and_steal (g_steal_pointer (&filled));
}

/**
 * mw_provider_get_id:
 * @self: a provider
 *
 * Returns: (transfer none): the id, which is also the name of its file: "gmail"
 */
const char *
mw_provider_get_id (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_string (self, self->record->id);
}

/**
 * mw_provider_get_name:
 * @self: a provider
 *
 * Returns: (transfer none): what people call it, in the user's language
 */
const char *
mw_provider_get_name (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_text (self->image, self->record->name);
}

/**
 * mw_provider_get_region:
 * @self: a provider
 *
 * Returns: (transfer none) (nullable): where its people live: a country code, "global", "hosting"
 *   or "self-hosted"
 */
const char *
mw_provider_get_region (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_optional (self, self->record->region);
}

/**
 * mw_provider_get_domains:
 * @self: a provider
 *
 * Returns: (transfer none): its mail domains as A-labels; "*.example.org" stands for all domains
 *   below example.org. Empty where customers bring their own.
 */
const char *const *
mw_provider_get_domains (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_list (self, MW_PROVIDER_LIST_DOMAINS);
}

/**
 * mw_provider_get_mx_patterns:
 * @self: a provider
 *
 * Returns: (transfer none): patterns of the MX hosts by which domains of customers are known
 */
const char *const *
mw_provider_get_mx_patterns (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_list (self, MW_PROVIDER_LIST_MX);
}

/**
 * mw_provider_get_service:
 * @self: a provider
 *
 * Returns: what a mail program gets from it
 */
MwProviderService
mw_provider_get_service (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, MW_PROVIDER_SERVICE_NONE);

  return (MwProviderService) self->record->service;
}

/**
 * mw_provider_get_confidence:
 * @self: a provider
 *
 * Returns: how well its server names are founded
 */
MwProviderConfidence
mw_provider_get_confidence (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, MW_PROVIDER_CONFIDENCE_LOW);

  return (MwProviderConfidence) self->record->confidence;
}

/**
 * mw_provider_get_checked:
 * @self: a provider
 *
 * Returns: (transfer none) (nullable): the day on which the entry was last held against its
 *   sources, as YYYY-MM-DD
 */
const char *
mw_provider_get_checked (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_optional (self, self->record->checked);
}

/**
 * mw_provider_get_sources:
 * @self: a provider
 *
 * Returns: (transfer none): where the facts come from, untranslated
 */
const char *const *
mw_provider_get_sources (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_list (self, MW_PROVIDER_LIST_SOURCES);
}

/**
 * mw_provider_get_prepare:
 * @self: a provider
 *
 * Returns: (transfer none) (nullable): what to do before the password is typed, translated;
 *   %NULL when nothing is known to be needed
 */
const char *
mw_provider_get_prepare (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_text (self->image, self->record->prepare);
}

/**
 * mw_provider_get_notes:
 * @self: a provider
 *
 * Returns: (transfer container) (element-type utf8): what else is good to know, translated
 */
GPtrArray *
mw_provider_get_notes (const MwProvider *self)
{
  GPtrArray *notes;

  g_return_val_if_fail (self != NULL, NULL);

  notes = g_ptr_array_new ();
  for (guint i = 0; i < self->record->n_notes; i++)
    g_ptr_array_add (
        notes, (gpointer) get_text (self->image, self->image->notes[self->record->first_note + i]));
  return notes;
}

/**
 * mw_provider_get_help:
 * @self: a provider
 *
 * Returns: (transfer none) (nullable): the URL of the provider's own help
 */
const char *
mw_provider_get_help (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_optional (self, self->record->help);
}

/**
 * mw_provider_get_password_hint:
 * @self: a provider
 *
 * Returns: (transfer none) (nullable): what a password for mail programs looks like here,
 *   translated
 */
const char *
mw_provider_get_password_hint (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_text (self->image, self->record->password_hint);
}

/**
 * mw_provider_get_n_servers:
 * @self: a provider
 *
 * Returns: the number of servers; 0 where they are not known or there are none
 */
guint
mw_provider_get_n_servers (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->record->n_servers;
}

/**
 * mw_provider_get_server:
 * @self: a provider
 * @index: from 0 on, IMAP before POP3 before SMTP, each in order of preference
 * @out_server: (out): where to put the server; its host is lent
 *
 * Returns: whether there is such a server
 */
gboolean
mw_provider_get_server (const MwProvider *self, guint index, MwProviderServer *out_server)
{
  const MwProviderServerRecord *record;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (out_server != NULL, FALSE);

  if (index >= self->record->n_servers)
    return FALSE;
  record = &self->image->servers[self->record->first_server + index];
  out_server->protocol = (MwProtocol) record->protocol;
  out_server->host = get_string (self, record->host);
  out_server->port = record->port;
  out_server->security = (MwSecurity) record->security;
  out_server->unusual = record->unusual;
  return TRUE;
}

/**
 * mw_provider_get_servers_in_region:
 * @self: a provider
 * @address: (nullable): the address that the servers are for
 * @region: (nullable): one of mw_provider_get_regions()
 *
 * The servers in order of preference, with the authentications that the provider takes and, where
 * an address is given, the login name. Those whose host name needs a domain or a region that is
 * not given are left out.
 *
 * Returns: (transfer full) (element-type MwServer): the servers
 */
GPtrArray *
mw_provider_get_servers_in_region (const MwProvider *self, MwAddress *address, const char *region)
{
  GPtrArray *servers;
  const char *const *regions;
  MwProviderServer record;
  const char *domain;

  g_return_val_if_fail (self != NULL, NULL);

  regions = get_list (self, MW_PROVIDER_LIST_REGIONS);
  if (region != NULL && !g_strv_contains (regions, region))
    region = NULL;
  domain = address != NULL ? mw_address_get_domain_ascii (address) : NULL;
  servers = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_server_unref);
  for (guint i = 0; mw_provider_get_server (self, i, &record); i++)
    {
      g_autofree char *host = fill_host (record.host, domain, region);
      g_autofree char *username = NULL;
      g_autoptr (MwServer) plain = NULL;
      g_autoptr (MwServer) server = NULL;

      if (host == NULL)
        continue;
      plain = mw_server_new (record.protocol, host, record.port, record.security);
      server = mw_server_with_authentications (plain, mw_provider_get_authentications (self));
      if (address != NULL)
        username = mw_provider_dup_username (self, record.protocol, address);
      if (username != NULL)
        g_ptr_array_add (servers, mw_server_with_username (server, username));
      else
        g_ptr_array_add (servers, g_steal_pointer (&server));
    }
  return servers;
}

/**
 * mw_provider_get_servers:
 * @self: a provider
 * @address: (nullable): the address that the servers are for
 *
 * As mw_provider_get_servers_in_region() where no region is chosen.
 *
 * Returns: (transfer full) (element-type MwServer): the servers in order of preference
 */
GPtrArray *
mw_provider_get_servers (const MwProvider *self, MwAddress *address)
{
  return mw_provider_get_servers_in_region (self, address, NULL);
}

/**
 * mw_provider_get_regions:
 * @self: a provider
 *
 * Returns: (transfer none): the regions of which a person has to choose one before there is a
 *   server name; empty with nearly all providers
 */
const char *const *
mw_provider_get_regions (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_list (self, MW_PROVIDER_LIST_REGIONS);
}

/**
 * mw_provider_get_first_host:
 * @self: a provider
 * @protocol: a protocol
 *
 * Returns: (transfer none) (nullable): the host name of the preferred server for @protocol; %NULL
 *   when there is none, or its name depends on the domain or on a region
 */
const char *
mw_provider_get_first_host (const MwProvider *self, MwProtocol protocol)
{
  MwProviderServer server;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; mw_provider_get_server (self, i, &server); i++)
    if (server.protocol == protocol)
      return strchr (server.host, '{') == NULL ? server.host : NULL;
  return NULL;
}

/**
 * mw_provider_has_host:
 * @self: a provider
 * @host: a host name
 * @domain: (nullable): the domain of the address, as A-labels
 *
 * Whether @host is one of the provider's servers, of whatever protocol: also names that are older,
 * or of other plans or countries, and not offered to anyone.
 *
 * Returns: whether @host is right for this provider
 */
gboolean
mw_provider_has_host (const MwProvider *self, const char *host, const char *domain)
{
  char folded[256];
  MwProviderServer server;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  if (!mw_provider_fold_host (host, folded, sizeof folded))
    return FALSE;
  for (guint i = 0; mw_provider_get_server (self, i, &server); i++)
    {
      g_autofree char *filled = fill_host (server.host, domain, "*");

      if (filled != NULL && mw_provider_pattern_matches (filled, folded))
        return TRUE;
    }
  return lists_pattern (self, MW_PROVIDER_LIST_OTHER_HOSTS, folded);
}

/**
 * mw_provider_is_wrong_host:
 * @self: a provider
 * @host: a host name
 *
 * Returns: whether people are known to type @host for this provider although it is not one of its
 *   mail servers: an old name, the web page, the MX host, a sister's server
 */
gboolean
mw_provider_is_wrong_host (const MwProvider *self, const char *host)
{
  char folded[256];

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  return mw_provider_fold_host (host, folded, sizeof folded) &&
         lists_pattern (self, MW_PROVIDER_LIST_WRONG_HOSTS, folded);
}

/**
 * mw_provider_lookup_wrong_host:
 * @self: a provider
 * @host: a host name as somebody typed it
 * @protocol: what it was typed for
 *
 * Returns: (transfer none) (nullable): the right host name, if @host is known to be wrong for this
 *   provider and there is one right name for @protocol
 */
const char *
mw_provider_lookup_wrong_host (const MwProvider *self, const char *host, MwProtocol protocol)
{
  return mw_provider_is_wrong_host (self, host) ? mw_provider_get_first_host (self, protocol)
                                                : NULL;
}

/**
 * mw_provider_get_username_forms:
 * @self: a provider
 * @protocol: the protocol
 *
 * The forms of login names that are known to work, the preferred one first: "full" is the whole
 * address, "local" what stands before the @, "custom" something else that the person has to look
 * up; others are templates with `{local}` and `{domain}`.
 *
 * Returns: (transfer none): the forms
 */
const char *const *
mw_provider_get_username_forms (const MwProvider *self, MwProtocol protocol)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (protocol == MW_PROTOCOL_SMTP && self->record->lists[MW_PROVIDER_LIST_SMTP_USERNAMES] != 0)
    return get_list (self, MW_PROVIDER_LIST_SMTP_USERNAMES);
  return get_list (self, MW_PROVIDER_LIST_USERNAMES);
}

/**
 * mw_provider_get_username_form:
 * @self: a provider
 * @protocol: the protocol
 *
 * Returns: (transfer none) (nullable): the preferred form, see mw_provider_get_username_forms();
 *   %NULL where nobody can sign in
 */
const char *
mw_provider_get_username_form (const MwProvider *self, MwProtocol protocol)
{
  return mw_provider_get_username_forms (self, protocol)[0];
}

/**
 * mw_provider_dup_username:
 * @self: a provider
 * @protocol: the protocol
 * @address: an address of this provider
 *
 * Returns: (transfer full) (nullable): the login name for @address in the preferred form; %NULL
 *   when it does not follow from the address
 */
char *
mw_provider_dup_username (const MwProvider *self, MwProtocol protocol, MwAddress *address)
{
  const char *form;
  g_autoptr (GString) username = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (address != NULL, NULL);

  form = mw_provider_get_username_form (self, protocol);
  if (form == NULL || g_str_equal (form, "custom"))
    return NULL;
  if (g_str_equal (form, "full"))
    return g_strdup (mw_address_get_ascii (address));
  if (g_str_equal (form, "local"))
    return g_strdup (mw_address_get_local_part (address));

  /* The domain first: a local part may contain "{domain}", a domain never contains "{local}". */
  username = g_string_new (form);
  g_string_replace (username, "{domain}", mw_address_get_domain_ascii (address), 0);
  g_string_replace (username, "{local}", mw_address_get_local_part (address), 0);
  return g_string_free_and_steal (g_steal_pointer (&username));
}

/**
 * mw_provider_get_authentications:
 * @self: a provider
 *
 * Returns: (transfer none): what the provider takes, best first: "oauth2", "app-password",
 *   "authorization-code", "client-password", "password", "smtp-credentials", "bridge-password"
 */
const char *const *
mw_provider_get_authentications (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_list (self, MW_PROVIDER_LIST_AUTHENTICATIONS);
}

/**
 * mw_provider_accepts_authentication:
 * @self: a provider
 * @authentication: a name as in mw_provider_get_authentications()
 *
 * Returns: whether @authentication is taken
 */
gboolean
mw_provider_accepts_authentication (const MwProvider *self, const char *authentication)
{
  g_return_val_if_fail (authentication != NULL, FALSE);

  return g_strv_contains (mw_provider_get_authentications (self), authentication);
}

/**
 * mw_provider_get_quirks:
 * @self: a provider
 *
 * Returns: (transfer none): names of habits that code has to know of, see mw-provider-loader.c
 */
const char *const *
mw_provider_get_quirks (const MwProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_list (self, MW_PROVIDER_LIST_QUIRKS);
}

/**
 * mw_provider_has_quirk:
 * @self: a provider
 * @quirk: the name of a habit
 *
 * Returns: whether the provider has it
 */
gboolean
mw_provider_has_quirk (const MwProvider *self, const char *quirk)
{
  g_return_val_if_fail (quirk != NULL, FALSE);

  return g_strv_contains (mw_provider_get_quirks (self), quirk);
}

/**
 * mw_provider_check_password_shape:
 * @self: a provider
 * @password: a password, not empty; it is only read, and nothing of it is kept
 *
 * Looks whether @password can be what the provider hands out for mail programs.
 *
 * Returns: what its look says; %MW_PASSWORD_SHAPE_UNKNOWN where passwords have no known shape
 */
MwPasswordShape
mw_provider_check_password_shape (const MwProvider *self, const char *password)
{
  const char *pattern, *other;
  guint characters, blanks, min, max;

  g_return_val_if_fail (self != NULL, MW_PASSWORD_SHAPE_UNKNOWN);
  g_return_val_if_fail (password != NULL, MW_PASSWORD_SHAPE_UNKNOWN);

  pattern = get_optional (self, self->record->password_pattern);
  other = get_optional (self, self->record->other_password_pattern);
  characters = mw_password_count_characters (password, &blanks);
  if (pattern == NULL || characters == 0)
    return MW_PASSWORD_SHAPE_UNKNOWN;

  if (mw_password_pattern_matches (pattern, password, FALSE))
    return MW_PASSWORD_SHAPE_OK;
  if (self->record->blanks_ignored && mw_password_pattern_matches (pattern, password, TRUE))
    return MW_PASSWORD_SHAPE_BLANKS;
  if (other != NULL && mw_password_pattern_matches (other, password, TRUE))
    return MW_PASSWORD_SHAPE_OTHER_KIND;

  /* What is short by a quarter at most was meant to be right; shorter words of the same letters
   * are what people choose themselves. */
  mw_password_pattern_get_bounds (pattern, &min, &max);
  if (mw_password_pattern_has_only_its_characters (pattern, password) &&
      characters >= min - min / 4 && characters <= max + min / 4)
    return MW_PASSWORD_SHAPE_INCOMPLETE;

  return mw_provider_accepts_authentication (self, "password") ? MW_PASSWORD_SHAPE_UNKNOWN
                                                               : MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD;
}

/* Whether @match stands in @text as whole words: "535" is not in "1535". */
static gboolean
contains_words (const char *text, const char *match)
{
  gsize length = strlen (match);

  for (const char *hit = strstr (text, match); hit != NULL; hit = strstr (hit + 1, match))
    {
      gboolean begins = hit == text || !g_ascii_isalnum (hit[-1]) || !g_ascii_isalnum (*match);
      gboolean ends = !g_ascii_isalnum (hit[length]) || !g_ascii_isalnum (match[length - 1]);

      if (begins && ends)
        return TRUE;
    }
  return FALSE;
}

/* The row with the longest words that are in the text: the most exact one. */
static const MwProviderErrorRecord *
find_error (
    const MwProviderImage *image, guint first, guint n, MwProtocol protocol, const char *text)
{
  const MwProviderErrorRecord *best = NULL;
  gsize best_length = 0;

  for (guint i = 0; i < n; i++)
    {
      const MwProviderErrorRecord *row = &image->errors[first + i];

      if (row->protocol != MW_PROTOCOL_UNKNOWN && protocol != MW_PROTOCOL_UNKNOWN &&
          row->protocol != protocol)
        continue;
      for (const char *match = image->strings + row->matches; *match != '\0';
           match = mw_provider_image_list_next (match))
        if (strlen (match) > best_length && contains_words (text, match))
          {
            best = row;
            best_length = strlen (match);
          }
    }
  return best;
}

/**
 * mw_provider_match_error:
 * @self: (nullable): the provider whose server spoke, if it is known
 * @protocol: the protocol, or %MW_PROTOCOL_UNKNOWN
 * @server_text: what the server said when it refused; any bytes
 * @out_diagnosis: (out) (optional) (transfer none): the diagnosis id
 * @out_text: (out) (optional) (transfer none): what it means, translated
 *
 * Finds the meaning of a refusal. The provider's own row goes before what servers of any make say;
 * among these, the longest words decide. Compares without case, and takes blanks and hyphens for
 * the same. Text of the client about a connection works too, where a provider has a row for it.
 *
 * Returns: whether the words are known; the out values are only set then
 */
gboolean
mw_provider_match_error (const MwProvider *self,
                         MwProtocol protocol,
                         const char *server_text,
                         const char **out_diagnosis,
                         const char **out_text)
{
  const MwProviderImage *image = &mw_provider_builtin_image;
  const MwProviderErrorRecord *row = NULL;
  g_autofree char *folded = NULL;

  g_return_val_if_fail (server_text != NULL, FALSE);

  folded = mw_provider_fold_error_text (server_text);
  if (self != NULL)
    {
      row = find_error (self->image, self->record->first_error, self->record->n_errors, protocol,
                        folded);
      if (row != NULL)
        image = self->image;
    }
  if (row == NULL)
    row = find_error (image, image->first_common_error, image->n_common_errors, protocol, folded);
  if (row == NULL)
    return FALSE;
  if (out_diagnosis != NULL)
    *out_diagnosis = image->strings + row->diagnosis;
  if (out_text != NULL)
    *out_text = get_text (image, row->text);
  return TRUE;
}
