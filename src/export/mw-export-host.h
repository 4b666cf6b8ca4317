/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-sandbox.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MwProgramKind:
 *
 * How a program is installed.
 */
typedef enum
{
  MW_PROGRAM_NATIVE,
  MW_PROGRAM_FLATPAK,
  MW_PROGRAM_SNAP,
} MwProgramKind;

const char *mw_program_kind_to_string (MwProgramKind kind); /* "native", "flatpak", "snap" */

/**
 * MwProgram:
 * @target: id of the exporter it belongs to: "thunderbird"
 * @kind: how it is installed
 * @id: the Flatpak id, the Snap's name, or the name of the command
 * @path: (nullable): the command's path, links followed; %NULL for a Flatpak or a Snap
 * @data_directory: where it keeps its files: HOME for a native program, `~/.var/app/ID` for a
 *   Flatpak, `~/snap/NAME/common` for a Snap
 *
 * One installation of a program that accounts can be exported to.
 */
typedef struct
{
  char *target;
  MwProgramKind kind;
  char *id;
  char *path;
  char *data_directory;
} MwProgram;

/**
 * MwClosedPlace:
 * @target: id of an exporter
 * @kind: which installation of its program would have its files there
 * @id: the Flatpak id, the Snap's name, or the name of the command
 * @path: the folder, or %NULL where it is a name on the session bus
 * @command: a line for a terminal that opens it, in effect at the next start
 *
 * Where a program may keep its accounts, and the sandbox does not let us look.
 */
typedef struct
{
  char *target;
  MwProgramKind kind;
  char *id;
  char *path;
  char *command;
} MwClosedPlace;

#define MW_TYPE_EXPORT_HOST (mw_export_host_get_type ())

/**
 * MwExportHost:
 *
 * The outside, as the exports see it: whose home, which programs, which bus. Tests make one over a
 * private home. Not changed any more once it was handed to a planner.
 */
G_DECLARE_FINAL_TYPE (MwExportHost, mw_export_host, MW, EXPORT_HOST, GObject)

MwExportHost *mw_export_host_new_default (void);
MwExportHost *mw_export_host_new (const char *home); /* empty environment, no program, no bus */

void mw_export_host_set_variable (MwExportHost *self, const char *name, const char *value);
void mw_export_host_set_root (MwExportHost *self, const char *root); /* instead of "/" */
void mw_export_host_set_in_flatpak (MwExportHost *self, gboolean in_flatpak);
void mw_export_host_set_flatpak_info (MwExportHost *self, const char *info); /* its text */
void mw_export_host_set_session_bus (MwExportHost *self, GDBusConnection *connection);
void mw_export_host_add_program (MwExportHost *self,
                                 const char *target,
                                 MwProgramKind kind,
                                 const char *id,
                                 const char *path,
                                 const char *data_directory);
void mw_export_host_find_programs (MwExportHost *self);

const char *mw_export_host_get_home (MwExportHost *self);
const char *mw_export_host_get_variable (MwExportHost *self, const char *name); /* or %NULL */
const char *mw_export_host_get_config_home (MwExportHost *self); /* of the other programs */
const char *mw_export_host_get_state_home (MwExportHost *self);  /* our own */
gboolean mw_export_host_get_in_flatpak (MwExportHost *self);
GDBusConnection *mw_export_host_get_session_bus (MwExportHost *self,
                                                 GCancellable *cancellable); /* or %NULL */
GPtrArray *mw_export_host_get_programs (MwExportHost *self,
                                        const char *target); /* (element-type MwProgram) */

/* Is @path the person's own, or does a sandbox throw it away? */
gboolean mw_export_host_path_is_real (MwExportHost *self, const char *path);
gboolean mw_export_host_can_see (MwExportHost *self, const char *path); /* what is there, if so */

/* What the sandbox keeps from us; empty outside of any. (element-type MwClosedPlace) */
GPtrArray *mw_export_host_list_closed_places (MwExportHost *self, const char *target);
char *mw_export_host_command_for_path (MwExportHost *self, const char *path, gboolean create);

G_END_DECLS
