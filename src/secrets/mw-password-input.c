/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-password-input"

#include "config.h"

#include "secrets/mw-password-input.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Room for the longest password, the end of its line (CR LF), and one byte that is too many */
#define BUFFER_BYTES (MW_PASSWORD_MAX_BYTES + 3)

G_DEFINE_QUARK (mw_password_input_error, mw_password_input_error)

/* A buffer that never grows, since growing leaves a copy behind, and that is wiped at its end */
typedef struct
{
  gsize length;
  char bytes[BUFFER_BYTES];
} Buffer;

static void
buffer_free (Buffer *buffer)
{
  explicit_bzero (buffer, sizeof (Buffer));
  g_free (buffer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Buffer, buffer_free)

static gboolean
has_control (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] < 0x20 || (guchar) text[i] == 0x7f)
      return TRUE;
  return FALSE;
}

static SecretValue *
take_line (Buffer *buffer, GError **error)
{
  const char *end = memchr (buffer->bytes, '\n', buffer->length);
  gsize length = end != NULL ? (gsize) (end - buffer->bytes) : buffer->length;

  if (end != NULL && length + 1 < buffer->length)
    {
      g_set_error_literal (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_CHARACTER,
                           "The password has more than one line");
      return NULL;
    }
  if (end != NULL && length > 0 && buffer->bytes[length - 1] == '\r')
    length--;
  if (length == 0)
    {
      g_set_error_literal (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_EMPTY,
                           "The password is empty");
      return NULL;
    }
  if (length > MW_PASSWORD_MAX_BYTES)
    {
      g_set_error (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_TOO_LONG,
                   "The password is longer than %d bytes", MW_PASSWORD_MAX_BYTES);
      return NULL;
    }
  if (has_control (buffer->bytes, length) || !g_utf8_validate_len (buffer->bytes, length, NULL))
    {
      g_set_error_literal (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_CHARACTER,
                           "The password has a control character, or is not UTF-8");
      return NULL;
    }
  return secret_value_new (buffer->bytes, length, "text/plain");
}

/* Waits until there is something to read. %FALSE with errno EINTR as soon as @wake has something.
 */
static gboolean
wait_for_input (int fd, int wake)
{
  struct pollfd wait[] = { { .fd = fd, .events = POLLIN }, { .fd = wake, .events = POLLIN } };

  if (poll (wait, wake >= 0 ? 2 : 1, -1) < 0)
    return FALSE;
  if (wake >= 0 && wait[1].revents != 0)
    {
      errno = EINTR;
      return FALSE;
    }
  return TRUE;
}

/* Reads up to a line end, the end of the stream, or a full buffer. %FALSE with errno set. */
static gboolean
fill (Buffer *buffer, int fd, int wake)
{
  while (buffer->length < BUFFER_BYTES && memchr (buffer->bytes, '\n', buffer->length) == NULL)
    {
      gssize n;

      if (!wait_for_input (fd, wake))
        return FALSE;
      n = read (fd, buffer->bytes + buffer->length, BUFFER_BYTES - buffer->length);
      if (n == 0)
        return TRUE;
      if (n > 0)
        buffer->length += (gsize) n;
      else if (errno != EAGAIN)
        return FALSE;
    }
  return TRUE;
}

/* Terminals: whatever ends or stops the program while somebody types must not leave the terminal
 * without echo. So these signals only break off the reading, and get their way afterwards. */

static const int watched_signals[] = { SIGALRM, SIGHUP,  SIGINT,  SIGPIPE, SIGQUIT,
                                       SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU };

static volatile sig_atomic_t caught[NSIG];

/* A signal may come just before the reading begins, or be taken by another thread: interrupting
 * read() would miss both, so the handler writes here */
static int wake_pipe[2] = { -1, -1 };

static void
on_signal (int number)
{
  int saved_errno = errno;
  gssize ignored; /* a full pipe has something to read in it all the same */

  caught[number] = 1;
  ignored = write (wake_pipe[1], "", 1);
  (void) ignored;
  errno = saved_errno;
}

