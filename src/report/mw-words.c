/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-words"

#include "config.h"

#include "report/mw-words.h"

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

/**
 * mw_word:
 * @id: an id as it stands in JSON
 *
 * Says to people what programs read as an id: where settings come from, how a check ended, what a
 * provider takes as a password, what became of an export, how the keyring is.
 *
 * Returns: (transfer none): the word, translated; @id itself where it is the same in every language
 */
const char *
mw_word (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].id, id) == 0)
      return _ (words[i].word);
  return id;
}

/**
 * mw_words_join:
 * @ids: (nullable) (array zero-terminated=1): ids as they stand in JSON
 *
 * Returns: (transfer full): their words as a list for people; "" for none
 */
char *
mw_words_join (const char *const *ids)
{
  GString *list = g_string_new (NULL);

  for (gsize i = 0; ids != NULL && ids[i] != NULL; i++)
    {
      if (i > 0)
        /* Translators: stands between the words of a list */
        g_string_append (list, _ (", "));
      g_string_append (list, mw_word (ids[i]));
    }
  return g_string_free (list, FALSE);
}
