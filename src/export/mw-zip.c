/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-zip.h"

#include <string.h>

/* One small text file needs no compression, and without it no library: two records and an end. A
 * library would also put the time and its own version in, and the same export would differ each
 * time. Layout: APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16. */
#define LOCAL_SIGNATURE 0x04034b50
#define CENTRAL_SIGNATURE 0x02014b50
#define END_SIGNATURE 0x06054b50
#define VERSION_NEEDED 20
#define MADE_ON_UNIX (3 << 8 | VERSION_NEEDED)
#define NAME_IS_UTF8 (1 << 11)
#define FIRST_DAY (1 << 5 | 1) /* 1980-01-01, the first day that the format knows */

static guint32
crc32 (const guint8 *data, gsize length)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
    }
  return ~crc;
}

static void
put16 (GByteArray *out, guint value)
{
  guint16 little = GUINT16_TO_LE ((guint16) value);

  g_byte_array_append (out, (const guint8 *) &little, sizeof little);
}

static void
put32 (GByteArray *out, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &little, sizeof little);
}

/* What the record before the file and the record in the directory have in common */
static void
put_description (GByteArray *out, const char *name, guint32 crc, guint32 length)
{
  put16 (out, VERSION_NEEDED);
  put16 (out, NAME_IS_UTF8);
  put16 (out, 0); /* stored, not compressed */
  put16 (out, 0);
  put16 (out, FIRST_DAY);
  put32 (out, crc);
  put32 (out, length);
  put32 (out, length);
  put16 (out, (guint) strlen (name));
  put16 (out, 0); /* no extra field */
}

/**
 * mw_zip_new:
 * @name: name of the one file inside, UTF-8
 * @content: content of the file, less than 4 GiB
 *
 * Makes a ZIP archive that holds one file. The same input always gives the same bytes.
 *
 * Returns: (transfer full): the archive
 */
GBytes *
mw_zip_new (const char *name, GBytes *content)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (content, &length);
  GByteArray *out = g_byte_array_new ();
  guint32 crc, directory;

  g_return_val_if_fail (length < G_MAXUINT32 - 1024 && strlen (name) < 256, NULL);

  crc = crc32 (data, length);
  put32 (out, LOCAL_SIGNATURE);
  put_description (out, name, crc, (guint32) length);
  g_byte_array_append (out, (const guint8 *) name, (guint) strlen (name));
  if (length > 0)
    g_byte_array_append (out, data, (guint) length);

  directory = out->len;
  put32 (out, CENTRAL_SIGNATURE);
  put16 (out, MADE_ON_UNIX);
  put_description (out, name, crc, (guint32) length);
  put16 (out, 0);                       /* no comment */
  put16 (out, 0);                       /* first disk */
  put16 (out, 0);                       /* no internal attributes */
  put32 (out, (guint32) 0100600 << 16); /* a regular file, for its owner only */
  put32 (out, 0);                       /* the file begins at the beginning */
  g_byte_array_append (out, (const guint8 *) name, (guint) strlen (name));

  put32 (out, END_SIGNATURE);
  put16 (out, 0);
  put16 (out, 0);
  put16 (out, 1);
  put16 (out, 1);
  put32 (out, out->len - 12 - directory);
  put32 (out, directory);
  put16 (out, 0);
  return g_byte_array_free_to_bytes (out);
}
