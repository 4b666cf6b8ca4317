/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-report"

#include "config.h"

#include "report/mw-redact.h"

#include <string.h>

/* Longer values first, so that an address is not left half masked by its own local part */
static int
compare_length (gconstpointer a, gconstpointer b)
{
  gsize first = strlen (*(const char *const *) a), second = strlen (*(const char *const *) b);

  return first < second ? 1 : first > second ? -1 : 0;
}

static void
collect (GPtrArray *values, const char *value)
{
  if (value != NULL && strlen (value) >= 2)
    g_ptr_array_add (values, g_strdup (value));
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || (guchar) c >= 0x80;
}

/* Replaces @value where it stands as a whole, in any case of its ASCII letters */
static char *
mask (const char *text, const char *value)
{
  GString *masked = g_string_new (NULL);
  gsize length = strlen (value);

  for (const char *c = text; *c != '\0';)
    if (g_ascii_strncasecmp (c, value, length) == 0 && (c == text || !is_word (c[-1])) &&
        !is_word (c[length]))
      {
        g_string_append (masked, "***");
        c += length;
      }
    else
      g_string_append_c (masked, *c++);
  return g_string_free (masked, FALSE);
}

/**
 * mw_redact:
 * @text: a report as text or JSON
 * @accounts: (element-type MwAccount): the accounts whose names it may hold
 *
 * Masks names of people, mail addresses and login names, for reports that are shown to strangers.
 * Domains and servers stay, since they are what a report is about. Passwords never are in a report.
 *
 * Returns: (transfer full): the report without names
 */
char *
mw_redact (const char *text, GPtrArray *accounts)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  char *masked = g_strdup (text);

  for (guint i = 0; i < accounts->len; i++)
    {
      MwAccount *account = g_ptr_array_index (accounts, i);
      MwAddress *address = mw_account_get_address (account);

      collect (values, mw_address_get_local_part (address));
      collect (values, mw_account_get_name (account));
      collect (values, mw_account_get_reply_to (account));
      for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
        if (mw_account_get_server (account, half) != NULL)
          collect (values, mw_server_get_username (mw_account_get_server (account, half)));
    }
  g_ptr_array_sort (values, compare_length);
  for (guint i = 0; i < values->len; i++)
    {
      char *next = mask (masked, g_ptr_array_index (values, i));

      g_free (masked);
      masked = next;
    }
  return masked;
}