static gboolean
fill_without_echo (Buffer *buffer, int in, int out, const char *question)
{
  struct sigaction before[G_N_ELEMENTS (watched_signals)];
  struct sigaction watch = { .sa_handler = on_signal };
  struct termios shown;
  struct termios hidden;
  gboolean ok;
  int saved_errno;

  memset ((void *) caught, 0, sizeof caught);
  if (pipe2 (wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
    return FALSE;
  sigemptyset (&watch.sa_mask);
  for (guint i = 0; i < G_N_ELEMENTS (watched_signals); i++)
    sigaction (watched_signals[i], &watch, &before[i]);

  ok = tcgetattr (in, &shown) == 0;
  if (ok)
    {
      hidden = shown;
      hidden.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK | ECHONL);
      hidden.c_lflag |= ICANON | ISIG;
      /* What was typed ahead is dropped: it was not meant as a password */
      ok = tcsetattr (in, TCSAFLUSH, &hidden) == 0;
      if (ok)
        {
          if (question != NULL && write (out, question, strlen (question)) < 0)
            g_debug ("The question cannot be shown: %s", g_strerror (errno));
          ok = fill (buffer, in, wake_pipe[0]);
        }
      saved_errno = errno;
      tcsetattr (in, TCSAFLUSH, &shown);
      if (question != NULL && write (out, "\n", 1) < 0)
        g_debug ("The line cannot be ended: %s", g_strerror (errno));
      errno = saved_errno;
    }

  saved_errno = errno;
  for (guint i = 0; i < G_N_ELEMENTS (watched_signals); i++)
    sigaction (watched_signals[i], &before[i], NULL);
  close (wake_pipe[0]);
  close (wake_pipe[1]);
  errno = saved_errno;
  return ok;
}

/* Lets the signals that came have their way. %TRUE when the program was stopped and goes on: then
 * the question is put again. */
static gboolean
deliver_signals (gboolean *interrupted)
{
  gboolean again = FALSE;

  *interrupted = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (watched_signals); i++)
    {
      int number = watched_signals[i];

      if (!caught[number])
        continue;
      kill (getpid (), number);
      if (number == SIGTSTP || number == SIGTTIN || number == SIGTTOU)
        again = TRUE;
      else
        *interrupted = TRUE;
    }
  return again && !*interrupted;
}

static SecretValue *
read_hidden (int in, int out, const char *question, GError **error)
{
  g_autoptr(Buffer) buffer = g_new0 (Buffer, 1);
  gboolean interrupted;
  gboolean ok;
  int saved_errno;

  do
    {
      buffer->length = 0;
      ok = fill_without_echo (buffer, in, out, question);
      saved_errno = errno;
    }
  while (deliver_signals (&interrupted));

  if (interrupted || (ok && buffer->length == 0))
    {
      g_set_error_literal (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_INTERRUPTED,
                           "No password was given");
      return NULL;
    }
  if (!ok)
    {
      g_set_error (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_READ,
                   "The terminal cannot be read: %s", g_strerror (saved_errno));
      return NULL;
    }
  return take_line (buffer, error);
}

/**
 * mw_password_read_fd:
 * @fd: a descriptor to read from; it stays open
 * @error: return location for a #GError
 *
 * Reads a password: one line of UTF-8, with or without its end (LF or CR LF). Of a terminal the
 * echo is off meanwhile.
 *
 * Returns: (transfer full) (nullable): the password, or %NULL with a #MwPasswordInputError
 */
SecretValue *
mw_password_read_fd (int fd, GError **error)
{
  g_autoptr(Buffer) buffer = NULL;

  if (isatty (fd))
    return read_hidden (fd, fd, NULL, error);

  buffer = g_new0 (Buffer, 1);
  while (!fill (buffer, fd, -1))
    {
      if (errno == EINTR)
        continue;
      g_set_error (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_READ,
                   "Descriptor %d cannot be read: %s", fd, g_strerror (errno));
      return NULL;
    }
  return take_line (buffer, error);
}

/**
 * mw_password_read_terminal:
 * @question: what to ask, translated, with the colon and the blank at its end
 * @error: return location for a #GError
 *
 * Asks on the controlling terminal, wherever the standard streams go, and shows nothing of what is
 * typed. The terminal is as before afterwards, also when a signal ends or stops the program. Uses
 * signal handlers: for the main thread of a command line program.
 *
 * Returns: (transfer full) (nullable): the password, or %NULL with a #MwPasswordInputError
 */
SecretValue *
mw_password_read_terminal (const char *question, GError **error)
{
  SecretValue *value;
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

  if (fd < 0)
    {
      g_set_error (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_NO_TERMINAL,
                   "There is no terminal to ask on: %s", g_strerror (errno));
      return NULL;
    }
  value = read_hidden (fd, fd, question, error);
  close (fd);
  return value;
}
