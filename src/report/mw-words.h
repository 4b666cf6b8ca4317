/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Words for people in place of the ids that stand in JSON */
const char *mw_word (const char *id);
char *mw_words_join (const char *const *ids);

G_END_DECLS
