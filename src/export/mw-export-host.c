/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-host"

#include "config.h"

#include "export/mw-export-host.h"

#include "secrets/mw-time-limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FILE, fclose)

/* How long a session bus may take to let us in */
#define BUS_TIMEOUT_MILLISECONDS 5000

struct _MwExportHost
{
  GObject parent_instance;

  gboolean in_flatpak;
  gboolean find_bus; /* %FALSE: there is only the bus that was set */

  /* Owned */
  char *home;
  char *root;
  char *config_home;
  char *state_home;
  char *flatpak_info;    /* nullable: what the sandbox says about itself */
  MwSandbox *sandbox;    /* nullable: the same, read */
  GHashTable *variables; /* (element-type utf8 utf8) */
  GPtrArray *programs;   /* (element-type MwProgram) */

  GMutex lock;
  /* Owned, guarded by the lock */
  GDBusConnection *session_bus;
};

G_DEFINE_FINAL_TYPE (MwExportHost, mw_export_host, G_TYPE_OBJECT)

/* Where each program may be. Thunderbird has had three Flatpak ids. */
typedef struct
{
  const char *target;
  MwProgramKind kind;
  const char *id;        /* command, Flatpak id, or name of the Snap */
  const char *places[4]; /* for a command: paths beside those of PATH */
} KnownProgram;

static const KnownProgram known_programs[] = {
  { "thunderbird",
    MW_PROGRAM_NATIVE,
    "thunderbird",
    { "/usr/lib/thunderbird/thunderbird", "/usr/lib64/thunderbird/thunderbird",
      "/opt/thunderbird/thunderbird" } },
  { "thunderbird", MW_PROGRAM_FLATPAK, "org.mozilla.thunderbird", { NULL } },
  { "thunderbird", MW_PROGRAM_FLATPAK, "org.mozilla.Thunderbird", { NULL } },
  { "thunderbird", MW_PROGRAM_FLATPAK, "org.mozilla.thunderbird_esr", { NULL } },
  { "thunderbird", MW_PROGRAM_SNAP, "thunderbird", { NULL } },
  /* Its data server is enough: it holds the accounts, and GNOME brings it along */
  { "evolution",
    MW_PROGRAM_NATIVE,
    "evolution-source-registry",
    { "/usr/libexec/evolution-source-registry", "/usr/lib/evolution-source-registry" } },
  { "evolution", MW_PROGRAM_NATIVE, "evolution", { NULL } },
  { "evolution", MW_PROGRAM_FLATPAK, "org.gnome.Evolution", { NULL } },
  { "msmtp", MW_PROGRAM_NATIVE, "msmtp", { NULL } },
};

static void
program_free (gpointer data)
{
  MwProgram *program = data;

  g_free (program->target);
  g_free (program->id);
  g_free (program->path);
  g_free (program->data_directory);
  g_free (program);
}

static void
mw_export_host_finalize (GObject *object)
{
  MwExportHost *self = MW_EXPORT_HOST (object);

  g_free (self->home);
  g_free (self->root);
  g_free (self->config_home);
  g_free (self->state_home);
  g_free (self->flatpak_info);
  g_clear_pointer (&self->sandbox, mw_sandbox_free);
  g_hash_table_unref (self->variables);
  g_ptr_array_unref (self->programs);
  g_clear_object (&self->session_bus);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mw_export_host_parent_class)->finalize (object);
}

static void
mw_export_host_class_init (MwExportHostClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_export_host_finalize;
}

static void
mw_export_host_init (MwExportHost *self)
{
  g_mutex_init (&self->lock);
  self->root = g_strdup ("/");
  self->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->programs = g_ptr_array_new_with_free_func (program_free);
}

/* A variable that holds an absolute path, as the base directory specification wants it */
static const char *
directory_variable (MwExportHost *self, const char *name)
{
  const char *value = g_hash_table_lookup (self->variables, name);

  return value != NULL && g_path_is_absolute (value) ? value : NULL;
}

