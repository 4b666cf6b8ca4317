/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli.h"

#include "secrets/mw-password-input.h"
#include "report/mw-report-json.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

gboolean
mw_cli_parse (const char *usage,
              const char *summary,
              const char *description,
              const GOptionEntry *entries,
              int *argc,
              char ***argv,
              int *status)
{
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError) error = NULL;
  gboolean help = FALSE;
  const GOptionEntry own[] = {
    { "help", 'h', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &help, N_ ("Show this help"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  /* GOption's own --help exits by itself, before buffers are flushed by us */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  if (description != NULL)
    g_option_context_set_description (context, description);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, own, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      *status = mw_cli_usage_error ("%s", error->message);
      return FALSE;
    }
  if (help)
    {
      g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);

      mw_cli_print ("%s", text);
      *status = MW_EXIT_OK;
      return FALSE;
    }
  for (int i = 1; i < *argc;)
    if (strcmp ((*argv)[i], "--") == 0)
      memmove (&(*argv)[i], &(*argv)[i + 1], sizeof (char *) * (gsize) ((*argc)-- - i));
    else
      i++;
  return TRUE;
}

/* Where a colour of our own ends; @text itself when none begins there */
static const char *
skip_colour (const char *text)
{
  const char *end = text;

  if (!g_str_has_prefix (text, "\033["))
    return text;
  for (end += 2; g_ascii_isdigit (*end) || *end == ';'; end++)
    ;
  return *end == 'm' ? end + 1 : text;
}

/* A path, a name or an error message may hold anything: nothing that a terminal would act upon, or
 * that turns the text around, gets there but line breaks and colours. */
static char *
make_printable (const char *text, gboolean has_colour)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  const char *from = text;

  while (*from != '\0')
    {
      const char *to = from;
      const char *after = from;

      while (*to != '\0' && *to != '\n' && (after = has_colour ? skip_colour (to) : to) == to)
        to++;
      if (to > from)
        {
          g_autofree char *harmless = mw_text_make_harmless (from, to - from, G_MAXSIZE);

          g_string_append (shown, harmless);
        }
      if (*to == '\n')
        after = to + 1;
      g_string_append_len (shown, to, after > to ? after - to : 0);
      from = MAX (to, after);
    }
  return g_string_free_and_steal (g_steal_pointer (&shown));
}

static void
say (FILE *stream, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_autofree char *shown = make_printable (text, stream == stdout && mw_cli_has_colour ());

  fputs (shown, stream);
}

void
mw_cli_complain (const char *format, ...)
{
  va_list arguments;

  fputs ("mailwright-cli: ", stderr);
  va_start (arguments, format);
  say (stderr, format, arguments);
  va_end (arguments);
  fputc ('\n', stderr);
}

int
mw_cli_usage_error (const char *format, ...)
{
  va_list arguments;

  fputs ("mailwright-cli: ", stderr);
  va_start (arguments, format);
  say (stderr, format, arguments);
  va_end (arguments);
  fprintf (stderr, "\n%s\n", _ ("“mailwright-cli COMMAND --help” says how it is used."));
  return MW_EXIT_USAGE;
}

int
mw_cli_trouble (const char *format, ...)
{
  va_list arguments;

  fputs ("mailwright-cli: ", stderr);
  va_start (arguments, format);
  say (stderr, format, arguments);
  va_end (arguments);
  fputc ('\n', stderr);
  return MW_EXIT_TROUBLE;
}

static const char *
explain_store_error (const GError *error)
{
  if (error->domain != MW_STORE_ERROR)
    return NULL;
  switch ((MwStoreError) error->code)
    {
    case MW_STORE_ERROR_NOT_FOUND:
      return _ ("There is no such account. “mailwright-cli account list” shows all of them.");
    case MW_STORE_ERROR_AMBIGUOUS:
      return _ ("Several accounts have this address. Name one by its id.");
    case MW_STORE_ERROR_UNREADABLE:
      return _ ("The file of this account cannot be read or understood. It was left as it is.");
    case MW_STORE_ERROR_NEWER:
      return _ ("The file of this account was written by a newer Mailwright. It was left as it is.");
    case MW_STORE_ERROR_CHANGED:
      return _ ("This account was changed elsewhere in the meantime. Nothing was saved.");
    default:
      return NULL;
    }
}

int
mw_cli_store_error (const GError *error)
{
  const char *advice = explain_store_error (error);
  gboolean is_usage = g_error_matches (error, MW_STORE_ERROR, MW_STORE_ERROR_NOT_FOUND) ||
                      g_error_matches (error, MW_STORE_ERROR, MW_STORE_ERROR_AMBIGUOUS);

  mw_cli_complain ("%s", error->message);
  if (advice != NULL)
    mw_cli_progress ("%s", advice);
  return is_usage ? MW_EXIT_USAGE : MW_EXIT_TROUBLE;
}

void
mw_cli_print (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  say (stdout, format, arguments);
  va_end (arguments);
}

void
mw_cli_print_field (const char *indent, const char *label, const char *value)
{
  /* Translators: a label and what belongs to it, as in “Address: jo@example.org” */
  g_autofree char *line = g_strdup_printf (_ ("%1$s: %2$s"), label, value);

  mw_cli_print ("%s%s\n", indent, line);
}

