/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-autoconfig.h"
#include "discovery/mw-document.h"
#include "discovery/mw-source.h"
#include "net/mw-deadline.h"
#include "net/mw-net-error.h"

#include <string.h>

/* Everything that is an autoconfig document fetched over HTTPS: at the domain itself, in the ISPDB,
 * and both again for the domain of the mail exchanger. Plain HTTP is never tried. */

/**
 * mw_error_means_nothing:
 * @error: why something could not be fetched or looked up
 *
 * Tells "there is nothing" from "it could not be found out".
 *
 * Returns: whether the source has simply nothing to say
 */
gboolean
mw_error_means_nothing (const GError *error)
{
  if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND) ||
      g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_NO_RECORDS) ||
      g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_REFUSED))
    return TRUE;
  /* No such document; 5xx is trouble, which may pass */
  return g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_HTTP_STATUS) &&
         error->message[0] != '5';
}

/* Many web servers answer any path with a page for people. That is no broken configuration. */
static gboolean
is_web_page (MwHttpResult *result)
{
  gsize length;
  const char *text = g_bytes_get_data (result->body, &length);
  g_autofree char *start = NULL;
  g_autofree char *lower = NULL;

  if (g_strcmp0 (result->content_type, "text/html") == 0 ||
      g_strcmp0 (result->content_type, "application/xhtml+xml") == 0)
    return TRUE;
  start = length > 0 ? g_strndup (text, MIN (length, 256)) : g_strdup ("");
  g_strchug (start);
  lower = g_ascii_strdown (start, -1);
  return g_str_has_prefix (lower, "<!doctype html") || g_str_has_prefix (lower, "<html");
}

static const char *
malformed_note (MwSource source)
{
  return source == MW_SOURCE_ISPDB ? "ispdb-malformed" : "autoconfig-malformed";
}

static MwHttpResult *
fetch (MwJob *job, const char *url, MwHttpFlags flags, GError **error)
{
  gint64 deadline = mw_deadline_earlier (job->deadline, mw_deadline_after (MW_STEP_SECONDS));
  MwHttpResult *result;
  GError *local_error = NULL;

  if (!mw_job_take_connection (job))
    {
      g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_FAILED,
                   "%s was not asked: enough connections were made", url);
      return NULL;
    }
  result = mw_http_client_fetch (job->http_client, url, flags, MW_DISCOVERY_MAX_DOCUMENT, deadline,
                                 job->cancellable, &local_error);
  if (result != NULL)
    return result;

  if (g_error_matches (local_error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND) ||
      g_error_matches (local_error, MW_NET_ERROR, MW_NET_ERROR_NO_RECORDS))
    mw_job_give_back_connection (job);
  g_propagate_error (error, local_error);
  return NULL;
}

/* @personal_url: (nullable): what to fetch if the server says that it needs to know the address.
 * @web_site: whether the host is there for people, and not for this. */
static void
fetch_autoconfig (MwJob *job, const char *url, const char *personal_url, gboolean web_site)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwHttpResult) result = fetch (job, url, MW_HTTP_DEFAULT, &error);
  MwSettings *settings;

  if (result == NULL && personal_url != NULL &&
      g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_HTTP_STATUS) &&
      (g_str_has_prefix (error->message, "400") || g_str_has_prefix (error->message, "422")))
    {
      g_clear_error (&error);
      result = fetch (job, personal_url, MW_HTTP_PERSONAL, &error);
    }
  if (result == NULL)
    {
      /* What is so long at the domain's own web site is a page for people */
      if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG))
        {
          if (web_site)
            return;
          mw_job_note (job, malformed_note (job->source), url);
        }
      if (!mw_error_means_nothing (error))
        mw_job_failed (job, error);
      return;
    }
  if (is_web_page (result))
    return;

  settings = mw_autoconfig_parse (result->body, job->address, job->source, result->url, &error);
  if (settings == NULL)
    {
      mw_job_note (job, malformed_note (job->source), result->url);
      mw_job_failed (job, error);
      return;
    }
  if (result->left_domain)
    mw_job_note (job, "redirected", result->url);
  mw_job_found (job, settings);
}

/*
 * autoconfig.DOMAIN. The draft has the address in the query. Here the domain's own server is told
 * it only when it says that it cannot do without: by "400 Bad Request" or "422 Unprocessable
 * Content" to a request that lacks nothing else. The "+" of sub-addressing and the like are
 * escaped, the dot is not: there are servers that take "%2E" for something else.
 */
void
mw_source_autoconfig_host (MwJob *job)
{
  g_autofree char *url = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *personal_url = NULL;

  if (job->registry)
    {
      mw_job_note (job, "public-suffix", job->domain);
      mw_job_skipped (job);
      return;
    }
  url = g_strdup_printf ("https://autoconfig.%s/mail/config-v1.1.xml", job->domain);
  escaped = g_uri_escape_string (mw_address_get_ascii (job->address), NULL, FALSE);
  personal_url = g_strdup_printf ("%s?emailaddress=%s", url, escaped);
  fetch_autoconfig (job, url, personal_url, FALSE);
}

void
mw_source_autoconfig_well_known (MwJob *job)
{
  g_autofree char *url =
      g_strdup_printf ("https://%s/.well-known/autoconfig/mail/config-v1.1.xml", job->domain);

  fetch_autoconfig (job, url, NULL, TRUE);
}

static void
ask_ispdb (MwJob *job, const char *domain)
{
  g_autofree char *url = NULL;

  if (job->ispdb_url == NULL || *job->ispdb_url == '\0')
    {
      mw_job_skipped (job);
      return;
    }
  url = g_strdup_printf ("%s%s%s", job->ispdb_url,
                         g_str_has_suffix (job->ispdb_url, "/") ? "" : "/", domain);
  fetch_autoconfig (job, url, NULL, FALSE);
}

/* Mozilla's public database; it is told the domain and nothing else */
void
mw_source_ispdb (MwJob *job)
{
  ask_ispdb (job, job->domain);
}

/* Where the mail goes: the provider behind a domain of one's own */
void
mw_source_mx_autoconfig (MwJob *job)
{
  g_autofree char *base = mw_job_wait_for_mx_base (job);
  g_autofree char *url = NULL;

  if (base == NULL)
    {
      mw_job_skipped (job);
      return;
    }
  url = g_strdup_printf ("https://autoconfig.%s/mail/config-v1.1.xml", base);
  fetch_autoconfig (job, url, NULL, FALSE);
}

void
mw_source_mx_ispdb (MwJob *job)
{
  g_autofree char *base = mw_job_wait_for_mx_base (job);

  if (base == NULL)
    {
      mw_job_skipped (job);
      return;
    }
  ask_ispdb (job, base);
}
