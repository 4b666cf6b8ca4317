/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-saslprep"

#include "config.h"

#include "check/mw-saslprep.h"

#include <string.h>

typedef struct
{
  gunichar first;
  gunichar last;
} Range;

/* RFC 3454, table C.1.2: becomes a space */
static const Range spaces[] = {
  { 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200b },
  { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
};

/* RFC 3454, table B.1: becomes nothing */
static const Range nothings[] = {
  { 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x1806, 0x1806 }, { 0x180b, 0x180d },
  { 0x200c, 0x200d }, { 0x2060, 0x2060 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
};

/* RFC 4013, section 2.3: tables C.2.1 to C.9 of RFC 3454, merged */
static const Range prohibited[] = {
  { 0x0000, 0x001f },    { 0x007f, 0x009f },   { 0x0340, 0x0341 },   { 0x06dd, 0x06dd },
  { 0x070f, 0x070f },    { 0x180e, 0x180e },   { 0x200c, 0x200f },   { 0x2028, 0x202e },
  { 0x2060, 0x2063 },    { 0x206a, 0x206f },   { 0x2ff0, 0x2ffb },   { 0xd800, 0xf8ff },
  { 0xfdd0, 0xfdef },    { 0xfeff, 0xfeff },   { 0xfff9, 0xffff },   { 0x1d173, 0x1d17a },
  { 0x1fffe, 0x1ffff },  { 0x2fffe, 0x2ffff }, { 0x3fffe, 0x3ffff }, { 0x4fffe, 0x4ffff },
  { 0x5fffe, 0x5ffff },  { 0x6fffe, 0x6ffff }, { 0x7fffe, 0x7ffff }, { 0x8fffe, 0x8ffff },
  { 0x9fffe, 0x9ffff },  { 0xafffe, 0xaffff }, { 0xbfffe, 0xbffff }, { 0xcfffe, 0xcffff },
  { 0xdfffe, 0xdffff },  { 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f }, { 0xefffe, 0xeffff },
  { 0xf0000, 0x10ffff },
};

/* RFC 3454, table D.1: characters that are written from right to left */
static const Range right_to_left[] = {
  { 0x05be, 0x05be }, { 0x05c0, 0x05c0 }, { 0x05c3, 0x05c3 }, { 0x05d0, 0x05ea },
  { 0x05f0, 0x05f4 }, { 0x061b, 0x061b }, { 0x061f, 0x061f }, { 0x0621, 0x063a },
  { 0x0640, 0x064a }, { 0x066d, 0x066f }, { 0x0671, 0x06d5 }, { 0x06dd, 0x06dd },
  { 0x06e5, 0x06e6 }, { 0x06fa, 0x06fe }, { 0x0700, 0x070d }, { 0x0710, 0x0710 },
  { 0x0712, 0x072c }, { 0x0780, 0x07a5 }, { 0x07b1, 0x07b1 }, { 0x200f, 0x200f },
  { 0xfb1d, 0xfb1d }, { 0xfb1f, 0xfb28 }, { 0xfb2a, 0xfb36 }, { 0xfb38, 0xfb3c },
  { 0xfb3e, 0xfb3e }, { 0xfb40, 0xfb41 }, { 0xfb43, 0xfb44 }, { 0xfb46, 0xfbb1 },
  { 0xfbd3, 0xfd3d }, { 0xfd50, 0xfd8f }, { 0xfd92, 0xfdc7 }, { 0xfdf0, 0xfdfc },
  { 0xfe70, 0xfe74 }, { 0xfe76, 0xfefc },
};

static gboolean
is_in (gunichar c, const Range *ranges, gsize n_ranges)
{
  for (gsize i = 0; i < n_ranges; i++)
    if (c >= ranges[i].first && c <= ranges[i].last)
      return TRUE;
  return FALSE;
}

#define IS_IN(c, table) is_in ((c), (table), G_N_ELEMENTS (table))

/* RFC 3454, section 6: text from right to left is not mixed with letters of the other direction,
 * and begins and ends with its own. GLib has no bidi classes; letters stand for class L. */
static gboolean
directions_are_fine (const gunichar *text, gsize length)
{
  gboolean rtl = FALSE, ltr = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (IS_IN (text[i], right_to_left))
        rtl = TRUE;
      else if (g_unichar_isalpha (text[i]))
        ltr = TRUE;
    }
  if (!rtl)
    return TRUE;
  return !ltr && IS_IN (text[0], right_to_left) && IS_IN (text[length - 1], right_to_left);
}

/* Canonical ordering: combining marks by class, those of one class as they came */
static void
order_marks (gunichar *text, gsize length)
{
  for (gsize i = 1; i < length; i++)
    {
      gunichar c = text[i];
      int class = g_unichar_combining_class (c);
      gsize j = i;

      if (class == 0)
        continue;
      while (j > 0 && g_unichar_combining_class (text[j - 1]) > class)
        {
          text[j] = text[j - 1];
          j--;
        }
      text[j] = c;
    }
}

/* Canonical composition in place; gives the new length */
static gsize
compose (gunichar *text, gsize length)
{
  gsize out = 0, starter = 0;
  gboolean have_starter = FALSE;
  int last_class = -1;

  for (gsize i = 0; i < length; i++)
    {
      int class = g_unichar_combining_class (text[i]);
      gunichar joined;

      if (have_starter && (last_class < class || last_class == -1) &&
          g_unichar_compose (text[starter], text[i], &joined))
        {
          text[starter] = joined;
          continue;
        }
      if (class == 0)
        {
          starter = out;
          have_starter = TRUE;
          last_class = -1;
        }
      else
        last_class = class;
      text[out++] = text[i];
    }

  return out;
}

static gsize
decompose (const char *bytes, gsize length, gunichar *text)
{
  gsize n = 0;

  for (const char *p = bytes; p < bytes + length; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (IS_IN (c, spaces))
        text[n++] = ' ';
      else if (!IS_IN (c, nothings))
        n += g_unichar_fully_decompose (c, TRUE, text + n, G_UNICHAR_MAX_DECOMPOSITION_LENGTH);
    }

  return n;
}

static MwSecretBuffer *
encode (const gunichar *text, gsize length)
{
  MwSecretBuffer *result = mw_secret_buffer_new (length * 4);
  char utf8[6];

  for (gsize i = 0; i < length; i++)
    mw_secret_buffer_append (result, utf8, g_unichar_to_utf8 (text[i], utf8));
  explicit_bzero (utf8, sizeof utf8);

  return result;
}

/**
 * mw_saslprep:
 * @bytes: (array length=length): a login name or a password
 * @length: its length in bytes
 *
 * Prepares text as RFC 4013 says, for use as a query: characters that Unicode assigned later than
 * the RFC are let through. Done by hand because GLib's own normalisation leaves copies of the text
 * in freed memory.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if it is not UTF-8, holds a character
 * that must not be in it, or nothing is left
 */
MwSecretBuffer *
mw_saslprep (const char *bytes, gsize length)
{
  gunichar *text;
  gsize size, n;
  MwSecretBuffer *result = NULL;

  g_return_val_if_fail (bytes != NULL, NULL);

  if (length == 0 || memchr (bytes, '\0', length) != NULL || !g_utf8_validate (bytes, length, NULL))
    return NULL;

  size = (gsize) g_utf8_strlen (bytes, length) * G_UNICHAR_MAX_DECOMPOSITION_LENGTH;
  text = g_new (gunichar, size);
  n = decompose (bytes, length, text);
  order_marks (text, n);
  n = compose (text, n);

  for (gsize i = 0; i < n; i++)
    if (IS_IN (text[i], prohibited))
      goto out;
  if (n > 0 && directions_are_fine (text, n))
    result = encode (text, n);

out:
  explicit_bzero (text, size * sizeof *text);
  g_free (text);
  return result;
}
