/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-account-item.h"
#include "model/mw-diagnosis.h"
#include "model/mw-report.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Small things that all pages need. */

/* The window's toasts; @title is plain text (markup is off). */
void mw_ui_toast (GtkWidget *widget, const char *title);
void mw_ui_add_toast (GtkWidget *widget, AdwToast *toast); /* transfer full */

/* Pushes @page onto the navigation view that @widget is in, or that the window shows */
void mw_ui_push (GtkWidget *widget, AdwNavigationPage *page);

/* Opens a web page with the desktop's browser; only http and https URLs of our own tables */
void mw_ui_open_uri (GtkWidget *widget, const char *uri);
void mw_ui_copy (GtkWidget *widget, const char *text, const char *toast_title);

/* Icon, CSS class ("success", "warning", "error", "dim-label") and word for a status: the icon's
 * shape differs too, colour is never the only sign. Icons are never focusable; their accessible
 * label is the word. */
const char *mw_ui_status_icon (MwStatus status);
const char *mw_ui_status_class (MwStatus status);
const char *mw_ui_status_word (MwStatus status); /* translated: "Fine", "Warning", "Failed", ... */
void mw_ui_set_status_image (GtkImage *image, MwStatus status);

const char *mw_ui_state_icon (MwAccountState state);
const char *mw_ui_state_class (MwAccountState state);

/* "Today, 10:21", "Yesterday, 18:03", "3 March 2026" in the person's language and zone */
char *mw_ui_format_time (GDateTime *when);

/* An alert without responses yet. @detail is from outside (an error, a path): shown as plain text,
 * and broken anywhere rather than cut. @body and @detail may be %NULL. */
AdwDialog *mw_ui_alert_new (const char *heading, const char *body, const char *detail);

/* Says it to screen readers */
void mw_ui_announce (GtkWidget *widget, const char *message, gboolean urgent);

/* A label or row text from outside: never markup, cut at @max bytes */
char *mw_ui_plain (const char *text, gsize max); /* escaped for a markup property */

G_END_DECLS
