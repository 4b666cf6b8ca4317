/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-advice"

#include "config.h"

#include "advice/mw-advice-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* "%40" and the like, decoded; %NULL when there is nothing to decode */
static char *
decode_percent (const char *text)
{
  const char *percent = strchr (text, '%');
  g_autofree char *decoded = NULL;

  if (percent == NULL || !g_ascii_isxdigit (percent[1]) || !g_ascii_isxdigit (percent[2]))
    return NULL;
  decoded = g_uri_unescape_string (text, NULL);
  if (decoded == NULL || !g_utf8_validate (decoded, -1, NULL) || strcmp (decoded, text) == 0)
    return NULL;
  return g_steal_pointer (&decoded);
}

/* What a form of the database means for this address; %NULL for a name that is made up freely */
static char *
expand_form (const char *form, MwAddress *address)
{
  g_auto (GStrv) at_local = NULL, at_domain = NULL;
  g_autofree char *half = NULL;

  if (strcmp (form, "full") == 0)
    return g_strdup (mw_address_get_ascii (address));
  if (strcmp (form, "local") == 0)
    return g_strdup (mw_address_get_local_part (address));
  if (strchr (form, '{') == NULL)
    return NULL;
  at_local = g_strsplit (form, "{local}", -1);
  half = g_strjoinv (mw_address_get_local_part (address), at_local);
  at_domain = g_strsplit (half, "{domain}", -1);
  return g_strjoinv (mw_address_get_domain_ascii (address), at_domain);
}

static void
advise_username_form (MwAdviceContext *context, const MwTypedServer *server, const char *username)
{
  const MwProvider *provider = mw_advice_provider_for (context, server);
  const char *const *forms;
  g_autofree char *right = NULL;
  gboolean is_full, is_local;

  if (provider == NULL || context->address == NULL)
    return;
  forms = mw_provider_get_username_forms (provider, server->protocol);
  for (gsize i = 0; forms[i] != NULL; i++)
    {
      g_autofree char *expected = expand_form (forms[i], context->address);

      if (expected == NULL || g_ascii_strcasecmp (expected, username) == 0)
        return; /* right, or not for us to judge */
    }
  is_full = g_ascii_strcasecmp (username, mw_address_get_ascii (context->address)) == 0 ||
            g_ascii_strcasecmp (username, mw_address_get_text (context->address)) == 0;
  is_local = g_ascii_strcasecmp (username, mw_address_get_local_part (context->address)) == 0;
  if (!is_full && !is_local)
    return; /* a name of its own: an alias, an account at the company */
  right = forms[0] != NULL ? expand_form (forms[0], context->address) : NULL;
  if (right == NULL || strcmp (right, username) == 0)
    return;
  if (is_local)
    mw_advice_add (context, "username-form", MW_SEVERITY_ERROR, server, "username", right,
                   /* Translators: the name of a provider */
                   _ ("%s wants the whole address as login name."), mw_provider_get_name (provider));
  else if (g_ascii_strcasecmp (right, mw_address_get_local_part (context->address)) == 0)
    mw_advice_add (context, "username-form", MW_SEVERITY_ERROR, server, "username", right,
                   /* Translators: the name of a provider */
                   _ ("%s wants only what stands before the “@” as login name."),
                     mw_provider_get_name (provider));
  else
    mw_advice_add (context, "username-form", MW_SEVERITY_ERROR, server, "username", right,
                   /* Translators: the name of a provider, then a login name */
                   _ ("%1$s wants the login name in another form: %2$s."),
                     mw_provider_get_name (provider), right);
}

void
mw_advice_username (MwAdviceContext *context, const MwTypedServer *server)
{
  g_autofree char *clean = NULL, *decoded = NULL;

  if (server->username == NULL)
    return;
  clean = mw_advice_clean_text (server->username);
  decoded = decode_percent (clean);
  if (*clean == '\0')
    return;
  if (decoded != NULL)
    {
      mw_advice_add (context, "username-percent-encoded", MW_SEVERITY_ERROR, server, "username",
                     decoded,
                     _ ("The login name is percent-encoded: “%%40” stands for “@” in web "
                                 "addresses only."));
      return;
    }
  if (strcmp (clean, server->username) != 0)
    {
      mw_advice_add (context, "username-full-width-or-blanks", MW_SEVERITY_ERROR, server,
                     "username", clean,
                     _ ("The login name holds blanks, full-width or invisible characters."));
      return;
    }
  advise_username_form (context, server, clean);
}

/* "abcd efgh ijkl mnop": how Google, and nobody else, shows an app password */
static gboolean
looks_like_google (const char *password)
{
  if (strlen (password) != 19)
    return FALSE;
  for (gsize i = 0; i < 19; i++)
    if (i % 5 == 4 ? password[i] != ' ' : !g_ascii_islower (password[i]))
      return FALSE;
  return TRUE;
}