static void
find_directories (MwExportHost *self)
{
  /* In a Flatpak, XDG_CONFIG_HOME is Mailwright's own; Flatpak hands on the person's under another
   * name when there is one */
  const char *config =
      directory_variable (self, self->in_flatpak ? "HOST_XDG_CONFIG_HOME" : "XDG_CONFIG_HOME");
  const char *state = directory_variable (self, "XDG_STATE_HOME");

  g_free (self->config_home);
  g_free (self->state_home);
  g_clear_pointer (&self->sandbox, mw_sandbox_free);
  self->config_home =
      config != NULL ? g_strdup (config) : g_build_filename (self->home, ".config", NULL);
  if (state != NULL)
    self->state_home = g_strdup (state);
  else if (self->in_flatpak)
    /* Flatpak before 1.13 sets no XDG_STATE_HOME, and what is in the home of a sandbox is lost */
    self->state_home =
        g_build_filename (self->home, ".var", "app", APPLICATION_ID, ".local", "state", NULL);
  else
    self->state_home = g_build_filename (self->home, ".local", "state", NULL);
  if (self->in_flatpak && self->flatpak_info != NULL)
    self->sandbox = mw_sandbox_new (self->flatpak_info, self->home, self->config_home);
}

/**
 * mw_program_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): its stable name
 */
const char *
mw_program_kind_to_string (MwProgramKind kind)
{
  switch (kind)
    {
    case MW_PROGRAM_NATIVE:
      return "native";
    case MW_PROGRAM_FLATPAK:
      return "flatpak";
    case MW_PROGRAM_SNAP:
      return "snap";
    default:
      g_return_val_if_reached ("native");
    }
}

/**
 * mw_export_host_new:
 * @home: an absolute path
 *
 * Returns: (transfer full): a world with this home, an empty environment, no program and no bus
 */
MwExportHost *
mw_export_host_new (const char *home)
{
  MwExportHost *self = g_object_new (MW_TYPE_EXPORT_HOST, NULL);

  self->home = g_strdup (home);
  find_directories (self);
  return self;
}

/**
 * mw_export_host_new_default:
 *
 * Returns: (transfer full): the world that this process is in. The session bus is looked for when
 *   it is asked for
 */
MwExportHost *
mw_export_host_new_default (void)
{
  MwExportHost *self = mw_export_host_new (g_get_home_dir ());
  g_auto (GStrv) names = g_listenv ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *value = g_getenv (names[i]);

      if (value != NULL)
        g_hash_table_insert (self->variables, g_strdup (names[i]), g_strdup (value));
    }
  self->find_bus = TRUE;
  self->in_flatpak = g_file_get_contents (MW_SANDBOX_INFO, &self->flatpak_info, NULL, NULL);
  find_directories (self);
  mw_export_host_find_programs (self);
  return self;
}

/**
 * mw_export_host_set_variable:
 * @self: the host
 * @name: name of an environment variable
 * @value: (nullable): its value
 *
 * Sets a variable of the environment that the exports see. This process's own is not touched.
 */
void
mw_export_host_set_variable (MwExportHost *self, const char *name, const char *value)
{
  g_return_if_fail (MW_IS_EXPORT_HOST (self));

  if (value != NULL)
    g_hash_table_insert (self->variables, g_strdup (name), g_strdup (value));
  else
    g_hash_table_remove (self->variables, name);
  find_directories (self);
}

/**
 * mw_export_host_set_root:
 * @self: the host
 * @root: what stands for "/" when installed programs are looked for and when a sandbox's own
 *   folders are told from the person's
 */
void
mw_export_host_set_root (MwExportHost *self, const char *root)
{
  g_return_if_fail (MW_IS_EXPORT_HOST (self));

  g_free (self->root);
  self->root = g_strdup (root);
}

/**
 * mw_export_host_set_in_flatpak:
 * @self: the host
 * @in_flatpak: whether this process is in a Flatpak's sandbox
 */
void
mw_export_host_set_in_flatpak (MwExportHost *self, gboolean in_flatpak)
{
  g_return_if_fail (MW_IS_EXPORT_HOST (self));

  self->in_flatpak = in_flatpak;
  find_directories (self);
}

