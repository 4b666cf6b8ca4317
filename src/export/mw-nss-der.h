/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tags of the four types that the stores are made of (X.690, section 8) */
#define MW_DER_INTEGER 0x02
#define MW_DER_OCTETS 0x04
#define MW_DER_OID 0x06
#define MW_DER_SEQUENCE 0x30

/**
 * MwDer:
 * @at: the next byte
 * @end: behind the last byte
 *
 * A stretch of DER that is being read. Lends bytes of its caller, copies nothing.
 */
typedef struct
{
  const guint8 *at;
  const guint8 *end;
} MwDer;

/**
 * MwDerOid:
 * @data: content of an OBJECT IDENTIFIER
 * @length: how many bytes of it count
 *
 * The name of an algorithm.
 */
typedef struct
{
  guint8 data[9];
  gsize length;
} MwDerOid;

MwDer mw_der_init (const void *bytes, gsize length);
gboolean mw_der_take (MwDer *self, guint8 tag, MwDer *content);
gboolean mw_der_take_number (MwDer *self, guint *number);
gboolean mw_der_take_oid (MwDer *self, const MwDerOid *oid);
gboolean mw_der_is_empty (MwDer *self);
gsize mw_der_get_length (MwDer *self);

void mw_der_append (GByteArray *array, guint8 tag, const void *bytes, gsize length);
void mw_der_append_number (GByteArray *array, guint number);
void mw_der_append_oid (GByteArray *array, const MwDerOid *oid);
void mw_der_append_sequence (GByteArray *outer, GByteArray *inner);

G_END_DECLS
