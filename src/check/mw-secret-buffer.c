/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-secret-buffer"

#include "config.h"

#include "check/mw-secret-buffer.h"

#include "net/mw-guarded.h"

#include <string.h>

/**
 * mw_secret_buffer_new:
 * @capacity: the most bytes that will be put in
 *
 * Returns: (transfer full): an empty buffer
 */
MwSecretBuffer *
mw_secret_buffer_new (gsize capacity)
{
  MwSecretBuffer *self = g_new0 (MwSecretBuffer, 1);

  self->data = mw_guarded_new (capacity + 1);
  self->capacity = capacity;

  return self;
}

/**
 * mw_secret_buffer_free:
 * @self: (transfer full) (nullable): a buffer
 *
 * Overwrites and frees.
 */
void
mw_secret_buffer_free (MwSecretBuffer *self)
{
  if (self == NULL)
    return;

  mw_guarded_free (self->data);
  g_free (self);
}

/**
 * mw_secret_buffer_append:
 * @self: a buffer
 * @bytes: (array length=length): what to append
 * @length: how many bytes, or -1 for a string
 *
 * Appends. It is an error of the program if there is no room.
 */
void
mw_secret_buffer_append (MwSecretBuffer *self, const char *bytes, gssize length)
{
  gsize n = length < 0 ? strlen (bytes) : (gsize) length;

  if (n > self->capacity - self->length)
    g_error ("a secret buffer of %" G_GSIZE_FORMAT " bytes is too small", self->capacity);

  if (n > 0)
    memcpy (self->data + self->length, bytes, n);
  self->length += n;
  self->data[self->length] = '\0';
}

/**
 * mw_secret_buffer_base64_size:
 * @length: a number of bytes
 *
 * Returns: how many bytes their base64 form has
 */
gsize
mw_secret_buffer_base64_size (gsize length)
{
  return (length + 2) / 3 * 4;
}

/**
 * mw_secret_buffer_append_base64:
 * @self: a buffer
 * @bytes: (array length=length): bytes
 * @length: how many
 *
 * Appends @bytes as base64, without copies elsewhere.
 */
void
mw_secret_buffer_append_base64 (MwSecretBuffer *self, const char *bytes, gsize length)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const guchar *in = (const guchar *) bytes;
  char quad[4];

  for (gsize i = 0; i < length; i += 3)
    {
      guint32 bits = (guint32) in[i] << 16;

      if (i + 1 < length)
        bits |= (guint32) in[i + 1] << 8;
      if (i + 2 < length)
        bits |= in[i + 2];
      quad[0] = alphabet[bits >> 18];
      quad[1] = alphabet[(bits >> 12) & 63];
      quad[2] = i + 1 < length ? alphabet[(bits >> 6) & 63] : '=';
      quad[3] = i + 2 < length ? alphabet[bits & 63] : '=';
      mw_secret_buffer_append (self, quad, 4);
      bits = 0;
    }
  explicit_bzero (quad, sizeof quad);
}
