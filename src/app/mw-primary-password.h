/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>
#include <libsecret/secret.h>

G_BEGIN_DECLS

/**
 * MwPrimaryPassword:
 *
 * Asks for the primary password of another program: a thread that plans an export waits while a
 * dialog is open in the main one. Counted.
 */
typedef struct _MwPrimaryPassword MwPrimaryPassword;

MwPrimaryPassword *
mw_primary_password_new (GtkWidget *parent, const char *program, GCancellable *cancellable);
MwPrimaryPassword *mw_primary_password_ref (MwPrimaryPassword *self);
void mw_primary_password_unref (MwPrimaryPassword *self);

/* An #MwExportPrimaryPasswordFunc whose user_data is a #MwPrimaryPassword. Any thread but the main
 * one. */
SecretValue *mw_primary_password_ask_sync (const char *place,
                                           guint attempt,
                                           gpointer primary_password,
                                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwPrimaryPassword, mw_primary_password_unref)

G_END_DECLS
