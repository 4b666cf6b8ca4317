/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gpointer mw_guarded_new (gsize size);
void mw_guarded_free (gpointer memory);

G_END_DECLS
