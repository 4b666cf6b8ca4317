/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A POP3 server for many at once, in the clear on 127.0.0.1, on a port that the kernel picks. Set
 * what it shall do, start it, and look at what it counted once it is stopped.
 */
typedef struct
{
  gboolean refuse; /* every password */
  gboolean hang;   /* never say a word */

  guint16 port;
  gint n_logins; /* atomic: passwords that came */
  guint n_most;  /* clients at once, each until its last answer is on the way */

  /*< private >*/
  GMutex mutex;
  guint n_now;
  int listener;
  GThread *thread;
  GThreadPool *pool;
} MwTestCrowd;

void mw_test_crowd_start (MwTestCrowd *crowd);
void mw_test_crowd_stop (MwTestCrowd *crowd); /* waits until all clients are gone */

G_END_DECLS
