/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli-run.h"

#include "export/mw-diff.h"
#include "export/mw-export-apply.h"
#include "export/mw-export-json.h"
#include "model/mw-history.h"
#include "report/mw-words.h"
#include "secrets/mw-keyring.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  char *output;
  char *profile;
  char *undo;
  int password_fd;
  int primary_password_fd;
  gboolean install;
  gboolean with_passwords;
  gboolean dry_run;
  gboolean list;
  gboolean journal;
  gboolean undo_given;
  gboolean all;
  gboolean json;
} ExportOptions;

static void
export_options_clear (ExportOptions *options)
{
  g_free (options->output);
  g_free (options->profile);
  g_free (options->undo);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ExportOptions, export_options_clear)

/* What is not known about programs, and how it could be, as far as @said does not say it already;
 * nothing outside of a sandbox */
static void
print_closed_places (MwExportHost *host, const char *target, const char *said)
{
  g_autoptr (GPtrArray) closed = mw_export_host_list_closed_places (host, target);

  for (guint i = closed->len; i > 0; i--)
    if (strstr (said, ((const MwClosedPlace *) g_ptr_array_index (closed, i - 1))->command) != NULL)
      g_ptr_array_remove_index (closed, i - 1);
  if (closed->len == 0)
    return;
  mw_cli_progress ("%s", _ ("Mailwright’s sandbox keeps it from looking everywhere. Each of these "
                            "lines opens one place, from the next start on:"));
  for (guint i = 0; i < closed->len; i++)
    mw_cli_progress ("  %s", ((const MwClosedPlace *) g_ptr_array_index (closed, i))->command);
}

/* What went wrong for people on standard error, and for programs as the one JSON value */
static int
report_error (const GError *error, MwExportHost *host, const char *target, gboolean json)
{
  const char *advice = mw_export_error_explain (error);
  gboolean is_verdict =
      g_error_matches (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE) ||
      g_error_matches (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED);

  mw_cli_complain ("%s", error->message);
  if (advice != NULL)
    mw_cli_progress ("%s", advice);
  if (g_error_matches (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS))
    print_closed_places (host, target, error->message);
  if (json)
    {
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "target");
      if (target != NULL)
        json_builder_add_string_value (builder, target);
      else
        json_builder_add_null_value (builder);
      json_builder_set_member_name (builder, "error");
      json_builder_add_string_value (builder, error->message);
      json_builder_set_member_name (builder, "advice");
      json_builder_add_string_value (builder, advice != NULL ? advice : "");
      json_builder_end_object (builder);
      mw_cli_print_json (json_builder_get_root (builder));
      g_object_unref (builder);
    }
  return is_verdict ? MW_EXIT_FAILED : MW_EXIT_TROUBLE;
}

static SecretValue *
give_password (MwAccount *account, MwHalf half, gpointer user_data, GError **error)
{
  return mw_cli_passwords_get (user_data, account, half);
}

static SecretValue *
give_primary_password (const char *place, guint attempt, gpointer user_data, GError **error)
{
  const ExportOptions *options = user_data;
  g_autofree char *question = NULL;
  int status;

  if (attempt > 2 || (options->primary_password_fd >= 0 && attempt > 0))
    return NULL;
  if (options->primary_password_fd < 0 && !mw_cli_has_terminal ())
    return NULL;
  /* Translators: the folder of a Thunderbird profile; the password is typed behind it */
  question = g_strdup_printf (_ ("Primary password of %s: "), place);
  return mw_cli_read_password (options->primary_password_fd, question, &status);
}

/* A line of what is handed over, which anybody may have written */
static void
print_line (const char *mark, const char *line)
{
  g_autofree char *shown = mw_text_make_harmless (line, -1, 4096);

  mw_cli_print ("%s%s\n", mark, shown);
}

/* The lines that differ, and some around them */
static void
print_change (const MwFileChange *change)
{
  g_autoptr (GPtrArray) diff = mw_diff_new (change->before, change->after, MW_DIFF_CONTEXT_LINES);

  for (guint i = 0; i < diff->len; i++)
    {
      const MwDiffLine *line = g_ptr_array_index (diff, i);

      if (line->kind == MW_DIFF_GAP)
        mw_cli_print ("    …\n");
      else
        mw_cli_print ("  %s %s\n",
                      line->kind == MW_DIFF_REMOVED ? "-" : mw_diff_kind_to_mark (line->kind),
                      line->text);
    }
}

