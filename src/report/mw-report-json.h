/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "advice/mw-advice.h"
#include "discovery/mw-discovery-result.h"
#include "model/mw-account.h"
#include "model/mw-history.h"
#include "model/mw-report.h"
#include "net/mw-network.h"
#include "providers/mw-provider.h"
#include "report/mw-json-writer.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The shape of all of these is part of the contract of the command line. Reports become text at
 * once; there may be very many of them. */
char *mw_json_text_from_report (MwReport *report, gboolean with_transcript);
char *mw_json_text_from_check (MwAccount *account, GPtrArray *reports, gboolean with_transcript);
void mw_json_begin_check (MwJsonWriter *writer);
void mw_json_add_account (MwJsonWriter *writer,
                          MwAccount *account,
                          GPtrArray *reports,
                          gboolean with_transcript);
void mw_json_end_check (MwJsonWriter *writer);

/* Each gives a new node (transfer full) */
JsonNode *mw_json_from_discovery (MwDiscoveryResult *result);
JsonNode *mw_json_from_advice (GPtrArray *advice); /* (element-type MwAdvice) */
JsonNode *mw_json_from_account (MwAccount *account, const MwPast *past);
JsonNode *mw_json_from_provider (const MwProvider *provider);
JsonNode *mw_json_from_network (MwNetworkState *state);

char *mw_json_to_text (JsonNode *node);

G_END_DECLS
