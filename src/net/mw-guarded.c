/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-guarded"

#include "config.h"

#include "net/mw-guarded.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* In front of what is given out, and as wide as the strictest alignment */
typedef union
{
  gsize mapped;
  char alignment[16];
} Header;

/* Pieces of one page that nobody uses at the moment, wiped and still locked: a login needs a dozen
 * for moments only, and four calls to the system for each cost as much as the rest of it. */
#define MAX_SPARE 64

static GMutex spare_mutex;
static Header *spare[MAX_SPARE]; /* guarded by the mutex */
static guint n_spare;            /* this too */

static Header *
take_spare (void)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&spare_mutex);

  return n_spare > 0 ? spare[--n_spare] : NULL;
}

static gboolean
keep_spare (Header *header)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&spare_mutex);

  if (n_spare == MAX_SPARE)
    return FALSE;
  spare[n_spare++] = header;
  return TRUE;
}

/**
 * mw_guarded_new:
 * @size: how many bytes
 *
 * Memory for what must not get onto a disk: it is not swapped out, and in no core dump. Each piece
 * has pages of its own, which is fine for the few secrets that a login needs. Where the person may
 * lock no more memory it is at least wiped in the end.
 *
 * Returns: (transfer full): zeros; mw_guarded_free() wipes and frees
 */
gpointer
mw_guarded_new (gsize size)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  gsize mapped = (size + sizeof (Header) + page - 1) / page * page;
  Header *header = mapped == page ? take_spare () : NULL;

  if (header != NULL)
    {
      header->mapped = mapped;
      return header + 1;
    }
  header = mmap (NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (header == MAP_FAILED)
    g_error ("no memory for a secret: %s", g_strerror (errno));
  if (mlock (header, mapped) != 0)
    g_debug ("a secret may be swapped out: %s", g_strerror (errno));
  if (madvise (header, mapped, MADV_DONTDUMP) != 0)
    g_debug ("a secret may be dumped: %s", g_strerror (errno));
  header->mapped = mapped;
  return header + 1;
}

/**
 * mw_guarded_free:
 * @memory: (transfer full) (nullable): what mw_guarded_new() gave
 */
void
mw_guarded_free (gpointer memory)
{
  Header *header = memory;
  gsize mapped;

  if (memory == NULL)
    return;
  header--;
  mapped = header->mapped;
  explicit_bzero (header, mapped);
  if (mapped == (gsize) sysconf (_SC_PAGESIZE) && keep_spare (header))
    return;
  munmap (header, mapped);
}
