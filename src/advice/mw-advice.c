/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-advice"

#include "config.h"

#include "advice/mw-advice-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * mw_advice_free:
 * @self: (transfer full) (nullable): an advice
 */
void
mw_advice_free (MwAdvice *self)
{
  if (self == NULL)
    return;
  g_free (self->field);
  g_free (self->value);
  g_free (self->message);
  g_free (self->fix);
  g_free (self);
}

static MwAdvice *
add_row (MwAdviceContext *context,
         const char *id,
         MwSeverity severity,
         const char *value,
         const char *fix)
{
  MwAdvice *advice = g_new0 (MwAdvice, 1);

  advice->id = id;
  advice->severity = severity;
  advice->value = g_strdup (value);
  advice->fix = g_strdup (fix);
  g_ptr_array_add (context->advice, advice);
  return advice;
}

void
mw_advice_add_va (MwAdviceContext *context,
                  const char *id,
                  MwSeverity severity,
                  const char *field,
                  const char *fix,
                  const char *format,
                  va_list arguments)
{
  gboolean is_address = strcmp (field, "address") == 0;
  MwAdvice *advice =
      add_row (context, id, severity, is_address ? context->input->address : NULL, fix);

  advice->field = g_strdup (field);
  advice->message = g_strdup_vprintf (format, arguments);
}

void
mw_advice_add (MwAdviceContext *context,
               const char *id,
               MwSeverity severity,
               const MwTypedServer *server,
               const char *part,
               const char *fix,
               const char *format,
               ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (server == NULL)
    mw_advice_add_va (context, id, severity, part, fix, format, arguments);
  else
    {
      const char *value = strcmp (part, "host") == 0       ? server->host
                          : strcmp (part, "port") == 0     ? server->port
                          : strcmp (part, "username") == 0 ? server->username
                          : server->has_security ? mw_security_to_string (server->security)
                                                 : NULL;
      MwAdvice *advice = add_row (context, id, severity, value, fix);

      advice->field = g_strdup_printf ("%s.%s", mw_protocol_to_string (server->protocol), part);
      advice->message = g_strdup_vprintf (format, arguments);
    }
  va_end (arguments);
}

char *
mw_advice_clean_text (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  GString *clean = g_string_new (NULL);

  for (const char *c = composed; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (character >= 0xff01 && character <= 0xff5e)
        character = character - 0xff01 + '!';
      else if (character == 0x3002 || character == 0xff61 || character == 0xfe52)
        character = '.';
      if (g_unichar_isspace (character))
        character = ' ';
      if (g_unichar_type (character) != G_UNICODE_FORMAT && !g_unichar_iscntrl (character))
        g_string_append_unichar (clean, character);
    }
  return g_strstrip (g_string_free (clean, FALSE));
}

MwServer *
mw_advice_find_server (MwAdviceContext *context,
                       const MwProvider *provider,
                       MwProtocol protocol,
                       const char *host)
{
  g_autoptr (GPtrArray) servers = NULL;

  if (context->address == NULL)
    return NULL;
  servers = mw_provider_get_servers (provider, context->address);
  for (guint i = 0; i < servers->len; i++)
    {
      MwServer *server = g_ptr_array_index (servers, i);

      if (mw_server_get_protocol (server) == protocol &&
          (host == NULL || strcmp (mw_server_get_host (server), host) == 0))
        return mw_server_ref (server);
    }
  return NULL;
}

const MwProvider *
mw_advice_provider_for (MwAdviceContext *context, const MwTypedServer *server)
{
  g_autofree char *host = NULL;
  MwProtocol protocol;

  if (context->provider != NULL)
    return context->provider;
  if (server == NULL || server->host == NULL)
    return NULL;
  host = mw_host_to_ascii (server->host);
  return host != NULL ? mw_provider_db_lookup_host (context->providers, host, &protocol) : NULL;
}

/* Misspelt endings of large providers that reach nobody, or somebody else */
static const struct
{
  const char *typed;
  const char *meant;
} misspelt_domains[] = {
  { "126.con", "126.com" },
  { "163.con", "163.com" },
  { "gamil.com", "gmail.com" },
  { "gmai.com", "gmail.com" },
  { "gmail.cm", "gmail.com" },
  { "gmail.cmo", "gmail.com" },
  { "gmail.co", "gmail.com" },
  { "gmail.con", "gmail.com" },
  { "gmail.comm", "gmail.com" },
  { "gmaill.com", "gmail.com" },
  { "gmal.com", "gmail.com" },
  { "gmial.com", "gmail.com" },
  { "gnail.com", "gmail.com" },
  { "hotmai.com", "hotmail.com" },
  { "hotmail.con", "hotmail.com" },
  { "hotmal.com", "hotmail.com" },
  { "hotmial.com", "hotmail.com" },
  { "icloud.con", "icloud.com" },
  { "iclould.com", "icloud.com" },
  { "outlok.com", "outlook.com" },
  { "outlook.con", "outlook.com" },
  { "outloook.com", "outlook.com" },
  { "qq.cn", "qq.com" },
  { "qq.con", "qq.com" },
  { "sina.con", "sina.com" },
  { "yaho.com", "yahoo.com" },
  { "yahoo.con", "yahoo.com" },
};

