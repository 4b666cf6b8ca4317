/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-report.h"

G_BEGIN_DECLS

/**
 * MwReportTextFlags:
 * @MW_REPORT_TEXT_PLAIN: ASCII marks, no colour
 * @MW_REPORT_TEXT_COLOUR: with colours of the terminal
 * @MW_REPORT_TEXT_DETAILS: also the certificates, what the server offers, and durations
 * @MW_REPORT_TEXT_TRANSCRIPT: also the dialogue, secrets masked
 *
 * How a report is written.
 */
typedef enum
{
  MW_REPORT_TEXT_PLAIN = 0,
  MW_REPORT_TEXT_COLOUR = 1 << 0,
  MW_REPORT_TEXT_DETAILS = 1 << 1,
  MW_REPORT_TEXT_TRANSCRIPT = 1 << 2,
} MwReportTextFlags;

char *mw_report_to_text (MwReport *report, MwReportTextFlags flags);
char *mw_server_describe (MwServer *server); /* "IMAP imap.example.org:993 (TLS from the start)" */
const char *mw_security_get_title (MwSecurity security);

G_END_DECLS
