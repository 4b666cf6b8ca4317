/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The longest line that msmtp reads, in bytes without its end */
#define MW_MSMTP_MAX_LINE 499

/**
 * MwMsmtpFile:
 *
 * A configuration file of msmtp: our blocks, each between two marker lines, and everything else,
 * which stays as it is to the byte.
 */
typedef struct _MwMsmtpFile MwMsmtpFile;

MwMsmtpFile *mw_msmtp_file_parse (GBytes *bytes, GError **error);
void mw_msmtp_file_free (MwMsmtpFile *self);

gboolean mw_msmtp_file_has_account (MwMsmtpFile *self, const char *name, const char *except_id);
gboolean mw_msmtp_file_has_from (MwMsmtpFile *self, const char *address);
void mw_msmtp_file_set_block (MwMsmtpFile *self,
                              const char *id,
                              const char *title,
                              const char *name,
                              const char *const *lines);
GBytes *mw_msmtp_file_to_bytes (MwMsmtpFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwMsmtpFile, mw_msmtp_file_free)

G_END_DECLS
