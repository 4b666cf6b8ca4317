/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-net"

#include "config.h"

#include "net/mw-inet.h"

#include <arpa/inet.h>
#include <string.h>

typedef struct
{
  guint8 bytes[16];
  guint bits;
} Prefix;

/* The IANA special-purpose registries, as far as a mail or web server cannot be there */
static const Prefix private_ipv4[] = {
  { { 0 }, 8 },          /* this network */
  { { 10 }, 8 },         /* RFC 1918 */
  { { 100, 64 }, 10 },   /* shared, RFC 6598 */
  { { 127 }, 8 },        /* loopback */
  { { 169, 254 }, 16 },  /* link-local */
  { { 172, 16 }, 12 },   /* RFC 1918 */
  { { 192, 0, 0 }, 24 }, /* protocol assignments */
  { { 192, 168 }, 16 },  /* RFC 1918 */
  { { 198, 18 }, 15 },   /* benchmarks */
  { { 224 }, 4 },        /* multicast */
  { { 240 }, 4 },        /* reserved, and broadcast */
};

static const Prefix private_ipv6[] = {
  { { 0 }, 127 },         /* :: and ::1 */
  { { 0x01, 0x00 }, 64 }, /* discard */
  { { 0xfc }, 7 },        /* unique local */
  { { 0xfe, 0x80 }, 10 }, /* link-local */
  { { 0xfe, 0xc0 }, 10 }, /* site-local, given up but still in use */
  { { 0xff }, 8 },        /* multicast */
};

/* IPv6 addresses in which an IPv4 address is hidden, and where it stands */
static const struct
{
  Prefix prefix;
  guint offset;
} embedded_ipv4[] = {
  { { { 0 }, 96 }, 12 },                                        /* IPv4-compatible */
  { { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 96 }, 12 }, /* IPv4-mapped */
  { { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 },                   /* NAT64, RFC 6052 */
  { { { 0x20, 0x02 }, 16 }, 2 },                                /* 6to4 */
};

static gboolean
has_prefix (const guint8 *bytes, const Prefix *prefix)
{
  guint whole = prefix->bits / 8, rest = prefix->bits % 8;
  guint8 mask = (guint8) (0xff << (8 - rest));

  return memcmp (bytes, prefix->bytes, whole) == 0 &&
         (rest == 0 || (bytes[whole] & mask) == (prefix->bytes[whole] & mask));
}

static gboolean
is_private_ipv4 (const guint8 *bytes)
{
  for (guint i = 0; i < G_N_ELEMENTS (private_ipv4); i++)
    if (has_prefix (bytes, &private_ipv4[i]))
      return TRUE;

  return FALSE;
}

gboolean
mw_inet_address_is_private (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return is_private_ipv4 (bytes);

  for (guint i = 0; i < G_N_ELEMENTS (private_ipv6); i++)
    if (has_prefix (bytes, &private_ipv6[i]))
      return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (embedded_ipv4); i++)
    if (has_prefix (bytes, &embedded_ipv4[i].prefix))
      return is_private_ipv4 (bytes + embedded_ipv4[i].offset);

  return FALSE;
}

GInetAddress *
mw_inet_address_new_from_literal (const char *host)
{
  g_autofree char *bare = NULL;
  struct in_addr ipv4;
  gsize length;

  g_return_val_if_fail (host != NULL, NULL);

  length = strlen (host);
  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    bare = g_strndup (host + 1, length - 2);
  else
    bare = g_strdup (host);

  if (strchr (bare, ':') != NULL)
    return g_inet_address_new_from_string (bare);

  /* inet_aton() is what getaddrinfo() uses: hexadecimal, octal, and fewer than four parts. It stops
   * at the first blank, though, and this must not. */
  if (strpbrk (bare, " \t\r\n\v\f") == NULL && inet_aton (bare, &ipv4) != 0)
    return g_inet_address_new_from_bytes ((const guint8 *) &ipv4, G_SOCKET_FAMILY_IPV4);

  return NULL;
}

gboolean
mw_host_is_local (const char *host)
{
  g_autoptr(GInetAddress) address = NULL;
  gsize length;

  g_return_val_if_fail (host != NULL, FALSE);

  address = mw_inet_address_new_from_literal (host);
  if (address != NULL)
    return g_inet_address_get_is_loopback (address) || g_inet_address_get_is_link_local (address);

  length = strlen (host);
  if (length > 0 && host[length - 1] == '.')
    length--;
  if (length < strlen ("localhost") || g_ascii_strncasecmp (host + length - strlen ("localhost"),
                                                            "localhost", strlen ("localhost")) != 0)
    return FALSE;

  return length == strlen ("localhost") || host[length - strlen ("localhost") - 1] == '.';
}
