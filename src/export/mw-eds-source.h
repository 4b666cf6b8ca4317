/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"

G_BEGIN_DECLS

/**
 * MwEdsPart:
 * @MW_EDS_PART_ACCOUNT: how to receive; the parent of the others
 * @MW_EDS_PART_IDENTITY: who sends
 * @MW_EDS_PART_TRANSPORT: how to send
 *
 * The three sources that are one mail account for Evolution.
 */
typedef enum
{
  MW_EDS_PART_ACCOUNT,
  MW_EDS_PART_IDENTITY,
  MW_EDS_PART_TRANSPORT,
  MW_N_EDS_PARTS
} MwEdsPart;

/* The group by which we know our own sources again; Evolution keeps it */
#define MW_EDS_GROUP "X-Mailwright"

const char *mw_eds_part_to_string (MwEdsPart part); /* "account", "identity", "transport" */
char *mw_eds_source_uid (MwAccount *account, MwEdsPart part);
char *mw_eds_source_marker (MwAccount *account);
char *mw_eds_source_auth_method (MwAccount *account, MwHalf half, GError **error);
char *mw_eds_source_make (MwAccount *account, MwEdsPart part, const char *before, GError **error);
char *mw_eds_source_revert (const char *now, const char *before, const char *after);

G_END_DECLS
