/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "advice/mw-advice.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ADVICE_BOX (mw_advice_box_get_type ())

/**
 * MwAdviceBox:
 *
 * What there is to say about the field above it, with buttons that mend it: a row of the same list,
 * not visible while there is nothing to say. Signal "fix" (char *value): the person wants @value to
 * stand in the field.
 */
G_DECLARE_FINAL_TYPE (MwAdviceBox, mw_advice_box, MW, ADVICE_BOX, AdwPreferencesRow)

GtkWidget *mw_advice_box_new (void);

/* The row that it speaks about: marked by colour, and described by the box for screen readers. Not
 * owned; %NULL: none. */
void mw_advice_box_set_target (MwAdviceBox *self, GtkWidget *target);

/* Shows the pieces of @advice (element-type MwAdvice) whose field is @field, and nothing else;
 * %NULL: nothing. */
void mw_advice_box_set_advice (MwAdviceBox *self, GPtrArray *advice, const char *field);

/* Shows one sentence of our own, in place of what stood there. @fix and @fix_label (with mnemonic):
 * both or none. */
void mw_advice_box_set_message (MwAdviceBox *self,
                                MwSeverity severity,
                                const char *message,
                                const char *fix,
                                const char *fix_label);
void mw_advice_box_clear (MwAdviceBox *self);

gboolean mw_advice_box_has_error (MwAdviceBox *self);

G_END_DECLS