/* What is handed over, in the order of the names so that two looks can be compared */
static void
print_values (GHashTable *values)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (values), (GCompareFunc) strcmp);

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_auto (GStrv) lines = g_strsplit (g_hash_table_lookup (values, l->data), "\n", -1);

      if (g_strv_length (lines) == 1)
        {
          g_autofree char *line = g_strconcat (l->data, ": ", lines[0], NULL);

          print_line ("  + ", line);
          continue;
        }
      mw_cli_print ("  + %s:\n", (const char *) l->data);
      for (gsize i = 0; lines[i] != NULL; i++)
        print_line ("  +   ", lines[i]);
    }
}

static void
print_plan (MwExportPlan *plan)
{
  for (guint i = 0; i < plan->files->len; i++)
    {
      const MwFileChange *change = g_ptr_array_index (plan->files, i);

      /* Translators: the path of a file, what becomes of it, and who may use it: 0600 */
      mw_cli_print (_ ("%1$s: %2$s (%3$04o)"), change->path,
                      mw_word (mw_file_action_to_string (change->action)), (guint) change->mode);
      mw_cli_print ("\n");
      if (change->action != MW_FILE_NONE && !(change->flags & MW_FILE_HIDDEN))
        print_change (change);
    }
  for (guint i = 0; i < plan->secrets->len; i++)
    {
      const MwExportSecret *secret = g_ptr_array_index (plan->secrets, i);

      /* Translators: what the keyring's own window calls the item */
      mw_cli_print (_ ("Keyring item: %s"), secret->item->label);
      mw_cli_print ("\n");
    }
  for (guint i = 0; i < plan->actions->len; i++)
    {
      const MwExportAction *action = g_ptr_array_index (plan->actions, i);

      /* Translators: what another program is asked to do */
      mw_cli_print (_ ("Call: %1$s, %2$s"), action->exporter, action->type);
      mw_cli_print ("\n");
      print_values (action->values);
    }
  if (mw_export_plan_is_empty (plan))
    mw_cli_print ("%s\n", _ ("Everything is there already: nothing has to be written."));
}

static void
print_notes (GPtrArray *notes)
{
  for (guint i = 0; i < notes->len; i++)
    mw_cli_print ("%s\n", ((const MwExportNote *) g_ptr_array_index (notes, i))->text);
}

static void
print_result (MwExportPlan *plan, MwExportResult *result)
{
  for (guint i = 0; i < plan->files->len; i++)
    {
      const MwFileChange *change = g_ptr_array_index (plan->files, i);

      if (change->action != MW_FILE_NONE)
        {
          /* Translators: the path of a file */
          mw_cli_print (_ ("Written: %s"), change->path);
          mw_cli_print ("\n");
        }
    }
  if (result->n_secrets > 0)
    {
      mw_cli_print (ngettext ("%u password was put into the keyring.",
                              "%u passwords were put into the keyring.", result->n_secrets),
                    result->n_secrets);
      mw_cli_print ("\n");
    }
  if (result->n_actions > 0)
    {
      mw_cli_print (ngettext ("%u change was made in the running program.",
                              "%u changes were made in the running program.", result->n_actions),
                    result->n_actions);
      mw_cli_print ("\n");
    }
  if (result->journal_id == NULL)
    mw_cli_print ("%s\n", _ ("Everything is there already: nothing has to be written."));
  else
    {
      /* Translators: the id of an entry of the journal */
      mw_cli_print (_ ("To undo: mailwright-cli export --undo %s"), result->journal_id);
      mw_cli_print ("\n");
    }
}

static int
run_list (MwExportHost *host, gboolean json)
{
  if (json)
    return mw_cli_print_json (mw_exporters_to_json (host));
  for (gsize i = 0; mw_exporter_list ()[i] != NULL; i++)
    {
      const MwExporter *exporter = mw_exporter_list ()[i];
      g_autoptr (GPtrArray) programs = mw_export_host_get_programs (host, exporter->id);

      mw_cli_print ("%-12s %s\n", exporter->id, mw_exporter_get_title (exporter));
      for (guint k = 0; k < programs->len; k++)
        {
          const MwProgram *program = g_ptr_array_index (programs, k);

          mw_cli_print_field ("             ", mw_word (mw_program_kind_to_string (program->kind)),
                              program->path != NULL ? program->path : program->id);
        }
      if (programs->len == 0)
        mw_cli_print ("             %s\n", mw_export_host_get_in_flatpak (host)
                      ? _ ("not found where the sandbox lets this program look")
                      : _ ("not found on this machine"));
    }
  print_closed_places (host, NULL, "");
  return MW_EXIT_OK;
}

static int
run_journal (MwExportHost *host, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = mw_journal_list (host, &error);

  if (entries == NULL)
    return report_error (error, host, NULL, json);
  if (json)
    return mw_cli_print_json (mw_journal_to_json (entries));
  for (guint i = 0; i < entries->len; i++)
    {
      const MwJournalEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *when = g_date_time_format_iso8601 (entry->created);
      g_autofree char *accounts = g_strjoinv (", ", entry->accounts);

      mw_cli_print ("%s  %s  %s  %s  %s\n", entry->id, when, entry->target,
                    mw_word (mw_journal_state_to_string (entry->state)), accounts);
    }
  return MW_EXIT_OK;
}

