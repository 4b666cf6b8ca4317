/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "net/mw-deadline.h"
#include "net/mw-dns-message.h"
#include "net/mw-net-error.h"
#include "net/mw-net-fakes.h"

#include <string.h>

/* Parsing */

/* A DNS answer, as it is built up */
typedef GByteArray Message;

static void
put16 (Message *message, guint value)
{
  const guint8 bytes[] = { (guint8) (value >> 8), (guint8) value };

  g_byte_array_append (message, bytes, 2);
}

static void
put_name (Message *message, const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  for (char **label = labels; *label != NULL && **label != '\0'; label++)
    {
      guint8 length = (guint8) strlen (*label);

      g_byte_array_append (message, &length, 1);
      g_byte_array_append (message, (const guint8 *) *label, length);
    }
  g_byte_array_append (message, (const guint8 *) "", 1);
}

/* The header, and the question for example.org */
static Message *
begin (guint flags, guint n_answers, guint type)
{
  Message *message = g_byte_array_new ();

  put16 (message, 0x1234);
  put16 (message, flags);
  put16 (message, 1);
  put16 (message, n_answers);
  put16 (message, 0);
  put16 (message, 0);
  put_name (message, "example.org");
  put16 (message, type);
  put16 (message, 1);

  return message;
}

/* The head of a record for the name of the question */
static void
put_record (Message *message, guint type, const Message *data)
{
  put16 (message, 0xc00c);
  put16 (message, type);
  put16 (message, 1);
  put16 (message, 0);
  put16 (message, 300);
  put16 (message, data->len);
  g_byte_array_append (message, data->data, data->len);
}

static void
put_srv (Message *message, guint priority, guint weight, guint port, const char *target)
{
  g_autoptr(GByteArray) data = g_byte_array_new ();

  put16 (data, priority);
  put16 (data, weight);
  put16 (data, port);
  put_name (data, target);
  put_record (message, 33, data);
}

static void
put_mx (Message *message, guint preference, const char *host)
{
  g_autoptr(GByteArray) data = g_byte_array_new ();

  put16 (data, preference);
  put_name (data, host);
  put_record (message, 15, data);
}

static void
put_txt (Message *message, const char *text, gsize length)
{
  g_autoptr(GByteArray) data = g_byte_array_new ();

  g_byte_array_append (data, (const guint8 *) text, (guint) length);
  put_record (message, 16, data);
}

static GPtrArray *
parse (const Message *message, MwRecordType type, GError **error)
{
  return mw_dns_message_parse (message->data, message->len, type, error);
}

static const MwDnsRecord *
get (GPtrArray *records, guint i)
{
  g_assert_cmpuint (i, <, records->len);
  return g_ptr_array_index (records, i);
}

static void
test_srv (void)
{
  g_autoptr(GByteArray) message = begin (0x8180, 4, 33);
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;

  put_srv (message, 20, 0, 993, "last.example.org");
  put_srv (message, 10, 1, 993, "light.example.org");
  put_srv (message, 10, 9, 993, "Heavy.Example.ORG");
  put_srv (message, 0, 0, 0, "");

  records = parse (message, MW_RECORD_SRV, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 4);
  g_assert_cmpstr (get (records, 0)->target, ==, ".");
  g_assert_cmpstr (get (records, 1)->target, ==, "heavy.example.org");
  g_assert_cmpuint (get (records, 1)->weight, ==, 9);
  g_assert_cmpuint (get (records, 1)->port, ==, 993);
  g_assert_cmpstr (get (records, 2)->target, ==, "light.example.org");
  g_assert_cmpstr (get (records, 3)->target, ==, "last.example.org");
}

