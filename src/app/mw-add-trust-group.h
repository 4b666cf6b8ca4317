/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-add-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ADD_TRUST_GROUP (mw_add_trust_group_get_type ())

/**
 * MwAddTrustGroup:
 *
 * Asks for a yes before servers are used that nobody vouches for, and says why. Not visible while
 * there is nothing to ask.
 */
G_DECLARE_FINAL_TYPE (MwAddTrustGroup, mw_add_trust_group, MW, ADD_TRUST_GROUP, AdwPreferencesGroup)

void mw_add_trust_group_set_draft (MwAddTrustGroup *self, MwAddDraft *draft);

G_END_DECLS
