/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-msmtp"

#include "config.h"

#include "export/mw-export.h"

#include "export/mw-msmtp-file.h"
#include "secrets/mw-time-limit.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How long `msmtp --version` may take */
#define VERSION_TIMEOUT_MILLISECONDS 5000

/* What the msmtp on this machine was built with, from the output of `msmtp --version` */
typedef struct
{
  gboolean known;
  gboolean unseen; /* a sandbox keeps us from it */
  gboolean has_keyring;
  gboolean has_gsasl;
  GStrv mechanisms; /* lower case */
} Build;

static void
build_clear (Build *build)
{
  g_strfreev (build->mechanisms);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Build, build_clear)

static void
parse_version (const char *text, Build *build)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], "Keyring support:"))
        {
          const char *value = lines[i] + strlen ("Keyring support:");

          build->known = TRUE;
          build->has_keyring = strstr (value, "Gnome") != NULL || strstr (value, "MacOS") != NULL;
        }
      else if (g_str_has_prefix (lines[i], "Authentication library:"))
        build->has_gsasl = strstr (lines[i], "GNU SASL") != NULL;
      else if (g_str_has_prefix (lines[i], "Supported authentication methods:"))
        {
          const char *here = lines[i] + strlen ("Supported authentication methods:");

          /* Some versions put them into the next line */
          if (strspn (here, " \t\r") == strlen (here) && lines[i + 1] != NULL)
            here = lines[i + 1];
          g_strfreev (build->mechanisms);
          build->mechanisms = g_strsplit_set (here, " \t\r", -1);
        }
    }
}

static gpointer
run_version (MwTimeLimit *limit, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr(GSubprocess) process = NULL;
  char *text = NULL;

  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  process = g_subprocess_launcher_spawn (launcher, error, (const char *) data, "--version", NULL);
  if (process == NULL)
    return NULL;
  if (!g_subprocess_communicate_utf8 (process, NULL, cancellable, &text, NULL, error))
    g_subprocess_force_exit (process);
  return text;
}

/* Only the installed program can say it; without one, nothing is known */
static void
find_build (MwExportHost *host, const MwExportOptions *options, Build *build)
{
  g_autoptr(GPtrArray) programs = mw_export_host_get_programs (host, "msmtp");
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  MwProgram *program;

  if (options->mode != MW_EXPORT_MODE_INSTALL)
    return;
  build->unseen = mw_export_host_get_in_flatpak (host);
  if (programs->len == 0)
    return;
  program = g_ptr_array_index (programs, 0);
  if (program->path == NULL)
    return;
  text = mw_time_limit_run ("msmtp-version", VERSION_TIMEOUT_MILLISECONDS, run_version,
                            g_strdup (program->path), g_free, g_free, options->cancellable, &error);
  if (text != NULL)
    parse_version (text, build);
  else
    g_debug ("%s --version: %s", program->path, error != NULL ? error->message : "nothing");
}

static const char *
address_of (MwAccount *account)
{
  return mw_address_get_text (mw_account_get_address (account));
}

static gboolean
not_expressible (MwAccount *account, const char *field, const char *reason, GError **error)
{
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
               "%s: %s cannot be written for msmtp: %s", address_of (account), field, reason);
  return FALSE;
}

/* One pair of quotes is taken off by msmtp, and nothing inside means anything: no escapes needed */
static gboolean
add_value (GStrvBuilder *lines,
           MwAccount *account,
           const char *field,
           const char *command,
           const char *value,
           GError **error)
{
  char *line;

  if (!mw_export_check_value (account, field, value, error))
    return FALSE;
  line = g_strdup_printf ("%s \"%s\"", command, value);
  if (strlen (line) > MW_MSMTP_MAX_LINE)
    {
      g_free (line);
      return not_expressible (account, field, "its lines end after 499 bytes", error);
    }
  g_strv_builder_take (lines, line);
  return TRUE;
}