static void
test_mx (void)
{
  g_autoptr(GByteArray) message = begin (0x8180, 2, 15);
  g_autoptr(GByteArray) null = begin (0x8180, 1, 15);
  g_autoptr(GPtrArray) records = NULL, none = NULL;

  put_mx (message, 20, "b.example.org");
  put_mx (message, 10, "a.example.org");
  put_mx (null, 0, "");

  records = parse (message, MW_RECORD_MX, NULL);
  g_assert_cmpstr (get (records, 0)->target, ==, "a.example.org");
  g_assert_cmpuint (get (records, 0)->priority, ==, 10);
  none = parse (null, MW_RECORD_MX, NULL);
  g_assert_cmpuint (none->len, ==, 1);
  g_assert_cmpstr (get (none, 0)->target, ==, ".");
}

static void
test_txt (void)
{
  g_autoptr(GByteArray) message = begin (0x8180, 2, 16);
  g_autoptr(GPtrArray) records = NULL;

  put_txt (message, "\x03one\x02,\0", 7);
  put_txt (message, "\x00", 1);

  records = parse (message, MW_RECORD_TXT, NULL);
  g_assert_cmpuint (records->len, ==, 2);
  g_assert_cmpmem (g_bytes_get_data (get (records, 0)->text, NULL),
                   g_bytes_get_size (get (records, 0)->text), "one,\0", 5);
  g_assert_cmpuint (g_bytes_get_size (get (records, 1)->text), ==, 0);
}

/* The alias comes first, the record behind it belongs to another name: both are in one answer */
static void
test_alias (void)
{
  g_autoptr(GByteArray) message = begin (0x8180, 2, 15), alias = g_byte_array_new ();
  g_autoptr(GPtrArray) records = NULL;

  put_name (alias, "other.example.net");
  put_record (message, 5, alias);
  put_mx (message, 5, "mx.example.net");

  records = parse (message, MW_RECORD_MX, NULL);
  g_assert_cmpuint (records->len, ==, 1);
  g_assert_cmpstr (get (records, 0)->target, ==, "mx.example.net");
}

static void
test_answers_told_apart (void)
{
  static const struct
  {
    guint flags;
    MwNetError code;
  } rows[] = {
    { 0x8183, MW_NET_ERROR_NOT_FOUND },     { 0x8180, MW_NET_ERROR_NO_RECORDS },
    { 0x8182, MW_NET_ERROR_DNS_TEMPORARY }, { 0x8185, MW_NET_ERROR_DNS_TEMPORARY },
    { 0x0100, MW_NET_ERROR_DNS_TEMPORARY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GByteArray) message = begin (rows[i].flags, 0, 15);
      g_autoptr(GError) error = NULL;

      g_assert_null (parse (message, MW_RECORD_MX, &error));
      g_assert_error (error, MW_NET_ERROR, (int) rows[i].code);
    }
}

