/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Is there something that the sandbox keeps this program from, and a line that changes that?
 * @target: id of an exporter, or %NULL: anything, the keyring too */
gboolean mw_access_dialog_is_needed (MwSession *session, const char *target);
AdwDialog *mw_access_dialog_new (MwSession *session, const char *target);

G_END_DECLS