static const MwProvider *
password_provider (MwAdviceContext *context)
{
  const MwProvider *provider = NULL;

  for (guint i = 0;
       provider == NULL && context->input->servers != NULL && i < context->input->servers->len; i++)
    {
      const MwTypedServer *server = g_ptr_array_index (context->input->servers, i);
      g_autofree char *host = server->host != NULL ? mw_host_to_ascii (server->host) : NULL;
      MwProtocol protocol;

      /* Whose server it is decides, not whose address: a relay has credentials of its own */
      if (host != NULL)
        provider = mw_provider_db_lookup_host (context->providers, host, &protocol);
    }
  return provider != NULL ? provider : context->provider;
}

static gboolean
only_oauth2 (const MwProvider *provider)
{
  const char *const *kinds = mw_provider_get_authentications (provider);

  return kinds[0] != NULL && strcmp (kinds[0], "oauth2") == 0 && kinds[1] == NULL;
}

static void
advise_shape (MwAdviceContext *context, const MwProvider *provider, const char *password)
{
  const char *name = mw_provider_get_name (provider);
  const char *hint = mw_provider_get_password_hint (provider);

  if (hint == NULL)
    hint = "";
  switch (mw_provider_check_password_shape (provider, password))
    {
    case MW_PASSWORD_SHAPE_BLANKS:
      mw_advice_add (context, "password-blanks", MW_SEVERITY_HINT, NULL, "password", NULL,
                     _ ("The blanks in this password were shown for reading only. Some programs do "
                        "not take them: type it without."));
      break;
    case MW_PASSWORD_SHAPE_INCOMPLETE:
      mw_advice_add (context, "password-incomplete", MW_SEVERITY_WARNING, NULL, "password", NULL,
                     /* Translators: the name of a provider, then a sentence about its passwords,
                        which may be empty */
                     _ ("This looks like a password of %1$s that lost or gained a piece. %2$s"),
                       name, hint);
      break;
    case MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD:
      mw_advice_add (
          context, "password-kind", MW_SEVERITY_WARNING, NULL, "password", NULL,
          /* Translators: the name of a provider, then a sentence about its passwords, which may be
             empty */
          _ ("This looks like the password of the web page. %1$s wants one made for mail programs. "
             "%2$s"),
            name, hint);
      break;
    case MW_PASSWORD_SHAPE_OTHER_KIND:
      mw_advice_add (context, "password-other-kind", MW_SEVERITY_ERROR, NULL, "password", NULL,
                     /* Translators: the name of a provider, then a sentence about its passwords,
                        which may be empty */
                     _ ("This is another kind of key than %1$s wants here. %2$s"), name, hint);
      break;
    case MW_PASSWORD_SHAPE_UNKNOWN:
    case MW_PASSWORD_SHAPE_OK:
      break;
    }
}

void
mw_advice_password (MwAdviceContext *context)
{
  const MwProvider *provider = password_provider (context);
  const char *password = secret_value_get_text (context->input->password);
  gboolean google;

  if (password == NULL || *password == '\0')
    return;
  google = provider != NULL && mw_provider_has_host (provider, "imap.gmail.com", NULL);
  if (provider != NULL && only_oauth2 (provider))
    {
      mw_advice_add (context, "password-not-taken", MW_SEVERITY_ERROR, NULL, "password", NULL,
                     /* Translators: the name of a provider */
                     _ ("%s takes no password from mail programs at all, only its own sign-in page "
                        "(OAuth2)."),
                       mw_provider_get_name (provider));
      return;
    }
  if (looks_like_google (password) && !google)
    {
      mw_advice_add (context, "password-of-google", MW_SEVERITY_WARNING, NULL, "password", NULL,
                     _ ("This looks like an app password of Google, and the servers are not "
                        "Google’s."));
      return;
    }
  if (g_ascii_isspace (password[0]) || g_ascii_isspace (password[strlen (password) - 1]))
    mw_advice_add (context, "password-outer-blanks", MW_SEVERITY_WARNING, NULL, "password", NULL,
                   _ ("The password begins or ends with a blank, which most likely was copied along "
                      "with it."));
  else
    for (const char *c = password; *c != '\0'; c = g_utf8_next_char (c))
      {
        gunichar character = g_utf8_get_char (c);

        if (character >= 0xff01 && character <= 0xff5e)
          {
            mw_advice_add (context, "password-full-width", MW_SEVERITY_WARNING, NULL, "password",
                           NULL,
                           _ ("The password holds full-width characters: switch the input method to "
                              "English and type it again."));
            break;
          }
      }
  if (provider != NULL)
    advise_shape (context, provider, password);
}
