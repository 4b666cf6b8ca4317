/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-words"

#include "config.h"

#include "app/mw-add-words.h"

#include "report/mw-report-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Longer than any host or address may be; what is cut is not worth reading */
#define MAX_TEXT 400

static char *
harmless (const char *text)
{
  return text != NULL ? mw_text_make_harmless (text, -1, MAX_TEXT) : g_strdup ("");
}

/**
 * mw_add_source_title:
 * @source: a source of settings
 *
 * Returns: (transfer none): who that is, in plain words, for the list of those that are asked
 */
const char *
mw_add_source_title (MwSource source)
{
  switch (source)
    {
    case MW_SOURCE_SETUP_FILE:
      return _ ("Set-up files on this computer");
    case MW_SOURCE_PACC:
      /* Translators: PACC is the name of a standard; it stays as it is */
      return _ ("What the domain publishes (PACC)");
    case MW_SOURCE_PROVIDER:
      return _ ("Mailwright’s provider list");
    case MW_SOURCE_AUTOCONFIG:
      /* Translators: “autoconfig” is the name of a way to publish mail settings; it stays as it is
       */
      return _ ("What the domain’s website says (autoconfig)");
    case MW_SOURCE_ISPDB:
      /* Translators: ISPDB is Mozilla's public database of mail providers */
      return _ ("Mozilla’s provider database (ISPDB)");
    case MW_SOURCE_SRV:
      /* Translators: SRV is the name of a DNS record; it stays as it is */
      return _ ("The domain’s name servers (SRV)");
    case MW_SOURCE_MX:
      /* Translators: MX is the name of a DNS record; it stays as it is */
      return _ ("The provider that takes the domain’s mail (MX)");
    case MW_SOURCE_GUESS:
      return _ ("Usual server names, tried out");
    }
  g_return_val_if_reached ("");
}

/**
 * mw_add_describe_origin:
 * @settings: settings
 * @address: the address that they are for
 *
 * Returns: (transfer full): who says so, in a sentence
 */
char *
mw_add_describe_origin (MwSettings *settings, MwAddress *address)
{
  const char *domain = mw_address_get_domain (address);
  g_autofree char *name = harmless (settings->name);
  g_autofree char *origin = NULL;

  switch (settings->source)
    {
    case MW_SOURCE_SETUP_FILE:
      origin = g_filename_display_basename (settings->origin != NULL ? settings->origin : "");
      g_free (name);
      name = harmless (origin);
      /* Translators: the name of a file */
      return g_strdup_printf (_ ("From the set-up file “%s”"), name);
    case MW_SOURCE_PACC:
    case MW_SOURCE_AUTOCONFIG:
      /* Translators: a domain */
      return g_strdup_printf (_ ("Published by %s"), domain);
    case MW_SOURCE_PROVIDER:
      if (settings->checked != NULL)
        /* Translators: the name of a provider, then a date as in 2026-11-02 */
        return g_strdup_printf (_ ("%1$s, from Mailwright’s provider list, checked %2$s"), name,
                                  settings->checked);
      /* Translators: the name of a provider */
      return g_strdup_printf (_ ("%s, from Mailwright’s provider list"), name);
    case MW_SOURCE_ISPDB:
      /* Translators: ISPDB is Mozilla's public database of mail providers; then a domain */
      return g_strdup_printf (_ ("From Mozilla’s provider database (ISPDB), for %s"), domain);
    case MW_SOURCE_SRV:
      /* Translators: a domain; DNS are the name servers of the Internet */
      return g_strdup_printf (_ ("Published by %s in DNS"), domain);
    case MW_SOURCE_MX:
      /* Translators: the name of a provider, then a domain */
      return g_strdup_printf (_ ("%1$s takes the mail for %2$s, so these are its servers"), name,
                                domain);
    case MW_SOURCE_GUESS:
      return g_strdup (_ ("A guess that answered"));
    }
  g_return_val_if_reached (NULL);
}