static void
test_targets_that_are_no_hosts (void)
{
  static const char *const targets[] = { "a b.example.org",  "a/b.example.org",
                                         "a\nb.example.org", "b\xc3\xbc.example.org",
                                         "a@b.example.org",  "%00.example.org",
                                         "a\\.example.org",  "a;b.example.org" };
  g_autoptr(GByteArray) message = begin (0x8180, G_N_ELEMENTS (targets) + 1, 33);
  g_autoptr(GByteArray) only_bad = begin (0x8180, 1, 33);
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    put_srv (message, 0, 0, 993, targets[i]);
  put_srv (message, 1, 0, 993, "good_1.example.org");
  records = parse (message, MW_RECORD_SRV, NULL);
  g_assert_cmpuint (records->len, ==, 1);
  g_assert_cmpstr (get (records, 0)->target, ==, "good_1.example.org");

  put_srv (only_bad, 0, 0, 993, targets[0]);
  g_assert_null (parse (only_bad, MW_RECORD_SRV, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_NO_RECORDS);
}

static void
test_many_records (void)
{
  g_autoptr(GByteArray) message = begin (0x8180, 1000, 15);
  g_autoptr(GPtrArray) records = NULL;

  for (guint i = 0; i < 1000; i++)
    put_mx (message, i, "mx.example.org");
  records = parse (message, MW_RECORD_MX, NULL);
  g_assert_cmpuint (records->len, ==, 256);
}

static void
test_broken (void)
{
  static const MwRecordType types[] = { MW_RECORD_MX, MW_RECORD_SRV, MW_RECORD_TXT };
  g_autoptr(GByteArray) message = begin (0x8180, 5, 33), loop = begin (0x8180, 1, 15);
  g_autoptr(GByteArray) data = g_byte_array_new ();
  g_autoptr(GError) error = NULL;

  put_srv (message, 10, 1, 993, "imap.example.org");
  put_mx (message, 10, "mx.example.org");
  put_txt (message, "\x04text\xff", 6);
  put_mx (message, 10, "");
  put_txt (message, "", 0);

  for (guint type = 0; type < G_N_ELEMENTS (types); type++)
    for (guint length = 0; length <= message->len; length++)
      {
        g_autofree guint8 *copy = g_memdup2 (message->data, MAX (length, 1));
        g_autoptr(GPtrArray) records = mw_dns_message_parse (copy, length, types[type], NULL);

        /* What is cut off cannot be told from what was never whole */
        if (length < message->len)
          g_assert_null (records);
      }
  for (guint i = 0; i < message->len; i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autofree guint8 *copy = g_memdup2 (message->data, message->len);
        g_autoptr(GPtrArray) records = NULL;

        copy[i] ^= (guint8) (1 << bit);
        records = mw_dns_message_parse (copy, message->len, MW_RECORD_SRV, NULL);
        if (records != NULL)
          g_assert_cmpuint (records->len, >, 0);
      }

  /* A name that points at itself */
  put16 (data, 10);
  put16 (data, 0xc000 | (loop->len + 12 + 2));
  put_record (loop, 15, data);
  g_assert_null (parse (loop, MW_RECORD_MX, &error));
  g_assert_nonnull (error);
}

/* Sharing */

typedef struct
{
  MwResolver *resolver;
  const char *name;
  GPtrArray *addresses;
} Asker;

static gpointer
ask_thread (gpointer data)
{
  Asker *asker = data;

  asker->addresses = mw_resolver_lookup_addresses (asker->resolver, asker->name, SOON, NULL, NULL);

  return NULL;
}

static void
test_asked_once (void)
{
  g_autoptr(MwFakeResolver) resolver = mw_fake_resolver_new ();
  Asker askers[20];
  GThread *threads[G_N_ELEMENTS (askers)];

  mw_fake_resolver_add (resolver, "mail.example.org", "192.0.2.1,2001:db8::1");
  mw_fake_resolver_close_gate (resolver);
  g_assert_false (mw_resolver_has_addresses (MW_RESOLVER (resolver), "mail.example.org"));

  for (guint i = 0; i < G_N_ELEMENTS (askers); i++)
    {
      askers[i] = (Asker) { MW_RESOLVER (resolver),
                            i % 2 ? "mail.example.org" : "MAIL.example.ORG.", NULL };
      threads[i] = g_thread_new ("asker", ask_thread, &askers[i]);
    }
  mw_fake_resolver_open_gate (resolver);
  for (guint i = 0; i < G_N_ELEMENTS (askers); i++)
    {
      g_thread_join (threads[i]);
      g_assert_nonnull (askers[i].addresses);
      g_assert_cmpuint (askers[i].addresses->len, ==, 2);
      g_assert_true (askers[i].addresses == askers[0].addresses);
    }
  for (guint i = 0; i < G_N_ELEMENTS (askers); i++)
    g_ptr_array_unref (askers[i].addresses);

  g_assert_cmpuint (mw_fake_resolver_get_n_questions (resolver), ==, 1);
  g_assert_true (mw_resolver_has_addresses (MW_RESOLVER (resolver), "mail.example.org."));
}

static void
test_failures_kept (void)
{
  g_autoptr(MwFakeResolver) resolver = mw_fake_resolver_new ();
  g_autoptr(GError) error = NULL;

  mw_fake_resolver_add (resolver, "empty.example.org", "");
  for (guint i = 0; i < 3; i++)
    {
      g_assert_null (mw_resolver_lookup_addresses (MW_RESOLVER (resolver), "none.example.org", SOON,
                                                   NULL, &error));
      g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_null (mw_resolver_lookup_addresses (MW_RESOLVER (resolver), "empty.example.org",
                                                   SOON, NULL, &error));
      g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_NO_RECORDS);
      g_clear_error (&error);
    }

  g_assert_cmpuint (mw_fake_resolver_get_n_questions (resolver), ==, 2);
  g_assert_false (mw_resolver_has_addresses (MW_RESOLVER (resolver), "none.example.org"));
}

