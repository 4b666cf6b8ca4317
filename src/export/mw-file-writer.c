/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-file-writer"

#include "config.h"

#include "export/mw-file-writer.h"

#include "export/mw-export-plan.h"
#include "model/mw-store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
set_errno (GError **error, const char *what, const char *path)
{
  int saved_errno = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s %s: %s", what, path,
               g_strerror (saved_errno));
}

static gboolean
refuse (GError **error, const char *path, const char *reason)
{
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID, "%s %s", path, reason);
  return FALSE;
}

/* A link that somebody else planted is not followed; one that the person made, or the system, is */
static gboolean
check_link (const char *path, const struct stat *link, const struct stat *target, GError **error)
{
  uid_t self = geteuid ();

  if (link->st_uid != self && link->st_uid != 0)
    return refuse (error, path, "is a link that belongs to another user");
  if (target->st_uid != self && self != 0)
    return refuse (error, path, "is a link to a file of another user");
  return TRUE;
}

/* The same for the folders on the way there: in a folder that everybody may write to, somebody else
 * may have put a link where the person meant a folder to be */
static gboolean
check_folders (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  uid_t self = geteuid ();

  while (strcmp (folder, "/") != 0 && strcmp (folder, ".") != 0)
    {
      char *up = g_path_get_dirname (folder);
      struct stat info;

      if (lstat (folder, &info) == 0 && S_ISLNK (info.st_mode) && info.st_uid != self &&
          info.st_uid != 0)
        {
          g_free (up);
          return refuse (error, folder, "is a link that belongs to another user");
        }
      g_free (folder);
      folder = up;
    }
  return TRUE;
}

/**
 * mw_file_resolve:
 * @path: an absolute path
 * @error: return location for a #GError
 *
 * Finds out where writing to @path goes. A link of the person's own, into a folder of dot files for
 * example, is followed, so that it stays a link. What is no regular file is refused, also a FIFO,
 * which would make a reader wait for ever.
 *
 * Returns: (transfer full) (nullable): the path of a regular file, or of one that does not exist
 */
char *
mw_file_resolve (const char *path, GError **error)
{
  g_autofree char *real = NULL;
  struct stat link;
  struct stat target;

  if (!check_folders (path, error))
    return NULL;
  if (lstat (path, &link) != 0)
    {
      if (errno == ENOENT)
        return g_strdup (path);
      set_errno (error, "Cannot look at", path);
      return NULL;
    }
  if (S_ISREG (link.st_mode))
    return g_strdup (path);
  if (!S_ISLNK (link.st_mode))
    {
      refuse (error, path, "is not a regular file");
      return NULL;
    }

  if (stat (path, &target) != 0)
    {
      refuse (error, path, "is a link to a file that cannot be reached");
      return NULL;
    }
  if (!S_ISREG (target.st_mode))
    {
      refuse (error, path, "is a link to something that is not a regular file");
      return NULL;
    }
  if (!check_link (path, &link, &target, error))
    return NULL;
  real = realpath (path, NULL);
  if (real == NULL)
    {
      set_errno (error, "Cannot follow the link", path);
      return NULL;
    }
  return g_strdup (real);
}

/**
 * mw_file_read_if_there:
 * @real_path: what mw_file_resolve() gave
 * @bytes: (out) (transfer full) (nullable): what is in it; %NULL when it does not exist
 * @error: return location for a #GError
 *
 * Returns: %TRUE when it was read or does not exist
 */
gboolean
mw_file_read_if_there (const char *real_path, GBytes **bytes, GError **error)
{
  g_autoptr(GError) cause = NULL;

  *bytes = mw_file_read (real_path, MW_EXPORT_MAX_FILE_BYTES, &cause);
  if (*bytes != NULL || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE) ||
      g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    g_set_error_literal (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID, cause->message);
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/**
 * mw_file_temporary_path:
 * @real_path: the file that will be written
 * @id: something that no other writer uses
 *
 * The name begins with a dot and has no ending that a program looks for: Evolution's registry reads
 * every `*.source`.
 *
 * Returns: (transfer full): a name beside @real_path
 */
char *
mw_file_temporary_path (const char *real_path, const char *id)
{
  g_autofree char *folder = g_path_get_dirname (real_path);
  g_autofree char *name = g_path_get_basename (real_path);
  g_autofree char *temporary = g_strdup_printf (".%.100s.%s.mailwright", name, id);

  return g_build_filename (folder, temporary, NULL);
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      length -= n;
    }
  return TRUE;
}

/* The owner first: changing it clears set-id bits. As nobody but root can give files away, a group
 * that cannot be kept is no reason to fail. */