static void
advise_address (MwAdviceContext *context, const GError *error)
{
  const char *typed = context->input->address;
  g_autofree char *folded = NULL;

  if (context->address == NULL)
    {
      mw_advice_add (context, "address-invalid", MW_SEVERITY_ERROR, NULL, "address", NULL, "%s",
                     mw_address_error_explain (error));
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (misspelt_domains); i++)
    if (context->input->mx_hosts == NULL &&
        strcmp (mw_address_get_domain_ascii (context->address), misspelt_domains[i].typed) == 0)
      {
        g_autofree char *fix = g_strdup_printf (
            "%s@%s", mw_address_get_local_part (context->address), misspelt_domains[i].meant);

        mw_advice_add (context, "address-misspelt", MW_SEVERITY_WARNING, NULL, "address", fix,
                       /* Translators: both are domains, such as gmail.con and gmail.com */
                       _ ("“%1$s” looks like a slip of the keyboard for “%2$s”."),
                         misspelt_domains[i].typed, misspelt_domains[i].meant);
        return;
      }
  /* Upper case and the form of the domain are nobody's fault; blanks and full-width characters are
   * understood here, but not by the program that the address is typed into next */
  folded = g_utf8_casefold (typed, -1);
  if (strstr (typed, mw_address_get_text (context->address)) == NULL &&
      strstr (folded, mw_address_get_domain (context->address)) == NULL &&
      strstr (folded, mw_address_get_domain_ascii (context->address)) == NULL)
    mw_advice_add (context, "address-full-width", MW_SEVERITY_HINT, NULL, "address",
                   mw_address_get_text (context->address),
                   _ ("The address holds full-width or invisible characters. Mail programs want the "
                      "plain form."));
  else if (strcmp (typed, mw_address_get_text (context->address)) != 0 &&
           strpbrk (typed, " \t\r\n") != NULL && mw_address_get_name (context->address) == NULL &&
           strchr (typed, '<') == NULL)
    mw_advice_add (context, "address-blanks", MW_SEVERITY_HINT, NULL, "address",
                   mw_address_get_text (context->address),
                   _ ("There are blanks around the address. They do not belong to it."));
}

static const MwProvider *
find_provider (MwAdviceContext *context)
{
  const MwProvider *provider = NULL;

  if (context->address != NULL)
    provider = mw_provider_db_lookup_domain (context->providers,
                                             mw_address_get_domain_ascii (context->address));
  context->by_domain = provider != NULL;
  for (gsize i = 0;
       provider == NULL && context->input->mx_hosts != NULL && context->input->mx_hosts[i] != NULL;
       i++)
    provider = mw_provider_db_lookup_mx (context->providers, context->input->mx_hosts[i]);
  return provider;
}

/**
 * mw_advise:
 * @providers: the provider database
 * @input: settings as somebody typed them
 *
 * Says what is wrong with typed settings and, where that is certain, what to put there instead.
 * Nothing is asked of the network, and nothing is said about a field that is right. May be called
 * from any thread.
 *
 * Returns: (transfer full) (element-type MwAdvice): what was found, in the order of the fields
 */
GPtrArray *
mw_advise (MwProviderDb *providers, const MwAdviceInput *input)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MwAddress) address = NULL;
  MwAdviceContext context = { .providers = providers, .input = input };

  g_return_val_if_fail (providers != NULL, NULL);
  g_return_val_if_fail (input != NULL, NULL);

  context.advice = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_advice_free);
  if (input->address != NULL)
    {
      address = mw_address_new (input->address, &error);
      context.address = address;
    }
  context.provider = find_provider (&context);
  if (input->address != NULL)
    advise_address (&context, error);
  for (guint i = 0; input->servers != NULL && i < input->servers->len; i++)
    {
      const MwTypedServer *server = g_ptr_array_index (input->servers, i);

      mw_advice_host (&context, server);
      mw_advice_port (&context, server);
      mw_advice_username (&context, server);
    }
  if (input->password != NULL)
    mw_advice_password (&context);
  return context.advice;
}