static void
test_records_kept_by_type (void)
{
  g_autoptr(MwFakeResolver) resolver = mw_fake_resolver_new ();

  mw_fake_resolver_add_record (resolver, "example.org", MW_RECORD_MX,
                               mw_dns_record_new (10, 0, 0, "mx.example.org", NULL));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GPtrArray) mx = mw_resolver_lookup_records (MW_RESOLVER (resolver), "example.org",
                                                            MW_RECORD_MX, SOON, NULL, NULL);
      g_autoptr(GPtrArray) txt = mw_resolver_lookup_records (MW_RESOLVER (resolver), "example.org",
                                                             MW_RECORD_TXT, SOON, NULL, NULL);

      g_assert_cmpuint (mx->len, ==, 1);
      g_assert_null (txt);
    }

  g_assert_cmpuint (mw_fake_resolver_get_n_questions (resolver), ==, 2);
}

static void
test_deadline (void)
{
  g_autoptr(MwFakeResolver) resolver = mw_fake_resolver_new ();
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GError) error = NULL;

  mw_fake_resolver_add (resolver, "slow.example.org", "192.0.2.1");
  mw_fake_resolver_close_gate (resolver);
  g_assert_null (mw_resolver_lookup_addresses (MW_RESOLVER (resolver), "slow.example.org",
                                               mw_deadline_after (0.05), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_DNS_TIMEOUT);

  /* The answer that came too late is good for whoever asks next */
  mw_fake_resolver_open_gate (resolver);
  addresses =
      mw_resolver_lookup_addresses (MW_RESOLVER (resolver), "slow.example.org", SOON, NULL, NULL);
  g_assert_nonnull (addresses);
  g_assert_cmpuint (mw_fake_resolver_get_n_questions (resolver), ==, 1);
}

