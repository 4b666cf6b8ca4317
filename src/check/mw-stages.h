/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* The stages that are the same for all protocols. Private to this folder. */

#include "check/mw-run.h"

G_BEGIN_DECLS

gboolean mw_run_resolve (MwRun *self);
gboolean mw_run_connect (MwRun *self);
gboolean mw_run_greeting (MwRun *self);
gboolean mw_run_tls (MwRun *self);

G_END_DECLS
