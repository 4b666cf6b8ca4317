/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "check/mw-probe.h"

G_BEGIN_DECLS

/* Connections at once: in all, and to one server */
#define MW_CHECK_DEFAULT_JOBS 64
#define MW_CHECK_DEFAULT_JOBS_PER_SERVER 8

#define MW_TYPE_CHECK_LIMITS (mw_check_limits_get_type ())

/**
 * MwCheckLimits:
 *
 * How many connections may run at once, in all and to one server, over several checks that run at
 * the same time. Counted; any thread may use it.
 */
typedef struct _MwCheckLimits MwCheckLimits;

GType mw_check_limits_get_type (void) G_GNUC_CONST;
MwCheckLimits *mw_check_limits_new (guint jobs, guint jobs_per_server);
MwCheckLimits *mw_check_limits_ref (MwCheckLimits *self);
void mw_check_limits_unref (MwCheckLimits *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwCheckLimits, mw_check_limits_unref)

#define MW_TYPE_CHECK (mw_check_get_type ())

/**
 * MwCheck:
 *
 * Runs the probes of one account, or of hundreds, at once: in threads of its own, with a limit on
 * the connections in all and to one server. Resolver, login gate and network state are shared by
 * all probes of one check. Runs once.
 */
G_DECLARE_FINAL_TYPE (MwCheck, mw_check, MW, CHECK, GObject)

/**
 * MwCheckStepFunc:
 * @self: the check
 * @index: which probe, as mw_check_add() counted them
 * @step: a stage that has begun (%MW_STATUS_RUNNING) or ended
 * @user_data: closure
 *
 * Hears of each stage of each probe, in the main context of the starter.
 */
typedef void (*MwCheckStepFunc) (MwCheck *self, guint index, MwStep *step, gpointer user_data);

/**
 * MwCheckReportFunc:
 * @self: the check
 * @index: which probe, as mw_check_add() counted them
 * @report: what it found
 * @user_data: closure
 *
 * Hears of each verdict as soon as it is in, in the main context of the starter.
 */
typedef void (*MwCheckReportFunc) (MwCheck *self,
                                   guint index,
                                   MwReport *report,
                                   gpointer user_data);

MwCheck *mw_check_new (void);
guint mw_check_add (MwCheck *self, MwProbe *probe);
guint mw_check_add_cancellable (MwCheck *self, MwProbe *probe, GCancellable *cancellable);
guint mw_check_get_n_probes (MwCheck *self);
void mw_check_set_jobs (MwCheck *self, guint jobs, guint jobs_per_server);
void mw_check_set_limits (MwCheck *self, MwCheckLimits *limits);
void mw_check_set_keeps_reports (MwCheck *self, gboolean keeps_reports);
void mw_check_set_network_state (MwCheck *self, MwNetworkState *state);
void mw_check_set_callbacks (MwCheck *self,
                             MwCheckStepFunc step_func,
                             MwCheckReportFunc report_func,
                             gpointer user_data);

void mw_check_run_async (MwCheck *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
GPtrArray *mw_check_run_finish (MwCheck *self, GAsyncResult *result, GError **error);
GPtrArray *mw_check_run_sync (MwCheck *self, GCancellable *cancellable, GError **error);

G_END_DECLS