/**
 * mw_export_host_set_flatpak_info:
 * @self: the host
 * @info: (nullable): the text of a #MW_SANDBOX_INFO; %NULL: it cannot be had
 *
 * Says what the sandbox lets us do, that mw_export_host_set_in_flatpak() puts us in.
 */
void
mw_export_host_set_flatpak_info (MwExportHost *self, const char *info)
{
  g_return_if_fail (MW_IS_EXPORT_HOST (self));

  g_set_str (&self->flatpak_info, info);
  find_directories (self);
}

/**
 * mw_export_host_set_session_bus:
 * @self: the host
 * @connection: (nullable): the session bus; %NULL: there is none
 */
void
mw_export_host_set_session_bus (MwExportHost *self, GDBusConnection *connection)
{
  g_return_if_fail (MW_IS_EXPORT_HOST (self));

  self->find_bus = FALSE;
  g_set_object (&self->session_bus, connection);
}

/**
 * mw_export_host_add_program:
 * @self: the host
 * @target: id of an exporter
 * @kind: how it is installed
 * @id: command, Flatpak id, or name of the Snap
 * @path: (nullable): path of the command
 * @data_directory: (nullable): where it keeps its files; %NULL: where @kind and @id say
 *
 * Adds an installation of a program. One that is there already is not added again.
 */
void
mw_export_host_add_program (MwExportHost *self,
                            const char *target,
                            MwProgramKind kind,
                            const char *id,
                            const char *path,
                            const char *data_directory)
{
  MwProgram *program;

  g_return_if_fail (MW_IS_EXPORT_HOST (self));

  for (guint i = 0; i < self->programs->len; i++)
    {
      program = g_ptr_array_index (self->programs, i);
      if (program->kind == kind && g_str_equal (program->target, target) &&
          g_str_equal (program->id, id) && g_strcmp0 (program->path, path) == 0)
        return;
    }

  program = g_new0 (MwProgram, 1);
  program->target = g_strdup (target);
  program->kind = kind;
  program->id = g_strdup (id);
  program->path = g_strdup (path);
  if (data_directory != NULL)
    program->data_directory = g_strdup (data_directory);
  else if (kind == MW_PROGRAM_FLATPAK)
    program->data_directory = g_build_filename (self->home, ".var", "app", id, NULL);
  else if (kind == MW_PROGRAM_SNAP)
    program->data_directory = g_build_filename (self->home, "snap", id, "common", NULL);
  else
    program->data_directory = g_strdup (self->home);
  g_ptr_array_add (self->programs, program);
}

static void
add_native (MwExportHost *self, const KnownProgram *known, const char *path)
{
  g_autofree char *real = realpath (path, NULL);

  if (real == NULL || !g_file_test (real, G_FILE_TEST_IS_EXECUTABLE) ||
      g_file_test (real, G_FILE_TEST_IS_DIR))
    return;
  /* What PATH calls by the program's name may be a Snap's starter */
  if (strstr (path, "/snap/") != NULL || g_str_has_suffix (real, "/snap"))
    mw_export_host_add_program (self, known->target, MW_PROGRAM_SNAP, known->id, NULL, NULL);
  else
    mw_export_host_add_program (self, known->target, MW_PROGRAM_NATIVE, known->id, real, NULL);
}

static gboolean
is_script (const char *path)
{
  g_autoptr (FILE) file = fopen (path, "re");

  return file != NULL && fgetc (file) == '#' && fgetc (file) == '!';
}

