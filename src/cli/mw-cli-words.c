/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What programs read as an id, people read as a word. Names that are the same in every language are
 * not here. */
static const struct
{
  const char *id;
  const char *word;
} words[] = {
  /* where settings come from */
  { "setup-file", N_ ("set-up file") },
  { "provider", N_ ("provider list") },
  { "guess", N_ ("guess") },
  /* how a source answered, and how a check or one of its stages ended */
  { "found", N_ ("found") },
  { "nothing", N_ ("nothing") },
  { "ok", N_ ("fine") },
  { "warning", N_ ("warning") },
  { "failed", N_ ("failed") },
  { "skipped", N_ ("skipped") },
  /* what a provider takes as a password */
  { "password", N_ ("password") },
  /* Translators: a password that the provider makes for one program */
  { "app-password", N_ ("app password") },
  /* Translators: what QQ, 163 and others want in place of the password (授权码) */
  { "authorization-code", N_ ("authorization code") },
  /* Translators: what exmail and others want in place of the password (客户端专用密码) */
  { "client-password", N_ ("client password") },
  { "oauth2", N_ ("OAuth2 sign-in") },
  { "smtp-credentials", N_ ("SMTP credentials") },
  /* Translators: a program that stands between mail program and provider, such as Proton Mail
     Bridge */
  { "bridge-password", N_ ("password shown by the bridge program") },
  /* what an export does to a file */
  { "create", N_ ("new") },
  { "change", N_ ("changed") },
  { "none", N_ ("unchanged") },
  /* what became of an export */
  { "applying", N_ ("not finished") },
  { "done", N_ ("done") },
  { "undone", N_ ("undone") },
  { "rolled-back", N_ ("failed and put back") },
  { "unreadable", N_ ("unreadable") },
  /* whether the keyring can be used */
  { "ready", N_ ("ready") },
  { "locked", N_ ("locked") },
  { "absent", N_ ("not there") },
  { "silent", N_ ("does not answer") },
  /* Translators: passwords are kept until the program ends, and nowhere else */
  { "session", N_ ("this session only") },
  /* how a program is installed */
  { "native", N_ ("installed on the system") },
};

const char *
mw_cli_word (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].id, id) == 0)
      return _ (words[i].word);
  return id;
}

char *
mw_cli_list_words (const char *const *ids)
{
  GString *list = g_string_new (NULL);

  for (gsize i = 0; ids != NULL && ids[i] != NULL; i++)
    {
      if (i > 0)
        /* Translators: stands between the words of a list */
        g_string_append (list, _ (", "));
      g_string_append (list, mw_cli_word (ids[i]));
    }
  return g_string_free (list, FALSE);
}

void
mw_cli_print_field (const char *indent, const char *label, const char *value)
{
  /* Translators: a label and what belongs to it, as in “Address: jo@example.org” */
  g_autofree char *line = g_strdup_printf (_ ("%1$s: %2$s"), label, value);

  mw_cli_print ("%s%s\n", indent, line);
}
