/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What Flatpak tells a program in its sandbox about that sandbox */
#define MW_SANDBOX_INFO "/.flatpak-info"
/* The name of the keyring on the session bus, and so that of the permission to use it */
#define MW_SANDBOX_KEYRING "org.freedesktop.secrets"

/**
 * MwGrant:
 * @MW_GRANT_NONE: the sandbox shows something of its own there, or nothing
 * @MW_GRANT_READ: what is there is the person's
 * @MW_GRANT_WRITE: and may be written
 *
 * What a sandbox lets a program do with a path.
 */
typedef enum
{
  MW_GRANT_NONE,
  MW_GRANT_READ,
  MW_GRANT_WRITE,
} MwGrant;

/**
 * MwSandbox:
 *
 * What the person (and the store) granted to this program: the contents of #MW_SANDBOX_INFO.
 * Immutable; any thread.
 */
typedef struct _MwSandbox MwSandbox;

MwSandbox *mw_sandbox_new (const char *info, const char *home, const char *config_home);
void mw_sandbox_free (MwSandbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwSandbox, mw_sandbox_free)

/* The sandbox that this process is in; %NULL: it is in none. Made once. */
const MwSandbox *mw_sandbox_get_default (void);

/* @granted: the path that the grant is for: @path, or a folder that it is in */
MwGrant mw_sandbox_get_grant (const MwSandbox *self, const char *path, const char **granted);
gboolean mw_sandbox_may_talk (const MwSandbox *self, const char *bus_name); /* on the session bus */

/* Where what we note ourselves is kept; of @self, or (%NULL) outside of a sandbox */
char *mw_sandbox_dup_state_home (const MwSandbox *self, const char *home);

/* Lines for a terminal that grant it; in effect at the next start */
char *mw_sandbox_command_for_path (const char *path, const char *home, gboolean create);
char *mw_sandbox_command_for_name (const char *bus_name);

G_END_DECLS
