/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-export.h"

#include "export/mw-autoconfig-writer.h"
#include "export/mw-export-thunderbird-prefs.h"
#include "export/mw-export-thunderbird-profiles.h"
#include "export/mw-nss-logins.h"
#include "export/mw-zip.h"

#include "model/mw-store.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

#define PRIMARY_PASSWORD_ATTEMPTS 3
#define SECRET_MODE 0600
#define PUBLIC_MODE 0644

/* What Thunderbird writes at the top of its own file */
static const char new_file_comment[] = "// Mozilla User Preferences\n\n";

static const char *
address_of (MwAccount *account)
{
  return mw_address_get_text (mw_account_get_address (account));
}

static gboolean
fail_target (GError **error, const char *path, GError *cause)
{
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID, "%s: %s", path,
               cause->message);
  g_error_free (cause);
  return FALSE;
}

/* @before: (out): what was read; %NULL when there is no file */
static MwPrefsJs *
read_prefs (const char *path, GBytes **before, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  GError *problem = NULL;
  MwPrefsJs *prefs;

  if (!mw_export_read_file (path, before, error))
    return NULL;
  if (*before != NULL)
    bytes = g_bytes_ref (*before);
  else
    bytes = g_bytes_new_static (new_file_comment, sizeof new_file_comment - 1);
  prefs = mw_prefs_js_new (bytes, &problem);
  if (prefs == NULL)
    fail_target (error, path, problem);
  return prefs;
}

/* ---- what the person should know ---- */

static gboolean
wants_password (MwAccount *account, MwHalf half)
{
  MwServer *server = mw_account_get_server (account, half);
  MwThunderbirdAuth auth;

  return server != NULL && mw_thunderbird_get_auth (server, &auth, NULL) &&
         (auth == MW_THUNDERBIRD_AUTH_PASSWORD || auth == MW_THUNDERBIRD_AUTH_ENCRYPTED ||
          auth == MW_THUNDERBIRD_AUTH_NTLM);
}

/* What Thunderbird will ask for, because it does not have it */
static void
add_password_note (MwExportPlan *plan, MwAccount *account, gboolean incoming, gboolean outgoing)
{
  /* Thunderbird has one password for each server, even if they are the same */
  if (incoming && outgoing)
    mw_export_plan_add_note (plan, "thunderbird-asks-password", account,
                             /* Translators: %s is a mail address */
                             _ ("Thunderbird will ask for the password of %s twice: once for "
                                "receiving, and once when the first mail is sent."),
                               address_of (account));
  else if (incoming || outgoing)
    mw_export_plan_add_note (plan, "thunderbird-asks-password", account,
                             /* Translators: %s is a mail address */
                             _ ("Thunderbird will ask for the password of %s."),
                               address_of (account));
}

static void
add_account_notes (MwExportPlan *plan, MwAccount *account, MwThunderbirdPlace *place)
{
  gboolean oauth2 = FALSE, pinned = FALSE;

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      MwServer *server = mw_account_get_server (account, half);
      MwThunderbirdAuth auth;

      if (server == NULL)
        continue;
      pinned |= mw_account_get_pin (account, half) != NULL;
      oauth2 |= mw_thunderbird_get_auth (server, &auth, NULL) && auth == MW_THUNDERBIRD_AUTH_OAUTH2;
    }
  if (oauth2)
    mw_export_plan_add_note (plan, "thunderbird-oauth2", account,
                             /* Translators: %s is a mail address */
                             _ ("At its first start Thunderbird opens the sign-in page of the "
                                "provider of %s."),
                               address_of (account));
  if (pinned)
    mw_export_plan_add_note (plan, "thunderbird-certificate", account,
                             /* Translators: %s is a mail address */
                             _ ("A server of %s has a certificate that was accepted by hand. "
                                "Thunderbird keeps such exceptions of its own and will ask once."),
                               address_of (account));
  if (mw_account_get_server (account, MW_HALF_OUTGOING) == NULL)
    mw_export_plan_add_note (plan, "thunderbird-no-sending", account,
                             /* Translators: %s is a mail address */
                             _ ("%s has no server for sending: Thunderbird will send its mail "
                                "through its default server, if there is one."),
                               address_of (account));
  if (place->adopted)
    mw_export_plan_add_note (plan, "thunderbird-adopted", account,
                             /* Translators: %s is a mail address */
                             _ ("Thunderbird has an account for the mailbox of %s already. It is "
                                "changed to these servers instead of adding a second one."),
                               address_of (account));
  if (place->left_behind)
    mw_export_plan_add_note (plan, "thunderbird-left-behind", account,
                             /* Translators: %s is a mail address */
                             _ ("%s changed between IMAP and POP3. The earlier account stays in "
                                "Thunderbird, with the mail in it, and can be removed there."),
                               address_of (account));
}

