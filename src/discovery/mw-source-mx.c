/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-document.h"
#include "discovery/mw-source.h"
#include "net/mw-net-error.h"

#include <string.h>

/* The mail exchanger is never the server that programs talk to (RFC 5321, section 5, is about
 * relays), but it tells who keeps the mailboxes. */

static GPtrArray *
list_hosts (MwJob *job)
{
  GPtrArray *hosts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;
  gint64 since = g_get_monotonic_time ();

  if (job->mx_hosts != NULL)
    {
      for (gsize i = 0; job->mx_hosts[i] != NULL; i++)
        {
          g_autofree char *host = strcmp (job->mx_hosts[i], ".") == 0
                                      ? g_strdup (".")
                                      : mw_host_to_ascii (job->mx_hosts[i]);

          if (host != NULL)
            g_ptr_array_add (hosts, g_steal_pointer (&host));
        }
      return hosts;
    }

  records = mw_resolver_lookup_records (job->resolver, job->domain, MW_RECORD_MX, job->deadline,
                                        job->cancellable, &error);
  if (records != NULL || mw_error_means_nothing (error))
    mw_job_measured_dns (job, since);
  else
    {
      if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_DNS_TEMPORARY) ||
          g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_DNS_TIMEOUT))
        mw_job_note (job, "dns-unavailable", NULL);
      mw_job_failed (job, error);
    }
  if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND))
    mw_job_note (job, "no-such-domain", job->domain);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const MwDnsRecord *record = g_ptr_array_index (records, i);

      if (record->target != NULL)
        g_ptr_array_add (hosts, g_strdup (record->target));
    }
  return hosts;
}

/* The first host that is no filter decides: what stands behind it are understudies, and those may
 * be anybody's. */
void
mw_source_mx (MwJob *job)
{
  g_autoptr(GPtrArray) hosts = list_hosts (job);

  for (guint i = 0; i < hosts->len; i++)
    {
      const char *host = g_ptr_array_index (hosts, i);
      const MwProvider *provider;

      /* RFC 7505: alone it means "no mail"; beside others it is a mistake without a meaning */
      if (strcmp (host, ".") == 0)
        {
          if (hosts->len == 1)
            {
              mw_job_note (job, "null-mx", job->domain);
              mw_job_tell_mx (job, NULL, host);
            }
          continue;
        }
      if (mw_provider_db_is_gateway (job->providers, host))
        {
          g_autofree char *shown = mw_document_dup_text (host, 253);

          mw_job_note (job, "gateway-mx", shown);
          continue;
        }

      provider = mw_provider_db_lookup_mx (job->providers, host);
      mw_job_tell_mx (job, provider, host);
      if (provider == NULL)
        return;
      if (mw_provider_get_service (provider) == MW_PROVIDER_SERVICE_SENDING_ONLY)
        mw_job_note (job, "sending-only-provider", mw_provider_get_name (provider));
      else if (mw_provider_get_service (provider) == MW_PROVIDER_SERVICE_NONE)
        mw_job_note (job, "provider-without-imap", mw_provider_get_name (provider));
      mw_job_found (
          job, mw_settings_new_from_provider (provider, job->address, host, MW_SOURCE_MX, host));
      return;
    }
}
