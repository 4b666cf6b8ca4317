/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "check/mw-secret-buffer.h"

G_BEGIN_DECLS

MwSecretBuffer *mw_saslprep (const char *bytes, gsize length);

G_END_DECLS
