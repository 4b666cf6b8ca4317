/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-address"

#include "config.h"

#include "model/mw-address.h"
#include "model/mw-server.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

struct _MwAddress
{
  char *text;
  char *ascii;
  char *local_part;
  char *domain;
  char *domain_ascii;
  char *name;
};

G_DEFINE_QUARK (mw_address_error,
                mw_address_error) /* clang-format would put spaces around dashes */

G_DEFINE_BOXED_TYPE (MwAddress, mw_address, mw_address_ref, mw_address_unref)

/* RFC 5321, section 4.5.3.1: octets of the local part, and of the whole path without its brackets
 */
#define MAX_LOCAL_PART 64
#define MAX_ADDRESS 254

/* What people type by an East Asian input method, or paste from a page, in place of ASCII */
static gunichar
fold (gunichar c)
{
  if (c >= 0xff01 && c <= 0xff5e) /* full-width forms of ! to ~, ＠ and ． among them */
    return c - 0xff01 + '!';
  switch (c)
    {
    case 0x3002: /* 。 */
    case 0xff61: /* ｡ */
      return '.';
    case 0xfe6b: /* ﹫ */
      return '@';
    case 0xfe52: /* ﹒ */
      return '.';
    default:
      return c;
    }
}

/* Characters that cannot be seen: zero width, direction marks, soft hyphen, byte order mark */
static gboolean
is_invisible (gunichar c)
{
  return c == 0xad || g_unichar_type (c) == G_UNICODE_FORMAT;
}

/* Blanks around the text are dropped; those inside are kept for the error message's sake */
static char *
clean (const char *text, GError **error)
{
  g_autoptr (GString) cleaned = g_string_new (NULL);
  const char *end;

  if (!g_utf8_validate (text, -1, &end))
    {
      g_set_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_CONTROL,
                   "not UTF-8 from byte %" G_GSIZE_FORMAT " on", (gsize) (end - text));
      return NULL;
    }
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = fold (g_utf8_get_char (c));

      if (is_invisible (character))
        continue; /* pasted with the address, and never part of one */
      if (g_unichar_isspace (character))
        character = ' ';
      else if (g_unichar_iscntrl (character) || character == 0xfffd)
        {
          g_set_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_CONTROL,
                       "control character U+%04X", character);
          return NULL;
        }
      g_string_append_unichar (cleaned, character);
    }
  return g_strstrip (g_string_free (g_steal_pointer (&cleaned), FALSE));
}