static const char *
said_nothing (MwSource source)
{
  switch (source)
    {
    case MW_SOURCE_SETUP_FILE:
      return _ ("There is none for this domain.");
    case MW_SOURCE_PACC:
    case MW_SOURCE_AUTOCONFIG:
    case MW_SOURCE_SRV:
      return _ ("The domain publishes nothing there.");
    case MW_SOURCE_PROVIDER:
    case MW_SOURCE_ISPDB:
      return _ ("The domain is not listed.");
    case MW_SOURCE_MX:
      return _ ("It is none that Mailwright knows.");
    case MW_SOURCE_GUESS:
      return _ ("None of them answered.");
    }
  g_return_val_if_reached ("");
}

/**
 * mw_add_describe_hosts:
 * @settings: settings
 *
 * Returns: (transfer full): the hosts of the first server for each protocol, none twice
 */
char *
mw_add_describe_hosts (MwSettings *settings)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (MwProtocol protocol = MW_PROTOCOL_IMAP; protocol <= MW_PROTOCOL_SMTP; protocol++)
    {
      MwServer *server = mw_settings_find (settings, protocol);
      const char *host = server != NULL ? mw_server_get_host (server) : NULL;

      if (host == NULL || g_ptr_array_find_with_equal_func (hosts, host, g_str_equal, NULL))
        continue;
      g_ptr_array_add (hosts, (gpointer) host);
      if (text->len > 0)
        /* Translators: stands between the words of a list */
        g_string_append (text, _ (", "));
      g_string_append (text, host);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * mw_add_describe_answer:
 * @answer: what became of a source
 * @result: what the sources said so far
 *
 * Returns: (transfer full): what the source said
 */
char *
mw_add_describe_answer (const MwDiscoveryAnswer *answer, MwDiscoveryResult *result)
{
  GPtrArray *all = mw_discovery_result_get_settings (result);
  g_autofree char *reason = NULL;

  switch (answer->status)
    {
    case MW_ANSWER_WAITING:
      return g_strdup (_ ("Waiting"));
    case MW_ANSWER_ASKING:
      return g_strdup (_ ("Asking…"));
    case MW_ANSWER_FOUND:
      for (guint i = 0; i < all->len; i++)
        {
          MwSettings *settings = g_ptr_array_index (all, i);

          if (settings->source == answer->source)
            return mw_add_describe_hosts (settings);
        }
      return g_strdup (_ ("It gave settings."));
    case MW_ANSWER_NOTHING:
      return g_strdup (said_nothing (answer->source));
    case MW_ANSWER_FAILED:
      reason = harmless (answer->reason);
      /* Translators: an untranslated technical reason */
      return *reason != '\0' ? g_strdup_printf (_ ("Could not be used: %s"), reason)
                             : g_strdup (_ ("Could not be used."));
    case MW_ANSWER_SKIPPED:
      return g_strdup (_ ("Not asked: there was no need."));
    }
  g_return_val_if_reached (NULL);
}

/**
 * mw_add_describe_server:
 * @server: a server
 *
 * Returns: (transfer full): where it is, how the connection is protected, who logs in
 */
char *
mw_add_describe_server (MwServer *server)
{
  const char *security = mw_security_get_title (mw_server_get_security (server));
  g_autofree char *host = mw_host_to_display (mw_server_get_host (server));
  g_autofree char *login = harmless (mw_server_get_username (server));

  if (host == NULL)
    host = g_strdup (mw_server_get_host (server));
  if (mw_server_needs_login (server))
    /* Translators: a host, a port, the name of an encryption ("TLS from the start"), a login name;
     * shown in two lines */
    return g_strdup_printf (_ ("%1$s, port %2$u, %3$s\nLogin name: %4$s"), host,
                              mw_server_get_port (server), security, login);
  if (g_strcmp0 (mw_server_get_mechanism (server), MW_MECHANISM_NONE) == 0)
    /* Translators: a host, a port, the name of an encryption; shown in two lines */
    return g_strdup_printf (_ ("%1$s, port %2$u, %3$s\nNo login"), host, mw_server_get_port (server),
                              security);
  /* Translators: a host, a port, the name of an encryption ("TLS from the start") */
  return g_strdup_printf (_ ("%1$s, port %2$u, %3$s"), host, mw_server_get_port (server), security);
}

static const struct
{
  const char *field;
  const char *title;
} field_titles[] = {
  { "imap.host", N_ ("IMAP Server") },         { "imap.port", N_ ("IMAP Port") },
  { "imap.security", N_ ("IMAP Encryption") }, { "imap.username", N_ ("IMAP Login Name") },
  { "pop3.host", N_ ("POP3 Server") },         { "pop3.port", N_ ("POP3 Port") },
  { "pop3.security", N_ ("POP3 Encryption") }, { "pop3.username", N_ ("POP3 Login Name") },
  { "smtp.host", N_ ("SMTP Server") },         { "smtp.port", N_ ("SMTP Port") },
  { "smtp.security", N_ ("SMTP Encryption") }, { "smtp.username", N_ ("SMTP Login Name") },
};

/**
 * mw_add_field_title:
 * @field: "imap.host" ...
 *
 * Returns: (transfer none): what a person calls that field
 */
const char *
mw_add_field_title (const char *field)
{
  for (gsize i = 0; i < G_N_ELEMENTS (field_titles); i++)
    if (strcmp (field_titles[i].field, field) == 0)
      return _ (field_titles[i].title);
  g_return_val_if_reached (field);
}

/**
 * mw_add_field_value:
 * @field: "imap.host" ...
 * @value: what stands there
 *
 * Returns: (transfer full): @value in words
 */
char *
mw_add_field_value (const char *field, const char *value)
{
  MwSecurity security;

  if (g_str_has_suffix (field, ".security") && mw_security_from_string (value, &security))
    return g_strdup (mw_security_get_title (security));
  return harmless (value);
}

/**
 * mw_add_list_sources:
 * @ids: sources by mw_source_to_string()
 *
 * Returns: (transfer full): their titles
 */
char *
mw_add_list_sources (const char *const *ids)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; ids[i] != NULL; i++)
    for (MwSource source = MW_SOURCE_SETUP_FILE; source <= MW_SOURCE_GUESS; source++)
      if (strcmp (mw_source_to_string (source), ids[i]) == 0)
        {
          if (text->len > 0)
            g_string_append_c (text, '\n');
          g_string_append (text, mw_add_source_title (source));
        }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * mw_add_password_title:
 * @kind: (nullable): "password", "app-password" ...
 *
 * Returns: (transfer none): what a person calls that kind of password, as a title
 */
