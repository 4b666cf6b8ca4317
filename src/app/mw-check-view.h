/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_CHECK_VIEW (mw_check_view_get_type ())

/**
 * MwCheckView:
 *
 * The check of an account, while it runs and afterwards: one of the three pages of an account.
 */
G_DECLARE_FINAL_TYPE (MwCheckView, mw_check_view, MW, CHECK_VIEW, AdwBin)

GtkWidget *mw_check_view_new (MwSession *session, MwAccountItem *item);

G_END_DECLS
