/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-file"

#include "config.h"

#include "model/mw-store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new content beside the file that it is to replace */
#define TEMPORARY_PREFIX ".mailwright-"
#define TEMPORARY_TRIES 10

/* How long another process may hold the lock of a folder */
#define LOCK_SECONDS 5
#define LOCK_PAUSE_MICROSECONDS 10000

static void
set_errno_error (GError **error, int saved_errno, const char *what, const char *path)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s %s: %s", path, what,
               g_strerror (saved_errno));
}

static gboolean
check_regular (const struct stat *info, const char *path, GError **error)
{
  if (S_ISREG (info->st_mode))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
               "%s is not a regular file, and was left alone", path);
  return FALSE;
}

/**
 * mw_file_read:
 * @path: a file; symbolic links are followed
 * @max_length: how many bytes it may have at most
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * Reads a whole regular file. A FIFO or a device is an error and never waited for.
 *
 * Returns: (transfer full): what it holds, or %NULL
 */
GBytes *
mw_file_read (const char *path, gsize max_length, GError **error)
{
  g_autofd int fd = -1;
  g_autofree char *buffer = NULL;
  gsize length = 0;
  struct stat info;

  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      set_errno_error (error, errno, "cannot be opened", path);
      return NULL;
    }
  if (!check_regular (&info, path, error))
    return NULL;
  if (info.st_size > 0 && (guint64) info.st_size > max_length)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                   "%s has %" G_GINT64_FORMAT " bytes, at most %" G_GSIZE_FORMAT " are read", path,
                   (gint64) info.st_size, max_length);
      return NULL;
    }
  buffer = g_malloc ((gsize) info.st_size + 1);
  while (length < (gsize) info.st_size)
    {
      gssize n = read (fd, buffer + length, (gsize) info.st_size - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          set_errno_error (error, errno, "cannot be read", path);
          return NULL;
        }
      if (n == 0)
        break;
      length += (gsize) n;
    }
  return g_bytes_new_take (g_steal_pointer (&buffer), length);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DIR, closedir)

/**
 * mw_file_list:
 * @folder: a folder
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * Lists a folder as a whole. g_dir_read_name() says of a disk that fails half-way that there is no
 * more.
 *
 * Returns: (transfer full) (element-type filename): the names in @folder, in no order; or %NULL
 */
GPtrArray *
mw_file_list (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DIR) dir = opendir (folder);
  struct dirent *entry;

  while (dir != NULL && (errno = 0, entry = readdir (dir)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  if (dir != NULL && errno == 0)
    return g_steal_pointer (&names);
  set_errno_error (error, errno, "cannot be read", folder);
  return NULL;
}

/**
 * mw_file_lock_folder:
 * @folder: a folder of ours; it is made if need be
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * Keeps other processes from doing the same until the descriptor is closed. It is meant to be held
 * for the time of one small write; another process that holds it for longer, since it was stopped
 * say, is waited for a few seconds and no more.
 *
 * Returns: a descriptor, or -1; %G_IO_ERROR_BUSY when another process holds it
 */
int
mw_file_lock_folder (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, ".lock", NULL);
  gint64 until = g_get_monotonic_time () + LOCK_SECONDS * G_USEC_PER_SEC;
  g_autofd int fd = -1;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      set_errno_error (error, errno, "cannot be made", folder);
      return -1;
    }
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  while (fd < 0 || flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (fd < 0 || (errno != EWOULDBLOCK && errno != EINTR))
        {
          set_errno_error (error, errno, "cannot be locked", path);
          return -1;
        }
      if (g_get_monotonic_time () > until)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, "%s is held by another process", path);
          return -1;
        }
      g_usleep (LOCK_PAUSE_MICROSECONDS);
    }
  return g_steal_fd (&fd);
}

/* Where a write to @path ends up: a link of the person's own, to a folder of dot files say, stays
 */