const char *
mw_add_password_title (const char *kind)
{
  static const struct
  {
    const char *kind;
    const char *title;
  } titles[] = {
    /* Translators: a password that the provider makes for one program */
    { "app-password", N_ ("App Password") },
    /* Translators: what QQ, 163 and others want in place of the password (授权码) */
    { "authorization-code", N_ ("Authorization Code") },
    /* Translators: what exmail and others want in place of the password (客户端专用密码) */
    { "client-password", N_ ("Client Password") },
    /* Translators: the password that belongs to SMTP credentials */
    { "smtp-credentials", N_ ("SMTP Password") },
    /* Translators: a program that stands between mail program and provider, such as Proton Mail
       Bridge */
    { "bridge-password", N_ ("Password Shown by the Bridge") },
  };

  for (gsize i = 0; kind != NULL && i < G_N_ELEMENTS (titles); i++)
    if (strcmp (titles[i].kind, kind) == 0)
      return _ (titles[i].title);
  return _ ("Password");
}

/**
 * mw_add_row_new:
 * @title: plain text
 * @subtitle: (nullable): plain text
 *
 * Returns: (transfer floating): a row of a list
 */
GtkWidget *
mw_add_row_new (const char *title, const char *subtitle)
{
  return g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title, "subtitle",
                       subtitle != NULL ? subtitle : "", "title-lines", 0, "subtitle-lines", 0,
                       NULL);
}

/**
 * mw_add_icon_new:
 * @icon_name: an icon
 * @css_class: (nullable): its colour
 * @label: (nullable): what it says to those who do not see it; %NULL: decoration
 *
 * Returns: (transfer floating): an icon
 */
GtkWidget *
mw_add_icon_new (const char *icon_name, const char *css_class, const char *label)
{
  GtkWidget *image = g_object_new (
      GTK_TYPE_IMAGE, "icon-name", icon_name, "accessible-role",
      label != NULL ? GTK_ACCESSIBLE_ROLE_IMG : GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  if (css_class != NULL)
    gtk_widget_add_css_class (image, css_class);
  if (label != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
  return image;
}
