/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"

G_BEGIN_DECLS

char *mw_redact (const char *text, GPtrArray *accounts); /* (element-type MwAccount) */

G_END_DECLS
