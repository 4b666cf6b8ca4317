/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-nss-der.h"

#include <string.h>

/**
 * mw_der_init:
 * @bytes: (array length=length) (nullable): what to read; lent, must outlive the value
 * @length: its length
 *
 * Returns: a reader at the first byte
 */
MwDer
mw_der_init (const void *bytes, gsize length)
{
  const guint8 *at = bytes != NULL ? bytes : (const guint8 *) "";

  return (MwDer) { at, at + (bytes != NULL ? length : 0) };
}

/**
 * mw_der_take:
 * @self: where to read
 * @tag: the tag that is expected
 * @content: (out): what stands inside
 *
 * Reads one value of definite length. Lengths of more than three bytes are refused: nothing in a
 * key store is that long.
 *
 * Returns: whether it was there, whole; otherwise nothing is moved
 */
gboolean
mw_der_take (MwDer *self, guint8 tag, MwDer *content)
{
  const guint8 *at = self->at;
  gsize length;

  if (self->end - at < 2 || at[0] != tag)
    return FALSE;
  length = at[1];
  at += 2;
  if (length >= 0x80)
    {
      gsize digits = length & 0x7f;

      if (digits == 0 || digits > 3 || (gsize) (self->end - at) < digits)
        return FALSE;
      length = 0;
      while (digits-- > 0)
        length = (length << 8) | *at++;
    }
  if ((gsize) (self->end - at) < length)
    return FALSE;
  *content = (MwDer) { at, at + length };
  self->at = at + length;
  return TRUE;
}

/**
 * mw_der_take_number:
 * @self: where to read
 * @number: (out): the number
 *
 * Reads an INTEGER from 0 to 2³¹−1.
 *
 * Returns: whether there was one
 */
gboolean
mw_der_take_number (MwDer *self, guint *number)
{
  MwDer content;

  if (!mw_der_take (self, MW_DER_INTEGER, &content) || content.at == content.end ||
      content.end - content.at > 4 || content.at[0] >= 0x80)
    return FALSE;
  *number = 0;
  while (content.at < content.end)
    *number = (*number << 8) | *content.at++;
  return TRUE;
}

/**
 * mw_der_take_oid:
 * @self: where to read
 * @oid: the OBJECT IDENTIFIER that is expected
 *
 * Returns: whether it was there; otherwise nothing is moved
 */
gboolean
mw_der_take_oid (MwDer *self, const MwDerOid *oid)
{
  MwDer copy = *self;
  MwDer content;

  if (!mw_der_take (&copy, MW_DER_OID, &content) || mw_der_get_length (&content) != oid->length ||
      memcmp (content.at, oid->data, oid->length) != 0)
    return FALSE;
  *self = copy;
  return TRUE;
}

/**
 * mw_der_is_empty:
 * @self: where to read
 *
 * Returns: whether everything was read
 */
gboolean
mw_der_is_empty (MwDer *self)
{
  return self->at == self->end;
}

/**
 * mw_der_get_length:
 * @self: where to read
 *
 * Returns: how many bytes are left
 */
gsize
mw_der_get_length (MwDer *self)
{
  return (gsize) (self->end - self->at);
}

/**
 * mw_der_append:
 * @array: where to write
 * @tag: tag of the value
 * @bytes: (array length=length) (nullable): its content
 * @length: length of @bytes, below 2²⁴
 *
 * Writes one value in DER.
 */
void
mw_der_append (GByteArray *array, guint8 tag, const void *bytes, gsize length)
{
  guint8 head[5] = { tag };
  guint used = 1;

  g_return_if_fail (length < 1 << 24);

  if (length < 0x80)
    head[used++] = (guint8) length;
  else
    {
      guint digits = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;

      head[used++] = (guint8) (0x80 | digits);
      while (digits-- > 0)
        head[used++] = (guint8) (length >> (8 * digits));
    }
  g_byte_array_append (array, head, used);
  if (length > 0)
    g_byte_array_append (array, bytes, (guint) length);
}

/**
 * mw_der_append_number:
 * @array: where to write
 * @number: a number
 *
 * Writes an INTEGER.
 */
void
mw_der_append_number (GByteArray *array, guint number)
{
  const guint8 bytes[5] = { 0, number >> 24, number >> 16, number >> 8, number };
  guint skip = 1;

  while (skip < 4 && bytes[skip] == 0)
    skip++;
  if (bytes[skip] >= 0x80)
    skip--;
  mw_der_append (array, MW_DER_INTEGER, bytes + skip, sizeof bytes - skip);
}

/**
 * mw_der_append_oid:
 * @array: where to write
 * @oid: the name of an algorithm
 *
 * Writes an OBJECT IDENTIFIER.
 */
void
mw_der_append_oid (GByteArray *array, const MwDerOid *oid)
{
  mw_der_append (array, MW_DER_OID, oid->data, oid->length);
}

/**
 * mw_der_append_sequence:
 * @outer: where to write
 * @inner: (transfer full): the content of a SEQUENCE
 *
 * Writes a SEQUENCE.
 */
void
mw_der_append_sequence (GByteArray *outer, GByteArray *inner)
{
  mw_der_append (outer, MW_DER_SEQUENCE, inner->data, inner->len);
  g_byte_array_unref (inner);
}
