/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app/mw-add-draft.h"

#include "discovery/mw-discovery-private.h"

/* An account on its way, without any widget: what was found, what was picked, what was typed. */

static MwSettings *
make_settings (MwSource source, gboolean trusted, const char *first_url, ...)
{
  MwSettings *settings = mw_settings_new (source, mw_source_to_string (source));
  va_list urls;

  settings->trusted = trusted;
  va_start (urls, first_url);
  for (const char *url = first_url; url != NULL; url = va_arg (urls, const char *))
    {
      g_autoptr (GError) error = NULL;
      MwServer *server = mw_server_new_from_url (url, &error);

      g_assert_no_error (error);
      g_ptr_array_add (settings->servers, server);
    }
  va_end (urls);
  return settings;
}

static MwDiscoveryResult *
make_result (MwAddress *address, const char *note, MwSettings *first, MwSettings *second)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_settings_unref);
  GPtrArray *notes = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_discovery_note_free);
  GPtrArray *answers = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_discovery_answer_free);

  g_ptr_array_add (all, first);
  if (second != NULL)
    g_ptr_array_add (all, second);
  if (note != NULL)
    g_ptr_array_add (notes, mw_discovery_note_new (note, NULL));
  for (MwSource source = MW_SOURCE_SETUP_FILE; source <= MW_SOURCE_GUESS; source++)
    g_ptr_array_add (answers, mw_discovery_answer_new (source));
  return mw_discovery_result_new (address, all, notes, answers, TRUE);
}

static MwAddDraft *
make_draft (const char *text)
{
  g_autoptr (MwAddress) address = mw_address_new (text, NULL);
  MwAddDraft *draft = mw_add_draft_new (mw_provider_db_get_default ());

  mw_add_draft_set_identity (draft, "Jo", address);
  return draft;
}

static void
assert_value (MwAddDraft *draft, const char *field, const char *expected)
{
  g_autofree char *value = mw_add_draft_dup_value (draft, field);

  g_assert_cmpstr (value, ==, expected);
}

#define AUTOCONFIG                                                                                 \
  "imaps://jo@imap.kite.test", "pop3s://jo@pop.kite.test", "smtps://jo@smtp.kite.test", NULL
#define SRV "imap://jo@mail.kite.test:1143", "smtp://jo@mail.kite.test", NULL

static MwAddDraft *
make_disagreeing (gboolean first_trusted, gboolean second_trusted)
{
  MwAddDraft *draft = make_draft ("jo@kite.test");
  g_autoptr (MwDiscoveryResult) result =
                make_result (mw_add_draft_get_address (draft), NULL,
                             make_settings (MW_SOURCE_AUTOCONFIG, first_trusted, AUTOCONFIG),
                             make_settings (MW_SOURCE_SRV, second_trusted, SRV));

  mw_add_draft_set_result (draft, result);
  return draft;
}

static void
best_source_counts (void)
{
  g_autoptr (MwAddDraft) draft = make_disagreeing (TRUE, TRUE);
  g_autoptr (MwAccount) account = mw_account_new (mw_add_draft_get_address (draft));

  g_assert_cmpint (mw_add_draft_get_incoming (draft), ==, MW_PROTOCOL_IMAP);
  g_assert_cmpuint (mw_add_draft_get_n_conflicts (draft), >, 0);
  g_assert_true (mw_add_draft_is_ready (draft));
  mw_add_draft_apply (draft, account);
  g_assert_cmpstr (mw_account_get_name (account), ==, "Jo");
  g_assert_cmpstr (mw_server_get_host (mw_account_get_server (account, MW_HALF_INCOMING)), ==,
                   "imap.kite.test");
  g_assert_cmpstr (mw_server_get_host (mw_account_get_server (account, MW_HALF_OUTGOING)), ==,
                   "smtp.kite.test");
}

