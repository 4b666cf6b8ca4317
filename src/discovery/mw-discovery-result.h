/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-address.h"
#include "model/mw-settings.h"

G_BEGIN_DECLS

/**
 * MwAnswerStatus:
 * @MW_ANSWER_WAITING: not asked yet
 * @MW_ANSWER_ASKING: asked, and no answer yet
 * @MW_ANSWER_FOUND: gave settings
 * @MW_ANSWER_NOTHING: answered that it knows nothing
 * @MW_ANSWER_FAILED: could not be asked, or its answer could not be used
 * @MW_ANSWER_SKIPPED: was not asked, or was no longer waited for
 *
 * How far one source has come.
 */
typedef enum
{
  MW_ANSWER_WAITING,
  MW_ANSWER_ASKING,
  MW_ANSWER_FOUND,
  MW_ANSWER_NOTHING,
  MW_ANSWER_FAILED,
  MW_ANSWER_SKIPPED,
} MwAnswerStatus;

const char *mw_answer_status_to_string (MwAnswerStatus status);

/**
 * MwDiscoveryAnswer:
 * @source: which source
 * @status: how far it has come
 * @milliseconds: from the start of the run to its end; 0 until then
 * @reason: why it failed, as an untranslated fact, or %NULL
 *
 * What became of one source.
 */
typedef struct
{
  MwSource source;
  MwAnswerStatus status;
  double milliseconds;
  char *reason;
} MwDiscoveryAnswer;

/**
 * MwDiscoveryValue:
 * @value: the value as text
 * @sources: (array zero-terminated=1): the sources that say so, by mw_source_to_string()
 *
 * One of the values that sources disagree about.
 */
typedef struct
{
  char *value;
  GStrv sources;
} MwDiscoveryValue;

/**
 * MwDiscoveryConflict:
 * @field: "imap.host", "smtp.port", "pop3.security", "imap.username" ...
 * @values: (element-type MwDiscoveryValue): at least two, that of the best source first
 *
 * A field for which the sources give different values. Alternatives that one source lists itself
 * are no conflict.
 */
typedef struct
{
  char *field;
  GPtrArray *values;
} MwDiscoveryConflict;

/**
 * MwDiscoveryNote:
 * @id: the note's id, one of mw_discovery_note_get_ids()
 * @detail: what it is about: a host, a file or a reason, fit to show; or %NULL
 *
 * Something that a person should know about the answer.
 */
typedef struct
{
  const char *id;
  char *detail;
} MwDiscoveryNote;

const char *mw_discovery_note_get_text (const MwDiscoveryNote *note);
const char *const *mw_discovery_note_get_ids (void);

#define MW_TYPE_DISCOVERY_RESULT (mw_discovery_result_get_type ())

/**
 * MwDiscoveryResult:
 *
 * What the sources said about an address so far: immutable, counted, safe to hand to a thread.
 */
typedef struct _MwDiscoveryResult MwDiscoveryResult;

GType mw_discovery_result_get_type (void) G_GNUC_CONST;
MwDiscoveryResult *mw_discovery_result_ref (MwDiscoveryResult *self);
void mw_discovery_result_unref (MwDiscoveryResult *self);

MwAddress *mw_discovery_result_get_address (MwDiscoveryResult *self);
GPtrArray *mw_discovery_result_get_settings (MwDiscoveryResult *self);
GPtrArray *mw_discovery_result_get_conflicts (MwDiscoveryResult *self);
GPtrArray *mw_discovery_result_get_notes (MwDiscoveryResult *self);
GPtrArray *mw_discovery_result_get_answers (MwDiscoveryResult *self);
int mw_discovery_result_get_chosen (MwDiscoveryResult *self);
MwSettings *mw_discovery_result_get_chosen_settings (MwDiscoveryResult *self);
gboolean mw_discovery_result_is_certain (MwDiscoveryResult *self);
gboolean mw_discovery_result_has_note (MwDiscoveryResult *self, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwDiscoveryResult, mw_discovery_result_unref)

G_END_DECLS
