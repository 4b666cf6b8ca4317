/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "discovery/mw-discovery-result.h"
#include "model/mw-account.h"
#include "providers/mw-provider-db.h"

G_BEGIN_DECLS

#define MW_TYPE_ADD_DRAFT (mw_add_draft_get_type ())

/**
 * MwAddDraft:
 *
 * The account that is being added: what was typed, what the sources say, and what was picked from
 * it. Knows no widget. Main thread only. Signal "changed": anything of it changed.
 */
G_DECLARE_FINAL_TYPE (MwAddDraft, mw_add_draft, MW, ADD_DRAFT, GObject)

MwAddDraft *mw_add_draft_new (MwProviderDb *providers);

void mw_add_draft_set_identity (MwAddDraft *self, const char *name, MwAddress *address);
MwAddress *mw_add_draft_get_address (MwAddDraft *self);
const char *mw_add_draft_get_name (MwAddDraft *self);

void mw_add_draft_set_result (MwAddDraft *self, MwDiscoveryResult *result);
void mw_add_draft_set_settings (MwAddDraft *self, MwSettings *settings);
MwDiscoveryResult *mw_add_draft_get_result (MwAddDraft *self);
MwSettings *mw_add_draft_get_settings (MwAddDraft *self);
const MwProvider *mw_add_draft_get_provider (MwAddDraft *self);

gboolean mw_add_draft_offers (MwAddDraft *self, MwProtocol protocol);
MwProtocol mw_add_draft_get_incoming (MwAddDraft *self);
void mw_add_draft_set_incoming (MwAddDraft *self, MwProtocol protocol);
const char *mw_add_draft_get_region (MwAddDraft *self);
void mw_add_draft_set_region (MwAddDraft *self, const char *region);
gboolean mw_add_draft_lacks_username (MwAddDraft *self);
const char *mw_add_draft_get_username (MwAddDraft *self);
void mw_add_draft_set_username (MwAddDraft *self, const char *username);
MwServer *mw_add_draft_dup_server (MwAddDraft *self, MwProtocol protocol);
MwServer *mw_add_draft_dup_half (MwAddDraft *self, MwHalf half);
MwServer *mw_add_draft_dup_known (MwAddDraft *self, MwHalf half);
gboolean mw_add_draft_is_ready (MwAddDraft *self);

char *mw_add_draft_dup_value (MwAddDraft *self, const char *field);
void mw_add_draft_take_value (MwAddDraft *self, const char *field, const char *value);
guint mw_add_draft_get_n_conflicts (MwAddDraft *self);

gboolean mw_add_draft_is_trusted (MwAddDraft *self);
GStrv mw_add_draft_dup_strange_hosts (MwAddDraft *self);
gboolean mw_add_draft_get_accepted (MwAddDraft *self);
void mw_add_draft_set_accepted (MwAddDraft *self, gboolean accepted);

void mw_add_draft_set_by_hand (MwAddDraft *self, MwServer *incoming, MwServer *outgoing);
void mw_add_draft_clear_by_hand (MwAddDraft *self);
gboolean mw_add_draft_get_by_hand (MwAddDraft *self);

const char *mw_add_draft_get_password_kind (MwAddDraft *self);
void mw_add_draft_apply (MwAddDraft *self, MwAccount *account);

G_END_DECLS
