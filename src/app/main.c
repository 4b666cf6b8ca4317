/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright"

#include "config.h"

#include "app/mw-application.h"
#include "secrets/mw-secrets.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  g_autoptr (MwApplication) application = NULL;

  mw_secrets_harden_process ();
  /* NetworkManager is asked by ourselves, with a deadline. GIO's own monitor would ask it once more
   * when it is made, without one; outside a sandbox the kernel tells it enough. */
  if (!g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    g_setenv ("GIO_USE_NETWORK_MONITOR", "netlink", FALSE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = mw_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