/* ---- passwords ---- */

/* SQLite finishes what was cut off when it opens the file itself; a copy of the file alone would
 * be without it */
static gboolean
check_clean_end (const char *database, GError **error)
{
  static const char *const suffixes[] = { "-journal", "-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (database, suffixes[i], NULL);
      struct stat info;

      if (stat (path, &info) == 0 && info.st_size > 0)
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID,
                       "%s: Thunderbird did not end properly; start and close it once", path);
          return FALSE;
        }
    }
  return TRUE;
}

/* The key store, unlocked. %NULL without @error: the person did not give the primary password.
 * @before: (out): what was read; %NULL when there is no file */
static MwNssStore *
open_store (const char *path,
            const char *directory,
            const MwExportOptions *options,
            GBytes **before,
            GError **error)
{
  GError *problem = NULL;
  MwNssStore *store;

  if (!check_clean_end (path, error) || !mw_export_read_file (path, before, error))
    return NULL;
  store = mw_nss_store_new (*before, NULL, &problem);
  for (guint attempt = 0;
       attempt < PRIMARY_PASSWORD_ATTEMPTS && options->primary_password != NULL &&
       g_error_matches (problem, MW_NSS_ERROR, MW_NSS_ERROR_PRIMARY_PASSWORD);
       attempt++)
    {
      GError *refusal = NULL;
      g_autoptr(SecretValue) password = options->primary_password (
          directory, attempt, options->primary_password_data, &refusal);

      if (refusal != NULL)
        {
          g_clear_error (&problem);
          g_propagate_error (error, refusal);
          return NULL;
        }
      if (password == NULL)
        break;
      g_clear_error (&problem);
      store = mw_nss_store_new (*before, password, &problem);
    }
  if (g_error_matches (problem, MW_NSS_ERROR, MW_NSS_ERROR_PRIMARY_PASSWORD))
    g_clear_error (&problem);
  if (problem != NULL)
    fail_target (error, path, problem);
  return store;
}

static gboolean
put_password (MwNssLogins *logins,
              MwNssStore *store,
              MwAccount *account,
              MwHalf half,
              const char *origin,
              const MwExportOptions *options,
              gboolean *missing,
              GError **error)
{
  g_autofree char *username = mw_thunderbird_get_username (account, half);
  g_autoptr(SecretValue) password = NULL;
  GError *problem = NULL;
  const char *text;
  gsize length;

  if (!wants_password (account, half))
    return TRUE;
  if (options->password != NULL)
    password = options->password (account, mw_account_get_password_half (account, half),
                                  options->password_data, &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (password == NULL)
    {
      *missing = !mw_nss_logins_has (logins, store, origin, username);
      return TRUE;
    }
  text = secret_value_get (password, &length);
  if (!g_utf8_validate (text, (gssize) length, NULL))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
                   "password: Thunderbird's store only holds UTF-8");
      return FALSE;
    }
  return mw_nss_logins_set (logins, store, origin, username, password, error);
}

