/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-net"

#include "config.h"

#include "net/mw-domain.h"

#include "net/mw-inet.h"

#include <libpsl.h>
#include <string.h>

/* One list for the process: psl_latest() reads the newest of the files of the distribution and of
 * the list that is built in. */
static const psl_ctx_t *
get_list (void)
{
  static gsize once = 0;
  static const psl_ctx_t *list = NULL;

  if (g_once_init_enter (&once))
    {
      list = psl_latest (NULL);
      g_once_init_leave (&once, 1);
    }

  return list;
}

static char *
normalise (const char *host)
{
  char *name = g_ascii_strdown (host, -1);
  gsize length = strlen (name);

  if (length > 0 && name[length - 1] == '.')
    name[length - 1] = '\0';

  return name;
}

static gboolean
is_address (const char *host)
{
  g_autoptr(GInetAddress) address = mw_inet_address_new_from_literal (host);

  return address != NULL;
}

char *
mw_domain_base (const char *host)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (host != NULL, NULL);

  name = normalise (host);
  if (*name == '\0' || is_address (name))
    return NULL;

  return g_strdup (psl_registrable_domain (get_list (), name));
}

gboolean
mw_domain_same_base (const char *a, const char *b)
{
  g_autofree char *name_a = NULL, *name_b = NULL, *base_a = NULL, *base_b = NULL;

  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  name_a = normalise (a);
  name_b = normalise (b);
  if (strcmp (name_a, name_b) == 0)
    return TRUE;

  base_a = mw_domain_base (name_a);
  base_b = mw_domain_base (name_b);

  return base_a != NULL && base_b != NULL && strcmp (base_a, base_b) == 0;
}

gboolean
mw_domain_is_public_suffix (const char *host)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (host != NULL, FALSE);

  name = normalise (host);
  if (*name == '\0' || is_address (name))
    return FALSE;

  return psl_is_public_suffix (get_list (), name) != 0;
}

gboolean
mw_domain_is_within (const char *host, const char *domain)
{
  g_autofree char *name = NULL, *above = NULL;
  gsize name_length, above_length;

  g_return_val_if_fail (host != NULL && domain != NULL, FALSE);

  name = normalise (host);
  above = normalise (domain);
  name_length = strlen (name);
  above_length = strlen (above);
  if (above_length == 0 || name_length < above_length || !g_str_has_suffix (name, above))
    return FALSE;

  return name_length == above_length || name[name_length - above_length - 1] == '.';
}
