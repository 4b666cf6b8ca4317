/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"

G_BEGIN_DECLS

/**
 * MwSource:
 *
 * Where settings come from, best first.
 */
typedef enum
{
  MW_SOURCE_SETUP_FILE,
  MW_SOURCE_PACC,
  MW_SOURCE_PROVIDER,
  MW_SOURCE_AUTOCONFIG,
  MW_SOURCE_ISPDB,
  MW_SOURCE_SRV,
  MW_SOURCE_MX,
  MW_SOURCE_GUESS,
} MwSource;

const char *mw_source_to_string (MwSource source); /* "setup-file", "pacc", ... */

#define MW_TYPE_SETTINGS (mw_settings_get_type ())

/**
 * MwSettings:
 *
 * What one source says about one domain. Filled by its maker, immutable once handed on; counted.
 */
typedef struct _MwSettings
{
  MwSource source;
  char *origin;       /* URL, file or DNS name it came from */
  gboolean trusted;   /* %FALSE: the person must confirm the server names first */
  char *provider;     /* id in the provider database, or %NULL */
  char *name;         /* what a person calls it */
  GPtrArray *servers; /* (element-type MwServer), in order of preference, with login names and
                         authentications filled in for the address asked about */
  GStrv prepare;      /* translated: what to do before typing the password; may be empty */
  char *help;         /* URL, or %NULL */
  char *checked;      /* YYYY-MM-DD, or %NULL */

  /*< private >*/
  gatomicrefcount ref_count;
} MwSettings;

GType mw_settings_get_type (void) G_GNUC_CONST;
MwSettings *mw_settings_new (MwSource source, const char *origin);
MwSettings *mw_settings_ref (MwSettings *self);
void mw_settings_unref (MwSettings *self);
MwServer *mw_settings_find (MwSettings *self,
                            MwProtocol protocol);    /* transfer none; the first, or %NULL */
gboolean mw_settings_is_complete (MwSettings *self); /* something to receive and to send with */

/* Gives an account the servers and the provider of @settings, where it has none yet. @incoming:
 * IMAP, POP3, or UNKNOWN for IMAP where there is a choice. */
void mw_account_take_settings (MwAccount *account, MwSettings *settings, MwProtocol incoming);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwSettings, mw_settings_unref)

G_END_DECLS
