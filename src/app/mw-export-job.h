/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"
#include "export/mw-export.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_EXPORT_JOB (mw_export_job_get_type ())

/**
 * MwExportJob:
 *
 * One export, planned and applied in threads. Another choice is another job. Main thread only.
 */
G_DECLARE_FINAL_TYPE (MwExportJob, mw_export_job, MW, EXPORT_JOB, GObject)

MwExportJob *mw_export_job_new (MwSession *session,
                                const MwExporter *exporter,
                                GPtrArray *accounts,   /* (element-type MwAccount) */
                                const char *directory, /* %NULL: into the program itself */
                                gboolean with_passwords);
MwExportPlan *mw_export_job_get_plan (MwExportJob *self); /* transfer none, or %NULL */

/* @parent: (nullable): on which window the primary password is asked for; %NULL: only to look */
void mw_export_job_plan_async (MwExportJob *self,
                               GtkWidget *parent,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean mw_export_job_plan_finish (MwExportJob *self, GAsyncResult *result, GError **error);

/* Cannot be cancelled: all of it is done or nothing, and the program stays until then */
void mw_export_job_apply_async (MwExportJob *self,
                                gboolean with_keyring,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
MwExportResult *
mw_export_job_apply_finish (MwExportJob *self, GAsyncResult *result, GError **error);

/* The journal */
void mw_export_undo_async (MwSession *session,
                           const MwJournalEntry *entry,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
MwExportResult *mw_export_undo_finish (MwSession *session, GAsyncResult *result, GError **error);
void mw_export_list_async (MwSession *session,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
GPtrArray *mw_export_list_finish (MwSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