static gboolean
add_from (GStrvBuilder *lines, MwAccount *account, GError **error)
{
  const char *from = mw_address_get_ascii (mw_account_get_address (account));

  /* msmtp compares by shell patterns, and fills in names of user and host */
  if (strpbrk (from, "*?[\\") != NULL)
    return not_expressible (account, "address", "it would be taken for a pattern", error);
  for (const char *p = strchr (from, '%'); p != NULL; p = strchr (p + 1, '%'))
    if (p[1] != '\0' && strchr ("UHCM", p[1]) != NULL)
      return not_expressible (account, "address", "it would be taken for a placeholder", error);
  return add_value (lines, account, "address", "from", from, error);
}

static const char *
login_name (MwAccount *account, MwServer *server)
{
  const char *username = mw_server_get_username (server);

  return username != NULL && *username != '\0'
             ? username
             : mw_address_get_ascii (mw_account_get_address (account));
}

/* From 1.8.26 on, msmtp hands channel binding data to GNU SASL, whose 2.2 series then fails to
 * begin any SCRAM that is not a "-PLUS" one; and SCRAM is what these msmtps try first. */
static gboolean
breaks_scram (Build *build)
{
  return build->has_gsasl && build->mechanisms != NULL &&
         g_strv_contains ((const char *const *) build->mechanisms, "scram-sha-256-plus");
}

/* Servers that offer LOGIN and no PLAIN */
static gboolean
wants_login (const char *host)
{
  static const char *const domains[] = { "office365.com", "outlook.com", "hotmail.com",
                                         "live.com" };

  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      g_autofree char *below = g_strconcat (".", domains[i], NULL);

      if (g_ascii_strcasecmp (host, domains[i]) == 0 ||
          (strlen (host) > strlen (below) &&
           g_ascii_strcasecmp (host + strlen (host) - strlen (below), below) == 0))
        return TRUE;
    }
  return FALSE;
}

/* Without a wish of the person: inside TLS a plain password is safe and nearly every server takes
 * it. Letting msmtp choose ("on") takes those in that do not, but only an msmtp that is known to
 * choose well. Without TLS "on" never sends a password in the clear, except on the own machine. */
static const char *
default_auth (MwServer *server, Build *build)
{
  const char *host = mw_server_get_host (server);

  if (mw_server_get_security (server) == MW_SECURITY_NONE)
    return mw_host_is_loopback (host) ? "plain" : "on";
  if (build->mechanisms != NULL && !breaks_scram (build))
    return "on";
  return wants_login (host) ? "login" : "plain";
}

/* What comes after `auth`, in lower case */
static char *
find_auth (MwAccount *account, MwServer *server, Build *build, GError **error)
{
  static const char *const known[] = { "plain",       "login",         "cram-md5", "digest-md5",
                                       "scram-sha-1", "scram-sha-256", "gssapi",   "external",
                                       "ntlm",        "oauthbearer",   "xoauth2",  NULL };
  const char *mechanism = mw_server_get_mechanism (server);
  g_autofree char *auth = NULL;

  if (mw_export_uses_oauth2 (server) && mechanism == NULL)
    mechanism = "XOAUTH2";
  if (mechanism == NULL)
    return g_strdup (default_auth (server, build));

  auth = g_ascii_strdown (mechanism, -1);
  if (!g_strv_contains (known, auth) ||
      (build->mechanisms != NULL &&
       !g_strv_contains ((const char *const *) build->mechanisms, auth)))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED,
                   "%s: msmtp does not know the mechanism %s", address_of (account), mechanism);
      return NULL;
    }
  return g_steal_pointer (&auth);
}

static MwSecretItem *
keyring_item (MwAccount *account, MwServer *server)
{
  g_autofree char *host = mw_host_to_ascii (mw_server_get_host (server));
  g_autofree char *label = NULL;

  /* Translators: the name of a password in the keyring's own window. %1$s is a login name, %2$s the
   * name of a server; msmtp is a program */
  label =
      g_strdup_printf (_ ("msmtp: password of %1$s on %2$s"), login_name (account, server), host);
  return mw_secret_item_new ("de.marlam.msmtp.password", label, "host", host, "service", "smtp",
                             "user", login_name (account, server), NULL);
}

