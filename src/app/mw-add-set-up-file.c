/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-set-up-file"

#include "config.h"

#include "app/mw-add-set-up-file.h"

#include "discovery/mw-autoconfig.h"
#include "discovery/mw-document.h"
#include "model/mw-store.h"

/* Any address will do when the only question is whether a file can be used */
#define STAND_IN_ADDRESS "somebody@example.com"

typedef struct
{
  GFile *file;
  MwAddress *address;
} Load;

static void
load_free (Load *load)
{
  g_object_unref (load->file);
  mw_address_unref (load->address);
  g_free (load);
}

/* Where the settings say that they come from. A file that a portal handed into a sandbox has a path
 * there that tells nobody anything, so of that only the name. */
static char *
dup_origin (GFile *file)
{
  const char *path = g_file_peek_path (file);

  return path != NULL && mw_path_is_of_portal (path) ? g_path_get_basename (path)
                                                     : g_file_get_parse_name (file);
}

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Load *load = task_data;
  g_autofree char *name = dup_origin (load->file);
  /* One byte more than is allowed, so that the parser can say that it is too long */
  const gsize size = MW_DISCOVERY_MAX_DOCUMENT + 1;
  g_autofree char *buffer = g_malloc (size);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;
  MwSettings *settings;
  gsize length;

  /* A pipe would never end, and opening it would not either */
  if (g_file_query_file_type (load->file, G_FILE_QUERY_INFO_NONE, cancellable) ==
      G_FILE_TYPE_SPECIAL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                               "%s is not a regular file", name);
      return;
    }
  stream = g_file_read (load->file, cancellable, &error);
  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), buffer, size, &length,
                                                  cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (length == size)
    {
      g_task_return_new_error (task, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN,
                               "%s has more than the %d bytes that a set-up file may have", name,
                               MW_DISCOVERY_MAX_DOCUMENT);
      return;
    }
  bytes = g_bytes_new (buffer, length);
  settings = mw_autoconfig_parse (bytes, load->address, MW_SOURCE_SETUP_FILE, name, &error);
  if (settings == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, settings, (GDestroyNotify) mw_settings_unref);
}

/**
 * mw_add_set_up_file_load_async:
 * @file: the file
 * @address: (nullable): the address that the settings are for; %NULL: it is not known yet, and the
 *   question is whether the file can be used
 * @cancellable: (nullable): ends it
 * @callback: called in the caller's main context
 * @user_data: data for @callback
 *
 * Reads @file in a thread; at most as much as a set-up file may have.
 */
void
mw_add_set_up_file_load_async (GFile *file,
                               MwAddress *address,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Load *load = g_new (Load, 1);

  load->file = g_object_ref (file);
  load->address =
      address != NULL ? mw_address_ref (address) : mw_address_new (STAND_IN_ADDRESS, NULL);
  g_task_set_source_tag (task, mw_add_set_up_file_load_async);
  g_task_set_name (task, "mw_add_set_up_file_load_async");
  g_task_set_return_on_cancel (task, TRUE);
  g_task_set_task_data (task, load, (GDestroyNotify) load_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * mw_add_set_up_file_load_finish:
 * @result: what the callback got
 * @error: return location for an error: those of GIO and of mw_autoconfig_parse()
 *
 * Returns: (transfer full) (nullable): the settings, not trusted
 */
MwSettings *
mw_add_set_up_file_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
