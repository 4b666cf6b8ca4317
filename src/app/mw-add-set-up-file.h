/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-settings.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads settings from a file that the person opened: an autoconfig document. Nobody vouches for
 * them: they are not trusted. */
void mw_add_set_up_file_load_async (GFile *file,
                                    MwAddress *address,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
MwSettings *mw_add_set_up_file_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