static void
values_of_one_server_change_together (void)
{
  g_autoptr (MwAddDraft) draft = make_disagreeing (TRUE, TRUE);

  mw_add_draft_take_value (draft, "imap.port", "1143");
  assert_value (draft, "imap.host", "mail.kite.test");
  assert_value (draft, "imap.port", "1143");
  assert_value (draft, "imap.security", "starttls");
  assert_value (draft, "smtp.host", "smtp.kite.test");
  mw_add_draft_take_value (draft, "imap.security", "tls");
  assert_value (draft, "imap.host", "imap.kite.test");
  assert_value (draft, "imap.port", "993");
  /* A value that nobody names changes nothing */
  mw_add_draft_take_value (draft, "imap.host", "evil.test");
  assert_value (draft, "imap.host", "imap.kite.test");
}

static void
picks_survive_more_answers_of_the_same_best_source (void)
{
  g_autoptr (MwAddDraft) draft = make_disagreeing (TRUE, TRUE);
  g_autoptr (MwDiscoveryResult) other = NULL;

  mw_add_draft_take_value (draft, "smtp.host", "mail.kite.test");
  mw_add_draft_set_incoming (draft, MW_PROTOCOL_POP3);
  mw_add_draft_set_result (draft, mw_add_draft_get_result (draft));
  assert_value (draft, "smtp.host", "mail.kite.test");
  g_assert_cmpint (mw_add_draft_get_incoming (draft), ==, MW_PROTOCOL_POP3);

  other = make_result (mw_add_draft_get_address (draft), NULL,
                       make_settings (MW_SOURCE_PACC, TRUE, AUTOCONFIG), NULL);
  mw_add_draft_set_result (draft, other);
  assert_value (draft, "smtp.host", "smtp.kite.test");
  g_assert_cmpint (mw_add_draft_get_incoming (draft), ==, MW_PROTOCOL_IMAP);
}

static void
strangers_need_a_yes_for_what_is_used (void)
{
  g_autoptr (MwAddDraft) draft = make_disagreeing (TRUE, FALSE);
  g_auto (GStrv) hosts = NULL;

  g_assert_true (mw_add_draft_is_trusted (draft));
  mw_add_draft_take_value (draft, "imap.host", "mail.kite.test");
  hosts = mw_add_draft_dup_strange_hosts (draft);
  g_assert_cmpstr (hosts[0], ==, "mail.kite.test");
  g_assert_null (hosts[1]);
  g_assert_false (mw_add_draft_is_ready (draft));
  mw_add_draft_set_accepted (draft, TRUE);
  g_assert_true (mw_add_draft_is_ready (draft));
  /* The yes was for those servers, and not for the next ones */
  mw_add_draft_take_value (draft, "smtp.host", "mail.kite.test");
  g_assert_false (mw_add_draft_is_ready (draft));
}

static void
typing_a_strangers_server_does_not_avoid_the_question (void)
{
  g_autoptr (MwAddDraft) draft = make_disagreeing (TRUE, FALSE);
  g_autoptr (MwServer) strange = mw_server_new_from_url ("imap://jo@mail.kite.test:1143", NULL);
  g_autoptr (MwServer) own = mw_server_new_from_url ("imaps://jo@mine.test", NULL);

  mw_add_draft_set_by_hand (draft, strange, NULL);
  g_assert_false (mw_add_draft_is_ready (draft));
  mw_add_draft_set_by_hand (draft, own, NULL);
  g_assert_true (mw_add_draft_is_ready (draft));
  mw_add_draft_clear_by_hand (draft);
  assert_value (draft, "imap.host", "imap.kite.test");
}

static void
receiving_only_is_an_account_too (void)
{
  g_autoptr (MwAddDraft) draft = make_draft ("jo@kite.test");
  g_autoptr (MwServer) incoming = mw_server_new_from_url ("pop3s://jo@mine.test", NULL);
  g_autoptr (MwAccount) account = mw_account_new (mw_add_draft_get_address (draft));

  g_assert_false (mw_add_draft_is_ready (draft));
  mw_add_draft_set_by_hand (draft, incoming, NULL);
  g_assert_true (mw_add_draft_is_ready (draft));
  mw_add_draft_apply (draft, account);
  g_assert_null (mw_account_get_server (account, MW_HALF_OUTGOING));
  g_assert_cmpstr (mw_add_draft_get_password_kind (draft), ==, "password");
}

