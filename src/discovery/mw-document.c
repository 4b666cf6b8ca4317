/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-document.h"

#include "model/mw-report.h"

#include <string.h>

/* What every configuration document, XML or JSON, is held against before a parser
 * sees it, and how single values are taken out of it. */

G_DEFINE_QUARK (mw_discovery_error, mw_discovery_error)

/**
 * mw_document_check:
 * @bytes: a document as it was fetched
 * @text: (out) (transfer none): the text without a byte order mark, as long as @bytes lives; not
 *   terminated
 * @length: (out): its length in bytes
 * @error: return location for a #GError
 *
 * Refuses what no honest configuration document is: too long, not UTF-8, with NUL in it, or empty.
 *
 * Returns: whether a parser may look at it
 */
gboolean
mw_document_check (GBytes *bytes, const char **text, gsize *length, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (size > MW_DISCOVERY_MAX_DOCUMENT)
    {
      g_set_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN,
                   "the document has %" G_GSIZE_FORMAT " bytes, more than the %d allowed", size,
                   MW_DISCOVERY_MAX_DOCUMENT);
      return FALSE;
    }
  if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    {
      data += 3;
      size -= 3;
    }
  if (size == 0)
    {
      g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_MALFORMED,
                           "the document is empty");
      return FALSE;
    }
  /* g_utf8_validate_len() refuses NUL as well */
  if (!g_utf8_validate_len (data, size, NULL))
    {
      g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN,
                           "the document is not UTF-8 text");
      return FALSE;
    }

  *text = data;
  *length = size;
  return TRUE;
}

/**
 * mw_document_dup_text:
 * @text: (nullable): a text out of a document
 * @max: bytes to keep at most
 *
 * Makes a text that a stranger wrote fit to show: one line, no control or bidi characters, no
 * white space around it.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if nothing is left
 */
char *
mw_document_dup_text (const char *text, gsize max)
{
  g_autofree char *line = NULL;
  g_autofree char *harmless = NULL;

  if (text == NULL)
    return NULL;

  line = g_strdup (text);
  g_strdelimit (line, "\r\n\t", ' ');
  g_strstrip (line);
  harmless = mw_text_make_harmless (line, -1, max);
  g_strstrip (harmless);

  return *harmless != '\0' ? g_steal_pointer (&harmless) : NULL;
}

/**
 * mw_document_dup_url:
 * @text: (nullable): a link out of a document
 *
 * Takes a link to a help page. Only `https:` links with a host and without a login name pass, so
 * that what is shown as a link leads where it seems to lead.
 *
 * Returns: (transfer full) (nullable): the link, or %NULL if it is none that may be shown
 */
char *
mw_document_dup_url (const char *text)
{
  g_autofree char *stripped = NULL;
  g_autoptr(GUri) uri = NULL;

  if (text == NULL || strlen (text) > 1024)
    return NULL;

  stripped = g_strstrip (g_strdup (text));
  for (const char *p = stripped; *p != '\0'; p++)
    if ((guchar) *p <= ' ' || (guchar) *p >= 0x7f)
      return NULL;

  uri = g_uri_parse (stripped, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_strcmp0 (g_uri_get_scheme (uri), "https") != 0 ||
      g_uri_get_userinfo (uri) != NULL || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0')
    return NULL;

  /* A scheme may be written in capitals; it is shown, compared and opened in small letters */
  memcpy (stripped, "https", strlen ("https"));
  return g_steal_pointer (&stripped);
}

/**
 * mw_document_parse_port:
 * @text: (nullable): the text of a port, without white space around it
 * @port: (out): the port
 *
 * Reads a port: digits only, no sign, no "0x", 1 to 65535.
 *
 * Returns: whether it is one
 */
gboolean
mw_document_parse_port (const char *text, guint16 *port)
{
  guint value = 0;

  if (text == NULL || *text == '\0' || strlen (text) > 5)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isdigit (*p))
        return FALSE;
      value = value * 10 + (guint) (*p - '0');
    }
  if (value == 0 || value > G_MAXUINT16)
    return FALSE;

  *port = (guint16) value;
  return TRUE;
}
