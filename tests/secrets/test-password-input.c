/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "secrets/mw-password-input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Feeds bytes through a pipe whose writing end stays open or not */
static SecretValue *
read_bytes (const char *bytes, gsize length, gboolean keep_open, GError **error)
{
  SecretValue *value;
  int fds[2];
  pid_t child;

  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  if (child == 0)
    {
      /* A reader that stops early is no reason to die */
      signal (SIGPIPE, SIG_IGN);
      close (fds[0]);
      for (gsize at = 0; at < length;)
        {
          gssize n = write (fds[1], bytes + at, length - at);

          if (n <= 0)
            _exit (0);
          at += n;
        }
      if (keep_open)
        pause ();
      _exit (0);
    }
  close (fds[1]);
  value = mw_password_read_fd (fds[0], error);
  close (fds[0]);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  return value;
}

static void
test_one_line_is_taken (void)
{
  static const struct
  {
    const char *bytes;
    const char *password;
    gboolean keep_open;
  } rows[] = {
    { "secret", "secret", FALSE },       { "secret\n", "secret", FALSE },
    { "secret\n", "secret", TRUE }, /* the end of the line is enough */
    { "secret\r\n", "secret", FALSE },   { " blanks stay ", " blanks stay ", FALSE },
    { "pässwörd\n", "pässwörd", FALSE }, { "密码\n", "密码", FALSE },
    { "\"'\\$`%\n", "\"'\\$`%", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(SecretValue) value =
                    read_bytes (rows[i].bytes, strlen (rows[i].bytes), rows[i].keep_open, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (secret_value_get_text (value), ==, rows[i].password);
    }
}

static void
test_what_is_no_password_is_refused (void)
{
  static const struct
  {
    const char *bytes;
    gssize length;
    int code;
  } rows[] = {
    { "", 0, MW_PASSWORD_INPUT_ERROR_EMPTY },
    { "\n", 1, MW_PASSWORD_INPUT_ERROR_EMPTY },
    { "\r\n", 2, MW_PASSWORD_INPUT_ERROR_EMPTY },
    { "two\nlines\n", 10, MW_PASSWORD_INPUT_ERROR_CHARACTER },
    { "a\0b", 3, MW_PASSWORD_INPUT_ERROR_CHARACTER },
    { "a\rb\n", 4, MW_PASSWORD_INPUT_ERROR_CHARACTER },
    { "a\tb\n", 4, MW_PASSWORD_INPUT_ERROR_CHARACTER },
    { "\x7f\n", 2, MW_PASSWORD_INPUT_ERROR_CHARACTER },
    { "p\xe4ss\n", 5, MW_PASSWORD_INPUT_ERROR_CHARACTER }, /* Latin-1 */
    { "\xed\xa0\x80\n", 4, MW_PASSWORD_INPUT_ERROR_CHARACTER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (read_bytes (rows[i].bytes, rows[i].length, FALSE, &error));
      g_assert_error (error, MW_PASSWORD_INPUT_ERROR, rows[i].code);
    }
}

static void
test_length_is_bounded (void)
{
  g_autofree char *text = g_strnfill (MW_PASSWORD_MAX_BYTES + 100, 'x');
  g_autoptr(GError) error = NULL;
  g_autoptr(SecretValue) value = read_bytes (text, MW_PASSWORD_MAX_BYTES, FALSE, &error);
  gsize length;

  g_assert_no_error (error);
  secret_value_get (value, &length);
  g_assert_cmpuint (length, ==, MW_PASSWORD_MAX_BYTES);
  g_assert_null (read_bytes (text, MW_PASSWORD_MAX_BYTES + 1, FALSE, &error));
  g_assert_error (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_TOO_LONG);
  g_clear_error (&error);
  g_assert_null (read_bytes (text, MW_PASSWORD_MAX_BYTES + 100, TRUE, &error));
  g_assert_error (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_TOO_LONG);
}

static void
test_bad_descriptor_is_said (void)
{
  g_autoptr(GError) error = NULL;
  int folder = open ("/", O_RDONLY | O_DIRECTORY);

  g_assert_null (mw_password_read_fd (987, &error));
  g_assert_error (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_READ);
  g_clear_error (&error);
  g_assert_null (mw_password_read_fd (folder, &error));
  g_assert_error (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_READ);
  close (folder);
}

/* A terminal of the test's own: the child asks, the parent types */

typedef enum
{
  CHILD_GOT_IT = 0,
  CHILD_OTHER = 1,
  CHILD_INTERRUPTED = 2,
} ChildEnd;

static void
ignore_signal (int number)
{
}

static pid_t
start_child (int *terminal, gboolean own_handler)
{
  pid_t child = forkpty (terminal, NULL, NULL, NULL);

  if (child == 0)
    {
      GError *error = NULL;
      SecretValue *value;

      /* Whoever started the tests may ignore some of them: nohup does so with SIGHUP */
      signal (SIGHUP, SIG_DFL);
      signal (SIGINT, SIG_DFL);
      signal (SIGTERM, SIG_DFL);
      if (own_handler)
        signal (SIGINT, ignore_signal);
      value = mw_password_read_terminal ("Password: ", &error);
      if (value != NULL)
        _exit (strcmp (secret_value_get_text (value), "secret") == 0 ? CHILD_GOT_IT : CHILD_OTHER);
      _exit (error->code == MW_PASSWORD_INPUT_ERROR_INTERRUPTED ? CHILD_INTERRUPTED : CHILD_OTHER);
    }
  return child;
}

static gboolean
has_echo (int terminal)
{
  struct termios settings;

  g_assert_cmpint (tcgetattr (terminal, &settings), ==, 0);
  return (settings.c_lflag & ECHO) != 0;
}

/* Everything that the terminal shows, until it shows this */
static void
expect (int terminal, GString *shown, const char *text)
{
  while (strstr (shown->str, text) == NULL)
    {
      struct pollfd wait = { .fd = terminal, .events = POLLIN };
      char buffer[256];
      gssize n;

      g_assert_cmpint (poll (&wait, 1, 60000), ==, 1);
      n = read (terminal, buffer, sizeof buffer);
      g_assert_cmpint (n, >, 0);
      g_string_append_len (shown, buffer, n);
    }
}

static int
end_of (pid_t child)
{
  int status;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return status;
}

static void
test_nothing_typed_is_shown (void)
{
  g_autoptr(GString) shown = g_string_new (NULL);
  int terminal;
  pid_t child = start_child (&terminal, FALSE);
  int status;

  expect (terminal, shown, "Password: ");
  g_assert_false (has_echo (terminal));
  g_assert_cmpint (write (terminal, "secret\n", 7), ==, 7);
  expect (terminal, shown, "\n");
  status = end_of (child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, CHILD_GOT_IT);
  g_assert_true (has_echo (terminal));
  g_assert_null (strstr (shown->str, "secret"));
  close (terminal);
}

static void
test_signal_leaves_the_terminal_as_it_was (void)
{
  const int signals[] = { SIGINT, SIGTERM, SIGHUP };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autoptr(GString) shown = g_string_new (NULL);
      int terminal;
      pid_t child = start_child (&terminal, FALSE);
      int status;

      expect (terminal, shown, "Password: ");
      g_assert_false (has_echo (terminal));
      kill (child, signals[i]);
      status = end_of (child);
      g_assert_true (WIFSIGNALED (status));
      g_assert_cmpint (WTERMSIG (status), ==, signals[i]);
      g_assert_true (has_echo (terminal));
      close (terminal);
    }
}

static void
test_interrupt_that_is_handled_gives_up (void)
{
  g_autoptr(GString) shown = g_string_new (NULL);
  int terminal;
  pid_t child = start_child (&terminal, TRUE);
  int status;

  expect (terminal, shown, "Password: ");
  g_assert_cmpint (write (terminal, "\x03", 1), ==, 1); /* Ctrl+C */
  status = end_of (child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, CHILD_INTERRUPTED);
  close (terminal);
}

static void
test_end_of_input_gives_up (void)
{
  g_autoptr(GString) shown = g_string_new (NULL);
  int terminal;
  pid_t child = start_child (&terminal, FALSE);
  int status;

  expect (terminal, shown, "Password: ");
  g_assert_cmpint (write (terminal, "\x04", 1), ==, 1); /* Ctrl+D */
  status = end_of (child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, CHILD_INTERRUPTED);
  close (terminal);
}

static void
test_stopping_gives_the_echo_back_and_asks_again (void)
{
  g_autoptr(GString) shown = g_string_new (NULL);
  int terminal;
  pid_t child = start_child (&terminal, FALSE);
  int status;

  expect (terminal, shown, "Password: ");
  /* The child leads its session, so the kernel does not really stop it: it goes on at once */
  kill (child, SIGTSTP);
  g_string_truncate (shown, 0);
  expect (terminal, shown, "Password: ");
  g_assert_cmpint (write (terminal, "secret\n", 7), ==, 7);
  status = end_of (child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, CHILD_GOT_IT);
  g_assert_true (has_echo (terminal));
  close (terminal);
}

static void
test_without_a_terminal_nobody_is_asked (void)
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      GError *error = NULL;

      setsid ();
      if (mw_password_read_terminal ("Password: ", &error) != NULL)
        _exit (1);
      _exit (g_error_matches (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_NO_TERMINAL)
                 ? 0
                 : 2);
    }
  status = end_of (child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/password-input/one-line-is-taken", test_one_line_is_taken);
  g_test_add_func ("/password-input/what-is-no-password-is-refused",
                   test_what_is_no_password_is_refused);
  g_test_add_func ("/password-input/length-is-bounded", test_length_is_bounded);
  g_test_add_func ("/password-input/bad-descriptor-is-said", test_bad_descriptor_is_said);
  g_test_add_func ("/password-input/nothing-typed-is-shown", test_nothing_typed_is_shown);
  g_test_add_func ("/password-input/signal-leaves-the-terminal-as-it-was",
                   test_signal_leaves_the_terminal_as_it_was);
  g_test_add_func ("/password-input/interrupt-that-is-handled-gives-up",
                   test_interrupt_that_is_handled_gives_up);
  g_test_add_func ("/password-input/end-of-input-gives-up", test_end_of_input_gives_up);
  g_test_add_func ("/password-input/stopping-gives-the-echo-back-and-asks-again",
                   test_stopping_gives_the_echo_back_and_asks_again);
  g_test_add_func ("/password-input/without-a-terminal-nobody-is-asked",
                   test_without_a_terminal_nobody_is_asked);

  return g_test_run ();
}
