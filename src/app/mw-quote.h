/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_QUOTE (mw_quote_get_type ())

/**
 * MwQuote:
 *
 * The words of a server, marked as such: plain text that nobody can take for the program's own.
 * Not visible without words. Property "selectable": whether they can be copied from there.
 */
G_DECLARE_FINAL_TYPE (MwQuote, mw_quote, MW, QUOTE, AdwBin)

void mw_quote_set_words (MwQuote *self, const char *words);

G_END_DECLS
