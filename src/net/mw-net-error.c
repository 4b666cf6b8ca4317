/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-net"

#include "config.h"

#include "net/mw-net-error.h"

#include <errno.h>

GQuark
mw_net_error_quark (void)
{
  return g_quark_from_static_string ("mw-net-error-quark");
}

MwNetError
mw_net_error_from_errno (int errsv)
{
  switch (errsv)
    {
    case ECONNREFUSED:
      return MW_NET_ERROR_REFUSED;
    case ETIMEDOUT:
      return MW_NET_ERROR_TIMEOUT;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
      return MW_NET_ERROR_RESET;
    /* EACCES and EPERM are what a packet filter of this machine answers */
    case EACCES:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case EPERM:
    case EPROTONOSUPPORT:
      return MW_NET_ERROR_UNREACHABLE;
    default:
      return MW_NET_ERROR_FAILED;
    }
}
