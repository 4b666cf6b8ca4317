/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-autoconfig.h"
#include "discovery/mw-document.h"
#include "discovery/mw-source.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Set-up files: what the IT department of a company puts on its machines. They are autoconfig
 * documents, named anything.xml, in `mailwright/setup` below each of $XDG_CONFIG_DIRS (mostly
 * /etc/xdg), and are found by the <domain> elements in them. The first folder wins, and in a
 * folder the first name in the order of bytes.
 *
 * Whoever can write there may as well replace this program, so these files are trusted.
 */

#define MAX_FILES 200

/* A FIFO must not hang us, and a huge file not fill the memory */
static GBytes *
read_file (const char *path, GError **error)
{
  g_autofree char *buffer = NULL;
  gsize length = 0;
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0 || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      int errsv = fd < 0 ? errno : EINVAL;

      if (fd >= 0)
        close (fd);
      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv), "%s: %s", path,
                   g_strerror (errsv));
      return NULL;
    }

  /* One byte more than is allowed, so that the parser can say that it is too long */
  buffer = g_malloc (MW_DISCOVERY_MAX_DOCUMENT + 1);
  while (length < MW_DISCOVERY_MAX_DOCUMENT + 1)
    {
      gssize n = read (fd, buffer + length, MW_DISCOVERY_MAX_DOCUMENT + 1 - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      length += (gsize) n;
    }
  close (fd);
  return g_bytes_new_take (g_steal_pointer (&buffer), length);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
try_file (MwJob *job, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = read_file (path, &error);
  g_autoptr(MwSettings) settings = NULL;

  if (bytes != NULL)
    {
      g_autoptr(MwSettings) probe =
                    mw_autoconfig_parse (bytes, job->address, MW_SOURCE_SETUP_FILE, path, &error);

      if (!mw_autoconfig_lists_domain (bytes, job->domain))
        {
          /* Readable and for another domain is fine; unreadable is told, it may be for this one */
          if (error == NULL || error->code == MW_DISCOVERY_ERROR_NO_SERVERS)
            return FALSE;
        }
      else
        settings = g_steal_pointer (&probe);
    }
  if (settings == NULL)
    {
      g_autofree char *shown = mw_document_dup_text (path, 200);

      g_debug ("%s: %s", path, error->message);
      mw_job_note (job, "setup-file-malformed", shown);
      mw_job_failed (job, error);
      return FALSE;
    }

  mw_job_found (job, g_steal_pointer (&settings));
  return TRUE;
}

static gboolean
try_folder (MwJob *job, const char *folder)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL && names->len < MAX_FILES)
    if (g_str_has_suffix (name, ".xml"))
      g_ptr_array_add (names, g_strdup (name));
  g_dir_close (dir);

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);

      if (try_file (job, path))
        return TRUE;
    }
  return FALSE;
}

void
mw_source_setup_file (MwJob *job)
{
  for (gsize i = 0; job->setup_dirs != NULL && job->setup_dirs[i] != NULL; i++)
    if (try_folder (job, job->setup_dirs[i]))
      return;
}
