/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

AdwDialog *mw_help_dialog_new (const char *page); /* "check", "settings", "export", or %NULL */

G_END_DECLS
