/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MwSecretBuffer:
 * @data: the bytes; one NUL follows the last one
 * @length: how many there are
 * @capacity: how many there may be
 *
 * Bytes made of a secret. The size is settled before the first byte goes in, since a buffer that
 * grows leaves a copy behind; it is in guarded memory (mw_guarded_new()), and wiped when it is
 * freed.
 */
typedef struct
{
  char *data;
  gsize length;
  gsize capacity;
} MwSecretBuffer;

MwSecretBuffer *mw_secret_buffer_new (gsize capacity);
void mw_secret_buffer_free (MwSecretBuffer *self);
void mw_secret_buffer_append (MwSecretBuffer *self, const char *bytes, gssize length);
void mw_secret_buffer_append_base64 (MwSecretBuffer *self, const char *bytes, gsize length);
gsize mw_secret_buffer_base64_size (gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwSecretBuffer, mw_secret_buffer_free)

G_END_DECLS