void
mw_cli_progress (const char *format, ...)
{
  va_list arguments;

  g_autofree char *text = NULL, *shown = NULL, *line = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = make_printable (text, FALSE);
  /* Standard error has no buffer: each piece would be a call to the system */
  line = g_strconcat (shown, "\n", NULL);
  fputs (line, stderr);
}

/* What was printed is on its way, or it is said once why not */
gboolean
mw_cli_flush (void)
{
  static gboolean is_said = FALSE;

  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  if (!is_said)
    mw_cli_complain (_ ("The result cannot be written: %s"), g_strerror (errno));
  is_said = TRUE;
  return FALSE;
}

int
mw_cli_print_json (JsonNode *node)
{
  g_autofree char *text = mw_json_to_text (node);

  json_node_unref (node);
  return mw_cli_print_text (text);
}

int
mw_cli_print_text (const char *text)
{
  fputs (text, stdout);
  return mw_cli_flush () ? MW_EXIT_OK : MW_EXIT_TROUBLE;
}

gboolean
mw_cli_has_colour (void)
{
  const char *terminal = g_getenv ("TERM");

  return isatty (STDOUT_FILENO) && g_getenv ("NO_COLOR") == NULL && terminal != NULL &&
         strcmp (terminal, "dumb") != 0;
}

MwTrust *
mw_cli_trust (const char *ca_file, int *status)
{
  g_autoptr (GError) error = NULL;
  MwTrust *trust;

  if (ca_file == NULL)
    return g_object_ref (mw_trust_get_default ());
  trust = mw_trust_new_for_file (ca_file, &error);
  if (trust == NULL)
    *status = mw_cli_usage_error ("--ca-file: %s", error->message);
  return trust;
}

gboolean
mw_cli_check_timeout (double seconds, int *status)
{
  if (seconds > 0 && seconds <= 600)
    return TRUE;
  *status = mw_cli_usage_error (_ ("--timeout takes a number of seconds, up to 600"));
  return FALSE;
}

gboolean
mw_cli_has_terminal (void)
{
  int fd;

  if (isatty (STDIN_FILENO))
    return TRUE;
  fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

SecretValue *
mw_cli_read_password (int fd, const char *question, int *status)
{
  g_autoptr (GError) error = NULL;
  SecretValue *password;

  password =
      fd >= 0 ? mw_password_read_fd (fd, &error) : mw_password_read_terminal (question, &error);
  if (password != NULL)
    return password;
  if (g_error_matches (error, MW_PASSWORD_INPUT_ERROR, MW_PASSWORD_INPUT_ERROR_NO_TERMINAL))
    *status = mw_cli_usage_error (_ ("There is no terminal to ask for the password: hand it over by "
                                     "--password-fd"));
  else
    *status = mw_cli_usage_error (_ ("The password could not be read: %s"), error->message);
  return NULL;
}

gboolean
mw_cli_confirm (const char *question)
{
  char answer[16] = "";

  if (!isatty (STDIN_FILENO))
    return FALSE;
  /* Translators: the letters that a person types for yes and no */
  fprintf (stderr, "%s %s ", question, _ ("[y/N]"));
  if (fgets (answer, sizeof answer, stdin) == NULL)
    return FALSE;
  /* Translators: the letter for yes, in lower case */
  return g_ascii_strncasecmp (answer, "y", 1) == 0 || g_str_has_prefix (answer, _ ("y"));
}

void
mw_cli_explain_keyring (const GError *error)
{
  MwDiagnosis diagnosis = mw_secrets_error_to_diagnosis (error);

  mw_cli_complain (_ ("The keyring could not be used: %s"), error->message);
  if (diagnosis != MW_DIAGNOSIS_NONE)
    mw_cli_progress ("%s", mw_diagnosis_get_next_step (diagnosis));
  mw_cli_progress ("%s", _ ("For this run only, a password can be handed over by --password-fd."));
}

static gboolean
on_signal (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE; /* a second Ctrl+C ends the program the hard way */
}

/* The work of most commands blocks the main thread, so a thread of its own hears the signals */
static gpointer
watch_signals (gpointer data)
{
  g_autoptr (GMainContext) context = data;

  for (;;)
    g_main_context_iteration (context, TRUE);
  return NULL;
}

/* A signal is caught from here on, whenever that thread gets its turn */
static GMainContext *
catch_signals (GCancellable *cancellable)
{
  GMainContext *context = g_main_context_new ();
  const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      GSource *source = g_unix_signal_source_new (numbers[i]);

      g_source_set_callback (source, on_signal, cancellable, NULL);
      g_source_attach (source, context);
      g_source_unref (source);
    }
  return context;
}

GCancellable *
mw_cli_cancellable (void)
{
  static GCancellable *cancellable;

  if (g_once_init_enter_pointer (&cancellable))
    {
      GCancellable *fresh = g_cancellable_new ();

      g_thread_unref (g_thread_new ("mw-signals", watch_signals, catch_signals (fresh)));
      g_once_init_leave_pointer (&cancellable, fresh);
    }
  return cancellable;
}
