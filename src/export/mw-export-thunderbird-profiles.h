/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-export-host.h"

G_BEGIN_DECLS

/**
 * MwThunderbirdProfile:
 * @directory: the profile folder; it may not exist yet
 * @profiles_path: (nullable): `profiles.ini`, if it has to be written so that Thunderbird starts
 *   with this profile
 * @profiles_before: (nullable): what it holds; %NULL when it is not there
 * @profiles: (nullable): what it will hold
 *
 * The profile that an installation of Thunderbird starts with.
 */
typedef struct
{
  char *directory;
  char *profiles_path;
  GBytes *profiles_before;
  GBytes *profiles;
} MwThunderbirdProfile;

MwThunderbirdProfile *mw_thunderbird_profile_new (const char *directory);
MwThunderbirdProfile *
mw_thunderbird_profile_find (MwProgram *program, const char *seed, GError **error);
void mw_thunderbird_profile_free (MwThunderbirdProfile *self);

gboolean mw_thunderbird_profile_is_running (const char *directory);

char *mw_thunderbird_install_hash (const char *install_directory);
char *mw_thunderbird_install_directory (MwProgram *program);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwThunderbirdProfile, mw_thunderbird_profile_free)

G_END_DECLS
