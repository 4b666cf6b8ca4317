/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-srv.h"

#include "discovery/mw-document.h"

#include <string.h>

/* RFC 6186, section 3, and RFC 8314, section 5.1. RFC 8314 wants implicit TLS to be preferred, so
 * the priorities of "_imaps" and "_imap" are not held against each other. "_smtps" was never
 * registered and is not asked for. */
const MwSrvService mw_srv_services[MW_SRV_N_SERVICES] = {
  { "_imaps._tcp", MW_PROTOCOL_IMAP, MW_SECURITY_TLS },
  { "_imap._tcp", MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS },
  { "_pop3s._tcp", MW_PROTOCOL_POP3, MW_SECURITY_TLS },
  { "_pop3._tcp", MW_PROTOCOL_POP3, MW_SECURITY_STARTTLS },
  { "_submissions._tcp", MW_PROTOCOL_SMTP, MW_SECURITY_TLS },
  { "_submission._tcp", MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS },
};

static gboolean
is_usable (const MwDnsRecord *record)
{
  return record->port != 0 && record->target != NULL && mw_host_is_valid (record->target) &&
         !g_hostname_is_ip_address (record->target);
}

/**
 * mw_srv_choose:
 * @records: (element-type MwDnsRecord): the records of one name, in any order
 * @error: return location for a #GError of %MW_DISCOVERY_ERROR
 *
 * Picks the target to use: that of the lowest priority, and among those of the highest weight.
 * RFC 2782 spreads load by choosing at random there; what is chosen here is written into an
 * account, and two runs should not disagree. Records that cannot be right are passed over.
 *
 * Returns: (transfer none) (nullable): one of @records; %NULL and
 *   %MW_DISCOVERY_ERROR_NOT_OFFERED if "." is the only target, %MW_DISCOVERY_ERROR_NO_SERVERS if
 *   none can be used
 */
const MwDnsRecord *
mw_srv_choose (GPtrArray *records, GError **error)
{
  const MwDnsRecord *best = NULL;
  gboolean refused = FALSE;

  for (guint i = 0; i < records->len; i++)
    {
      const MwDnsRecord *record = g_ptr_array_index (records, i);

      if (g_strcmp0 (record->target, ".") == 0)
        refused = TRUE;
      else if (is_usable (record) &&
               (best == NULL || record->priority < best->priority ||
                (record->priority == best->priority && record->weight > best->weight)))
        best = record;
    }
  if (best == NULL && refused)
    g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_NOT_OFFERED,
                         "the domain does not offer this service");
  else if (best == NULL)
    g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_NO_SERVERS,
                         "no SRV record has a host and a port that can be used");
  return best;
}

/**
 * mw_srv_make_servers:
 * @answers: (array fixed-size=6) (element-type GPtrArray): the records for each of
 *   #mw_srv_services, or %NULL where there are none
 * @refused: (out caller-allocates) (array length=n_refused): room for three protocols that are said
 *   not to be offered, neither way
 * @n_refused: (out): how many there are
 *
 * Puts the answers of all names together.
 *
 * Returns: (transfer full) (element-type MwServer): the servers, without login names, best first
 *   within each protocol
 */
GPtrArray *
mw_srv_make_servers (GPtrArray *const *answers, MwProtocol *refused, guint *n_refused)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_server_unref);

  *n_refused = 0;
  for (MwProtocol protocol = MW_PROTOCOL_IMAP; protocol <= MW_PROTOCOL_SMTP; protocol++)
    {
      gboolean offered = FALSE;
      gboolean denied = FALSE;

      for (gsize i = 0; i < MW_SRV_N_SERVICES; i++)
        {
          g_autoptr(GError) error = NULL;
          const MwDnsRecord *record;

          if (mw_srv_services[i].protocol != protocol || answers[i] == NULL)
            continue;
          record = mw_srv_choose (answers[i], &error);
          if (record != NULL)
            {
              g_ptr_array_add (servers, mw_server_new (protocol, record->target, record->port,
                                                       mw_srv_services[i].security));
              offered = TRUE;
            }
          else
            denied |= error->code == MW_DISCOVERY_ERROR_NOT_OFFERED;
        }
      if (denied && !offered)
        refused[(*n_refused)++] = protocol;
    }
  return servers;
}
