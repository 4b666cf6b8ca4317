/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-export-host.h"
#include "export/mw-export-plan.h"
#include "model/mw-account.h"
#include "secrets/mw-secrets.h"

G_BEGIN_DECLS

/**
 * MwExportMode:
 * @MW_EXPORT_MODE_OUTPUT: write files into a folder, for a person to carry
 * @MW_EXPORT_MODE_INSTALL: put the accounts into the program on this machine
 *
 * Where an export goes.
 */
typedef enum
{
  MW_EXPORT_MODE_OUTPUT,
  MW_EXPORT_MODE_INSTALL,
} MwExportMode;

/**
 * MwExportPasswordFunc:
 * @account: the account
 * @half: which of its passwords
 *
 * Gives a password to an export that needs it. Called in the thread that plans or applies.
 *
 * Returns: (transfer full) (nullable): the password; %NULL without @error when there is none
 */
typedef SecretValue *(*MwExportPasswordFunc) (MwAccount *account,
                                              MwHalf half,
                                              gpointer user_data,
                                              GError **error);

/**
 * MwExportPrimaryPasswordFunc:
 * @place: whose primary password it is: the path of a profile
 * @attempt: 0 for the first question, 1 after a wrong answer, and so on
 *
 * Asks for the primary password of a program's own password store.
 *
 * Returns: (transfer full) (nullable): the password; %NULL without @error when the person does not
 *   want to give it: then the passwords are left out
 */
typedef SecretValue *(*MwExportPrimaryPasswordFunc) (const char *place,
                                                     guint attempt,
                                                     gpointer user_data,
                                                     GError **error);

/**
 * MwExportOptions:
 * @mode: where to
 * @directory: (nullable): the folder of %MW_EXPORT_MODE_OUTPUT; made when it is missing
 * @profile: (nullable): Thunderbird's profile folder, when the person named one
 * @with_passwords: also write the passwords into the program's own store, where it has one
 * @password: (nullable): gives passwords; used by planners of encrypted stores, and by apply
 * @primary_password: (nullable): asks for the primary password of such a store
 * @cancellable: (nullable): what stops a planner that has to wait for a program
 *
 * What the person asked for. Filled by the caller, who keeps it alive while a planner runs.
 */
typedef struct
{
  MwExportMode mode;
  const char *directory;
  const char *profile;
  gboolean with_passwords;
  MwExportPasswordFunc password;
  gpointer password_data;
  MwExportPrimaryPasswordFunc primary_password;
  gpointer primary_password_data;
  GCancellable *cancellable;
} MwExportOptions;

/**
 * MwExportNeeds:
 *
 * What an account must have so that a target can take it.
 */
typedef enum
{
  MW_EXPORT_NEEDS_NOTHING = 0,
  MW_EXPORT_NEEDS_INCOMING = 1 << 0,
  MW_EXPORT_NEEDS_SMTP = 1 << 1,
} MwExportNeeds;

/**
 * MwExportText:
 * @title: what it is, translated
 * @before: (nullable): what is there; %NULL: it is new
 * @after: what will be there
 *
 * A text that an action hands to another program. It can be shown like a file.
 */
typedef struct
{
  char *title;
  char *before;
  char *after;
} MwExportText;

/**
 * MwExporter:
 * @id: stable, untranslated: the option value of the command line
 * @title: for people; marked with N_()
 * @icons: names of icons that stand for the program, the best one first
 * @needs: what an account must have
 * @has_password_store: whether the program has a store of its own that @plan can fill
 * @plan: looks at what is there and says what each file would become; changes nothing
 * @secrets: (nullable): the keyring items (of type #MwExportSecret) that the program looks up for
 *   an account, whether they exist or not: a changed password reaches those that do
 * @perform: (nullable): does one of the plan's actions
 * @revert: (nullable): takes one back; must also succeed when it was never done
 * @describe: (nullable): says in a translated sentence what an action does, and adds the texts that
 *   it hands over to @texts (element-type MwExportText)
 *
 * A program that accounts can be exported to.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *icons[4];
  MwExportNeeds needs;
  gboolean has_password_store;
  MwExportPlan *(*plan) (GPtrArray *accounts,
                         MwExportHost *host,
                         const MwExportOptions *options,
                         GError **error);
  GPtrArray *(*secrets) (MwAccount *account);
  gboolean (*perform) (MwExportAction *action,
                       MwExportHost *host,
                       GCancellable *cancellable,
                       GError **error);
  gboolean (*revert) (MwExportAction *action,
                      MwExportHost *host,
                      GCancellable *cancellable,
                      GError **error);
  char *(*describe) (MwExportAction *action, GPtrArray *texts);
} MwExporter;

extern const MwExporter mw_exporter_thunderbird;
extern const MwExporter mw_exporter_evolution;
extern const MwExporter mw_exporter_msmtp;

const MwExporter *const *mw_exporter_list (void); /* ends with %NULL */
const MwExporter *mw_exporter_find (const char *id);
const char *mw_exporter_get_title (const MwExporter *exporter); /* translated */
gboolean mw_exporter_is_installed (const MwExporter *exporter, MwExportHost *host);
gboolean mw_exporter_takes (const MwExporter *exporter, MwAccount *account, const char **reason);

char *mw_export_action_describe (MwExportAction *action, GPtrArray **texts);
void mw_export_text_free (MwExportText *self);

MwExportPlan *mw_export_plan (const MwExporter *exporter,
                              GPtrArray *accounts,
                              MwExportHost *host,
                              const MwExportOptions *options,
                              GError **error);

/* Refuses control characters (C0, DEL, C1, U+2028, U+2029) and what is not UTF-8. @field is what
 * the value is called in messages: "name", "smtp.username". */
gboolean
mw_export_check_value (MwAccount *account, const char *field, const char *value, GError **error);
gboolean mw_export_check_account (MwAccount *account, GError **error); /* all of its values */

/* Does this server take nothing but an OAuth2 token, or was one asked for? */
gboolean mw_export_uses_oauth2 (MwServer *server);

gboolean mw_export_update_items_sync (MwAccount *account,
                                      MwHalf half,
                                      SecretValue *value,
                                      MwSecrets *secrets,
                                      MwSecretsFlags flags,
                                      guint *n_updated,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean mw_export_update_passwords_sync (MwAccount *account,
                                          MwHalf half,
                                          SecretValue *value,
                                          MwSecrets *secrets,
                                          MwSecretsFlags flags,
                                          guint *n_updated,
                                          GCancellable *cancellable,
                                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwExportText, mw_export_text_free)

G_END_DECLS
