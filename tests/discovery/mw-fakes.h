/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "discovery/mw-discovery.h"

G_BEGIN_DECLS

/*
 * An Internet of strings: names, web pages and mail servers that a discovery sees instead of the
 * real ones. Everything that is asked is written down under a key: "A host" (addresses),
 * "MX name", "SRV name", "TXT name", "GET url" and "PROBE host:port". What nobody added does not
 * exist. A key can be held: it then gives no answer until it is let go; being cancelled ends the
 * wait, unless the key is stubborn.
 */
typedef struct _MwFakes MwFakes;

MwFakes *mw_fakes_new (void);
void mw_fakes_free (MwFakes *self); /* lets all go, and waits until all have gone */

MwDiscovery *mw_fakes_make_discovery (MwFakes *self);

void mw_fakes_add_host (MwFakes *self, const char *host);
void mw_fakes_add_mx (MwFakes *self, const char *domain, guint16 preference, const char *host);
void mw_fakes_add_srv (MwFakes *self, const char *name, guint16 port, const char *target);
void mw_fakes_add_txt (MwFakes *self, const char *name, const char *text);
void mw_fakes_add_page (MwFakes *self, const char *url, const char *type, const char *body);
void mw_fakes_add_status (MwFakes *self, const char *url, guint status);
void mw_fakes_add_redirect (MwFakes *self, const char *url, const char *target);
void mw_fakes_add_server (MwFakes *self, const char *host, guint16 port);
void mw_fakes_break (MwFakes *self, const char *key, GQuark domain, int code);
void mw_fakes_set_dns_delay (MwFakes *self, guint milliseconds);

void mw_fakes_hold (MwFakes *self, const char *key);
void mw_fakes_hold_stubbornly (MwFakes *self, const char *key);
void mw_fakes_hold_everything (MwFakes *self);
void mw_fakes_let_go (MwFakes *self, const char *key);

gboolean mw_fakes_was_asked (MwFakes *self, const char *key);
guint mw_fakes_count_asked (MwFakes *self, const char *prefix);
void mw_fakes_foreach_asked (MwFakes *self, GFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwFakes, mw_fakes_free)

G_END_DECLS