static void
note_export (MwExportPlan *plan)
{
  g_autoptr (MwHistory) history = mw_history_new (NULL);

  for (guint i = 0; i < plan->accounts->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!mw_history_add_export (history, g_ptr_array_index (plan->accounts, i), plan->target,
                                  &error))
        mw_cli_complain_history (error);
    }
}

static void
forget_exports (const char *target, const char *const *addresses)
{
  g_autoptr (MwHistory) history = mw_history_new (NULL);
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (GPtrArray) accounts = mw_store_list (store, NULL, NULL);

  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      MwAccount *account = g_ptr_array_index (accounts, i);
      g_autoptr (GError) error = NULL;

      if (g_strv_contains (addresses, mw_address_get_text (mw_account_get_address (account))) &&
          !mw_history_remove_export (history, mw_account_get_id (account), target, &error))
        mw_cli_complain_history (error);
    }
}

/* The journal tells what it was that was undone */
static void
note_undo (MwExportHost *host, const char *journal_id)
{
  g_autoptr (GPtrArray) entries = mw_journal_list (host, NULL);
  g_auto (GStrv) gone = entries != NULL ? mw_journal_list_gone (entries, journal_id) : NULL;

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const MwJournalEntry *entry = g_ptr_array_index (entries, i);

      if (g_strcmp0 (entry->id, journal_id) == 0)
        forget_exports (entry->target, (const char *const *) gone);
    }
}

static int
run_undo (MwExportHost *host, const char *id, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MwSecrets) secrets = mw_keyring_new ();
  g_autoptr (MwExportResult) result = NULL;

  result = mw_journal_undo_sync (host, id, secrets, MW_SECRETS_ALLOW_PROMPT, mw_cli_cancellable (),
                                 &error);
  if (result == NULL)
    return report_error (error, host, NULL, json);
  note_undo (host, result->journal_id);
  if (json)
    return mw_cli_print_json (mw_export_result_to_json (NULL, result));
  /* Translators: the id of an entry of the journal */
  mw_cli_print (_ ("Undone: %s"), result->journal_id);
  mw_cli_print ("\n");
  print_notes (result->notes);
  return MW_EXIT_OK;
}

static int
plan_and_apply (const MwExporter *exporter,
                GPtrArray *accounts,
                MwExportHost *host,
                const ExportOptions *options,
                MwCliPasswords *passwords)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MwExportPlan) plan = NULL;
  g_autoptr (MwExportResult) result = NULL;
  g_autoptr (MwSecrets) secrets = mw_keyring_new ();
  const MwExportOptions export_options = {
    .mode = options->output != NULL ? MW_EXPORT_MODE_OUTPUT : MW_EXPORT_MODE_INSTALL,
    .directory = options->output,
    .profile = options->profile,
    .with_passwords = options->with_passwords,
    .password = give_password,
    .password_data = passwords,
    .primary_password = give_primary_password,
    .primary_password_data = (gpointer) options,
    .cancellable = mw_cli_cancellable (),
  };

  /* What was cut off earlier goes first: a plan made upon it would not fit any more */
  if (!options->dry_run &&
      !mw_journal_recover_sync (host, secrets, NULL, mw_cli_cancellable (), &error))
    return report_error (error, host, exporter->id, options->json);
  plan = mw_export_plan (exporter, accounts, host, &export_options, &error);
  if (plan == NULL)
    return report_error (error, host, exporter->id, options->json);
  if (options->dry_run)
    {
      if (options->json)
        return mw_cli_print_json (mw_export_plan_to_json (plan));
      print_plan (plan);
      print_notes (plan->notes);
      return MW_EXIT_OK;
    }
  result = mw_export_apply_sync (plan, host, &export_options, secrets, MW_SECRETS_ALLOW_PROMPT,
                                 mw_cli_cancellable (), &error);
  if (result == NULL)
    return report_error (error, host, exporter->id, options->json);
  if (export_options.mode == MW_EXPORT_MODE_INSTALL)
    note_export (plan);
  if (options->json)
    return mw_cli_print_json (mw_export_result_to_json (plan, result));
  print_result (plan, result);
  print_notes (plan->notes);
  print_notes (result->notes);
  return MW_EXIT_OK;
}

