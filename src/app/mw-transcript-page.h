/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_TRANSCRIPT_PAGE (mw_transcript_page_get_type ())

/**
 * MwTranscriptPage:
 *
 * The dialogue with a server, line by line; secrets were masked where it was made.
 */
G_DECLARE_FINAL_TYPE (MwTranscriptPage, mw_transcript_page, MW, TRANSCRIPT_PAGE, AdwNavigationPage)

AdwNavigationPage *
mw_transcript_page_new (MwSession *session, MwAccountItem *item, MwReport *report);

G_END_DECLS
