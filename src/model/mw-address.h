/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MW_ADDRESS_ERROR (mw_address_error_quark ())
GQuark mw_address_error_quark (void);

/**
 * MwAddressError:
 * @MW_ADDRESS_ERROR_EMPTY: nothing was typed
 * @MW_ADDRESS_ERROR_NO_AT: there is no "@"
 * @MW_ADDRESS_ERROR_SEVERAL: more than one address
 * @MW_ADDRESS_ERROR_LOCAL_PART: what stands before the "@" cannot be a mailbox name
 * @MW_ADDRESS_ERROR_DOMAIN: what stands after the "@" cannot be a mail domain
 * @MW_ADDRESS_ERROR_TOO_LONG: longer than RFC 5321, section 4.5.3.1, allows
 * @MW_ADDRESS_ERROR_CONTROL: a control or an invisible character, or not UTF-8
 *
 * Why a text is not a mail address.
 */
typedef enum
{
  MW_ADDRESS_ERROR_EMPTY,
  MW_ADDRESS_ERROR_NO_AT,
  MW_ADDRESS_ERROR_SEVERAL,
  MW_ADDRESS_ERROR_LOCAL_PART,
  MW_ADDRESS_ERROR_DOMAIN,
  MW_ADDRESS_ERROR_TOO_LONG,
  MW_ADDRESS_ERROR_CONTROL,
} MwAddressError;

#define MW_TYPE_ADDRESS (mw_address_get_type ())

/**
 * MwAddress:
 *
 * A mail address as a person typed it, cleaned: immutable, counted, safe to hand to a thread.
 */
typedef struct _MwAddress MwAddress;

GType mw_address_get_type (void) G_GNUC_CONST;
MwAddress *mw_address_new (const char *text, GError **error);
MwAddress *mw_address_ref (MwAddress *self);
void mw_address_unref (MwAddress *self);

const char *mw_address_get_text (MwAddress *self);         /* local@domain, domain in U-labels */
const char *mw_address_get_ascii (MwAddress *self);        /* local@domain, domain in A-labels */
const char *mw_address_get_local_part (MwAddress *self);   /* as typed: may be case-sensitive */
const char *mw_address_get_domain (MwAddress *self);       /* U-labels, lower case, for people */
const char *mw_address_get_domain_ascii (MwAddress *self); /* A-labels, lower case, for the wire */
const char *mw_address_get_name (MwAddress *self); /* display name typed with it, or %NULL */
gboolean mw_address_needs_smtputf8 (MwAddress *self);
const char *mw_address_error_explain (const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwAddress, mw_address_unref)

G_END_DECLS
