/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-document.h"
#include "discovery/mw-pacc.h"
#include "discovery/mw-source.h"
#include "net/mw-deadline.h"
#include "net/mw-net-error.h"

/* The document and the digest in DNS, which are asked for at the same time */
typedef struct
{
  char *url;
  char *txt_name;
  gint64 deadline;
  MwHttpResult *result;
  GError *fetch_error;
  GPtrArray *records;
  GError *dns_error;
} Asked;

static void
asked_clear (Asked *asked)
{
  g_free (asked->url);
  g_free (asked->txt_name);
  g_clear_pointer (&asked->result, mw_http_result_unref);
  g_clear_error (&asked->fetch_error);
  g_clear_pointer (&asked->records, g_ptr_array_unref);
  g_clear_error (&asked->dns_error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

typedef struct
{
  Asked *asked;
  gboolean document;
} Part;

static void
ask_part (MwJob *job, gpointer item)
{
  Part *part = item;
  Asked *asked = part->asked;

  if (part->document)
    asked->result = mw_http_client_fetch (job->http_client, asked->url, MW_HTTP_DEFAULT,
                                          MW_DISCOVERY_MAX_DOCUMENT, asked->deadline,
                                          job->cancellable, &asked->fetch_error);
  else
    asked->records =
        mw_resolver_lookup_records (job->resolver, asked->txt_name, MW_RECORD_TXT, asked->deadline,
                                    job->cancellable, &asked->dns_error);
}

static GPtrArray *
list_texts (GPtrArray *records)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const MwDnsRecord *record = g_ptr_array_index (records, i);

      if (record->text != NULL)
        g_ptr_array_add (texts, g_bytes_ref (record->text));
    }
  return texts;
}

/* Without the digest in DNS the document counts for nothing, however well it is formed. */
void
mw_source_pacc (MwJob *job)
{
  g_auto (Asked) asked = { 0 };
  Part parts[] = { { &asked, TRUE }, { &asked, FALSE } };
  gpointer items[] = { &parts[0], &parts[1] };
  g_autofree char *host = NULL;
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GPtrArray) texts = NULL;
  g_autoptr(GError) error = NULL;
  MwSettings *settings;

  if (job->registry)
    {
      mw_job_skipped (job);
      return;
    }

  /* Most domains have no such host: then neither of the two is worth a question */
  host = g_strdup_printf ("ua-auto-config.%s", job->domain);
  asked.deadline = mw_deadline_earlier (job->deadline, mw_deadline_after (MW_STEP_SECONDS));
  addresses =
      mw_resolver_lookup_addresses (job->resolver, host, asked.deadline, job->cancellable, &error);
  if (addresses == NULL || !mw_job_take_connection (job))
    {
      if (error != NULL && !mw_error_means_nothing (error))
        mw_job_failed (job, error);
      return;
    }

  asked.url = g_strdup_printf ("https://%s/.well-known/user-agent-configuration.json", host);
  asked.txt_name = g_strdup_printf ("_ua-auto-config.%s", job->domain);
  mw_job_in_parallel (job, ask_part, items, G_N_ELEMENTS (items));

  if (asked.result == NULL)
    {
      if (g_error_matches (asked.fetch_error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG))
        mw_job_note (job, "pacc-malformed", asked.url);
      if (!mw_error_means_nothing (asked.fetch_error))
        mw_job_failed (job, asked.fetch_error);
      return;
    }
  texts = list_texts (asked.records);
  switch (mw_pacc_check_digest (asked.result->body, texts))
    {
    case MW_PACC_DIGEST_MATCHES:
      break;
    case MW_PACC_DIGEST_MISMATCH:
      mw_job_note (job, "pacc-digest-mismatch", asked.txt_name);
      error = g_error_new (MW_NET_ERROR, MW_NET_ERROR_FAILED, "no digest at %s is that of %s",
                           asked.txt_name, asked.result->url);
      mw_job_failed (job, error);
      return;
    case MW_PACC_DIGEST_MISSING:
      if (asked.dns_error != NULL && !mw_error_means_nothing (asked.dns_error))
        mw_job_failed (job, asked.dns_error);
      else
        {
          mw_job_note (job, "pacc-digest-missing", asked.txt_name);
          error = g_error_new (MW_NET_ERROR, MW_NET_ERROR_FAILED, "there is no digest at %s",
                               asked.txt_name);
          mw_job_failed (job, error);
        }
      return;
    }

  settings = mw_pacc_parse (asked.result->body, job->address, asked.result->url, &error);
  if (settings == NULL)
    {
      mw_job_note (job, "pacc-malformed", asked.result->url);
      mw_job_failed (job, error);
      return;
    }
  mw_job_found (job, settings);
}
