/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MwRecordType:
 * @MW_RECORD_MX: mail exchangers (RFC 1035, RFC 7505)
 * @MW_RECORD_SRV: services (RFC 2782)
 * @MW_RECORD_TXT: text
 *
 * The kinds of DNS records that can be asked for, beside addresses.
 */
typedef enum
{
  MW_RECORD_MX,
  MW_RECORD_SRV,
  MW_RECORD_TXT,
} MwRecordType;

/**
 * MwDnsRecord:
 * @priority: SRV priority, MX preference
 * @weight: SRV weight
 * @port: SRV port
 * @target: SRV target, MX host: lower case, without final dot, letters, digits, '-', '_' and '.'
 *   only; "." for "this service is not offered" (RFC 2782) and "takes no mail" (RFC 7505); %NULL
 *   for TXT
 * @text: TXT data, the parts of one record joined; any bytes; %NULL for the others
 *
 * One DNS record. Read it, do not change it.
 */
typedef struct
{
  guint16 priority;
  guint16 weight;
  guint16 port;
  char *target;
  GBytes *text;
} MwDnsRecord;

/**
 * mw_dns_record_new:
 * @priority: priority or preference
 * @weight: weight
 * @port: port
 * @target: (nullable): target
 * @text: (nullable): text
 *
 * Returns: (transfer full): a record, for resolvers that are made in tests
 */
MwDnsRecord *mw_dns_record_new (
    guint16 priority, guint16 weight, guint16 port, const char *target, GBytes *text);
void mw_dns_record_free (MwDnsRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwDnsRecord, mw_dns_record_free)

#define MW_TYPE_RESOLVER (mw_resolver_get_type ())

/**
 * MwResolver:
 *
 * Looks names up in DNS and /etc/hosts. Each question is asked once and its answer kept, whether
 * good or bad, as long as the resolver lives: make one resolver for one piece of work (a
 * detection, a check). Whoever asks while the same question is under way waits for its answer.
 *
 * All methods may be called from any thread; they block, end at their deadline and at once when
 * cancelled. A question that nobody waits for any more is left to end by itself.
 *
 * A fake for tests overrides the two vfuncs.
 */
G_DECLARE_DERIVABLE_TYPE (MwResolver, mw_resolver, MW, RESOLVER, GObject)

/**
 * MwResolverClass:
 * @query_addresses: asks for A and AAAA of @name in one go; returns a #GPtrArray of #GInetAddress
 *   with a free function, or sets a %MW_NET_ERROR. May block; runs in a thread of its own.
 * @query_records: the same for @type, #GPtrArray of #MwDnsRecord
 *
 * The class of #MwResolver.
 */
struct _MwResolverClass
{
  GObjectClass parent_class;

  GPtrArray *(*query_addresses) (MwResolver *self, const char *name, GError **error);
  GPtrArray *(*query_records) (MwResolver *self,
                               const char *name,
                               MwRecordType type,
                               GError **error);
};

/**
 * mw_resolver_new:
 *
 * Returns: (transfer full): a resolver that uses the system's configuration
 */
MwResolver *mw_resolver_new (void);

/**
 * mw_resolver_lookup_addresses:
 * @self: a resolver
 * @host: a host name of A-labels, or an IP literal (which asks nobody); so does "localhost"
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error: %MW_NET_ERROR_NOT_FOUND, %MW_NET_ERROR_NO_RECORDS,
 *   %MW_NET_ERROR_DNS_TEMPORARY, %MW_NET_ERROR_DNS_TIMEOUT, %G_IO_ERROR_CANCELLED
 *
 * Finds the addresses of a host, both families, in the order in which they should be tried
 * (RFC 6724). A name with a dot is taken as it is: search domains are never added.
 *
 * Returns: (transfer full) (element-type GInetAddress): the addresses, at least one; shared with
 *   other callers: do not change the array
 */
GPtrArray *mw_resolver_lookup_addresses (
    MwResolver *self, const char *host, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * mw_resolver_lookup_records:
 * @self: a resolver
 * @name: a DNS name of A-labels, for instance "_imaps._tcp.example.org"
 * @type: which records
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error, as for mw_resolver_lookup_addresses()
 *
 * Finds the records of a name. SRV and MX come sorted: lowest priority first, then highest weight,
 * then by name, so that the result is the same each time.
 *
 * Returns: (transfer full) (element-type MwDnsRecord): the records, at least one; shared with
 *   other callers: do not change the array
 */
GPtrArray *mw_resolver_lookup_records (MwResolver *self,
                                       const char *name,
                                       MwRecordType type,
                                       gint64 deadline,
                                       GCancellable *cancellable,
                                       GError **error);

/**
 * mw_resolver_has_addresses:
 * @self: a resolver
 * @host: a host name
 *
 * Returns: whether the addresses of @host are known without asking, so that a look-up costs no
 *   time; %FALSE also when the answer was "there are none"
 */
gboolean mw_resolver_has_addresses (MwResolver *self, const char *host);

G_END_DECLS