static char *
resolve_link (const char *path, GError **error)
{
  g_autofree char *current = g_strdup (path);

  for (int depth = 0; depth < 40; depth++)
    {
      g_autofree char *target = NULL, *folder = NULL;
      struct stat info;

      if (lstat (current, &info) != 0 || !S_ISLNK (info.st_mode))
        return g_steal_pointer (&current);
      target = g_file_read_link (current, error);
      if (target == NULL)
        return NULL;
      folder = g_path_get_dirname (current);
      g_free (current);
      current = g_canonicalize_filename (target, folder);
    }
  set_errno_error (error, ELOOP, "cannot be written", path);
  return NULL;
}

static gboolean
write_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
fill_temporary (
    int fd, const void *bytes, gsize length, int mode, const struct stat *old, gboolean sync)
{
  /* The mode by fchmod, since the umask must not decide. A file of somebody else stays theirs. */
  if (old != NULL && (old->st_uid != geteuid () || old->st_gid != getegid ()) &&
      fchown (fd, old->st_uid, old->st_gid) != 0 && errno != EPERM)
    return FALSE;
  return fchmod (fd, (mode_t) mode) == 0 && write_all (fd, bytes, length) &&
         (!sync || fsync (fd) == 0);
}

/* Once for each folder is enough, and with a thousand files in it each time would be too often */
static gboolean
is_first_visit (const char *folder)
{
  static GMutex mutex;
  static GHashTable *visited; /* guarded by the mutex */
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);

  if (visited == NULL)
    visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return g_hash_table_add (visited, g_strdup (folder));
}

/* What processes that were killed left beside their files. A living one holds the lock. */
static void
remove_left_over (const char *folder)
{
  g_autoptr (GPtrArray) names = is_first_visit (folder) ? mw_file_list (folder, NULL) : NULL;

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = NULL;
      g_autofd int fd = -1;
      struct stat info;

      if (!g_str_has_prefix (name, TEMPORARY_PREFIX) ||
          strlen (name) != strlen (TEMPORARY_PREFIX) + strlen ("XXXXXX"))
        continue;
      path = g_build_filename (folder, name, NULL);
      fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
      if (fd >= 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode) &&
          flock (fd, LOCK_EX | LOCK_NB) == 0)
        unlink (path);
    }
}

/* A file of our own, locked; its name is put into @path. Between being made and being locked it
 * looks like left over, and may be gone. */
static int
make_temporary (const char *folder, char **path)
{
  for (int i = 0; i < TEMPORARY_TRIES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/" TEMPORARY_PREFIX "XXXXXX", folder);
      g_autofd int fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
      struct stat info;

      if (fd < 0)
        return -1;
      if (flock (fd, LOCK_EX | LOCK_NB) != 0)
        g_debug ("%s: %s", name, g_strerror (errno)); /* nor can anybody else, then */
      if (fstat (fd, &info) == 0 && info.st_nlink > 0)
        {
          *path = g_steal_pointer (&name);
          return g_steal_fd (&fd);
        }
    }
  errno = EBUSY;
  return -1;
}

static gboolean
replace (const char *path, const void *bytes, gsize length, int mode, gboolean sync, GError **error)
{
  g_autofree char *target = NULL, *folder = NULL, *temporary = NULL;
  g_autofd int folder_fd = -1, lock_fd = -1;
  int fd, saved_errno;
  struct stat info;
  gboolean exists;

  target = resolve_link (path, error);
  if (target == NULL)
    return FALSE;
  folder = g_path_get_dirname (target);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      set_errno_error (error, errno, "cannot be made", folder);
      return FALSE;
    }
  exists = lstat (target, &info) == 0;
  if (exists && !check_regular (&info, target, error))
    return FALSE;
  if (mode == MW_FILE_KEEP_MODE)
    mode = exists ? (int) (info.st_mode & 07777) : 0600;
  folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  remove_left_over (folder);
  fd = folder_fd >= 0 ? make_temporary (folder, &temporary) : -1;
  if (fd < 0)
    {
      set_errno_error (error, errno, "cannot be written", target);
      return FALSE;
    }
  /* Network file systems tell of errors when the file is closed; the lock stays with the second
   * descriptor until the file has its name, or it would look like left over. */
  lock_fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (!fill_temporary (fd, bytes, length, mode, exists ? &info : NULL, sync))
    {
      saved_errno = errno;
      close (fd);
    }
  else if (close (fd) != 0 || rename (temporary, target) != 0)
    saved_errno = errno;
  else
    {
      /* The rename is done; a folder that cannot be synced (some network file systems) is no loss
       */
      if (sync && fsync (folder_fd) != 0)
        g_debug ("%s: %s", folder, g_strerror (errno));
      return TRUE;
    }
  unlink (temporary);
  set_errno_error (error, saved_errno, "cannot be written", target);
  return FALSE;
}