static gboolean
take_over (int fd, const char *real_path, int mode)
{
  struct stat info;

  if (stat (real_path, &info) == 0 && (info.st_uid != geteuid () || info.st_gid != getegid ()) &&
      fchown (fd, info.st_uid, info.st_gid) != 0 && errno != EPERM)
    return FALSE;
  return fchmod (fd, mode & 07777) == 0;
}

/**
 * mw_file_write_temporary:
 * @temporary: what mw_file_temporary_path() gave
 * @real_path: the file that it will replace; its owner is taken over when it exists
 * @bytes: the content
 * @mode: permission bits, whatever the umask
 * @error: return location for a #GError
 *
 * Writes the new content beside the file, down to the disk.
 *
 * Returns: %TRUE on success; else the temporary file is gone again
 */
gboolean
mw_file_write_temporary (
    const char *temporary, const char *real_path, GBytes *bytes, int mode, GError **error)
{
  int fd;

  /* Left over from an earlier try with the same id, and ours by its name */
  unlink (temporary);
  fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      set_errno (error, "Cannot create", temporary);
      return FALSE;
    }
  if (!write_all (fd, bytes) || !take_over (fd, real_path, mode) || fsync (fd) != 0)
    {
      set_errno (error, "Cannot write", temporary);
      close (fd);
      unlink (temporary);
      return FALSE;
    }
  if (close (fd) != 0)
    {
      set_errno (error, "Cannot write", temporary);
      unlink (temporary);
      return FALSE;
    }
  return TRUE;
}

/**
 * mw_file_sync_folder_of:
 * @path: a file or folder
 * @error: return location for a #GError
 *
 * Makes sure that what became of the names in the folder above @path is on the disk.
 *
 * Returns: %TRUE on success
 */
gboolean
mw_file_sync_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok;

  if (fd < 0)
    {
      set_errno (error, "Cannot open", folder);
      return FALSE;
    }
  /* Some file systems cannot do this for a folder, and then need not */
  ok = fsync (fd) == 0 || errno == EINVAL || errno == ENOTSUP;
  if (!ok)
    set_errno (error, "Cannot write", folder);
  close (fd);
  return ok;
}

/**
 * mw_file_commit:
 * @temporary: a file written by mw_file_write_temporary()
 * @real_path: the file that it replaces
 * @error: return location for a #GError
 *
 * Puts the new content in the place of the old, at one moment.
 *
 * Returns: %TRUE on success
 */
gboolean
mw_file_commit (const char *temporary, const char *real_path, GError **error)
{
  struct stat info;

  /* rename() replaces a link, a FIFO or a socket without a word */
  if (lstat (real_path, &info) == 0 && !S_ISREG (info.st_mode))
    return refuse (error, real_path, "is not a regular file any more");
  if (rename (temporary, real_path) != 0)
    {
      set_errno (error, "Cannot replace", real_path);
      return FALSE;
    }
  return mw_file_sync_folder_of (real_path, error);
}

/**
 * mw_file_remove:
 * @real_path: a file
 * @error: return location for a #GError
 *
 * Removes a file. That it is gone already is no error.
 *
 * Returns: %TRUE when it is gone
 */
gboolean
mw_file_remove (const char *real_path, GError **error)
{
  if (unlink (real_path) != 0)
    {
      if (errno == ENOENT)
        return TRUE;
      set_errno (error, "Cannot remove", real_path);
      return FALSE;
    }
  return mw_file_sync_folder_of (real_path, error);
}

/**
 * mw_file_list_missing_parents:
 * @real_path: a file
 *
 * Returns: (transfer full) (element-type filename): the folders above it that do not exist,
 *   outermost first
 */
GPtrArray *
mw_file_list_missing_parents (const char *real_path)
{
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = g_path_get_dirname (real_path);
  struct stat info;

  while (stat (folder, &info) != 0 && errno == ENOENT)
    {
      char *up = g_path_get_dirname (folder);

      g_ptr_array_insert (missing, 0, g_steal_pointer (&folder));
      folder = up;
    }
  return missing;
}

/**
 * mw_file_make_folder:
 * @path: a folder whose parent exists
 * @error: return location for a #GError
 *
 * Makes a folder that only the person can enter. One that is there is fine.
 *
 * Returns: %TRUE when it is there
 */
gboolean
mw_file_make_folder (const char *path, GError **error)
{
  if (mkdir (path, 0700) != 0)
    {
      if (errno == EEXIST && g_file_test (path, G_FILE_TEST_IS_DIR))
        return TRUE;
      set_errno (error, "Cannot make the folder", path);
      return FALSE;
    }
  if (chmod (path, 0700) != 0)
    {
      set_errno (error, "Cannot protect the folder", path);
      return FALSE;
    }
  return mw_file_sync_folder_of (path, error);
}