/* For a build that cannot ask the keyring itself: the text goes to a shell, so each value is quoted
 * for it. secret-tool is one of the few helpers that msmtp's AppArmor profile lets through. */
static gboolean
add_password_command (GStrvBuilder *lines, MwAccount *account, MwServer *server, GError **error)
{
  g_autofree char *ascii = mw_host_to_ascii (mw_server_get_host (server));
  g_autofree char *host = g_shell_quote (ascii);
  g_autofree char *user = g_shell_quote (login_name (account, server));
  g_autofree char *command =
      g_strdup_printf ("secret-tool lookup host %s service smtp user %s", host, user);

  return add_value (lines, account, "smtp.username", "passwordeval", command, error);
}

static gboolean
has_secret_tool (MwExportHost *host)
{
  const char *path = mw_export_host_get_variable (host, "PATH");
  g_auto (GStrv) folders = g_strsplit (path != NULL ? path : "", ":", -1);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *tool = g_build_filename (folders[i], "secret-tool", NULL);

      if (*folders[i] == '/' && g_file_test (tool, G_FILE_TEST_IS_EXECUTABLE))
        return TRUE;
    }
  return FALSE;
}

static gboolean
add_login (GStrvBuilder *lines,
           MwExportPlan *plan,
           MwAccount *account,
           MwServer *server,
           MwExportHost *host,
           Build *build,
           GError **error)
{
  g_autofree char *auth = NULL;
  g_autofree char *line = NULL;
  g_autoptr(MwSecretItem) item = NULL;

  if (!mw_server_needs_login (server))
    {
      g_strv_builder_add (lines, "auth off");
      return TRUE;
    }
  auth = find_auth (account, server, build, error);
  if (auth == NULL)
    return FALSE;
  line = g_strconcat ("auth ", auth, NULL);
  g_strv_builder_add (lines, line);
  if (!add_value (lines, account, "smtp.username", "user", login_name (account, server), error))
    return FALSE;

  if (mw_export_uses_oauth2 (server))
    {
      /* Translators: %s is a mail address. passwordeval is a setting of msmtp and not translated.
       */
      mw_export_plan_add_note (plan, "msmtp-oauth2", account,
                               _ ("%s logs in with OAuth2. msmtp cannot get a token by itself: add "
                                  "a line “passwordeval” with a program that prints one."),
                                 address_of (account));
      return TRUE;
    }
  if (g_str_has_prefix (auth, "scram-") && breaks_scram (build))
    /* Translators: %s is a mail address. SCRAM and PLAIN are names. */
    mw_export_plan_add_note (plan, "msmtp-scram", account,
                             _ ("%s logs in with SCRAM, which fails in this msmtp unless the server "
                                "also has channel binding. If it does, choose PLAIN."),
                               address_of (account));
  if (g_str_equal (auth, "external") || g_str_equal (auth, "gssapi"))
    return TRUE; /* no password is involved */

  item = keyring_item (account, server);
  mw_export_plan_add_secret (plan, item, account,
                             mw_account_get_password_half (account, MW_HALF_OUTGOING));
  if (build->unseen && !build->known)
    {
      mw_export_plan_add_note (plan, "msmtp-secret-tool", NULL,
                               /* Translators: secret-tool is the name of a program */
                               _ ("msmtp gets the password from the program secret-tool. From "
                                  "inside its sandbox Mailwright cannot see whether that is "
                                  "installed on this computer."));
      return add_password_command (lines, account, server, error);
    }
  if (build->known && !build->has_keyring)
    {
      if (has_secret_tool (host))
        return add_password_command (lines, account, server, error);
      mw_export_plan_add_note (plan, "msmtp-no-keyring", account,
                               _ ("This msmtp was built without keyring support. It will ask for "
                                  "the password on the terminal, every time. With the program "
                                  "secret-tool installed, export again."));
    }
  return TRUE;
}