static gboolean
has_native (MwExportHost *self, const KnownProgram *known)
{
  for (guint i = 0; i < self->programs->len; i++)
    {
      MwProgram *program = g_ptr_array_index (self->programs, i);

      if (program->kind == MW_PROGRAM_NATIVE && g_str_equal (program->target, known->target) &&
          g_str_equal (program->id, known->id))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_installed_at (const char *first, ...)
{
  g_autofree char *path = NULL;
  va_list args;

  va_start (args, first);
  path = g_build_filename_valist (first, &args);
  va_end (args);
  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

static void
find_program (MwExportHost *self, const KnownProgram *known)
{
  const char *search = mw_export_host_get_variable (self, "PATH");
  const char *data_home = directory_variable (self, "XDG_DATA_HOME");
  g_auto (GStrv) folders = NULL;

  switch (known->kind)
    {
    case MW_PROGRAM_NATIVE:
      /* What stands in the folders of PATH there is the sandbox's own */
      if (self->in_flatpak)
        break;
      for (guint i = 0; known->places[i] != NULL; i++)
        {
          g_autofree char *path = g_build_filename (self->root, known->places[i], NULL);

          add_native (self, known, path);
        }
      folders = g_strsplit (search != NULL ? search : "/usr/local/bin:/usr/bin", ":", -1);
      for (guint i = 0; folders[i] != NULL; i++)
        {
          g_autofree char *path = g_build_filename (self->root, folders[i], known->id, NULL);

          /* A distribution's script that only starts the program that was found already */
          if (*folders[i] != '/' || (is_script (path) && has_native (self, known)))
            continue;
          add_native (self, known, path);
        }
      break;

    case MW_PROGRAM_FLATPAK:
      if (is_installed_at (self->root, "var/lib/flatpak/app", known->id, NULL) ||
          is_installed_at (self->home, ".local/share/flatpak/app", known->id, NULL) ||
          (data_home != NULL && is_installed_at (data_home, "flatpak", "app", known->id, NULL)) ||
          is_installed_at (self->home, ".var", "app", known->id, NULL))
        mw_export_host_add_program (self, known->target, known->kind, known->id, NULL, NULL);
      break;

    case MW_PROGRAM_SNAP:
      if (is_installed_at (self->root, "snap", known->id, NULL) ||
          is_installed_at (self->home, "snap", known->id, "common", NULL))
        mw_export_host_add_program (self, known->target, known->kind, known->id, NULL, NULL);
      break;

    default:
      g_assert_not_reached ();
    }
}

/* From inside a sandbox no command of the host is to be seen. A folder that we were let into, and
 * that is there, says enough. msmtp's has no such meaning: the sandbox makes it. */
static void
find_by_folders (MwExportHost *self)
{
  g_autofree char *thunderbird = g_build_filename (self->home, ".thunderbird", NULL);
  g_autofree char *msmtp = g_build_filename (self->config_home, "msmtp", NULL);

  if (mw_export_host_path_is_real (self, thunderbird))
    mw_export_host_add_program (self, "thunderbird", MW_PROGRAM_NATIVE, "thunderbird", NULL, NULL);
  if (mw_export_host_path_is_real (self, msmtp))
    mw_export_host_add_program (self, "msmtp", MW_PROGRAM_NATIVE, "msmtp", NULL, NULL);
}

/**
 * mw_export_host_find_programs:
 * @self: the host
 *
 * Looks for all known programs: along PATH, among Flatpaks, and among Snaps.
 */
void
mw_export_host_find_programs (MwExportHost *self)
{
  g_return_if_fail (MW_IS_EXPORT_HOST (self));

  for (guint i = 0; i < G_N_ELEMENTS (known_programs); i++)
    find_program (self, &known_programs[i]);

  if (self->in_flatpak)
    find_by_folders (self);
}

/**
 * mw_export_host_get_home:
 * @self: the host
 *
 * Returns: (transfer none): the person's home folder
 */
const char *
mw_export_host_get_home (MwExportHost *self)
{
  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), NULL);

  return self->home;
}

/**
 * mw_export_host_get_variable:
 * @self: the host
 * @name: name of an environment variable
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
mw_export_host_get_variable (MwExportHost *self, const char *name)
{
  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), NULL);

  return g_hash_table_lookup (self->variables, name);
}

/**
 * mw_export_host_get_config_home:
 * @self: the host
 *
 * Returns: (transfer none): where the other programs keep their settings
 */
const char *
mw_export_host_get_config_home (MwExportHost *self)
{
  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), NULL);

  return self->config_home;
}

/**
 * mw_export_host_get_state_home:
 * @self: the host
 *
 * Returns: (transfer none): the folder in which our journal is
 */
const char *
mw_export_host_get_state_home (MwExportHost *self)
{
  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), NULL);

  return self->state_home;
}