static void
what_little_is_known_fills_the_form (void)
{
  g_autoptr (MwAddDraft) draft = make_draft ("jo@kite.test");
  g_autoptr (MwDiscoveryResult) result = make_result (
      mw_add_draft_get_address (draft), NULL,
      make_settings (MW_SOURCE_SRV, TRUE, "imaps://jo@in.kite.test", NULL), NULL);
  g_autoptr (MwServer) incoming = NULL;

  mw_add_draft_set_result (draft, result);
  g_assert_null (mw_add_draft_get_settings (draft));
  incoming = mw_add_draft_dup_known (draft, MW_HALF_INCOMING);
  g_assert_cmpstr (mw_server_get_host (incoming), ==, "in.kite.test");
  g_assert_null (mw_add_draft_dup_known (draft, MW_HALF_OUTGOING));
}

static void
another_address_forgets_what_was_found (void)
{
  g_autoptr (MwAddDraft) draft = make_disagreeing (TRUE, TRUE);
  g_autoptr (MwAddress) same = mw_address_new ("jo@kite.test", NULL);
  g_autoptr (MwAddress) other = mw_address_new ("ann@kite.test", NULL);

  mw_add_draft_set_identity (draft, "Joe", same);
  g_assert_nonnull (mw_add_draft_get_settings (draft));
  g_assert_cmpstr (mw_add_draft_get_name (draft), ==, "Joe");
  mw_add_draft_set_identity (draft, "Ann", other);
  g_assert_null (mw_add_draft_get_settings (draft));
}

static void
password_kinds_come_from_server_or_provider (void)
{
  g_autoptr (MwAddDraft) draft = make_draft ("li@qq.com");
  g_autoptr (MwServer) qq = mw_server_new_from_url ("imaps://li@imap.qq.com", NULL);
  g_autoptr (MwServer) outlook = mw_server_new_from_url ("imaps://li@outlook.office365.com", NULL);
  const char *both[] = { "oauth2", "app-password", NULL };
  g_autoptr (MwServer) named = mw_server_with_authentications (qq, both);
  g_autoptr (MwServer) open = mw_server_with_mechanism (qq, MW_MECHANISM_NONE);

  mw_add_draft_set_by_hand (draft, qq, NULL);
  g_assert_cmpstr (mw_add_draft_get_password_kind (draft), ==, "authorization-code");
  mw_add_draft_set_by_hand (draft, outlook, NULL);
  g_assert_cmpstr (mw_add_draft_get_password_kind (draft), ==, "oauth2");
  mw_add_draft_set_by_hand (draft, named, NULL);
  g_assert_cmpstr (mw_add_draft_get_password_kind (draft), ==, "app-password");
  mw_add_draft_set_by_hand (draft, open, NULL);
  g_assert_null (mw_add_draft_get_password_kind (draft));
}

static void
a_login_name_that_nobody_knows_is_asked_for (void)
{
  g_autoptr (MwAddDraft) draft = make_draft ("jo@kite.test");
  g_autoptr (MwDiscoveryResult) result =
                make_result (mw_add_draft_get_address (draft), NULL,
                             make_settings (MW_SOURCE_AUTOCONFIG, TRUE, "imaps://imap.kite.test",
                                            "smtps://jo@smtp.kite.test", NULL),
                             NULL);

  mw_add_draft_set_result (draft, result);
  g_assert_true (mw_add_draft_lacks_username (draft));
  g_assert_false (mw_add_draft_is_ready (draft));
  mw_add_draft_set_username (draft, "u1234");
  g_assert_true (mw_add_draft_lacks_username (draft));
  g_assert_true (mw_add_draft_is_ready (draft));
  assert_value (draft, "imap.username", "u1234");
  assert_value (draft, "smtp.username", "jo");
  mw_add_draft_set_username (draft, "");
  g_assert_false (mw_add_draft_is_ready (draft));
}