static void
add_tls (GStrvBuilder *lines, MwExportPlan *plan, MwAccount *account, MwServer *server)
{
  switch (mw_server_get_security (server))
    {
    case MW_SECURITY_TLS:
      g_strv_builder_add_many (lines, "tls on", "tls_starttls off", "tls_trust_file system", NULL);
      break;
    case MW_SECURITY_STARTTLS:
      g_strv_builder_add_many (lines, "tls on", "tls_starttls on", "tls_trust_file system", NULL);
      break;
    case MW_SECURITY_NONE:
    default:
      g_strv_builder_add (lines, "tls off");
      mw_export_plan_add_note (plan, "no-encryption", account,
                               /* Translators: %s is the name of a server */
                               _ ("The connection to %s is not encrypted. Everybody on the way can "
                                  "read the mail."),
                                 mw_server_get_host (server));
      return;
    }
  if (mw_account_get_pin (account, MW_HALF_OUTGOING) != NULL)
    mw_export_plan_add_note (plan, "msmtp-certificate", account,
                             /* Translators: %s is the name of a server. tls_trust_file is a setting
                              * of msmtp and not translated. */
                             _ ("You accepted the certificate of %s, but it is not trusted by the "
                                "system. msmtp will refuse to send until the certificate’s issuer "
                                "is named with “tls_trust_file”."),
                               mw_server_get_host (server));
}

/* msmtp's name of the account: the address, unless it is taken or cannot be a name */
static char *
choose_name (MwMsmtpFile *file, MwAccount *account)
{
  const char *address = address_of (account);
  g_autofree char *name = NULL;

  if (strpbrk (address, ",:\"") != NULL || strlen (address) > 200)
    name = g_strdup (mw_account_get_id (account));
  else
    name = g_strdup (address);
  for (guint i = 1; mw_msmtp_file_has_account (file, name, mw_account_get_id (account)); i++)
    {
      g_free (name);
      name = i == 1 ? g_strdup_printf ("mailwright %s", address)
                    : g_strdup_printf ("mailwright %s %u", mw_account_get_id (account), i);
    }
  return g_steal_pointer (&name);
}

static gboolean
add_account (MwMsmtpFile *file,
             MwExportPlan *plan,
             MwAccount *account,
             MwExportHost *host,
             Build *build,
             GError **error)
{
  MwServer *server = mw_account_get_server (account, MW_HALF_OUTGOING);
  g_autoptr(GStrvBuilder) lines = g_strv_builder_new ();
  g_autofree char *server_name = mw_host_to_ascii (mw_server_get_host (server));
  g_autofree char *port = g_strdup_printf ("port %u", mw_server_get_port (server));
  g_autofree char *name = choose_name (file, account);
  g_auto (GStrv) block = NULL;
  const char *from = mw_address_get_ascii (mw_account_get_address (account));

  if (server_name == NULL)
    return not_expressible (account, "smtp.host", "it is no host name", error);
  if (!add_value (lines, account, "smtp.host", "host", server_name, error))
    return FALSE;
  g_strv_builder_add (lines, port);
  if (!add_from (lines, account, error) ||
      !add_login (lines, plan, account, server, host, build, error))
    return FALSE;
  add_tls (lines, plan, account, server);

  if (mw_msmtp_file_has_from (file, from))
    mw_export_plan_add_note (plan, "msmtp-same-from", account,
                             /* Translators: %s is a mail address */
                             _ ("The file already has another account that sends from %s. From now "
                                "on msmtp uses the new one for that address."),
                               from);
  block = g_strv_builder_end (lines);
  mw_msmtp_file_set_block (file, mw_account_get_id (account), address_of (account), name,
                           (const char *const *) block);
  return TRUE;
}

/* The file that msmtp would read: the first of the two, even when it is empty; a dangling link does
 * not count */
