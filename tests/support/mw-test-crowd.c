/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "support/mw-test-crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
count (MwTestCrowd *crowd, int change)
{
  g_mutex_lock (&crowd->mutex);
  crowd->n_now += (guint) change;
  crowd->n_most = MAX (crowd->n_most, crowd->n_now);
  g_mutex_unlock (&crowd->mutex);
}

static void
serve (gpointer data, gpointer user_data)
{
  MwTestCrowd *crowd = user_data;
  int fd = GPOINTER_TO_INT (data);
  char line[512];
  gsize n = 0;
  gboolean counts = TRUE;

  count (crowd, 1);
  /* Long enough for others to come */
  g_usleep (20000);
  if (!crowd->hang)
    send (fd, "+OK ready\r\n", 11, MSG_NOSIGNAL);
  while (recv (fd, line + n, 1, 0) == 1)
    {
      const char *answer = "+OK\r\n";

      if (line[n++] != '\n' && n < sizeof line)
        continue;
      line[n - 1] = '\0';
      n = 0;
      if (g_str_has_prefix (line, "CAPA"))
        answer = "+OK\r\nUSER\r\n.\r\n";
      else if (g_str_has_prefix (line, "PASS"))
        {
          g_atomic_int_inc (&crowd->n_logins);
          answer = crowd->refuse ? "-ERR [AUTH] no\r\n" : "+OK\r\n";
        }
      else if (g_str_has_prefix (line, "STAT"))
        {
          answer = "+OK 1 10\r\n";
          /* Once the client has this it may be gone, and another one be here */
          count (crowd, -1);
          counts = FALSE;
        }
      else if (g_str_has_prefix (line, "QUIT"))
        break;
      send (fd, answer, strlen (answer), MSG_NOSIGNAL);
    }
  if (counts)
    count (crowd, -1);
  close (fd);
}

static gpointer
accept_thread (gpointer data)
{
  MwTestCrowd *crowd = data;
  int fd;

  while ((fd = accept4 (crowd->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    g_thread_pool_push (crowd->pool, GINT_TO_POINTER (fd), NULL);
  return NULL;
}

void
mw_test_crowd_start (MwTestCrowd *crowd)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_mutex_init (&crowd->mutex);
  crowd->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (crowd->listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (crowd->listener, 128), ==, 0);
  g_assert_cmpint (getsockname (crowd->listener, (struct sockaddr *) &address, &size), ==, 0);
  crowd->port = ntohs (address.sin_port);
  crowd->pool = g_thread_pool_new (serve, crowd, -1, FALSE, NULL);
  crowd->thread = g_thread_new ("crowd", accept_thread, crowd);
}

void
mw_test_crowd_stop (MwTestCrowd *crowd)
{
  shutdown (crowd->listener, SHUT_RDWR);
  g_thread_join (crowd->thread);
  close (crowd->listener);
  g_thread_pool_free (crowd->pool, FALSE, TRUE);
  g_mutex_clear (&crowd->mutex);
}
