/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-live-server.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_LIGHT_BADGE (mw_light_badge_get_type ())

/**
 * MwLightBadge:
 *
 * One of the four lights that sum up a check: a shape, a word and a colour. Its accessible name
 * says all of it: "Certificate: Failed". The light is set as "light" (#MwLight as int), once.
 */
G_DECLARE_FINAL_TYPE (MwLightBadge, mw_light_badge, MW, LIGHT_BADGE, AdwBin)

GtkWidget *mw_light_badge_new (MwLight light);
void mw_light_badge_set_status (MwLightBadge *self, MwStatus status);

G_END_DECLS
