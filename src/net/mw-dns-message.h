/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "net/mw-resolver.h"

G_BEGIN_DECLS

/**
 * mw_dns_message_parse:
 * @bytes: a DNS answer as it came from the wire (RFC 1035, section 4)
 * @length: its length
 * @type: the records to take from it
 * @error: return location for an error: %MW_NET_ERROR_NOT_FOUND, %MW_NET_ERROR_NO_RECORDS or
 *   %MW_NET_ERROR_DNS_TEMPORARY
 *
 * Reads the answer section. Aliases need not be followed: the records behind them stand in the
 * same section. Records whose target is no host name are left out, since such a name has no
 * business in a settings file; an answer with more than 256 records is cut there.
 *
 * Returns: (transfer full) (element-type MwDnsRecord): the records, sorted, at least one
 */
GPtrArray *
mw_dns_message_parse (const guint8 *bytes, gsize length, MwRecordType type, GError **error);

G_END_DECLS
