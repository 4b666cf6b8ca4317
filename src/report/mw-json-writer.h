/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MwJsonWriter:
 *
 * Writes one JSON value as text, indented as json-glib does it, without a tree of nodes first: for
 * reports of many servers, where that tree costs more than all else that a check computes. Lives on
 * the stack; a name goes with what stands in an object and is %NULL in an array.
 */
typedef struct
{
  GString *text; /* unowned: where it goes */
  guint depth;
  gboolean is_empty; /* the innermost object or array, so far */
} MwJsonWriter;

#define MW_JSON_WRITER_INIT(string) { .text = (string) }

void mw_json_writer_begin (MwJsonWriter *self, const char *name, char bracket);
void mw_json_writer_end (MwJsonWriter *self, char bracket);
void mw_json_writer_string (MwJsonWriter *self, const char *name, const char *value);
void mw_json_writer_int (MwJsonWriter *self, const char *name, gint64 value);
void mw_json_writer_double (MwJsonWriter *self, const char *name, double value);
void mw_json_writer_strv (MwJsonWriter *self, const char *name, const char *const *values);

G_END_DECLS
