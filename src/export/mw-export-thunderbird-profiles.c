/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-export-thunderbird-profiles.h"

#include "export/mw-cityhash.h"
#include "export/mw-export-plan.h"
#include "export/mw-ini-lines.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Where distributions put it when the command is a script that stands elsewhere */
static const char *const install_directories[] = {
  "/usr/lib/thunderbird",       "/usr/lib64/thunderbird",   "/opt/thunderbird",
  "/usr/local/lib/thunderbird", "/usr/lib/thunderbird-esr",
};

static gboolean
is_install_directory (const char *path)
{
  g_autofree char *file = g_build_filename (path, "application.ini", NULL);

  return g_file_test (file, G_FILE_TEST_IS_REGULAR);
}

/**
 * mw_thunderbird_install_directory:
 * @program: an installation
 *
 * Finds the folder of the program proper, which names the installation in `profiles.ini`.
 *
 * Returns: (transfer full) (nullable): the folder with links followed, or %NULL if it is not known
 *   or the installation has no such name (a Snap)
 */
char *
mw_thunderbird_install_directory (MwProgram *program)
{
  g_autofree char *folder = NULL;

  if (program->kind == MW_PROGRAM_FLATPAK)
    return g_strdup ("/app/lib/thunderbird");
  if (program->kind == MW_PROGRAM_SNAP)
    return NULL;
  if (program->path != NULL)
    {
      folder = g_path_get_dirname (program->path);
      if (is_install_directory (folder))
        return g_canonicalize_filename (folder, "/");
    }
  for (guint i = 0; i < G_N_ELEMENTS (install_directories); i++)
    if (is_install_directory (install_directories[i]))
      return g_strdup (install_directories[i]);
  return NULL;
}

/**
 * mw_thunderbird_install_hash:
 * @install_directory: the folder of an installation
 *
 * Returns: (transfer full): the name of the installation in `profiles.ini`, where the section is
 *   called "Install" and this
 */
char *
mw_thunderbird_install_hash (const char *install_directory)
{
  glong length = 0;
  g_autofree gunichar2 *text = g_utf8_to_utf16 (install_directory, -1, NULL, &length, NULL);

  if (text == NULL)
    return NULL;
  for (glong i = 0; i < length; i++)
    text[i] = GUINT16_TO_LE (text[i]);
  return g_strdup_printf ("%" G_GINT64_MODIFIER "X",
                          mw_cityhash64 (text, (gsize) length * sizeof *text));
}

/**
 * mw_thunderbird_profile_is_running:
 * @directory: a profile folder
 *
 * Asks for the lock that Thunderbird holds as long as it runs. The link named `lock` beside it
 * stays after an end and says nothing.
 *
 * Returns: whether another process holds the lock
 */
gboolean
mw_thunderbird_profile_is_running (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, ".parentlock", NULL);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  gboolean held;

  if (fd < 0)
    return FALSE;
  held = fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close (fd);
  return held;
}

/**
 * mw_thunderbird_profile_new:
 * @directory: a profile folder
 *
 * Returns: (transfer full): that profile, which no `profiles.ini` has to name
 */
MwThunderbirdProfile *
mw_thunderbird_profile_new (const char *directory)
{
  MwThunderbirdProfile *self = g_new0 (MwThunderbirdProfile, 1);

  self->directory = g_canonicalize_filename (directory, NULL);
  return self;
}

void
mw_thunderbird_profile_free (MwThunderbirdProfile *self)
{
  g_free (self->directory);
  g_free (self->profiles_path);
  g_clear_pointer (&self->profiles_before, g_bytes_unref);
  g_clear_pointer (&self->profiles, g_bytes_unref);
  g_free (self);
}

static char *
resolve (const char *root, const char *path)
{
  return g_path_is_absolute (path) ? g_strdup (path) : g_build_filename (root, path, NULL);
}

/* Who used this profile last: the rule by which a new installation adopts the profile of an older
 * Thunderbird that knew no installations */