/**
 * mw_export_host_get_in_flatpak:
 * @self: the host
 *
 * Returns: whether this process is in a Flatpak's sandbox
 */
gboolean
mw_export_host_get_in_flatpak (MwExportHost *self)
{
  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), FALSE);

  return self->in_flatpak;
}

static gpointer
get_bus (MwTimeLimit *limit, gpointer data, GCancellable *cancellable, GError **error)
{
  GDBusConnection *bus = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, error);

  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
  return bus;
}

/**
 * mw_export_host_get_session_bus:
 * @self: the host
 * @cancellable: (nullable): a cancellable
 *
 * May block for some seconds, but not longer, when a bus is there and silent.
 *
 * Returns: (transfer none) (nullable): the session bus; %NULL when there is none
 */
GDBusConnection *
mw_export_host_get_session_bus (MwExportHost *self, GCancellable *cancellable)
{
  g_autoptr(GMutexLocker) locker = NULL;
  g_autoptr(GError) error = NULL;

  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), NULL);

  locker = g_mutex_locker_new (&self->lock);
  if (self->session_bus == NULL && self->find_bus)
    {
      self->session_bus = mw_time_limit_run ("mw-session-bus", BUS_TIMEOUT_MILLISECONDS, get_bus,
                                             NULL, NULL, g_object_unref, cancellable, &error);
      if (self->session_bus == NULL)
        g_debug ("No session bus: %s", error->message);
    }
  return self->session_bus;
}

/**
 * mw_export_host_get_programs:
 * @self: the host
 * @target: id of an exporter
 *
 * Returns: (transfer container) (element-type MwProgram): its installations; perhaps none. They
 *   belong to the host
 */
GPtrArray *
mw_export_host_get_programs (MwExportHost *self, const char *target)
{
  GPtrArray *programs;

  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), NULL);

  programs = g_ptr_array_new ();
  for (guint i = 0; i < self->programs->len; i++)
    {
      MwProgram *program = g_ptr_array_index (self->programs, i);

      if (g_str_equal (program->target, target))
        g_ptr_array_add (programs, program);
    }
  return programs;
}

/* On another file system than the sandbox's own root? Of what is not there, the parent counts. */
static gboolean
is_mounted (MwExportHost *self, const char *path, char **existing)
{
  g_autofree char *parent = g_canonicalize_filename (path, "/");
  struct stat root;
  struct stat info;

  while (stat (parent, &info) != 0)
    {
      g_autofree char *up = g_path_get_dirname (parent);

      if (g_str_equal (up, parent))
        return FALSE;
      g_free (parent);
      parent = g_steal_pointer (&up);
    }
  if (existing != NULL)
    *existing = g_steal_pointer (&parent);
  return stat (self->root, &root) == 0 && root.st_dev != info.st_dev;
}

/**
 * mw_export_host_path_is_real:
 * @self: the host
 * @path: an absolute path, of something that need not exist
 *
 * In a sandbox, writing to a folder that it was not let into succeeds, and what was written is gone
 * when the program ends. So two things must be right: the folder was granted, for writing; and it
 * was there to be shown when the sandbox was made, as otherwise it is on the file system of the
 * sandbox's own root.
 *
 * Returns: whether what is written to @path will be found by the person
 */
gboolean
mw_export_host_path_is_real (MwExportHost *self, const char *path)
{
  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), FALSE);

  if (!self->in_flatpak)
    return TRUE;
  if (self->sandbox != NULL && mw_sandbox_get_grant (self->sandbox, path, NULL) != MW_GRANT_WRITE)
    return FALSE;
  return is_mounted (self, path, NULL);
}

/**
 * mw_export_host_can_see:
 * @self: the host
 * @path: an absolute path
 *
 * Returns: whether @path is there for the person if and only if it is there for us
 */
gboolean
mw_export_host_can_see (MwExportHost *self, const char *path)
{
  g_autofree char *existing = NULL;
  const char *granted;

  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), FALSE);

  if (!self->in_flatpak || is_mounted (self, path, &existing))
    return !self->in_flatpak || self->sandbox == NULL ||
           mw_sandbox_get_grant (self->sandbox, path, NULL) != MW_GRANT_NONE;
  /* Granted, but not even the folder was there at the start: then it is not there at all */
  return self->sandbox != NULL &&
         mw_sandbox_get_grant (self->sandbox, path, &granted) != MW_GRANT_NONE &&
         !g_file_test (granted, G_FILE_TEST_EXISTS);
}