/* "mailto:a@b?subject=x" (RFC 6068): the address alone, percent-decoded */
static char *
strip_mailto (char *text, GError **error)
{
  g_autofree char *own = text;
  char *decoded, *query;

  if (g_ascii_strncasecmp (own, "mailto:", 7) != 0)
    return g_steal_pointer (&own);
  query = strchr (own, '?');
  if (query != NULL)
    *query = '\0';
  decoded = g_uri_unescape_string (own + 7, NULL);
  if (decoded == NULL || !g_utf8_validate (decoded, -1, NULL))
    {
      g_free (decoded);
      g_set_error_literal (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_CONTROL,
                           "the mailto: link is not properly percent-encoded");
      return NULL;
    }
  for (const char *c = decoded; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      {
        g_free (decoded);
        g_set_error_literal (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_CONTROL,
                             "the mailto: link holds a control character");
        return NULL;
      }
  return g_strstrip (decoded);
}

/* "Name <a@b>" (RFC 5322, section 3.4): takes the brackets off and keeps the name */
static gboolean
split_name (const char *text, char **address, char **name, GError **error)
{
  const char *open = strrchr (text, '<'), *close;
  g_autofree char *before = NULL;
  gsize length;

  if (open == NULL)
    {
      *address = g_strdup (text);
      return TRUE;
    }
  close = strchr (open, '>');
  if (close == NULL || close[1 + strspn (close + 1, " ,;")] != '\0' ||
      memchr (text, '>', open - text))
    {
      g_set_error_literal (error, MW_ADDRESS_ERROR,
                           close == NULL ? MW_ADDRESS_ERROR_LOCAL_PART : MW_ADDRESS_ERROR_SEVERAL,
                           "the angle brackets do not enclose one address");
      return FALSE;
    }
  *address = g_strstrip (g_strndup (open + 1, close - open - 1));
  before = g_strstrip (g_strndup (text, open - text));
  length = strlen (before);
  if (length >= 2 && before[0] == '"' && before[length - 1] == '"')
    {
      GString *unquoted = g_string_new (NULL);

      for (gsize i = 1; i < length - 1; i++)
        {
          if (before[i] == '\\' && i + 1 < length - 1)
            i++;
          g_string_append_c (unquoted, before[i]);
        }
      g_free (before);
      before = g_string_free (unquoted, FALSE);
    }
  if (*before != '\0')
    *name = g_steal_pointer (&before);
  return TRUE;
}

/* Where the local part ends: the last "@" outside a quoted string */
static const char *
find_at (const char *text, gsize *n_ats)
{
  const char *at = NULL;
  gboolean quoted = FALSE;

  *n_ats = 0;
  for (const char *c = text; *c != '\0'; c++)
    {
      if (quoted && *c == '\\' && c[1] != '\0')
        c++;
      else if (*c == '"' && (c == text || quoted))
        quoted = !quoted;
      else if (*c == '@' && !quoted)
        {
          at = c;
          ++*n_ats;
        }
    }
  return at;
}

/* Dot-string or quoted-string (RFC 5321, section 4.1.2), with UTF-8 (RFC 6531, section 3.3) */
static gboolean
check_local_part (const char *local, GError **error)
{
  gsize length = strlen (local);
  const char *fault = NULL;

  if (length == 0)
    fault = "nothing stands before the @";
  else if (local[0] == '"')
    {
      if (length < 3 || local[length - 1] != '"')
        fault = "the quotation marks are not closed";
      for (gsize i = 1; fault == NULL && i < length - 1; i++)
        if (local[i] == '\\' && ++i >= length - 1)
          fault = "the quotation marks are not closed";
        else if (local[i] == '"' && local[i - 1] != '\\')
          fault = "a quotation mark inside quotation marks";
    }
  else if (local[0] == '.' || local[length - 1] == '.' || strstr (local, "..") != NULL)
    fault = "a dot at the beginning, at the end, or two in a row";
  else
    for (gsize i = 0; fault == NULL && i < length; i++)
      if ((guchar) local[i] < 0x80 && !g_ascii_isalnum (local[i]) &&
          strchr (".!#$%&'*+-/=?^_`{|}~", local[i]) == NULL)
        fault = local[i] == ' ' ? "a blank" : "a character that must not stand there";
  if (fault != NULL)
    {
      g_set_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_LOCAL_PART, "before the @: %s", fault);
      return FALSE;
    }
  if (length > MAX_LOCAL_PART)
    {
      g_set_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_TOO_LONG,
                   "%" G_GSIZE_FORMAT " bytes before the @, %d are allowed", length,
                   MAX_LOCAL_PART);
      return FALSE;
    }
  return TRUE;
}

static char *
check_domain (const char *domain, GError **error)
{
  g_autofree char *ascii = NULL;

  if (*domain == '\0')
    {
      g_set_error_literal (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_DOMAIN,
                           "nothing stands after the @");
      return NULL;
    }
  ascii = mw_host_to_ascii (domain);
  if (ascii == NULL || g_hostname_is_ip_address (ascii) || *domain == '[')
    {
      g_set_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_DOMAIN,
                   "“%s” is not a mail domain such as example.org", domain);
      return NULL;
    }
  if (strchr (ascii, '.') == NULL && strcmp (ascii, "localhost") != 0)
    {
      g_set_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_DOMAIN,
                   "“%s” has no dot: a domain such as example.org is expected", domain);
      return NULL;
    }
  return g_steal_pointer (&ascii);
}

/**
 * mw_address_new:
 * @text: what a person typed or pasted
 * @error: return location for a #GError of %MW_ADDRESS_ERROR
 *
 * Reads one mail address: with blanks around it, in upper case, with full-width characters, as
 * `mailto:` link or as `Name <local@domain>`, with an internationalized domain (RFC 5890) or local
 * part (RFC 6531).
 *
 * Returns: (transfer full): the address, or %NULL
 */
MwAddress *
mw_address_new (const char *text, GError **error)
{
  g_autofree char *cleaned = NULL, *address = NULL, *name = NULL, *local = NULL, *domain = NULL;
  const char *at;
  gsize n_ats;
  MwAddress *self;

  g_return_val_if_fail (text != NULL, NULL);

  cleaned = clean (text, error);
  if (cleaned == NULL)
    return NULL;
  cleaned = strip_mailto (g_steal_pointer (&cleaned), error);
  if (cleaned == NULL)
    return NULL;
  if (*cleaned == '\0')
    {
      g_set_error_literal (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_EMPTY, "no address was given");
      return NULL;
    }
  if (!split_name (cleaned, &address, &name, error))
    return NULL;
  at = find_at (address, &n_ats);
  if (at == NULL)
    {
      g_set_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_NO_AT,
                   "“%s” has no @: an address such as name@example.org is expected", address);
      return NULL;
    }
  if (n_ats > 1)
    {
      g_set_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_SEVERAL,
                   "“%s” has more than one @: one address is expected", address);
      return NULL;
    }
  local = g_strndup (address, at - address);
  if (!check_local_part (local, error))
    return NULL;
  domain = check_domain (at + 1, error);
  if (domain == NULL)
    return NULL;
  if (strlen (local) + 1 + strlen (domain) > MAX_ADDRESS)
    {
      g_set_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_TOO_LONG,
                   "the address is longer than %d bytes", MAX_ADDRESS);
      return NULL;
    }
  self = g_atomic_rc_box_new0 (MwAddress);
  self->local_part = g_utf8_normalize (local, -1, G_NORMALIZE_NFC); /* RFC 6532, section 3.1 */
  self->domain = mw_host_to_display (domain);
  self->domain_ascii = g_steal_pointer (&domain);
  self->name = g_steal_pointer (&name);
  self->text = g_strconcat (self->local_part, "@", self->domain, NULL);
  self->ascii = g_strconcat (self->local_part, "@", self->domain_ascii, NULL);
  return self;
}

