/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-live-server.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_SERVER_CARD (mw_server_card_get_type ())

/**
 * MwServerCard:
 *
 * The check of one server: which one it is, the four lights, what is wrong, the stages. Its buttons
 * speak to the actions "check.*" of the #MwCheckView around. Signal "trouble": something is wrong
 * that was not known before.
 */
G_DECLARE_FINAL_TYPE (MwServerCard, mw_server_card, MW, SERVER_CARD, AdwBin)

GtkWidget *mw_server_card_new (MwServer *server, MwHalf half);

/* @help: (nullable): where the provider explains how to sign in */
void mw_server_card_set_live (MwServerCard *self, MwLiveServer *live, const char *help);
MwLiveServer *mw_server_card_get_live (MwServerCard *self);  /* transfer none, or %NULL */
GtkWidget *mw_server_card_open_trouble (MwServerCard *self); /* transfer none, or %NULL: none */
gboolean mw_server_card_has_opened (MwServerCard *self);

const char *mw_half_get_title (MwHalf half); /* "Receiving", "Sending" */

G_END_DECLS