static gboolean
was_last_used_by (const char *directory, const char *install_directory, gboolean *used)
{
  g_autofree char *path = g_build_filename (directory, "compatibility.ini", NULL);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(MwIniLines) ini = NULL;
  const char *last;

  *used = FALSE;
  if (!mw_export_read_file (path, &bytes, NULL) || bytes == NULL)
    return FALSE;
  *used = TRUE;
  ini = mw_ini_lines_new (bytes);
  last = mw_ini_lines_get (ini, "Compatibility", "LastPlatformDir");
  return g_strcmp0 (last, install_directory) == 0;
}

/* [ProfileN] that is marked Default=1 */
static char *
find_default_section (MwIniLines *ini)
{
  g_auto (GStrv) sections = mw_ini_lines_list_sections (ini, "Profile");

  for (guint i = 0; sections[i] != NULL; i++)
    if (g_strcmp0 (mw_ini_lines_get (ini, sections[i], "Default"), "1") == 0 &&
        mw_ini_lines_get (ini, sections[i], "Path") != NULL)
      return g_strdup (sections[i]);
  return NULL;
}

/* The profile that is the default of the only installation that profiles.ini knows */
static const char *
find_only_install (MwIniLines *ini)
{
  g_auto (GStrv) sections = mw_ini_lines_list_sections (ini, "Install");

  return g_strv_length (sections) == 1 ? mw_ini_lines_get (ini, sections[0], "Default") : NULL;
}

/* Is it the default of any installation already? */
static gboolean
is_taken (MwIniLines *ini, const char *path)
{
  g_auto (GStrv) sections = mw_ini_lines_list_sections (ini, "Install");

  for (guint i = 0; sections[i] != NULL; i++)
    if (g_strcmp0 (mw_ini_lines_get (ini, sections[i], "Default"), path) == 0)
      return TRUE;
  return FALSE;
}

/* A folder name in Thunderbird's style. It follows from @seed, so that a preview and what is done
 * afterwards agree. */
static char *
invent_path (const char *root, const char *seed)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

  for (guint attempt = 0;; attempt++)
    {
      g_autofree char *text = g_strdup_printf ("%s %s %u", root, seed, attempt);
      g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
      g_autofree char *directory = NULL;
      guint8 digest[32];
      gsize length = sizeof digest;
      char name[9] = "";
      char *path;

      g_checksum_update (checksum, (const guchar *) text, -1);
      g_checksum_get_digest (checksum, digest, &length);
      for (guint i = 0; i < 8; i++)
        name[i] = letters[digest[i] % (sizeof letters - 1)];
      path = g_strconcat (name, ".default", NULL);
      directory = g_build_filename (root, path, NULL);
      if (!g_file_test (directory, G_FILE_TEST_EXISTS))
        return path;
      g_free (path);
    }
}

static gboolean
has_name (MwIniLines *ini, char **sections, const char *name)
{
  for (guint i = 0; sections[i] != NULL; i++)
    if (g_strcmp0 (mw_ini_lines_get (ini, sections[i], "Name"), name) == 0)
      return TRUE;
  return FALSE;
}

static char *
add_profile (MwIniLines *ini, const char *root, const char *seed, gboolean is_default)
{
  g_auto (GStrv) sections = mw_ini_lines_list_sections (ini, "Profile");
  g_autofree char *path = invent_path (root, seed);
  g_autofree char *section = NULL;
  g_autofree char *name = g_strdup ("default");

  for (guint number = 0; section == NULL; number++)
    {
      g_autofree char *candidate = g_strdup_printf ("Profile%u", number);

      if (!g_strv_contains ((const char *const *) sections, candidate))
        section = g_steal_pointer (&candidate);
    }
  for (guint number = 1; has_name (ini, sections, name); number++)
    {
      g_free (name);
      name = g_strdup_printf ("default-%u", number);
    }
  mw_ini_lines_set (ini, section, "Name", name);
  mw_ini_lines_set (ini, section, "IsRelative", "1");
  mw_ini_lines_set (ini, section, "Path", path);
  if (is_default)
    mw_ini_lines_set (ini, section, "Default", "1");
  if (mw_ini_lines_get (ini, "General", "StartWithLastProfile") == NULL)
    mw_ini_lines_set (ini, "General", "StartWithLastProfile", "1");
  if (mw_ini_lines_get (ini, "General", "Version") == NULL)
    mw_ini_lines_set (ini, "General", "Version", "2");
  return g_steal_pointer (&path);
}