/**
 * mw_file_replace:
 * @path: the file to write; a symbolic link is followed and kept
 * @bytes: (array length=length): what it shall hold
 * @length: how many bytes
 * @mode: permission bits, whatever the umask is, or %MW_FILE_KEEP_MODE
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * Replaces a file as a whole: a temporary file beside it, fsync, rename, fsync of the folder. At
 * any moment the old or the new content is there. Folders that are missing are made 0700.
 *
 * Returns: whether the new content is on the disk; if not, the old one is untouched
 */
gboolean
mw_file_replace (const char *path, const void *bytes, gsize length, int mode, GError **error)
{
  return replace (path, bytes, length, mode, TRUE, error);
}

/**
 * mw_file_replace_light:
 * @path: the file to write
 * @bytes: (array length=length): what it shall hold
 * @length: how many bytes
 * @mode: permission bits, or %MW_FILE_KEEP_MODE
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * mw_file_replace() for what can be found out again: it does not wait for the disk. Other programs
 * see the old or the new content; after the machine has crashed the file may be empty.
 *
 * Returns: whether the new content is in its place
 */
gboolean
mw_file_replace_light (const char *path, const void *bytes, gsize length, int mode, GError **error)
{
  return replace (path, bytes, length, mode, FALSE, error);
}

/**
 * mw_path_is_of_portal:
 * @path: an absolute path
 *
 * Files and folders that a person picks for a program in a sandbox are seen by it below
 * `/run/user/UID/doc` or, the same again, below `/run/flatpak/doc`: under a made-up folder, the
 * name of the file being the only part of it that is true outside.
 *
 * Returns: whether it is such a path
 */
gboolean
mw_path_is_of_portal (const char *path)
{
  const char *rest;

  if (g_str_has_prefix (path, "/run/flatpak/doc/"))
    return TRUE;
  if (!g_str_has_prefix (path, "/run/user/"))
    return FALSE;
  rest = path + strlen ("/run/user/");
  rest += strspn (rest, "0123456789");
  return g_str_has_prefix (rest, "/doc/");
}

/**
 * mw_path_dup_display:
 * @path: (type filename): an absolute path
 *
 * Returns: (transfer full): @path in UTF-8 for people; of one that a portal made up, only the part
 *   that they know: what is in the folder that they chose, or the name of the file
 */
char *
mw_path_dup_display (const char *path)
{
  const char *rest;
  const char *inside;
  g_autofree char *name = NULL;

  if (!mw_path_is_of_portal (path))
    return g_filename_display_name (path);
  /* .../doc/ID/NAME, and below it */
  rest = strstr (path, "/doc/") + strlen ("/doc/");
  rest = strchr (rest, '/');
  inside = rest != NULL ? strchr (rest + 1, '/') : NULL;
  if (inside == NULL || inside[1] == '\0')
    {
      name = g_path_get_basename (path);
      return g_filename_display_name (name);
    }
  name = g_filename_display_name (inside + 1);
  /* Translators: %s is the name of a file, perhaps with folders before it */
  return g_strdup_printf (_ ("%s, in the folder you chose"), name);
}