static void
test_cancelled (void)
{
  g_autoptr(MwFakeResolver) resolver = mw_fake_resolver_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread;

  mw_fake_resolver_close_gate (resolver);
  thread = mw_cancel_later (cancellable, 50);
  g_assert_null (mw_resolver_lookup_addresses (MW_RESOLVER (resolver), "slow.example.org",
                                               MW_DEADLINE_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_clear_error (&error);

  g_assert_null (mw_resolver_lookup_addresses (MW_RESOLVER (resolver), "127.0.0.1", SOON,
                                               cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  mw_fake_resolver_open_gate (resolver);
}

static void
test_nobody_asked (void)
{
  static const char *const literals[] = { "192.0.2.1", "[2001:db8::1]", "localhost",
                                          "a.localhost." };
  static const char *const bad[] = {
    "", ".", "a..b", ".a", "a b.example", "a/b", "b\xc3\xbc.example", "a@b.c", "x\n.example", "a:b"
  };
  g_autoptr(MwFakeResolver) resolver = mw_fake_resolver_new ();
  g_autofree char *label = g_strnfill (64, 'a');
  g_autofree char *long_label = g_strconcat (label, ".example.org", NULL);
  g_autoptr(GString) long_name = g_string_new ("x");
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (literals); i++)
    {
      g_autoptr(GPtrArray) addresses = mw_resolver_lookup_addresses (
          MW_RESOLVER (resolver), literals[i], SOON, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (addresses->len, ==, i < 2 ? 1 : 2);
      g_assert_true (mw_resolver_has_addresses (MW_RESOLVER (resolver), literals[i]));
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (
          mw_resolver_lookup_addresses (MW_RESOLVER (resolver), bad[i], SOON, NULL, &error));
      g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }
  while (long_name->len <= 253)
    g_string_append (long_name, ".long");
  g_assert_null (
      mw_resolver_lookup_addresses (MW_RESOLVER (resolver), long_label, SOON, NULL, NULL));
  g_assert_null (
      mw_resolver_lookup_addresses (MW_RESOLVER (resolver), long_name->str, SOON, NULL, NULL));
  g_assert_null (mw_resolver_lookup_records (MW_RESOLVER (resolver), "192.0.2.1", MW_RECORD_MX,
                                             SOON, NULL, NULL));

  g_assert_cmpuint (mw_fake_resolver_get_n_questions (resolver), ==, 0);
}

/* An abandoned question must not keep others waiting, however many there are */
static void
test_slow_ones_hold_nobody_up (void)
{
  g_autoptr(MwFakeResolver) slow = mw_fake_resolver_new (), quick = mw_fake_resolver_new ();
  g_autoptr(GPtrArray) addresses = NULL;

  mw_fake_resolver_close_gate (slow);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u.example.org", i);

      g_assert_null (mw_resolver_lookup_addresses (MW_RESOLVER (slow), name, mw_deadline_after (0),
                                                   NULL, NULL));
    }

  mw_fake_resolver_add (quick, "quick.example.org", "192.0.2.1");
  addresses =
      mw_resolver_lookup_addresses (MW_RESOLVER (quick), "quick.example.org", SOON, NULL, NULL);
  g_assert_nonnull (addresses);
  mw_fake_resolver_open_gate (slow);
}

/* The real one, as far as no network is needed */
static void
test_hosts_file (void)
{
  g_autoptr(MwResolver) resolver = mw_resolver_new ();
  g_autoptr(GPtrArray) addresses = NULL;

  addresses = mw_resolver_lookup_addresses (resolver, "localhost", SOON, NULL, NULL);
  g_assert_nonnull (addresses);
  for (guint i = 0; i < addresses->len; i++)
    g_assert_true (g_inet_address_get_is_loopback (g_ptr_array_index (addresses, i)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/dns-message/srv-is-sorted-by-priority-and-weight", test_srv);
  g_test_add_func ("/dns-message/null-mx-is-a-dot", test_mx);
  g_test_add_func ("/dns-message/txt-parts-are-joined-as-bytes", test_txt);
  g_test_add_func ("/dns-message/records-behind-an-alias-count", test_alias);
  g_test_add_func ("/dns-message/answers-are-told-apart", test_answers_told_apart);
  g_test_add_func ("/dns-message/targets-that-are-no-hosts-are-left-out",
                   test_targets_that_are_no_hosts);
  g_test_add_func ("/dns-message/thousands-of-records-are-bounded", test_many_records);
  g_test_add_func ("/dns-message/broken-ones-are-refused", test_broken);
  g_test_add_func ("/resolver/each-name-is-asked-once", test_asked_once);
  g_test_add_func ("/resolver/failures-are-kept-too", test_failures_kept);
  g_test_add_func ("/resolver/types-are-different-questions", test_records_kept_by_type);
  g_test_add_func ("/resolver/deadline-ends-the-wait-not-the-question", test_deadline);
  g_test_add_func ("/resolver/cancelling-ends-the-wait-at-once", test_cancelled);
  g_test_add_func ("/resolver/literals-and-impossible-names-ask-nobody", test_nobody_asked);
  g_test_add_func ("/resolver/slow-questions-hold-nobody-up", test_slow_ones_hold_nobody_up);
  g_test_add_func ("/resolver/localhost-is-this-machine", test_hosts_file);

  return g_test_run ();
}