static void
closed_place_free (gpointer data)
{
  MwClosedPlace *place = data;

  g_free (place->target);
  g_free (place->id);
  g_free (place->path);
  g_free (place->command);
  g_free (place);
}

/* Where programs keep their accounts, and what is granted for that: for the whole folder of a
 * Flatpak, since Thunderbird's own is made by its first start. */
static const struct
{
  const char *target;
  MwProgramKind kind;
  const char *id;
  const char *folder; /* below the home; of msmtp, below the folder of settings */
  const char *bus_name;
} places[] = {
  { "thunderbird", MW_PROGRAM_NATIVE, "thunderbird", ".thunderbird", NULL },
  { "thunderbird", MW_PROGRAM_FLATPAK, "org.mozilla.thunderbird",
    ".var/app/org.mozilla.thunderbird", NULL },
  { "thunderbird", MW_PROGRAM_FLATPAK, "org.mozilla.Thunderbird",
    ".var/app/org.mozilla.Thunderbird", NULL },
  { "thunderbird", MW_PROGRAM_FLATPAK, "org.mozilla.thunderbird_esr",
    ".var/app/org.mozilla.thunderbird_esr", NULL },
  { "thunderbird", MW_PROGRAM_SNAP, "thunderbird", "snap/thunderbird/common", NULL },
  { "evolution", MW_PROGRAM_NATIVE, "evolution", NULL, "org.gnome.evolution.dataserver.Sources5" },
  { "evolution", MW_PROGRAM_FLATPAK, "org.gnome.Evolution", ".var/app/org.gnome.Evolution", NULL },
  { "msmtp", MW_PROGRAM_NATIVE, "msmtp", "msmtp", NULL },
};

/**
 * mw_export_host_list_closed_places:
 * @self: the host
 * @target: (nullable): id of an exporter; %NULL: of all
 *
 * Returns: (transfer full) (element-type MwClosedPlace): where its accounts may be, and the sandbox
 *   does not let us look; empty outside of a sandbox
 */
GPtrArray *
mw_export_host_list_closed_places (MwExportHost *self, const char *target)
{
  GPtrArray *closed = g_ptr_array_new_with_free_func (closed_place_free);

  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), closed);

  for (gsize i = 0; self->in_flatpak && i < G_N_ELEMENTS (places); i++)
    {
      gboolean is_msmtp = g_str_equal (places[i].target, "msmtp");
      g_autofree char *path = NULL;
      MwClosedPlace *place;

      if (target != NULL && !g_str_equal (places[i].target, target))
        continue;
      if (places[i].folder != NULL)
        path = g_build_filename (is_msmtp ? self->config_home : self->home, places[i].folder, NULL);
      if (path != NULL
              ? mw_export_host_can_see (self, path)
              : self->sandbox == NULL || mw_sandbox_may_talk (self->sandbox, places[i].bus_name))
        continue;
      place = g_new0 (MwClosedPlace, 1);
      place->target = g_strdup (places[i].target);
      place->kind = places[i].kind;
      place->id = g_strdup (places[i].id);
      place->command = path != NULL ? mw_export_host_command_for_path (self, path, is_msmtp)
                                    : mw_sandbox_command_for_name (places[i].bus_name);
      place->path = g_steal_pointer (&path);
      g_ptr_array_add (closed, place);
    }
  return closed;
}

/**
 * mw_export_host_command_for_path:
 * @self: the host
 * @path: an absolute path
 * @create: whether it shall be made when it is not there
 *
 * Returns: (transfer full): a line for a terminal that lets us into @path
 */
char *
mw_export_host_command_for_path (MwExportHost *self, const char *path, gboolean create)
{
  g_return_val_if_fail (MW_IS_EXPORT_HOST (self), NULL);

  return mw_sandbox_command_for_path (path, self->home, create);
}
