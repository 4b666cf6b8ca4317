/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-server.h"
#include "net/mw-resolver.h"

G_BEGIN_DECLS

/**
 * MwSrvService:
 * @name: the labels before the domain
 * @protocol: what is spoken there
 * @security: how TLS begins there
 *
 * One kind of SRV record that mail programs look for.
 */
typedef struct
{
  const char *name;
  MwProtocol protocol;
  MwSecurity security;
} MwSrvService;

/* In the order in which servers are preferred: implicit TLS first, whatever the records say */
#define MW_SRV_N_SERVICES 6
extern const MwSrvService mw_srv_services[MW_SRV_N_SERVICES];

const MwDnsRecord *mw_srv_choose (GPtrArray *records, GError **error);
GPtrArray *mw_srv_make_servers (GPtrArray *const *answers, MwProtocol *refused, guint *n_refused);

G_END_DECLS
