/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "discovery/mw-discovery.h"
#include "net/mw-dialer.h"

G_BEGIN_DECLS

/*
 * What the runner (mw-discovery-run.c) and the sources (mw-source-*.c) have between them. A source
 * is a function that runs in a worker thread, asks, and tells the runner what it found; it knows
 * nothing of ranks, graces and the other sources.
 */

typedef struct _MwDiscoveryRun MwDiscoveryRun;

/* How long a single fetch or guess may take; a source as a whole has a second more, for what it
 * asks one after the other */
#define MW_STEP_SECONDS 4.0
#define MW_SOURCE_SECONDS 5.0
#define MW_RUN_SECONDS 10.0

/* HTTPS fetches and guesses of one run together (facts of the bench: at most 12 are needed) */
#define MW_RUN_MAX_CONNECTIONS 12

/**
 * MwJob:
 * @address: the address asked about
 * @domain: its domain in A-labels
 * @registry: whether anyone can register names below the domain (a public suffix): then no name
 *   below it may be believed, or even asked
 * @deadline: monotonic time at which the job has to be over
 * @cancellable: ends it at once
 *
 * One source at work, as its function sees it: read only.
 */
typedef struct
{
  MwDiscoveryRun *run;
  MwSource source;
  MwAddress *address;
  const char *domain;
  gboolean registry;
  MwResolver *resolver;
  MwHttpClient *http_client;
  MwProviderDb *providers;
  const char *ispdb_url;
  const char *const *setup_dirs;
  const char *const *mx_hosts; /* given by hand, or %NULL */
  gint64 deadline;
  GCancellable *cancellable;
} MwJob;

typedef void (*MwJobFunc) (MwJob *job);

/* What a job tells the runner; any thread. After the last word nothing but a return may follow. */
void mw_job_found (MwJob *job, MwSettings *settings); /* transfer full */
void mw_job_note (MwJob *job, const char *id, const char *detail);
void mw_job_failed (MwJob *job, const GError *error);
void mw_job_skipped (MwJob *job);
void mw_job_measured_dns (MwJob *job, gint64 since);
gboolean mw_job_take_connection (MwJob *job);
void mw_job_give_back_connection (MwJob *job);

/* Several blocking calls of one job at once; returns when all have ended. */
typedef void (*MwJobPart) (MwJob *job, gpointer item);
void mw_job_in_parallel (MwJob *job, MwJobPart func, gpointer *items, guint n_items);

/* What MX and SRV said decides whether others have anything to do. */
void mw_job_tell_mx (MwJob *job, const MwProvider *provider, const char *host);
void mw_job_tell_srv (MwJob *job, gboolean complete);
char *mw_job_wait_for_mx_base (MwJob *job);
gboolean mw_job_wait_until_guessing_helps (MwJob *job);
gint64 mw_job_get_round_trip (MwJob *job);
gboolean mw_job_probe (MwJob *job, MwServer *server, GCancellable *cancellable, GError **error);

/* The sources. */
void mw_source_setup_file (MwJob *job);
void mw_source_pacc (MwJob *job);
void mw_source_providers (MwJob *job);
void mw_source_autoconfig_host (MwJob *job);
void mw_source_autoconfig_well_known (MwJob *job);
void mw_source_ispdb (MwJob *job);
void mw_source_srv (MwJob *job);
void mw_source_mx (MwJob *job);
void mw_source_mx_autoconfig (MwJob *job);
void mw_source_mx_ispdb (MwJob *job);
void mw_source_guess (MwJob *job);

/* Shared by several of them. */
MwSettings *mw_settings_new_from_provider (const MwProvider *provider,
                                           MwAddress *address,
                                           const char *mx_host,
                                           MwSource source,
                                           const char *origin);
gboolean mw_error_means_nothing (const GError *error);

/* The default of mw_discovery_set_probe(). */
gboolean mw_guess_probe (MwDialer *dialer,
                         MwTrust *trust,
                         MwServer *server,
                         gint64 deadline,
                         GCancellable *cancellable,
                         GError **error);

G_END_DECLS
