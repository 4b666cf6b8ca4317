/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/mw-diagnosis.h"
#include "providers/mw-provider-db.h"
#include "providers/mw-provider-image.h"

#include <locale.h>
#include <string.h>

static const MwProvider *
get (const char *id)
{
  const MwProvider *provider = mw_provider_db_lookup_id (mw_provider_db_get_default (), id);

  if (provider == NULL)
    g_error ("there is no provider %s", id);
  return provider;
}

static MwAddress *
address_new (const char *text)
{
  g_autoptr (GError) error = NULL;
  MwAddress *address = mw_address_new (text, &error);

  g_assert_no_error (error);
  return address;
}

/* "protocol host port security username authentications", one line a server. */
static char *
describe_servers (GPtrArray *servers)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < servers->len; i++)
    {
      MwServer *server = g_ptr_array_index (servers, i);
      const char *const *names = mw_server_get_authentications (server);
      g_autofree char *authentications = g_strjoinv (",", (char **) names);

      g_string_append_printf (
          text, "%s %s %u %s %s %s\n", mw_protocol_to_string (mw_server_get_protocol (server)),
          mw_server_get_host (server), mw_server_get_port (server),
          mw_security_to_string (mw_server_get_security (server)),
          mw_server_get_username (server) != NULL ? mw_server_get_username (server) : "-",
          authentications);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
assert_servers (const char *id, const char *address_text, const char *expected)
{
  g_autoptr (MwAddress) address = address_text != NULL ? address_new (address_text) : NULL;
  g_autoptr (GPtrArray) servers = mw_provider_get_servers (get (id), address);
  g_autofree char *text = describe_servers (servers);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_servers (void)
{
  assert_servers ("gmail", "jo@gmail.com",
                  "imap imap.gmail.com 993 tls jo@gmail.com oauth2,app-password\n"
                  "pop3 pop.gmail.com 995 tls jo@gmail.com oauth2,app-password\n"
                  "smtp smtp.gmail.com 465 tls jo@gmail.com oauth2,app-password\n"
                  "smtp smtp.gmail.com 587 starttls jo@gmail.com oauth2,app-password\n");
  assert_servers ("icloud", "Jo.Doe@icloud.com",
                  "imap imap.mail.me.com 993 tls Jo.Doe app-password\n"
                  "smtp smtp.mail.me.com 587 starttls Jo.Doe@icloud.com app-password\n");
  assert_servers ("docomo", "jo@docomo.ne.jp",
                  "imap imap.spmode.ne.jp 993 tls - app-password\n"
                  "smtp smtp.spmode.ne.jp 465 tls - app-password\n");
  assert_servers ("netease-vip", "jo@188.com",
                  "imap imap.188.com 993 tls jo@188.com authorization-code\n"
                  "pop3 pop.188.com 995 tls jo@188.com authorization-code\n"
                  "smtp smtp.188.com 465 tls jo@188.com authorization-code\n"
                  "smtp smtp.188.com 994 tls jo@188.com authorization-code\n");
  assert_servers ("proton", "jo@proton.me",
                  "imap 127.0.0.1 1143 starttls jo@proton.me bridge-password\n"
                  "smtp 127.0.0.1 1025 starttls jo@proton.me bridge-password\n");
  assert_servers ("tuta", "jo@tuta.com", "");
  g_assert_cmpint (mw_provider_get_service (get ("tuta")), ==, MW_PROVIDER_SERVICE_NONE);
  g_assert_null (mw_provider_get_username_form (get ("tuta"), MW_PROTOCOL_IMAP));
}

static void
test_templates_are_never_names (void)
{
  g_autoptr (GPtrArray) all = mw_provider_db_search (mw_provider_db_get_default (), NULL);

  for (guint i = 0; i < all->len; i++)
    {
      const MwProvider *provider = g_ptr_array_index (all, i);
      g_autoptr (GPtrArray) servers = mw_provider_get_servers (provider, NULL);

      for (guint j = 0; j < servers->len; j++)
        {
          const char *host = mw_server_get_host (g_ptr_array_index (servers, j));

          g_assert_null (strpbrk (host, "{}*"));
          g_assert_true (mw_host_is_valid (host));
        }
    }
  assert_servers ("netease-vip", NULL, "");
  assert_servers ("amazon-ses", "jo@example.org", "");
  assert_servers ("amazon-workmail", "jo@contoso.awsapps.com", "");
  g_assert_null (mw_provider_get_first_host (get ("amazon-ses"), MW_PROTOCOL_SMTP));
}

static void
test_regions (void)
{
  const MwProvider *ses = get ("amazon-ses");
  g_autoptr (GPtrArray) servers = mw_provider_get_servers_in_region (ses, NULL, "eu-west-1");
  g_autoptr (GPtrArray) invented =
                mw_provider_get_servers_in_region (ses, NULL, "evil.example/eu-west-1");
  g_autofree char *text = describe_servers (servers);

  g_assert_true (g_strv_contains (mw_provider_get_regions (ses), "us-east-1"));
  g_assert_true (g_str_has_prefix (
      text, "smtp email-smtp.eu-west-1.amazonaws.com 587 starttls - smtp-credentials\n"));
  g_assert_cmpuint (servers->len, ==, 4);
  g_assert_cmpuint (invented->len, ==, 0);
  g_assert_cmpstr (mw_provider_get_regions (get ("gmail"))[0], ==, NULL);
}

static void
test_usernames (void)
{
  static const struct
  {
    const char *id;
    MwProtocol protocol;
    const char *address;
    const char *username;
  } cases[] = {
    { "gmail", MW_PROTOCOL_IMAP, "Jo@Gmail.com", "Jo@gmail.com" },
    { "icloud", MW_PROTOCOL_IMAP, "jo@me.com", "jo" },
    { "icloud", MW_PROTOCOL_SMTP, "jo@me.com", "jo@me.com" },
    { "dd.iij4u.or.jp", MW_PROTOCOL_IMAP, "jo@ff.iij4u.or.jp", "jo.ff.iij4u.or.jp" },
    { "mit.edu", MW_PROTOCOL_IMAP, "jo@mit.edu", "jo@mit.edu" },
    { "mit.edu", MW_PROTOCOL_SMTP, "jo@mit.edu", "jo" },
    { "docomo", MW_PROTOCOL_IMAP, "jo@docomo.ne.jp", NULL },
    { "amazon-ses", MW_PROTOCOL_SMTP, "jo@example.org", NULL },
    { "dd.iij4u.or.jp", MW_PROTOCOL_IMAP, "{domain}@dd.iij4u.or.jp", "{domain}.dd.iij4u.or.jp" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MwAddress) address = address_new (cases[i].address);
      g_autofree char *username =
          mw_provider_dup_username (get (cases[i].id), cases[i].protocol, address);

      g_assert_cmpstr (username, ==, cases[i].username);
    }
  g_assert_cmpstr (mw_provider_get_username_forms (get ("qq"), MW_PROTOCOL_IMAP)[1], ==, "local");
  g_assert_cmpstr (mw_provider_get_username_form (get ("qq"), MW_PROTOCOL_IMAP), ==, "full");
}

static void
test_wrong_hosts (void)
{
  static const struct
  {
    const char *id;
    const char *host;
    MwProtocol protocol;
    const char *right;
  } cases[] = {
    { "gmail", "imap.google.com", MW_PROTOCOL_IMAP, "imap.gmail.com" },
    { "gmail", "MAIL.gmail.com.", MW_PROTOCOL_SMTP, "smtp.gmail.com" },
    { "gmail", "mail.gmail.com", MW_PROTOCOL_POP3, "pop.gmail.com" },
    { "qq", "imap.exmail.qq.com", MW_PROTOCOL_IMAP, "imap.qq.com" },
    { "exmail", "smtp.qq.com", MW_PROTOCOL_SMTP, "smtp.exmail.qq.com" },
    { "outlook", "smtp.live.com", MW_PROTOCOL_SMTP, "smtp-mail.outlook.com" },
    { "microsoft365-cn", "outlook.office365.com", MW_PROTOCOL_IMAP, "partner.outlook.cn" },
    { "icloud", "imap.icloud.com", MW_PROTOCOL_IMAP, "imap.mail.me.com" },
    { "icloud", "pop.mail.me.com", MW_PROTOCOL_POP3, NULL },
    { "tuta", "smtp.tutanota.com", MW_PROTOCOL_SMTP, NULL },
    { "gmail", "imap.gmail.com", MW_PROTOCOL_IMAP, NULL },
    { "gmail", "imap.googlemail.com", MW_PROTOCOL_IMAP, NULL },
    { "gmail", "imap.google.com.evil.example", MW_PROTOCOL_IMAP, NULL },
    { "gmail", "", MW_PROTOCOL_IMAP, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (
        mw_provider_lookup_wrong_host (get (cases[i].id), cases[i].host, cases[i].protocol), ==,
        cases[i].right);
  g_assert_true (mw_provider_is_wrong_host (get ("tuta"), "smtp.tutanota.com"));
}

static void
test_own_hosts (void)
{
  g_assert_true (mw_provider_has_host (get ("gmail"), "imap.gmail.com", NULL));
  g_assert_true (mw_provider_has_host (get ("google-workspace"), "IMAP.gmail.com.", NULL));
  g_assert_true (mw_provider_has_host (get ("outlook"), "smtp.office365.com", NULL));
  g_assert_true (mw_provider_has_host (get ("freenet"), "mx.freenet.de", NULL));
  g_assert_true (mw_provider_has_host (get ("netease-vip"), "imap.188.com", "188.com"));
  g_assert_true (
      mw_provider_has_host (get ("amazon-ses"), "email-smtp.us-east-1.amazonaws.com", NULL));
  g_assert_true (mw_provider_has_host (get ("ovh"), "zimbra3.mail.ovh.net", NULL));
  g_assert_true (mw_provider_has_host (get ("proton"), "127.0.0.1", NULL));
  g_assert_false (mw_provider_has_host (get ("netease-vip"), "imap.188.com", "vip.163.com"));
  g_assert_false (mw_provider_has_host (get ("netease-vip"), "imap.{domain}", NULL));
  g_assert_false (mw_provider_has_host (get ("gmail"), "imap.google.com", NULL));
  g_assert_false (mw_provider_has_host (get ("gmail"), "imap.gmail.com.evil.example", NULL));
}

static void
test_quirks_and_confidence (void)
{
  g_assert_true (mw_provider_has_quirk (get ("netease-163"), "needs-imap-id"));
  g_assert_true (mw_provider_has_quirk (get ("proton"), "local-bridge"));
  g_assert_false (mw_provider_has_quirk (get ("gmail"), "needs-imap-id"));
  g_assert_true (mw_provider_accepts_authentication (get ("outlook"), "oauth2"));
  g_assert_false (mw_provider_accepts_authentication (get ("outlook"), "app-password"));
  g_assert_cmpint (mw_provider_get_confidence (get ("sohu")), ==, MW_PROVIDER_CONFIDENCE_LOW);
  g_assert_cmpint (mw_provider_get_service (get ("amazon-ses")), ==,
                   MW_PROVIDER_SERVICE_SENDING_ONLY);
  g_assert_cmpstr (mw_provider_get_region (get ("qq")), ==, "cn");
  g_assert_cmpstr (mw_provider_get_checked (get ("qq")), ==, "2026-11-21");
  g_assert_cmpstr (mw_provider_get_sources (get ("qq"))[0], ==, "ISPDB qq.com.xml (2026-03-12)");
}

/* Odd pairs that are right are marked, so that nobody "corrects" them. */
static void
test_unusual_servers_are_marked (void)
{
  const MwProvider *spectrum = get ("spectrum");
  MwProviderServer server;
  gboolean seen = FALSE;

  for (guint i = 0; mw_provider_get_server (spectrum, i, &server); i++)
    {
      g_assert_cmpint (server.unusual, ==, server.port == 587);
      seen |= server.port == 587 && server.security == MW_SECURITY_TLS;
    }
  g_assert_true (seen);
  g_assert_false (mw_provider_get_server (spectrum, mw_provider_get_n_servers (spectrum), &server));
}

static void
test_texts (void)
{
  const MwProvider *qq = get ("qq");
  g_autoptr (GPtrArray) english = NULL;
  g_autoptr (GPtrArray) chinese = NULL;
  g_autoptr (GPtrArray) german = NULL;

  if (setlocale (LC_ALL, "C.UTF-8") == NULL)
    {
      g_test_skip ("the locale C.UTF-8 is not there");
      return;
    }
  g_setenv ("LANGUAGE", "fr", TRUE); /* which nobody wrote */
  g_assert_cmpstr (mw_provider_get_name (qq), ==, "QQ Mail");
  english = mw_provider_get_notes (qq);
  g_assert_cmpstr (g_ptr_array_index (english, 0), ==, "The QQ password is never accepted.");

  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  g_assert_cmpstr (mw_provider_get_name (qq), ==, "QQ 邮箱");
  g_assert_nonnull (strstr (mw_provider_get_prepare (qq), "授权码"));
  g_assert_nonnull (strstr (mw_provider_get_password_hint (qq), "小写字母"));
  chinese = mw_provider_get_notes (qq);
  g_assert_cmpuint (chinese->len, ==, english->len);
  g_assert_cmpstr (g_ptr_array_index (chinese, 0), ==, "QQ 密码不能用于邮件程序登录。");
  g_assert_cmpstr (mw_provider_get_name (get ("posteo")), ==, "Posteo"); /* has no other name */

  g_setenv ("LANGUAGE", "de", TRUE);
  g_assert_cmpstr (mw_provider_get_name (qq), ==, "QQ Mail"); /* has no other name in German */
  g_assert_cmpstr (mw_provider_get_name (get ("zoho-au")), ==, "Zoho Mail (Australien)");
  g_assert_nonnull (strstr (mw_provider_get_prepare (qq), "Autorisierungscode"));
  g_assert_nonnull (strstr (mw_provider_get_password_hint (qq), "16 Kleinbuchstaben"));
  german = mw_provider_get_notes (qq);
  g_assert_cmpuint (german->len, ==, english->len);
  g_assert_cmpstr (g_ptr_array_index (german, 0), ==, "Das QQ-Passwort wird nie akzeptiert.");
  g_setenv ("LANGUAGE", "de_AT.UTF-8", TRUE);
  g_assert_nonnull (strstr (mw_provider_get_prepare (qq), "Autorisierungscode"));

  g_setenv ("LANGUAGE", "fr:zh_CN.UTF-8", TRUE);
  g_assert_cmpstr (mw_provider_get_name (qq), ==, "QQ 邮箱");
  g_setenv ("LANGUAGE", "en_GB:zh_CN", TRUE);
  g_assert_cmpstr (mw_provider_get_name (qq), ==, "QQ Mail");
  g_setenv ("LANGUAGE", "zh_TW", TRUE);
  g_assert_cmpstr (mw_provider_get_name (qq), ==, "QQ Mail");

  /* As gettext has it. */
  setlocale (LC_ALL, "C");
  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  g_assert_cmpstr (mw_provider_get_name (qq), ==, "QQ Mail");
  g_unsetenv ("LANGUAGE");
  g_assert_null (mw_provider_get_prepare (get ("ocn")));
}

static void
test_password_shapes (void)
{
  static const struct
  {
    const char *id;
    const char *password;
    MwPasswordShape shape;
  } cases[] = {
    { "gmail", "abcdefghijklmnop", MW_PASSWORD_SHAPE_OK },
    { "gmail", "abcd efgh ijkl mnop", MW_PASSWORD_SHAPE_BLANKS },
    { "gmail", " abcdefghijklmnop", MW_PASSWORD_SHAPE_BLANKS },
    { "gmail", "abcdefghijklmnop\n", MW_PASSWORD_SHAPE_BLANKS },
    { "gmail", "abcd\u00a0efgh\u00a0ijkl\u00a0mnop", MW_PASSWORD_SHAPE_BLANKS },
    { "gmail", "abcd\u3000efgh ijkl mnop\u200b", MW_PASSWORD_SHAPE_BLANKS },
    { "gmail", "abcdefghijklmno", MW_PASSWORD_SHAPE_INCOMPLETE },
    { "gmail", "abcd efgh ijkl", MW_PASSWORD_SHAPE_INCOMPLETE },
    { "gmail", "abcdefghijklmnopq", MW_PASSWORD_SHAPE_INCOMPLETE },
    { "gmail", "hunter", MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD },
    { "gmail", "Abcdefghijklmnop", MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD },
    { "gmail", "correct horse battery staple", MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD },
    { "gmail", "abcdefghijklmno1", MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD },
    { "gmail", "пароль", MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD },
    { "gmail", "\xff\xfe", MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD },
    { "gmail", "   ", MW_PASSWORD_SHAPE_UNKNOWN },
    { "gmail", "", MW_PASSWORD_SHAPE_UNKNOWN },
    { "icloud", "abcd-efgh-ijkl-mnop", MW_PASSWORD_SHAPE_OK },
    { "icloud", "abcdefghijklmnop", MW_PASSWORD_SHAPE_OK },
    { "icloud", "abcd-efgh-ijkl-mno", MW_PASSWORD_SHAPE_INCOMPLETE },
    { "icloud", "Secret123!", MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD },
    { "qq", "abcdefghijklmnop", MW_PASSWORD_SHAPE_OK },
    { "qq", "12345678", MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD },
    { "amazon-ses", "BExampleExampleExampleExampleExampleExample1", MW_PASSWORD_SHAPE_OK },
    { "amazon-ses", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", MW_PASSWORD_SHAPE_OTHER_KIND },
    { "posteo", "whatever", MW_PASSWORD_SHAPE_UNKNOWN },
    { "netease-163", "whatever", MW_PASSWORD_SHAPE_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MwPasswordShape shape =
          mw_provider_check_password_shape (get (cases[i].id), cases[i].password);

      if (shape != cases[i].shape)
        g_error ("%s, \"%s\": %d instead of %d", cases[i].id, cases[i].password, shape,
                 cases[i].shape);
    }
}

static void
test_password_patterns (void)
{
  static const char *const good[] = { "[a-z]{16}", "a", "[a-z0-9]{4,8}", "x?[0-9]+", "[+/=-]{2}" };
  static const char *const bad[] = {
    "",
    "[",
    "[]",
    "[a-z",
    "a{",
    "a{2",
    "a{2,1}",
    "a{201}",
    "{2}",
    "*a]",
    "a b",
    "[a b]",
    "a{99999999999999999999}",
    "\\d",
    "[[a]]",
    "é",
    "a??",
    "+",
  };
  g_autofree char *endless = g_strnfill (100000, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mw_password_pattern_is_valid (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    if (mw_password_pattern_is_valid (bad[i]))
      g_error ("\"%s\" was taken for a pattern", bad[i]);
  g_assert_true (mw_password_pattern_matches ("x?[0-9]+", "x12", FALSE));
  g_assert_true (mw_password_pattern_matches ("x?[0-9]+", "12", FALSE));
  g_assert_false (mw_password_pattern_matches ("x?[0-9]+", "x", FALSE));
  g_assert_false (mw_password_pattern_matches ("x?[0-9]+", "xx1", FALSE));
  g_assert_true (mw_password_pattern_matches ("[+/=-]{2}", "-+", FALSE));
  g_assert_false (mw_password_pattern_matches ("[a-z]{16}", endless, TRUE));
}

/* What servers said word for word, lines and codes included. */
static void
test_errors (void)
{
  static const struct
  {
    const char *id;
    MwProtocol protocol;
    const char *text;
    const char *diagnosis;
  } cases[] = {
    { "gmail", MW_PROTOCOL_SMTP,
      "534-5.7.9 Application-specific password required. For more information, go to\r\n"
      "534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp",
      "auth-app-password-required" },
    { "google-workspace", MW_PROTOCOL_SMTP,
      "535-5.7.8 Username and Password not accepted. For more information, go to",
      "auth-app-password-required" },
    { "gmail", MW_PROTOCOL_SMTP, "5.7.8 Username and Password not accepted.",
      "auth-app-password-required" },
    { "gmail", MW_PROTOCOL_IMAP,
      "[ALERT] Application-specific password required: https://support.google.com/accounts",
      "auth-app-password-required" },
    { "gmail", MW_PROTOCOL_IMAP, "a1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
      "auth-app-password-required" },
    { "gmail", MW_PROTOCOL_SMTP, "534-5.7.14 <https://accounts.google.com/signin/continue>",
      "auth-disabled-by-provider" },
    { "google-workspace", MW_PROTOCOL_IMAP,
      "NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page",
      "auth-disabled-by-provider" },
    { "gmail", MW_PROTOCOL_IMAP, "NO [ALERT] Too many simultaneous connections. (Failure)",
      "server-busy" },
    { "outlook", MW_PROTOCOL_SMTP,
      "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [X.PROD.OUTLOOK]",
      "auth-oauth2-required" },
    { "microsoft365", MW_PROTOCOL_SMTP,
      "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
      "Tenant. Visit https://aka.ms/smtp_auth_disabled",
      "auth-disabled-by-provider" },
    { "microsoft365", MW_PROTOCOL_SMTP,
      "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security "
      "defaults policy. Contact your administrator.",
      "auth-oauth2-required" },
    { "microsoft365-cn", MW_PROTOCOL_SMTP, "535 5.7.3 Authentication unsuccessful [X]",
      "auth-failed" },
    { "outlook", MW_PROTOCOL_IMAP, "BAD User is authenticated but not connected.",
      "mailbox-unavailable" },
    { "outlook", MW_PROTOCOL_IMAP, "NO LOGIN failed.", "auth-oauth2-required" },
    { "outlook", MW_PROTOCOL_IMAP, "NO AUTHENTICATE failed.", "auth-oauth2-required" },
    { "microsoft365-cn", MW_PROTOCOL_IMAP, "NO LOGIN failed.", "auth-failed" },
    { "microsoft365", MW_PROTOCOL_SMTP, "530 5.7.57 Client not authenticated to send mail.",
      "sender-rejected" },
    { "yahoo", MW_PROTOCOL_SMTP, "535 5.7.0 (#AUTH005) Too many bad auth attempts.",
      "auth-app-password-required" },
    { "aol", MW_PROTOCOL_IMAP, "NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials",
      "auth-app-password-required" },
    { "icloud", MW_PROTOCOL_IMAP, "NO [AUTHENTICATIONFAILED] Authentication Failed",
      "auth-app-password-required" },
    { "icloud", MW_PROTOCOL_SMTP,
      "535 5.7.8 Error: authentication failed:", "auth-app-password-required" },
    { "proton", MW_PROTOCOL_IMAP, "Connection refused", "connection-refused" },
    { "proton", MW_PROTOCOL_IMAP, "NO no such user", "auth-failed" },
    { "zoho-eu", MW_PROTOCOL_IMAP,
      "NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator",
      "auth-disabled-by-provider" },
    { "zoho", MW_PROTOCOL_SMTP, "535 Authentication Failed", "auth-failed" },
    { "gmx", MW_PROTOCOL_SMTP, "535 Authentication credentials invalid", "auth-failed" },
    { "amazon-ses", MW_PROTOCOL_SMTP, "535 Authentication Credentials Invalid", "auth-failed" },
    { "amazon-ses", MW_PROTOCOL_SMTP,
      "554 Message rejected: Email address is not verified. The following identities failed",
      "sender-rejected" },
    { "qq", MW_PROTOCOL_IMAP,
      "NO Login fail. Account is abnormal, service is not open, password is incorrect, login "
      "frequency limited, or system is busy. More information at https://service.mail.qq.com",
      "auth-app-password-required" },
    { "qq", MW_PROTOCOL_SMTP,
      "535 Error: authentication failed, please enter your authorization code to login",
      "auth-app-password-required" },
    { "qq", MW_PROTOCOL_SMTP, "535 请使用授权码登录。详情请看: http://service.mail.qq.com",
      "auth-app-password-required" },
    { "exmail", MW_PROTOCOL_SMTP, "535 Error: authentication failed, system busy",
      "auth-app-password-required" },
    { "netease-163", MW_PROTOCOL_IMAP,
      "NO EXAMINE Unsafe Login. Please contact kefu@188.com for help", "login-limited" },
    { "netease-126", MW_PROTOCOL_SMTP, "535 Error: authentication failed",
      "auth-app-password-required" },
    { "netease-163", MW_PROTOCOL_SMTP, "550 User has no permission", "auth-disabled-by-provider" },
    { "netease-yeah", MW_PROTOCOL_SMTP, "554 DT:SPM 163 smtp10", "sender-rejected" },
    { "aliyun", MW_PROTOCOL_SMTP, "526 Authentication failure[0]", "auth-failed" },
    { "aliyun-qiye", MW_PROTOCOL_SMTP, "535 no such thing", "auth-failed" },
    { "yandex", MW_PROTOCOL_SMTP,
      "535 5.7.8 Error: authentication failed: This user does not have access rights to this "
      "service",
      "auth-disabled-by-provider" },
    { "yandex", MW_PROTOCOL_IMAP,
      "NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled", "auth-failed" },
    { "mail-ru", MW_PROTOCOL_SMTP, "535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru",
      "auth-app-password-required" },
    { "mail-ru", MW_PROTOCOL_IMAP, "NO [AUTHENTICATIONFAILED] Application password is REQUIRED",
      "auth-app-password-required" },
    { "zimbra", MW_PROTOCOL_IMAP, "NO mailbox selected READ-ONLY", "mailbox-unavailable" },
    /* Nobody's in particular. */
    { NULL, MW_PROTOCOL_IMAP, "NO [ALERT] Please log in via your web browser",
      "auth-disabled-by-provider" },
    { "posteo", MW_PROTOCOL_IMAP, "NO too many\r\n  login attempts", "auth-rate-limited" },
    { NULL, MW_PROTOCOL_SMTP, "535 5.7.8 An app password is required",
      "auth-app-password-required" },
    /* Not known. */
    { NULL, MW_PROTOCOL_IMAP, "NO [AUTHENTICATIONFAILED] Authentication failed.", NULL },
    { "posteo", MW_PROTOCOL_SMTP, "535 5.7.8 Error: authentication failed", NULL },
    { "aliyun", MW_PROTOCOL_SMTP, "250 2.0.0 queued as 15350", NULL },
    { "aliyun", MW_PROTOCOL_IMAP, "NO 535 or so", NULL },
    { "gmail", MW_PROTOCOL_SMTP, "534 5.7.140 something else", NULL },
    { "gmail", MW_PROTOCOL_SMTP, "", NULL },
    { "gmail", MW_PROTOCOL_SMTP, "\xff\x80\x01", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const MwProvider *provider = cases[i].id != NULL ? get (cases[i].id) : NULL;
      const char *diagnosis = NULL, *text = NULL;
      gboolean found =
          mw_provider_match_error (provider, cases[i].protocol, cases[i].text, &diagnosis, &text);

      if (g_strcmp0 (diagnosis, cases[i].diagnosis) != 0)
        g_error ("\"%s\" is %s instead of %s", cases[i].text,
                 diagnosis != NULL ? diagnosis : "unknown",
                 cases[i].diagnosis != NULL ? cases[i].diagnosis : "unknown");
      g_assert_cmpint (found, ==, diagnosis != NULL);
      g_assert_cmpint (found, ==, text != NULL);
      g_assert_true (!found || strlen (text) > 20);
    }
  g_assert_true (mw_provider_match_error (NULL, MW_PROTOCOL_IMAP, "Unsafe Login", NULL, NULL));
}

static void
test_every_diagnosis_exists (void)
{
  const MwProviderImage *image = &mw_provider_builtin_image;
  guint n = image->first_common_error + image->n_common_errors;

  g_assert_cmpuint (n, >, 80);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (mw_diagnosis_from_id (image->strings + image->errors[i].diagnosis), !=,
                     MW_DIAGNOSIS_NONE);
}

static void
test_endless_error_text (void)
{
  g_autofree char *text = g_strnfill (1000000, 'x');

  g_assert_false (mw_provider_match_error (get ("qq"), MW_PROTOCOL_IMAP, text, NULL, NULL));
  memcpy (text, "Login fail. Account is abnormal, ", 33);
  g_assert_true (mw_provider_match_error (get ("qq"), MW_PROTOCOL_IMAP, text, NULL, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/providers/provider/fills-servers-for-an-address", test_servers);
  g_test_add_func ("/providers/provider/template-is-never-a-host", test_templates_are_never_names);
  g_test_add_func ("/providers/provider/region-makes-servers", test_regions);
  g_test_add_func ("/providers/provider/login-names-follow-the-form", test_usernames);
  g_test_add_func ("/providers/provider/wrong-host-leads-to-the-right-one", test_wrong_hosts);
  g_test_add_func ("/providers/provider/knows-its-own-hosts", test_own_hosts);
  g_test_add_func ("/providers/provider/tells-quirks-and-origins", test_quirks_and_confidence);
  g_test_add_func ("/providers/provider/odd-servers-are-marked", test_unusual_servers_are_marked);
  g_test_add_func ("/providers/provider/texts-follow-the-language", test_texts);
  g_test_add_func ("/providers/provider/shape-tells-the-kind-of-password", test_password_shapes);
  g_test_add_func ("/providers/provider/password-patterns-are-checked", test_password_patterns);
  g_test_add_func ("/providers/provider/refusals-are-understood", test_errors);
  g_test_add_func ("/providers/provider/every-diagnosis-exists", test_every_diagnosis_exists);
  g_test_add_func ("/providers/provider/endless-refusal-is-cut", test_endless_error_text);

  return g_test_run ();
}