static void
a_provider_that_lets_nobody_in_is_shown_but_not_ready (void)
{
  g_autoptr (MwAddDraft) draft = make_draft ("jo@tuta.com");
  MwSettings *empty = make_settings (MW_SOURCE_PROVIDER, TRUE, NULL);
  g_autoptr (MwDiscoveryResult) result = NULL;

  empty->provider = g_strdup ("tuta");
  result = make_result (mw_add_draft_get_address (draft), "provider-without-imap", empty, NULL);
  mw_add_draft_set_result (draft, result);
  g_assert_true (mw_add_draft_get_settings (draft) == empty);
  g_assert_false (mw_add_draft_is_ready (draft));
  g_assert_cmpint (mw_add_draft_get_incoming (draft), ==, MW_PROTOCOL_UNKNOWN);
}

static void
a_provider_with_regions_is_ready_once_one_is_chosen (void)
{
  g_autoptr (MwAddDraft) draft = make_draft ("jo@kite.awsapps.com");
  g_autoptr (MwDiscoveryResult) result = NULL;
  MwSettings *settings = make_settings (MW_SOURCE_PROVIDER, TRUE, NULL);

  settings->provider = g_strdup ("amazon-workmail");
  result = make_result (mw_add_draft_get_address (draft), NULL, settings, NULL);
  mw_add_draft_set_result (draft, result);
  g_assert_true (mw_add_draft_get_settings (draft) == settings);
  g_assert_false (mw_add_draft_is_ready (draft));
  mw_add_draft_set_region (draft, "us-west-2");
  g_assert_true (mw_add_draft_is_ready (draft));
  assert_value (draft, "smtp.host", "smtp.mail.us-west-2.awsapps.com");
}

static void
regions_of_a_provider_change_the_servers (void)
{
  g_autoptr (MwAddDraft) draft = make_draft ("jo@kite.test");
  g_autoptr (MwDiscoveryResult) result = NULL;
  MwSettings *settings =
      make_settings (MW_SOURCE_MX, TRUE, "imaps://jo@imap.mail.us-east-1.awsapps.com",
                     "smtps://jo@smtp.mail.us-east-1.awsapps.com", NULL);

  settings->provider = g_strdup ("amazon-workmail");
  result = make_result (mw_add_draft_get_address (draft), NULL, settings, NULL);
  mw_add_draft_set_result (draft, result);
  mw_add_draft_set_region (draft, "eu-west-1");
  assert_value (draft, "imap.host", "imap.mail.eu-west-1.awsapps.com");
  g_assert_true (mw_add_draft_is_trusted (draft));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/add-draft/best-source-counts", best_source_counts);
  g_test_add_func ("/add-draft/values-of-one-server-change-together",
                   values_of_one_server_change_together);
  g_test_add_func ("/add-draft/picks-survive-more-answers-of-the-same-best-source",
                   picks_survive_more_answers_of_the_same_best_source);
  g_test_add_func ("/add-draft/strangers-need-a-yes-for-what-is-used",
                   strangers_need_a_yes_for_what_is_used);
  g_test_add_func ("/add-draft/typing-a-strangers-server-does-not-avoid-the-question",
                   typing_a_strangers_server_does_not_avoid_the_question);
  g_test_add_func ("/add-draft/receiving-only-is-an-account-too", receiving_only_is_an_account_too);
  g_test_add_func ("/add-draft/what-little-is-known-fills-the-form",
                   what_little_is_known_fills_the_form);
  g_test_add_func ("/add-draft/another-address-forgets-what-was-found",
                   another_address_forgets_what_was_found);
  g_test_add_func ("/add-draft/password-kinds-come-from-server-or-provider",
                   password_kinds_come_from_server_or_provider);
  g_test_add_func ("/add-draft/a-login-name-that-nobody-knows-is-asked-for",
                   a_login_name_that_nobody_knows_is_asked_for);
  g_test_add_func ("/add-draft/a-provider-that-lets-nobody-in-is-shown-but-not-ready",
                   a_provider_that_lets_nobody_in_is_shown_but_not_ready);
  g_test_add_func ("/add-draft/regions-of-a-provider-change-the-servers",
                   regions_of_a_provider_change_the_servers);
  g_test_add_func ("/add-draft/a-provider-with-regions-is-ready-once-one-is-chosen",
                   a_provider_with_regions_is_ready_once_one_is_chosen);
  return g_test_run ();
}
