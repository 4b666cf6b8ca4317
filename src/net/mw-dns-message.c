/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-net"

#include "config.h"

#include "net/mw-dns-message.h"

#include "net/mw-net-error.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

#define MAX_RECORDS 256

static int
to_wire_type (MwRecordType type)
{
  switch (type)
    {
    case MW_RECORD_MX:
      return ns_t_mx;
    case MW_RECORD_SRV:
      return ns_t_srv;
    case MW_RECORD_TXT:
    default:
      return ns_t_txt;
    }
}

/* Returns NULL for a name that cannot be a host's: such a record is as good as none */
static char *
read_target (const ns_msg *message, const guint8 *data)
{
  char name[NS_MAXDNAME];

  if (ns_name_uncompress (ns_msg_base (*message), ns_msg_end (*message), data, name, sizeof name) <
      0)
    return NULL;

  if (*name == '\0' || strcmp (name, ".") == 0)
    return g_strdup (".");

  /* An escaped byte ("\032", "\.") has a backslash and falls through this sieve as well */
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_' && *c != '.')
      return NULL;

  return g_ascii_strdown (name, -1);
}

static MwDnsRecord *
read_text (const guint8 *data, gsize length)
{
  g_autoptr(GByteArray) text = g_byte_array_new ();
  g_autoptr(GBytes) bytes = NULL;

  for (gsize i = 0; i < length; i += 1 + data[i])
    {
      if (data[i] > length - i - 1)
        return NULL;
      g_byte_array_append (text, data + i + 1, data[i]);
    }

  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&text));
  return mw_dns_record_new (0, 0, 0, NULL, bytes);
}

static MwDnsRecord *
read_record (const ns_msg *message, const ns_rr *record, MwRecordType type)
{
  const guint8 *data = ns_rr_rdata (*record);
  gsize length = ns_rr_rdlen (*record);
  gsize fixed = type == MW_RECORD_SRV ? 6 : 2;
  g_autofree char *target = NULL;

  if (type == MW_RECORD_TXT)
    return read_text (data, length);

  if (length <= fixed)
    return NULL;

  target = read_target (message, data + fixed);
  if (target == NULL)
    return NULL;

  if (type == MW_RECORD_MX)
    return mw_dns_record_new (ns_get16 (data), 0, 0, target, NULL);

  return mw_dns_record_new (ns_get16 (data), ns_get16 (data + 2), ns_get16 (data + 4), target,
                            NULL);
}

static int
compare_records (gconstpointer a, gconstpointer b)
{
  const MwDnsRecord *first = *(const MwDnsRecord *const *) a;
  const MwDnsRecord *second = *(const MwDnsRecord *const *) b;

  if (first->priority != second->priority)
    return first->priority < second->priority ? -1 : 1;
  if (first->weight != second->weight)
    return first->weight > second->weight ? -1 : 1;
  if (g_strcmp0 (first->target, second->target) != 0)
    return g_strcmp0 (first->target, second->target);
  if (first->port != second->port)
    return first->port < second->port ? -1 : 1;
  if (first->text != NULL && second->text != NULL)
    return g_bytes_compare (first->text, second->text);

  return 0;
}

GPtrArray *
mw_dns_message_parse (const guint8 *bytes, gsize length, MwRecordType type, GError **error)
{
  g_autoptr(GPtrArray) records =
                g_ptr_array_new_with_free_func ((GDestroyNotify) mw_dns_record_free);
  ns_msg message;
  int rcode;

  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  if (length > G_MAXUINT16 || ns_initparse (bytes, (int) length, &message) < 0 ||
      ns_msg_getflag (message, ns_f_qr) == 0)
    {
      g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_DNS_TEMPORARY,
                           "the DNS answer cannot be read");
      return NULL;
    }

  rcode = ns_msg_getflag (message, ns_f_rcode);
  if (rcode == ns_r_nxdomain)
    {
      g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND, "no such name");
      return NULL;
    }
  if (rcode != ns_r_noerror)
    {
      g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_DNS_TEMPORARY, "DNS answered with code %d",
                   rcode);
      return NULL;
    }

  for (int i = 0; i < ns_msg_count (message, ns_s_an) && records->len < MAX_RECORDS; i++)
    {
      ns_rr rr;
      MwDnsRecord *record;

      if (ns_parserr (&message, ns_s_an, i, &rr) < 0)
        {
          g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_DNS_TEMPORARY,
                               "the DNS answer is broken");
          return NULL;
        }
      if (ns_rr_class (rr) != ns_c_in || (int) ns_rr_type (rr) != to_wire_type (type))
        continue;

      record = read_record (&message, &rr, type);
      if (record != NULL)
        g_ptr_array_add (records, record);
    }

  if (records->len == 0)
    {
      g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_NO_RECORDS, "no such record");
      return NULL;
    }

  if (type != MW_RECORD_TXT)
    g_ptr_array_sort (records, compare_records);
  return g_steal_pointer (&records);
}
