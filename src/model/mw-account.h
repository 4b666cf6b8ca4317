/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-address.h"
#include "model/mw-server.h"

G_BEGIN_DECLS

/**
 * MwHalf:
 * @MW_HALF_INCOMING: receiving: IMAP or POP3
 * @MW_HALF_OUTGOING: sending: SMTP
 *
 * The two halves of an account. Each may have a login name and a password of its own.
 */
typedef enum
{
  MW_HALF_INCOMING,
  MW_HALF_OUTGOING,
} MwHalf;

const char *mw_half_to_string (MwHalf half); /* "incoming", "outgoing" */

#define MW_TYPE_ACCOUNT (mw_account_get_type ())

/**
 * MwAccount:
 *
 * An account: who somebody is, and the servers for receiving and sending. Receiving-only and
 * sending-only accounts lack the other server. Changed in the main thread only; what a thread
 * needs is handed to it as values (#MwServer, #MwAddress).
 */
G_DECLARE_FINAL_TYPE (MwAccount, mw_account, MW, ACCOUNT, GObject)

MwAccount *mw_account_new (MwAddress *address); /* with a fresh random id */
MwAccount *mw_account_copy (MwAccount *self);   /* same id */

const char *mw_account_get_id (MwAccount *self);     /* UUID, lower case */
MwAddress *mw_account_get_address (MwAccount *self); /* transfer none */
void mw_account_set_address (MwAccount *self, MwAddress *address);
const char *mw_account_get_name (MwAccount *self); /* the person's name, never %NULL, may be "" */
void mw_account_set_name (MwAccount *self, const char *name);
const char *mw_account_get_reply_to (MwAccount *self); /* address or %NULL */
void mw_account_set_reply_to (MwAccount *self, const char *reply_to);
const char *mw_account_get_organization (MwAccount *self); /* or %NULL */
void mw_account_set_organization (MwAccount *self, const char *organization);
const char *mw_account_get_provider (MwAccount *self); /* provider id or %NULL */
void mw_account_set_provider (MwAccount *self, const char *provider);
MwServer *mw_account_get_server (MwAccount *self, MwHalf half); /* transfer none, or %NULL */
void mw_account_set_server (MwAccount *self, MwHalf half, MwServer *server);
gboolean mw_account_get_leave_on_server (MwAccount *self); /* POP3; %TRUE by default */
void mw_account_set_leave_on_server (MwAccount *self, gboolean leave_on_server);
gboolean mw_account_get_separate_passwords (MwAccount *self); /* %FALSE: one password for both */
void mw_account_set_separate_passwords (MwAccount *self, gboolean separate_passwords);
const char *mw_account_get_pin (MwAccount *self, MwHalf half); /* SHA-256 of an accepted public key
                                                                  (SPKI), 64 hex digits, or %NULL */
void mw_account_set_pin (MwAccount *self, MwHalf half, const char *pin);

/* What the file held when the account was loaded or saved: how the store notices that another
 * process changed it. %NULL for an account that was never saved. */
const char *mw_account_get_etag (MwAccount *self);
void mw_account_set_etag (MwAccount *self, const char *etag);

/* The password that @half uses is stored under this half: incoming, unless they are separate or
 * there is no incoming server that logs in. */
MwHalf mw_account_get_password_half (MwAccount *self, MwHalf half);

G_END_DECLS
