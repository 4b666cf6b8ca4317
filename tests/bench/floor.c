/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The least that a mail check can cost: a client that does what a check has to do and nothing else,
 * in as few round trips as the standards let it. The bench divides by it.
 *
 *   floor [-l] [-n TIMES] [-w THREADS] [-r] CA-FILE PASSWORD KIND:HOST:PORT:USER...
 *
 * KIND is imaps, imap, pop3s, pop3, smtps or smtp; the short ones start with STARTTLS. All servers
 * are tried at once, each in a thread of its own, up to the login and an opened mailbox (EXAMINE,
 * STAT, MAIL FROM). -l stops at the login. -n repeats the list so many times in -w threads, as a
 * fleet of accounts; -r does bare TLS handshakes only. Says "verdict KIND ok" for each, and exits
 * with 0 if all were good.
 */

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  char kind[8];
  char host[256];
  char port[8];
  char user[256];
} Target;

typedef struct
{
  int fd;
  gnutls_session_t session; /* NULL in the clear */
  char buffer[16384];
  size_t filled;
} Wire;

static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t priority;
static const char *password;
static bool login_only;
static bool handshake_only;
static bool quiet;

static bool
complain (const Target *target, const char *what)
{
  fprintf (stderr, "floor: %s %s:%s: %s\n", target->kind, target->host, target->port, what);
  return false;
}

static int
dial (const Target *target)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
  struct addrinfo *list;
  int fd = -1;

  if (getaddrinfo (target->host, target->port, &hints, &list) != 0)
    return -1;
  for (struct addrinfo *one = list; one != NULL && fd < 0; one = one->ai_next)
    {
      fd = socket (one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (fd >= 0 && connect (fd, one->ai_addr, one->ai_addrlen) != 0)
        {
          close (fd);
          fd = -1;
        }
    }
  freeaddrinfo (list);
  /* Without it the end of the client's handshake waits for an acknowledgement of its beginning. */
  if (fd >= 0)
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int) { 1 }, sizeof (int));
  return fd;
}

