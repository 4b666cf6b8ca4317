/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-json"

#include "config.h"

#include "export/mw-export-json.h"

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, name);
  if (valid != NULL)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_table (JsonBuilder *builder, GHashTable *table)
{
  g_autoptr(GPtrArray) keys = g_hash_table_get_keys_as_ptr_array (table);

  g_ptr_array_sort_values (keys, (GCompareFunc) g_strcmp0);
  for (guint i = 0; i < keys->len; i++)
    add_string (builder, g_ptr_array_index (keys, i),
                g_hash_table_lookup (table, g_ptr_array_index (keys, i)));
}

/* Text as it is; NULL for what is hidden, or no text */
static void
add_content (JsonBuilder *builder, const char *name, GBytes *bytes, gboolean hidden)
{
  gsize length = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  g_autofree char *text = NULL;

  if (bytes != NULL && !hidden && g_utf8_validate_len (data, length, NULL))
    text = g_strndup (data, length);
  add_string (builder, name, text);
}

static void
add_file (JsonBuilder *builder, MwFileChange *file)
{
  g_autofree char *mode = g_strdup_printf ("%04o", (unsigned) file->mode);
  gboolean hidden = (file->flags & MW_FILE_HIDDEN) != 0;

  json_builder_begin_object (builder);
  add_string (builder, "path", file->path);
  add_string (builder, "action", mw_file_action_to_string (file->action));
  add_string (builder, "mode", mode);
  add_content (builder, "before", file->before, hidden);
  add_content (builder, "after", file->after, hidden);
  if (hidden)
    add_boolean (builder, "hidden", TRUE);
  json_builder_end_object (builder);
}

static void
add_secret (JsonBuilder *builder, MwExportSecret *secret)
{
  json_builder_begin_object (builder);
  add_string (builder, "schema", secret->item->schema);
  json_builder_set_member_name (builder, "attributes");
  json_builder_begin_object (builder);
  add_table (builder, secret->item->attributes);
  json_builder_end_object (builder);
  add_string (builder, "label", secret->item->label);
  add_string (builder, "account", mw_account_get_id (secret->account));
  add_string (builder, "half", mw_half_to_string (secret->half));
  json_builder_end_object (builder);
}

static void
add_notes (JsonBuilder *builder, GPtrArray *notes)
{
  for (guint i = 0; i < notes->len; i++)
    {
      MwExportNote *note = g_ptr_array_index (notes, i);

      json_builder_begin_object (builder);
      add_string (builder, "id", note->id);
      add_string (builder, "text", note->text);
      add_string (builder, "account", note->account_id);
      json_builder_end_object (builder);
    }
}

/**
 * mw_export_plan_to_json:
 * @plan: a plan
 *
 * The contents of hidden and of binary files are left out (null).
 *
 * Returns: (transfer full): what `export --dry-run --json` prints
 */
