/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"

G_BEGIN_DECLS

GBytes *mw_autoconfig_write (MwAccount *account, GError **error);

G_END_DECLS
