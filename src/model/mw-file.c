/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-file"

#include "config.h"

#include "model/mw-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static gboolean
replace (const char *path, const void *bytes, gsize length, int mode, gboolean sync, GError **error)
{
  g_autofree char *target = NULL, *folder = NULL, *temporary = NULL;
  g_autofd int folder_fd = -1;
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
  temporary = g_strdup_printf ("%s/.mailwright-XXXXXX", folder);
  fd = folder_fd >= 0 ? g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600) : -1;
  if (fd < 0)
    {
      set_errno_error (error, errno, "cannot be written", target);
      return FALSE;
    }
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
