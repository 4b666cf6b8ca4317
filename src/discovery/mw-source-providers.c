/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-source.h"

#include <string.h>

/* Amazon's hosts carry the region in their names; the mail exchanger tells it as a whole label */
static const char *
find_region (const MwProvider *provider, const char *mx_host)
{
  const char *const *regions = mw_provider_get_regions (provider);
  g_auto (GStrv) labels = NULL;

  if (mx_host == NULL || regions == NULL)
    return NULL;
  labels = g_strsplit (mx_host, ".", -1);
  for (gsize i = 0; regions[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) labels, regions[i]))
      return regions[i];
  return NULL;
}

/* What the database knows, filled in for one address. @mx_host: (nullable): by which the provider
 * was recognised. */
MwSettings *
mw_settings_new_from_provider (const MwProvider *provider,
                               MwAddress *address,
                               const char *mx_host,
                               MwSource source,
                               const char *origin)
{
  MwSettings *settings = mw_settings_new (source, origin);
  const char *prepare = mw_provider_get_prepare (provider);
  const char *region = find_region (provider, mx_host);
  g_autoptr(GPtrArray) servers = NULL;

  settings->provider = g_strdup (mw_provider_get_id (provider));
  settings->name = g_strdup (mw_provider_get_name (provider));
  settings->help = g_strdup (mw_provider_get_help (provider));
  settings->checked = g_strdup (mw_provider_get_checked (provider));
  if (prepare != NULL && *prepare != '\0')
    {
      g_strfreev (settings->prepare);
      settings->prepare = g_strdupv ((char *[]) { (char *) prepare, NULL });
    }

  servers = region != NULL ? mw_provider_get_servers_in_region (provider, address, region)
                           : mw_provider_get_servers (provider, address);
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    g_ptr_array_add (settings->servers, mw_server_ref (g_ptr_array_index (servers, i)));

  return settings;
}

/* The provider database: built in, and what users and administrators added */
void
mw_source_providers (MwJob *job)
{
  const MwProvider *provider = mw_provider_db_lookup_domain (job->providers, job->domain);
  g_autofree char *origin = NULL;

  if (provider == NULL)
    return;

  origin = g_strdup_printf ("providers/%s.ini", mw_provider_get_id (provider));
  switch (mw_provider_get_service (provider))
    {
    case MW_PROVIDER_SERVICE_SENDING_ONLY:
      mw_job_note (job, "sending-only-provider", mw_provider_get_name (provider));
      break;
    case MW_PROVIDER_SERVICE_NONE:
      mw_job_note (job, "provider-without-imap", mw_provider_get_name (provider));
      break;
    case MW_PROVIDER_SERVICE_MAILBOX:
      break;
    }
  mw_job_found (job, mw_settings_new_from_provider (provider, job->address, NULL,
                                                    MW_SOURCE_PROVIDER, origin));
}
