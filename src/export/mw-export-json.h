/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-export-apply.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Each gives a new node (transfer full) */
JsonNode *mw_export_plan_to_json (MwExportPlan *plan); /* of `export --dry-run --json` */
JsonNode *mw_export_result_to_json (MwExportPlan *plan, MwExportResult *result);
JsonNode *mw_exporters_to_json (MwExportHost *host); /* of `export --list --json` */
JsonNode *mw_journal_to_json (GPtrArray *entries);   /* of `export --journal --json` */

G_END_DECLS