static bool
start_tls (Wire *wire, const Target *target)
{
  int status;

  gnutls_init (&wire->session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
  gnutls_priority_set (wire->session, priority);
  gnutls_credentials_set (wire->session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_server_name_set (wire->session, GNUTLS_NAME_DNS, target->host, strlen (target->host));
  gnutls_session_set_verify_cert (wire->session, target->host, 0);
  gnutls_transport_set_int (wire->session, wire->fd);
  do
    status = gnutls_handshake (wire->session);
  while (status < 0 && !gnutls_error_is_fatal (status));
  wire->filled = 0;
  return status == 0;
}

static bool
say (Wire *wire, const char *format, ...)
{
  char text[2048];
  va_list arguments;
  int length;

  va_start (arguments, format);
  length = vsnprintf (text, sizeof text, format, arguments);
  va_end (arguments);
  if (wire->session != NULL)
    return gnutls_record_send (wire->session, text, (size_t) length) == length;
  return send (wire->fd, text, (size_t) length, MSG_NOSIGNAL) == length;
}

static bool
more (Wire *wire)
{
  size_t room = sizeof wire->buffer - 1 - wire->filled;
  ssize_t got;

  /* The kernel forgets this at every turn; a delayed acknowledgement costs up to 40 ms. */
  setsockopt (wire->fd, IPPROTO_TCP, TCP_QUICKACK, &(int) { 1 }, sizeof (int));
  if (wire->session == NULL)
    got = recv (wire->fd, wire->buffer + wire->filled, room, 0);
  else
    do
      got = gnutls_record_recv (wire->session, wire->buffer + wire->filled, room);
    while (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED);
  if (got <= 0)
    return false;
  wire->filled += (size_t) got;
  wire->buffer[wire->filled] = '\0';
  return true;
}

/* Reads whole lines until one begins with @good; false when one begins with @bad or the end comes.
 * A space at the end of @good tells the last line of an SMTP reply from the others. */
static bool
hear (Wire *wire, const char *good, const char *bad)
{
  while (true)
    {
      char *end = memchr (wire->buffer, '\n', wire->filled);
      size_t length;
      bool is_good, is_bad;

      if (end == NULL)
        {
          if (!more (wire))
            return false;
          continue;
        }
      length = (size_t) (end - wire->buffer) + 1;
      is_good = strncmp (wire->buffer, good, strlen (good)) == 0;
      is_bad = bad != NULL && strncmp (wire->buffer, bad, strlen (bad)) == 0;
      wire->filled -= length;
      memmove (wire->buffer, wire->buffer + length, wire->filled + 1);
      if (is_good || is_bad)
        return is_good;
    }
}

static void
encode (const Target *target, char *out)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char plain[600];
  size_t length;

  memset (plain, 0, sizeof plain);
  length = (size_t) snprintf (plain + 1, 256, "%s", target->user) + 2;
  length += (size_t) snprintf (plain + length, 256, "%s", password);
  for (size_t i = 0; i < length; i += 3)
    {
      const unsigned char *p = (const unsigned char *) plain + i;
      unsigned group = (unsigned) p[0] << 16 | (unsigned) p[1] << 8 | p[2];

      *out++ = letters[group >> 18 & 63];
      *out++ = letters[group >> 12 & 63];
      *out++ = i + 1 < length ? letters[group >> 6 & 63] : '=';
      *out++ = i + 2 < length ? letters[group & 63] : '=';
    }
  *out = '\0';
}

static bool
check_imap (Wire *wire, const Target *target, bool starttls, const char *plain)
{
  if (!hear (wire, "* OK", "* BYE"))
    return complain (target, "no greeting");
  if (starttls &&
      (!say (wire, "a STARTTLS\r\n") || !hear (wire, "a OK", "a ") || !start_tls (wire, target)))
    return complain (target, "no STARTTLS");
  if (handshake_only)
    return true;
  say (wire,
       login_only ? "b AUTHENTICATE PLAIN %s\r\n"
                  : "b AUTHENTICATE PLAIN %s\r\nc EXAMINE INBOX\r\n",
       plain);
  if (!hear (wire, "b OK", "b "))
    return complain (target, "no login");
  return login_only || hear (wire, "c OK", "c ");
}

static bool
check_pop3 (Wire *wire, const Target *target, bool starttls, const char *plain)
{
  if (!hear (wire, "+OK", "-ERR"))
    return complain (target, "no greeting");
  if (starttls &&
      (!say (wire, "STLS\r\n") || !hear (wire, "+OK", "-ERR") || !start_tls (wire, target)))
    return complain (target, "no STLS");
  if (handshake_only)
    return true;
  say (wire, login_only ? "AUTH PLAIN %s\r\n" : "AUTH PLAIN %s\r\nSTAT\r\n", plain);
  if (!hear (wire, "+OK", "-ERR"))
    return complain (target, "no login");
  return login_only || hear (wire, "+OK", "-ERR");
}

static bool
check_smtp (Wire *wire, const Target *target, bool starttls, const char *plain)
{
  if (!hear (wire, "220 ", "5"))
    return complain (target, "no greeting");
  if (starttls &&
      (!say (wire, "EHLO [127.0.0.1]\r\n") || !hear (wire, "250 ", "5") ||
       !say (wire, "STARTTLS\r\n") || !hear (wire, "220 ", "4") || !start_tls (wire, target)))
    return complain (target, "no STARTTLS");
  if (handshake_only)
    return true;
  say (wire, "EHLO [127.0.0.1]\r\n");
  if (!hear (wire, "250 ", "5"))
    return complain (target, "no EHLO");
  say (wire, "AUTH PLAIN %s\r\n", plain);
  if (!hear (wire, "235 ", "5"))
    return complain (target, "no login");
  if (login_only)
    return true;
  say (wire, "MAIL FROM:<%s>\r\nRSET\r\n", target->user);
  return hear (wire, "250 ", "5");
}

static bool
check (const Target *target)
{
  Wire wire = { .fd = dial (target) };
  bool implicit = target->kind[strlen (target->kind) - 1] == 's';
  char plain[1024];
  bool good = false;

  encode (target, plain);
  if (wire.fd < 0)
    return complain (target, "no connection");
  if (implicit && !start_tls (&wire, target))
    complain (target, "no TLS");
  else if (implicit && handshake_only)
    good = true;
  else if (strncmp (target->kind, "imap", 4) == 0)
    good = check_imap (&wire, target, !implicit, plain);
  else if (strncmp (target->kind, "pop3", 4) == 0)
    good = check_pop3 (&wire, target, !implicit, plain);
  else
    good = check_smtp (&wire, target, !implicit, plain);

  if (!quiet)
    {
      printf ("verdict %s %s\n", target->kind, good ? "ok" : "failed");
      fflush (stdout);
    }
  if (wire.session != NULL)
    {
      gnutls_bye (wire.session, GNUTLS_SHUT_WR);
      gnutls_deinit (wire.session);
    }
  close (wire.fd);
  return good;
}

static Target *targets;
static unsigned n_jobs;
static unsigned n_targets;
static atomic_uint next_job;
static atomic_uint n_failed;

static void *
work (void *unused)
{
  unsigned job;

  (void) unused;
  while ((job = atomic_fetch_add (&next_job, 1)) < n_jobs)
    if (!check (&targets[job % n_targets]))
      atomic_fetch_add (&n_failed, 1);
  return NULL;
}

int
main (int argc, char **argv)
{
  unsigned times = 1, threads = 0;
  pthread_t *ids;
  pthread_attr_t attributes;
  int option;

  while ((option = getopt (argc, argv, "ln:w:r")) != -1)
    switch (option)
      {
      case 'l':
        login_only = true;
        break;
      case 'n':
        times = (unsigned) atoi (optarg);
        quiet = true;
        break;
      case 'w':
        threads = (unsigned) atoi (optarg);
        break;
      case 'r':
        handshake_only = true;
        break;
      default:
        return 2;
      }
  if (argc - optind < 3 || times == 0)
    {
      fprintf (stderr, "usage: floor [-l] [-n TIMES] [-w THREADS] [-r] CA-FILE PASSWORD "
                       "KIND:HOST:PORT:USER...\n");
      return 2;
    }
  password = argv[optind + 1];
  n_targets = (unsigned) (argc - optind - 2);
  targets = calloc (n_targets, sizeof *targets);
  for (unsigned i = 0; i < n_targets; i++)
    if (sscanf (argv[optind + 2 + (int) i], "%7[^:]:%255[^:]:%7[^:]:%255s", targets[i].kind,
                targets[i].host, targets[i].port, targets[i].user) != 4)
      return 2;
  n_jobs = n_targets * times;
  if (threads == 0 || threads > n_jobs)
    threads = n_jobs < 64 ? n_jobs : 64;

  gnutls_certificate_allocate_credentials (&credentials);
  if (gnutls_certificate_set_x509_trust_file (credentials, argv[optind], GNUTLS_X509_FMT_PEM) <=
          0 ||
      gnutls_priority_init (&priority, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%PROFILE_MEDIUM",
                            NULL) != 0)
    {
      fprintf (stderr, "floor: cannot read %s\n", argv[optind]);
      return 3;
    }

  ids = calloc (threads, sizeof *ids);
  pthread_attr_init (&attributes);
  pthread_attr_setstacksize (&attributes, 256 * 1024);
  for (unsigned i = 0; i < threads; i++)
    pthread_create (&ids[i], &attributes, work, NULL);
  for (unsigned i = 0; i < threads; i++)
    pthread_join (ids[i], NULL);
  free (ids);
  free (targets);
  gnutls_priority_deinit (priority);
  gnutls_certificate_free_credentials (credentials);
  return atomic_load (&n_failed) == 0 ? 0 : 1;
}
