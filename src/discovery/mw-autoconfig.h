/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-address.h"
#include "model/mw-settings.h"

#include <gio/gio.h>

G_BEGIN_DECLS

MwSettings *mw_autoconfig_parse (
    GBytes *bytes, MwAddress *address, MwSource source, const char *origin, GError **error);
gboolean mw_autoconfig_lists_domain (GBytes *bytes, const char *domain);
char *mw_autoconfig_expand (const char *text, MwAddress *address);

G_END_DECLS
