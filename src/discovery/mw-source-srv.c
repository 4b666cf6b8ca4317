/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-source.h"
#include "discovery/mw-srv.h"
#include "net/mw-net-error.h"

typedef struct
{
  char *name;
  GPtrArray *records;
  GError *error;
} Question;

static void
ask (MwJob *job, gpointer item)
{
  Question *question = item;
  gint64 since = g_get_monotonic_time ();

  question->records =
      mw_resolver_lookup_records (job->resolver, question->name, MW_RECORD_SRV, job->deadline,
                                  job->cancellable, &question->error);
  if (question->records != NULL || mw_error_means_nothing (question->error))
    mw_job_measured_dns (job, since);
}

/* All names at once. "_pop3" is left out at first: it is worth its question only where there is
 * sending, but neither IMAP nor POP3 inside TLS. */
static gboolean
is_late (gsize index)
{
  return mw_srv_services[index].protocol == MW_PROTOCOL_POP3 &&
         mw_srv_services[index].security != MW_SECURITY_TLS;
}

static gboolean
has_protocol (GPtrArray *servers, MwProtocol protocol)
{
  for (guint i = 0; i < servers->len; i++)
    if (mw_server_get_protocol (g_ptr_array_index (servers, i)) == protocol)
      return TRUE;
  return FALSE;
}

static GPtrArray *
make_servers (Question *questions, MwProtocol *refused, guint *n_refused)
{
  GPtrArray *answers[MW_SRV_N_SERVICES];

  for (gsize i = 0; i < MW_SRV_N_SERVICES; i++)
    answers[i] = questions[i].records;
  return mw_srv_make_servers (answers, refused, n_refused);
}

void
mw_source_srv (MwJob *job)
{
  Question questions[MW_SRV_N_SERVICES] = { 0 };
  gpointer items[MW_SRV_N_SERVICES];
  guint n_items = 0;
  g_autoptr(GPtrArray) servers = NULL;
  g_autoptr(MwSettings) settings = NULL;
  MwProtocol refused[3];
  guint n_refused;

  for (gsize i = 0; i < MW_SRV_N_SERVICES; i++)
    {
      questions[i].name = g_strdup_printf ("%s.%s", mw_srv_services[i].name, job->domain);
      if (!is_late (i))
        items[n_items++] = &questions[i];
    }
  mw_job_in_parallel (job, ask, items, n_items);
  servers = make_servers (questions, refused, &n_refused);

  if (has_protocol (servers, MW_PROTOCOL_SMTP) && !has_protocol (servers, MW_PROTOCOL_IMAP) &&
      !has_protocol (servers, MW_PROTOCOL_POP3))
    {
      for (gsize i = 0; i < MW_SRV_N_SERVICES; i++)
        if (is_late (i))
          ask (job, &questions[i]);
      g_ptr_array_unref (servers);
      servers = make_servers (questions, refused, &n_refused);
    }

  for (guint i = 0; i < n_refused; i++)
    mw_job_note (job, "srv-not-offered", mw_protocol_to_string (refused[i]));

  /* RFC 6186, section 4: the whole address is the login name to try first */
  settings = mw_settings_new (MW_SOURCE_SRV, job->domain);
  for (guint i = 0; i < servers->len; i++)
    {
      static const char *const password[] = { "password", NULL };
      g_autoptr(MwServer) named = mw_server_with_username (g_ptr_array_index (servers, i),
                                                           mw_address_get_ascii (job->address));

      g_ptr_array_add (settings->servers, mw_server_with_authentications (named, password));
    }
  mw_job_tell_srv (job, mw_settings_is_complete (settings));
  if (settings->servers->len > 0)
    mw_job_found (job, g_steal_pointer (&settings));

  for (gsize i = 0; i < MW_SRV_N_SERVICES; i++)
    {
      if (questions[i].error != NULL && !mw_error_means_nothing (questions[i].error))
        mw_job_failed (job, questions[i].error);
      g_free (questions[i].name);
      g_clear_pointer (&questions[i].records, g_ptr_array_unref);
      g_clear_error (&questions[i].error);
    }
}