/**
 * mw_thunderbird_profile_find:
 * @program: an installation of Thunderbird
 * @seed: what the folder name of a new profile is made from
 * @error: return location for a #GError
 *
 * Finds the profile that this installation starts with, by Thunderbird's own rules:
 *
 * 1. the default of its own section of `profiles.ini`, whose name is a hash of its folder;
 * 2. without one, the profile marked as default if this installation used it last, or if nobody
 *    has used it yet;
 * 3. for a Snap, the profile marked as default;
 * 4. otherwise Thunderbird would make a new profile, and so is done here.
 *
 * Where the installation's folder is not known, as from within a sandbox, the only section counts,
 * then the profile marked as default.
 *
 * Returns: (transfer full): the profile; %NULL with %MW_EXPORT_ERROR_NO_TARGET if the installation
 *   is not known and there is no profile, or with an error of reading
 */
MwThunderbirdProfile *
mw_thunderbird_profile_find (MwProgram *program, const char *seed, GError **error)
{
  g_autofree char *root = g_build_filename (program->data_directory, ".thunderbird", NULL);
  g_autofree char *ini_path = g_build_filename (root, "profiles.ini", NULL);
  g_autofree char *install = mw_thunderbird_install_directory (program);
  g_autofree char *hash = install != NULL ? mw_thunderbird_install_hash (install) : NULL;
  g_autofree char *section = hash != NULL ? g_strconcat ("Install", hash, NULL) : NULL;
  g_autofree char *marked = NULL;
  g_autofree char *path = NULL;
  g_autoptr(MwThunderbirdProfile) self = g_new0 (MwThunderbirdProfile, 1);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(MwIniLines) ini = NULL;
  const char *there = NULL;
  gboolean changed = FALSE;

  if (!mw_export_read_file (ini_path, &bytes, error))
    return NULL;
  ini = mw_ini_lines_new (bytes);
  marked = find_default_section (ini);
  if (section != NULL)
    there = mw_ini_lines_get (ini, section, "Default");
  else if (program->kind != MW_PROGRAM_SNAP)
    there = find_only_install (ini);
  if (there != NULL && *there != '\0')
    path = g_strdup (there);
  else if (marked != NULL)
    {
      g_autofree char *directory = NULL;
      gboolean used;

      path = g_strdup (mw_ini_lines_get (ini, marked, "Path"));
      directory = resolve (root, path);
      if (section != NULL && !was_last_used_by (directory, install, &used) &&
          (used || is_taken (ini, path)))
        g_clear_pointer (&path, g_free);
      changed = section != NULL;
    }
  if (path == NULL)
    {
      if (section == NULL && program->kind != MW_PROGRAM_SNAP)
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_TARGET,
                       "%s names no default profile, and the folder of Thunderbird is not known",
                       ini_path);
          return NULL;
        }
      path = add_profile (ini, root, seed, marked == NULL);
      changed = TRUE;
    }
  self->directory = resolve (root, path);
  if (changed)
    {
      if (section != NULL)
        {
          mw_ini_lines_set (ini, section, "Default", path);
          mw_ini_lines_set (ini, section, "Locked", "1");
        }
      self->profiles_path = g_steal_pointer (&ini_path);
      self->profiles_before = g_steal_pointer (&bytes);
      self->profiles = mw_ini_lines_to_bytes (ini);
    }
  return g_steal_pointer (&self);
}