JsonNode *
mw_export_plan_to_json (MwExportPlan *plan)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "target", plan->target);

  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plan->files->len; i++)
    add_file (builder, g_ptr_array_index (plan->files, i));
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "secrets");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plan->secrets->len; i++)
    add_secret (builder, g_ptr_array_index (plan->secrets, i));
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "actions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plan->actions->len; i++)
    {
      MwExportAction *action = g_ptr_array_index (plan->actions, i);

      json_builder_begin_object (builder);
      add_string (builder, "exporter", action->exporter);
      add_string (builder, "action", action->type);
      json_builder_set_member_name (builder, "values");
      json_builder_begin_object (builder);
      add_table (builder, action->values);
      json_builder_end_object (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  add_notes (builder, plan->notes);
  json_builder_end_array (builder);

  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/**
 * mw_export_result_to_json:
 * @plan: (nullable): the plan that was applied; %NULL for an undo
 * @result: what came of it
 *
 * Returns: (transfer full): what `export --json` prints: the written paths, the counts, all notes
 */
JsonNode *
mw_export_result_to_json (MwExportPlan *plan, MwExportResult *result)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "target", plan != NULL ? plan->target : NULL);
  add_string (builder, "journal", result->journal_id);
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; plan != NULL && i < plan->files->len; i++)
    {
      MwFileChange *file = g_ptr_array_index (plan->files, i);

      json_builder_begin_object (builder);
      add_string (builder, "path", file->path);
      add_string (builder, "action", mw_file_action_to_string (file->action));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  add_int (builder, "written", result->n_files);
  add_int (builder, "secrets", result->n_secrets);
  add_int (builder, "actions", result->n_actions);
  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  if (plan != NULL)
    add_notes (builder, plan->notes);
  add_notes (builder, result->notes);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* Outside of a sandbox there are none, and an empty list says so */
static void
add_closed_places (JsonBuilder *builder, MwExportHost *host, const char *target)
{
  g_autoptr(GPtrArray) closed = mw_export_host_list_closed_places (host, target);

  json_builder_set_member_name (builder, "closed");
  json_builder_begin_array (builder);
  for (guint i = 0; i < closed->len; i++)
    {
      MwClosedPlace *place = g_ptr_array_index (closed, i);

      json_builder_begin_object (builder);
      add_string (builder, "kind", mw_program_kind_to_string (place->kind));
      add_string (builder, "id", place->id);
      add_string (builder, "path", place->path);
      add_string (builder, "command", place->command);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/**
 * mw_exporters_to_json:
 * @host: the host
 *
 * Returns: (transfer full): what `export --list --json` prints: all targets, where they are
 *   installed, and where a sandbox does not let us look
 */
JsonNode *
mw_exporters_to_json (MwExportHost *host)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  const MwExporter *const *exporters = mw_exporter_list ();

  json_builder_begin_array (builder);
  for (guint i = 0; exporters[i] != NULL; i++)
    {
      g_autoptr(GPtrArray) programs = mw_export_host_get_programs (host, exporters[i]->id);

      json_builder_begin_object (builder);
      add_string (builder, "id", exporters[i]->id);
      add_string (builder, "title", mw_exporter_get_title (exporters[i]));
      json_builder_set_member_name (builder, "installed");
      json_builder_begin_array (builder);
      for (guint j = 0; j < programs->len; j++)
        {
          MwProgram *program = g_ptr_array_index (programs, j);

          json_builder_begin_object (builder);
          add_string (builder, "kind", mw_program_kind_to_string (program->kind));
          add_string (builder, "id", program->id);
          add_string (builder, "path", program->path);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
      add_closed_places (builder, host, exporters[i]->id);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}

/**
 * mw_journal_to_json:
 * @entries: (element-type MwJournalEntry): what mw_journal_list() gave
 *
 * Returns: (transfer full): what `export --journal --json` prints
 */
JsonNode *
mw_journal_to_json (GPtrArray *entries)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < entries->len; i++)
    {
      MwJournalEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *created =
          entry->created != NULL ? g_date_time_format_iso8601 (entry->created) : NULL;

      json_builder_begin_object (builder);
      add_string (builder, "id", entry->id);
      add_string (builder, "target", entry->target);
      add_string (builder, "state", mw_journal_state_to_string (entry->state));
      add_string (builder, "created", created);
      json_builder_set_member_name (builder, "accounts");
      json_builder_begin_array (builder);
      for (guint j = 0; entry->accounts[j] != NULL; j++)
        json_builder_add_string_value (builder, entry->accounts[j]);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "files");
      json_builder_begin_array (builder);
      for (guint j = 0; entry->paths[j] != NULL; j++)
        {
          g_autofree char *path = g_utf8_make_valid (entry->paths[j], -1);

          json_builder_add_string_value (builder, path);
        }
      json_builder_end_array (builder);
      add_int (builder, "secrets", entry->n_secrets);
      add_int (builder, "actions", entry->n_actions);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}