static int
run_export (MwExportHost *host, int argc, char **argv, const ExportOptions *options)
{
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (GPtrArray) accounts = NULL;
  const MwExporter *exporter;
  MwCliPasswords passwords;
  gboolean had_problems;
  int status;

  if (argc < 2)
    return mw_cli_usage_error (_ ("A target and an account are expected; --list shows the targets"));
  exporter = mw_exporter_find (argv[1]);
  if (exporter == NULL)
    return mw_cli_usage_error (_ ("“%s” is no target; --list shows them"), argv[1]);
  if ((options->output != NULL) + (options->install || options->profile != NULL) > 1)
    return mw_cli_usage_error (_ ("--output and --install exclude each other"));
  if (options->output == NULL && !options->install && options->profile == NULL && !options->dry_run)
    return mw_cli_usage_error (_ ("Say where to: --install, or --output with a folder"));
  if (options->profile != NULL && strcmp (exporter->id, "thunderbird") != 0)
    return mw_cli_usage_error (_ ("--profile goes with thunderbird"));
  accounts = mw_cli_load_accounts (store, argv + 2, argc - 2, options->all, &had_problems, &status);
  if (accounts == NULL)
    return status;
  if (!mw_cli_passwords_init (&passwords, options->password_fd, options->with_passwords, &status))
    return status;
  status = plan_and_apply (exporter, accounts, host, options, &passwords);
  mw_cli_passwords_clear (&passwords);
  return status == MW_EXIT_OK && had_problems ? MW_EXIT_TROUBLE : status;
}

/* GOption has no option with an optional value that stands apart from it: --undo alone means the
 * latest entry */
static void
take_undo (int *argc, char **argv, ExportOptions *options)
{
  for (int i = 1; i < *argc; i++)
    {
      int taken = 1;

      if (strcmp (argv[i], "--undo") == 0)
        {
          gboolean has_value = i + 1 < *argc && argv[i + 1][0] != '-';

          g_set_str (&options->undo, has_value ? argv[i + 1] : NULL);
          taken = has_value ? 2 : 1;
        }
      else if (g_str_has_prefix (argv[i], "--undo="))
        g_set_str (&options->undo, argv[i] + strlen ("--undo="));
      else
        continue;
      options->undo_given = TRUE;
      memmove (argv + i, argv + i + taken, sizeof (char *) * (gsize) (*argc - i - taken + 1));
      *argc -= taken;
      i--;
    }
}

/* The journal outlives the working directory */
static void
make_absolute (char **path)
{
  g_autofree char *absolute = *path != NULL ? g_canonicalize_filename (*path, NULL) : NULL;

  g_set_str (path, absolute);
}

static int
run (int argc, char **argv)
{
  g_auto (ExportOptions) options = { .password_fd = -1, .primary_password_fd = -1 };
  const GOptionEntry entries[] = {
    { "output", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &options.output,
      N_ ("Write files into this folder, for a person to carry"), N_ ("DIR") },
    { "install", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.install,
      N_ ("Put the accounts into the program on this machine"), NULL },
    { "profile", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &options.profile,
      N_ ("Thunderbird: put them into this profile, which must not be in use"), N_ ("DIR") },
    { "with-passwords", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.with_passwords,
      N_ ("Thunderbird: also fill its own password store"), NULL },
    { "password-fd", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &options.password_fd,
      N_ ("Read the password from this file descriptor instead of the keyring"), N_ ("FD") },
    { "primary-password-fd", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &options.primary_password_fd,
      N_ ("Read Thunderbird’s primary password from this file descriptor"), N_ ("FD") },
    { "dry-run", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.dry_run,
      N_ ("Show what would be written, and write nothing"), NULL },
    { "all", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.all, N_ ("Export every account"),
      NULL },
    { "list", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.list, N_ ("List the targets"),
      NULL },
    { "journal", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.journal,
      N_ ("List the exports that were made"), NULL },
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.json, N_ ("Print one JSON value"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwExportHost) host = NULL;
  int status;

  take_undo (&argc, argv, &options);
  if (!mw_cli_parse (
          _ ("export TARGET ID…"),
            _ (mw_command_export.summary),
              _ ("  --undo [JOURNAL-ID]          Take an export back, the latest without an id"),
                entries, &argc, &argv, &status))
    return status;
  if (options.list + options.journal + options.undo_given > 1 ||
      ((options.list || options.journal || options.undo_given) && argc > 1))
    return mw_cli_usage_error (_ ("--list, --journal and --undo stand alone"));
  make_absolute (&options.output);
  make_absolute (&options.profile);
  host = mw_export_host_new_default ();
  if (options.list)
    return run_list (host, options.json);
  if (options.journal)
    return run_journal (host, options.json);
  if (options.undo_given)
    return run_undo (host, options.undo, options.json);
  return run_export (host, argc, argv, &options);
}

const MwCommand mw_command_export = {
  .name = "export",
  .summary = N_ ("Put accounts into Thunderbird, Evolution or msmtp, or take that back"),
  .run = run,
};