static gboolean
plan_passwords (MwExportPlan *plan,
                GPtrArray *accounts,
                GPtrArray *places,
                const char *directory,
                const MwExportOptions *options,
                GError **error)
{
  g_autofree char *key_path = g_build_filename (directory, "key4.db", NULL);
  g_autofree char *logins_path = g_build_filename (directory, "logins.json", NULL);
  g_autoptr(MwNssStore) store = NULL;
  g_autoptr(MwNssLogins) logins = NULL;
  g_autoptr(GBytes) before = NULL;
  g_autoptr(GBytes) keys_before = NULL;
  g_autoptr(GBytes) after = NULL;
  GError *problem = NULL;

  if (!mw_export_read_file (logins_path, &before, error))
    return FALSE;
  logins = mw_nss_logins_new (before, &problem);
  if (logins == NULL)
    return fail_target (error, logins_path, problem);
  store = open_store (key_path, directory, options, &keys_before, &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (store == NULL)
    {
      mw_export_plan_add_note (
          plan, "thunderbird-primary-password", NULL,
          _ ("Thunderbird’s passwords are protected by a primary password, which was not given. "
             "The passwords were left out; Thunderbird will ask for them."));
      return TRUE;
    }
  for (guint i = 0; i < accounts->len; i++)
    {
      MwAccount *account = accounts->pdata[i];
      MwThunderbirdPlace *place = places->pdata[i];
      gboolean missing[2] = { FALSE, FALSE };

      if (!put_password (logins, store, account, MW_HALF_INCOMING, place->incoming_origin, options,
                         &missing[MW_HALF_INCOMING], error) ||
          !put_password (logins, store, account, MW_HALF_OUTGOING, place->outgoing_origin, options,
                         &missing[MW_HALF_OUTGOING], error))
        return FALSE;
      add_password_note (plan, account, missing[MW_HALF_INCOMING], missing[MW_HALF_OUTGOING]);
    }
  after = mw_nss_logins_to_bytes (logins);
  if (before == NULL && mw_nss_logins_is_empty (logins))
    return TRUE;
  if (!mw_nss_store_is_protected (store))
    mw_export_plan_add_note (
        plan, "thunderbird-passwords-readable", NULL,
        _ ("Without a primary password anybody who can read the profile folder of Thunderbird can "
           "read the passwords in it. Thunderbird’s settings, under privacy, have one to set."));
  return mw_export_plan_change_file (plan, key_path, keys_before, mw_nss_store_get_bytes (store),
                                     SECRET_MODE, MW_FILE_HIDDEN, error) != NULL &&
         mw_export_plan_change_file (plan, logins_path, before, after, SECRET_MODE, MW_FILE_HIDDEN,
                                     error) != NULL;
}

/* ---- into a profile ---- */

/* What Thunderbird will ask for when no passwords are exported: those that it does not have yet.
 * Where its store cannot be read, it is Thunderbird's own business to complain. */
static void
add_password_notes (MwExportPlan *plan,
                    GPtrArray *accounts,
                    GPtrArray *places,
                    const char *directory)
{
  g_autofree char *key_path = g_build_filename (directory, "key4.db", NULL);
  g_autofree char *logins_path = g_build_filename (directory, "logins.json", NULL);
  g_autoptr(GBytes) keys = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(MwNssStore) store = NULL;
  g_autoptr(MwNssLogins) logins = NULL;

  if (mw_export_read_file (key_path, &keys, NULL) && keys != NULL &&
      mw_export_read_file (logins_path, &bytes, NULL) && bytes != NULL)
    {
      store = mw_nss_store_new (keys, NULL, NULL);
      logins = mw_nss_logins_new (bytes, NULL);
    }
  for (guint i = 0; i < accounts->len; i++)
    {
      MwAccount *account = accounts->pdata[i];
      MwThunderbirdPlace *place = places->pdata[i];
      const char *const origins[2] = { place->incoming_origin, place->outgoing_origin };
      gboolean missing[2];

      for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
        {
          g_autofree char *username = mw_thunderbird_get_username (account, half);

          missing[half] =
              wants_password (account, half) &&
              (logins == NULL || !mw_nss_logins_has (logins, store, origins[half], username));
        }
      add_password_note (plan, account, missing[MW_HALF_INCOMING], missing[MW_HALF_OUTGOING]);
    }
}

/* user.js is read at every start and wins: with a list of accounts in it, ours would be gone at
 * once */
static gboolean
check_user_js (const char *directory, GError **error)
{
  static const char *const lists[] = { "mail.accountmanager.accounts", "mail.smtpservers" };
  g_autofree char *path = g_build_filename (directory, "user.js", NULL);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(MwPrefsJs) prefs = NULL;

  if (!mw_export_read_file (path, &bytes, error))
    return FALSE;
  if (bytes != NULL)
    prefs = mw_prefs_js_new (bytes, NULL);
  for (guint i = 0; prefs != NULL && i < G_N_ELEMENTS (lists); i++)
    if (mw_prefs_js_has (prefs, lists[i]))
      {
        g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID,
                     "%s sets %s at every start of Thunderbird, so no account can be added", path,
                     lists[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
plan_profile (MwExportPlan *plan,
              MwThunderbirdProfile *profile,
              GPtrArray *accounts,
              MwExportHost *host,
              const MwExportOptions *options,
              GError **error)
{
  g_autofree char *prefs_path = g_build_filename (profile->directory, "prefs.js", NULL);
  g_autofree char *lock_path = g_build_filename (profile->directory, ".parentlock", NULL);
  g_autoptr(GPtrArray) places =
                g_ptr_array_new_with_free_func ((GDestroyNotify) mw_thunderbird_place_free);
  g_autoptr(MwPrefsJs) prefs = NULL;
  g_autoptr(GBytes) before = NULL;
  g_autoptr(GBytes) after = NULL;

  if (!mw_export_host_path_is_real (host, profile->directory))
    {
      g_autofree char *command = mw_export_host_command_for_path (host, profile->directory, FALSE);

      g_set_error (
          error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS,
          "the sandbox keeps this program from %s; from the next start on this lets it in: %s",
          profile->directory, command);
      return FALSE;
    }
  if (mw_thunderbird_profile_is_running (profile->directory))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_RUNNING,
                   "Thunderbird runs with the profile %s and would overwrite what is written",
                   profile->directory);
      return FALSE;
    }
  if (!check_user_js (profile->directory, error) ||
      (prefs = read_prefs (prefs_path, &before, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < accounts->len; i++)
    {
      MwAccount *account = accounts->pdata[i];
      MwThunderbirdPlace *place = mw_thunderbird_prefs_put (prefs, account, error);

      if (place == NULL)
        return FALSE;
      g_ptr_array_add (places, place);
      add_account_notes (plan, account, place);
    }

  mw_export_plan_add_lock (plan, lock_path);
  if (!options->with_passwords)
    add_password_notes (plan, accounts, places, profile->directory);
  else if (!plan_passwords (plan, accounts, places, profile->directory, options, error))
    return FALSE;
  after = mw_prefs_js_to_bytes (prefs);
  if (mw_export_plan_change_file (plan, prefs_path, before, after, SECRET_MODE, MW_FILE_FLAGS_NONE,
                                  error) == NULL)
    return FALSE;
  return profile->profiles == NULL ||
         mw_export_plan_change_file (plan, profile->profiles_path, profile->profiles_before,
                                     profile->profiles, SECRET_MODE, MW_FILE_FLAGS_NONE,
                                     error) != NULL;
}

static gboolean
has_profiles (MwExportHost *host)
{
  g_autofree char *path =
      g_build_filename (mw_export_host_get_home (host), ".thunderbird", "profiles.ini", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
plan_program (MwExportPlan *plan,
              MwProgram *program,
              GHashTable *done,
              GPtrArray *accounts,
              MwExportHost *host,
              const MwExportOptions *options,
              GError **error)
{
  g_autoptr(MwThunderbirdProfile) profile = mw_thunderbird_profile_find (
      program, mw_account_get_id (accounts->pdata[0]), error);

  if (profile == NULL)
    return FALSE;
  if (!g_hash_table_add (done, g_strdup (profile->directory)))
    return TRUE; /* two installations share a profile */
  return plan_profile (plan, profile, accounts, host, options, error);
}

static gboolean
plan_install (MwExportPlan *plan,
              GPtrArray *accounts,
              MwExportHost *host,
              const MwExportOptions *options,
              GError **error)
{
  g_autoptr(GPtrArray) programs = mw_export_host_get_programs (host, "thunderbird");
  g_autoptr(GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  MwProgram unknown = { .target = (char *) "thunderbird",
                        .kind = MW_PROGRAM_NATIVE,
                        .id = (char *) "thunderbird",
                        .data_directory = (char *) mw_export_host_get_home (host) };

  /* Somebody may have unpacked it where no search looks */
  if (programs->len == 0 && has_profiles (host))
    return plan_program (plan, &unknown, done, accounts, host, options, error);
  if (programs->len == 0)
    {
      g_autoptr(GPtrArray) closed = mw_export_host_list_closed_places (host, "thunderbird");

      if (closed->len > 0)
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS,
                       "there is no Thunderbird where the sandbox lets this program look, and it "
                       "keeps it from %u other places",
                       closed->len);
          return FALSE;
        }
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_TARGET,
                   "there is no Thunderbird on this machine: name a profile with --profile, or "
                   "make an account.zip with --output");
      return FALSE;
    }
  for (guint i = 0; i < programs->len; i++)
    if (!plan_program (plan, programs->pdata[i], done, accounts, host, options, error))
      return FALSE;
  return TRUE;
}

static gboolean
plan_named_profile (MwExportPlan *plan,
                    GPtrArray *accounts,
                    MwExportHost *host,
                    const MwExportOptions *options,
                    GError **error)
{
  g_autoptr(MwThunderbirdProfile) profile = mw_thunderbird_profile_new (options->profile);

  if (!g_file_test (profile->directory, G_FILE_TEST_EXISTS))
    mw_export_plan_add_note (plan, "thunderbird-new-profile", NULL,
                             /* Translators: %1$s is a folder. Keep the command as it is. */
                             _ ("%1$s becomes a new profile. Thunderbird starts with it by: "
                                "thunderbird --profile %1$s"),
                               profile->directory);
  return plan_profile (plan, profile, accounts, host, options, error);
}

/* ---- into files for a person to carry ---- */

static gboolean
plan_autoconfig (MwExportPlan *plan,
                 GHashTable *domains,
                 MwAccount *account,
                 const char *directory,
                 GError **error)
{
  const char *domain = mw_address_get_domain_ascii (mw_account_get_address (account));
  g_autofree char *host = g_strconcat ("autoconfig.", domain, NULL);
  g_autofree char *path = g_build_filename (directory, host, "mail", "config-v1.1.xml", NULL);
  g_autofree char *shown = mw_path_dup_display (path);
  g_autoptr(GBytes) after = mw_autoconfig_write (account, NULL);
  g_autofree char *url = NULL;
  GBytes *earlier = g_hash_table_lookup (domains, domain);

  if (earlier != NULL && after != NULL && g_bytes_equal (earlier, after))
    return TRUE;
  if (earlier != NULL || after == NULL)
    {
      mw_export_plan_add_note (
          plan, "autoconfig-left-out", account,
          /* Translators: %s is a mail address. "autoconfig" is a file format. */
          _ ("The settings of %s are not in an autoconfig file: they cannot "
                                  "hold for every address of the domain."),
            address_of (account));
      return TRUE;
    }
  g_hash_table_insert (domains, g_strdup (domain), g_bytes_ref (after));
  url = g_strdup_printf ("https://%s/mail/config-v1.1.xml", host);
  mw_export_plan_add_note (plan, "autoconfig-publish", account,
                           /* Translators: %1$s is a file, %2$s a web address */
                           _ ("Whoever runs the domain can publish %1$s as %2$s. Mail programs then "
                              "find the servers of every address there."),
                             shown, url);
  return mw_export_plan_add_file (plan, path, after, PUBLIC_MODE, MW_FILE_FLAGS_NONE, error) !=
         NULL;
}

static gboolean
plan_output (MwExportPlan *plan,
             GPtrArray *accounts,
             const MwExportOptions *options,
             GError **error)
{
  g_autofree char *directory = g_canonicalize_filename (options->directory, NULL);
  g_autofree char *path = g_build_filename (directory, "account.zip", NULL);
  g_autofree char *shown = mw_path_dup_display (path);
  g_autoptr(GBytes) start = g_bytes_new_static (new_file_comment, sizeof new_file_comment - 1);
  g_autoptr(MwPrefsJs) prefs = mw_prefs_js_new (start, error);
  g_autoptr(GHashTable) domains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                         (GDestroyNotify) g_bytes_unref);
  g_autoptr(GBytes) text = NULL;
  g_autoptr(GBytes) archive = NULL;

  if (prefs == NULL)
    return FALSE;
  for (guint i = 0; i < accounts->len; i++)
    {
      MwAccount *account = accounts->pdata[i];
      g_autoptr(MwThunderbirdPlace) place = mw_thunderbird_prefs_put (prefs, account, error);

      if (place == NULL)
        return FALSE;
      add_account_notes (plan, account, place);
      add_password_note (plan, account, wants_password (account, MW_HALF_INCOMING),
                         wants_password (account, MW_HALF_OUTGOING));
    }
  text = mw_prefs_js_to_bytes (prefs);
  archive = mw_zip_new ("prefs.js", text);
  mw_export_plan_add_note (
      plan, "thunderbird-import", NULL,
      /* Translators: %s is a file. The names in quotes are menus and buttons of
         Thunderbird: take its own translation. */
      _ ("In Thunderbird’s menu choose “Tools”, “Import”, “Import from a file”, "
                              "“Import Backed-up Profile”, and then %s. It holds no passwords."),
        shown);
  if (mw_export_plan_add_file (plan, path, archive, SECRET_MODE, MW_FILE_HIDDEN, error) == NULL)
    return FALSE;
  for (guint i = 0; i < accounts->len; i++)
    if (!plan_autoconfig (plan, domains, accounts->pdata[i], directory, error))
      return FALSE;
  return TRUE;
}

static MwExportPlan *
plan_thunderbird (GPtrArray *accounts,
                  MwExportHost *host,
                  const MwExportOptions *options,
                  GError **error)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("thunderbird");
  gboolean done;

  if (options->mode == MW_EXPORT_MODE_OUTPUT)
    done = plan_output (plan, accounts, options, error);
  else if (options->profile != NULL)
    done = plan_named_profile (plan, accounts, host, options, error);
  else
    done = plan_install (plan, accounts, host, options, error);
  return done ? g_steal_pointer (&plan) : NULL;
}

const MwExporter mw_exporter_thunderbird = {
  .id = "thunderbird",
  .title = N_ ("Thunderbird"),
  .icons = { "thunderbird", "org.mozilla.thunderbird", "org.mozilla.Thunderbird" },
  .needs = MW_EXPORT_NEEDS_INCOMING,
  .has_password_store = TRUE,
  .plan = plan_thunderbird,
};