static void
address_clear (gpointer data)
{
  MwAddress *self = data;

  g_free (self->text);
  g_free (self->ascii);
  g_free (self->local_part);
  g_free (self->domain);
  g_free (self->domain_ascii);
  g_free (self->name);
}

/**
 * mw_address_ref:
 * @self: an address
 *
 * Returns: (transfer full): @self, counted once more; any thread
 */
MwAddress *
mw_address_ref (MwAddress *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * mw_address_unref:
 * @self: (transfer full): an address; any thread
 */
void
mw_address_unref (MwAddress *self)
{
  g_atomic_rc_box_release_full (self, address_clear);
}

/**
 * mw_address_get_text:
 * @self: an address
 *
 * Returns: (transfer none): the address for people, its domain in U-labels
 */
const char *
mw_address_get_text (MwAddress *self)
{
  return self->text;
}

/**
 * mw_address_get_ascii:
 * @self: an address
 *
 * Returns: (transfer none): the address for the wire, its domain in A-labels; the local part may
 *   still be UTF-8, see mw_address_needs_smtputf8()
 */
const char *
mw_address_get_ascii (MwAddress *self)
{
  return self->ascii;
}

/**
 * mw_address_get_local_part:
 * @self: an address
 *
 * Returns: (transfer none): what stands before the "@", in the case that was typed
 */
const char *
mw_address_get_local_part (MwAddress *self)
{
  return self->local_part;
}

/**
 * mw_address_get_domain:
 * @self: an address
 *
 * Returns: (transfer none): the domain for people, lower case, in U-labels where they are safe
 */
const char *
mw_address_get_domain (MwAddress *self)
{
  return self->domain;
}

/**
 * mw_address_get_domain_ascii:
 * @self: an address
 *
 * Returns: (transfer none): the domain for the wire, lower case, in A-labels
 */
const char *
mw_address_get_domain_ascii (MwAddress *self)
{
  return self->domain_ascii;
}

/**
 * mw_address_get_name:
 * @self: an address
 *
 * Returns: (transfer none) (nullable): the name that was typed with the address
 */
const char *
mw_address_get_name (MwAddress *self)
{
  return self->name;
}

/**
 * mw_address_needs_smtputf8:
 * @self: an address
 *
 * Returns: whether sending from it takes the SMTPUTF8 extension (RFC 6531)
 */
gboolean
mw_address_needs_smtputf8 (MwAddress *self)
{
  return !g_str_is_ascii (self->local_part);
}

/**
 * mw_address_error_explain:
 * @error: an error of %MW_ADDRESS_ERROR
 *
 * Returns: (transfer none): a translated sentence for the person who typed the address
 */
const char *
mw_address_error_explain (const GError *error)
{
  g_return_val_if_fail (error != NULL && error->domain == MW_ADDRESS_ERROR, NULL);

  switch ((MwAddressError) error->code)
    {
    case MW_ADDRESS_ERROR_EMPTY:
      return _ ("Type a mail address, such as name@example.org.");
    case MW_ADDRESS_ERROR_NO_AT:
      return _ ("The address has no “@”. A mail address looks like name@example.org.");
    case MW_ADDRESS_ERROR_SEVERAL:
      return _ ("This is more than one address. Type a single one, such as name@example.org.");
    case MW_ADDRESS_ERROR_LOCAL_PART:
      return _ ("What stands before the “@” cannot be a mailbox name: look for blanks, commas, "
                "brackets, or dots at the beginning or end.");
    case MW_ADDRESS_ERROR_DOMAIN:
      return _ ("What stands after the “@” is not a mail domain such as example.org.");
    case MW_ADDRESS_ERROR_TOO_LONG:
      return _ ("The address is longer than mail addresses may be.");
    case MW_ADDRESS_ERROR_CONTROL:
      return _ ("The address holds a character that cannot be seen or read. Type it by hand instead "
                "of pasting it.");
    }
  g_return_val_if_reached (NULL);
}