static char *
find_path (MwExportPlan *plan, MwExportHost *host)
{
  const char *home = mw_export_host_get_home (host);
  g_autofree char *old = g_build_filename (home, ".msmtprc", NULL);

  if (g_file_test (old, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&old);
  if (!mw_export_host_can_see (host, old))
    mw_export_plan_add_note (plan, "msmtp-other-file", NULL,
                             /* Translators: ~/.msmtprc is the name of a file and not translated */
                             _ ("If you have a file ~/.msmtprc, msmtp reads only that one. "
                                "Mailwright’s sandbox keeps it from seeing whether you do."));
  return g_build_filename (mw_export_host_get_config_home (host), "msmtp", "config", NULL);
}

static gboolean
check_access (MwExportHost *host, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *command = NULL;

  if (mw_export_host_path_is_real (host, folder))
    return TRUE;
  /* Whoever was let into it alone can neither replace it nor keep what was there beside it */
  if (g_str_has_suffix (path, "/.msmtprc"))
    {
      g_set_error (
          error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS,
          "msmtp reads only %s, which cannot be replaced from inside the sandbox; moved to "
          "%s/msmtp/config it is read as well",
          path, mw_export_host_get_config_home (host));
      return FALSE;
    }
  command = mw_export_host_command_for_path (host, folder, TRUE);
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS,
               "the sandbox keeps this program from %s; from the next start on this lets it in: %s",
               folder, command);
  return FALSE;
}

static MwExportPlan *
plan_msmtp (GPtrArray *accounts, MwExportHost *host, const MwExportOptions *options, GError **error)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
  g_autoptr(MwMsmtpFile) file = NULL;
  g_autoptr(GBytes) before = NULL;
  g_autoptr(GBytes) after = NULL;
  g_autofree char *path = NULL;
  g_auto (Build) build = { 0 };

  if (options->mode == MW_EXPORT_MODE_OUTPUT)
    path = g_build_filename (options->directory, "msmtprc", NULL);
  else
    path = find_path (plan, host);
  if (options->mode == MW_EXPORT_MODE_INSTALL && !check_access (host, path, error))
    return NULL;
  if (!mw_export_read_file (path, &before, error))
    return NULL;
  file = mw_msmtp_file_parse (before, error);
  if (file == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }

  find_build (host, options, &build);
  for (guint i = 0; i < accounts->len; i++)
    if (!add_account (file, plan, g_ptr_array_index (accounts, i), host, &build, error))
      return NULL;
  after = mw_msmtp_file_to_bytes (file);
  if (mw_export_plan_change_file (plan, path, before, after, 0600, MW_FILE_FLAGS_NONE, error) ==
      NULL)
    return NULL;

  if (options->mode == MW_EXPORT_MODE_INSTALL && mw_export_host_get_in_flatpak (host))
    mw_export_plan_add_note (plan, "msmtp-unseen", NULL,
                             _ ("From inside its sandbox Mailwright cannot see whether msmtp is "
                                "installed on this computer. Its settings are written all the "
                                "same."));
  else if (options->mode == MW_EXPORT_MODE_INSTALL &&
           !mw_exporter_is_installed (&mw_exporter_msmtp, host))
    mw_export_plan_add_note (plan, "msmtp-not-found", NULL,
                             _ ("msmtp was not found on this computer. Its settings are written "
                                "all the same, and are used once it is installed."));
  return g_steal_pointer (&plan);
}

static GPtrArray *
secrets_msmtp (MwAccount *account)
{
  GPtrArray *secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_export_secret_free);
  MwServer *server = mw_account_get_server (account, MW_HALF_OUTGOING);

  if (server != NULL && mw_server_needs_login (server) && !mw_export_uses_oauth2 (server))
    {
      g_autoptr(MwSecretItem) item = keyring_item (account, server);

      g_ptr_array_add (secrets, mw_export_secret_new (item, account, MW_HALF_OUTGOING));
    }
  return secrets;
}

const MwExporter mw_exporter_msmtp = {
  .id = "msmtp",
  /* Translators: msmtp is the name of a program */
  .title = N_ ("msmtp"),
  .icons = { "msmtp", "utilities-terminal", "org.gnome.Terminal" },
  .needs = MW_EXPORT_NEEDS_SMTP,
  .plan = plan_msmtp,
  .secrets = secrets_msmtp,
};
