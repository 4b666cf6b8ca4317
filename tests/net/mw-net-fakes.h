/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "net/mw-connection.h"
#include "net/mw-resolver.h"

G_BEGIN_DECLS

/* How long a test waits for what must come at once: the machine may be slow, the code may not hang
 */
#define SOON (mw_deadline_after (20))

#define MW_TYPE_FAKE_RESOLVER (mw_fake_resolver_get_type ())

/* A resolver that answers from a table and asks nobody */
G_DECLARE_FINAL_TYPE (MwFakeResolver, mw_fake_resolver, MW, FAKE_RESOLVER, MwResolver)

MwFakeResolver *mw_fake_resolver_new (void);
/* @addresses: separated by commas; an empty list is NO_RECORDS. Unknown names are NOT_FOUND. */
void mw_fake_resolver_add (MwFakeResolver *self, const char *name, const char *addresses);
void mw_fake_resolver_add_record (MwFakeResolver *self,
                                  const char *name,
                                  MwRecordType type,
                                  MwDnsRecord *record);
/* From now on answers wait until the gate is opened again */
void mw_fake_resolver_close_gate (MwFakeResolver *self);
void mw_fake_resolver_open_gate (MwFakeResolver *self);
guint mw_fake_resolver_get_n_questions (MwFakeResolver *self);

/* A connection to a port of this machine, without a dialer */
MwConnection *mw_connect_to (guint16 port, const char *host);

/* Cancels from another thread after @milliseconds; join with g_thread_join() */
GThread *mw_cancel_later (GCancellable *cancellable, guint milliseconds);

/* A listening socket of 127.0.0.1 whose queue is full: connecting to it gets no answer, as to an
 * address where nobody is. @port 0: any. */
typedef struct _MwSilentPort MwSilentPort;
MwSilentPort *mw_silent_port_new (int family, guint16 port);
guint16 mw_silent_port_get_port (MwSilentPort *self);
void mw_silent_port_free (MwSilentPort *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwSilentPort, mw_silent_port_free)

G_END_DECLS
