/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MwImapKind:
 * @MW_IMAP_DATA: untagged: "* ..." that is no status
 * @MW_IMAP_STATUS: untagged status: "* OK", "* NO", "* BAD", "* BYE", "* PREAUTH"
 * @MW_IMAP_TAGGED: the answer to a command
 * @MW_IMAP_CONTINUATION: "+ ..."
 *
 * What kind of response a line is (RFC 9051, section 7).
 */
typedef enum
{
  MW_IMAP_DATA,
  MW_IMAP_STATUS,
  MW_IMAP_TAGGED,
  MW_IMAP_CONTINUATION,
} MwImapKind;

/**
 * MwImapCondition:
 *
 * What a status says.
 */
typedef enum
{
  MW_IMAP_OK,
  MW_IMAP_NO,
  MW_IMAP_BAD,
  MW_IMAP_BYE,
  MW_IMAP_PREAUTH,
} MwImapCondition;

/**
 * MwImapResponse:
 * @kind: what kind it is
 * @tag: the tag of a tagged one, or %NULL
 * @condition: what a status says; only with %MW_IMAP_STATUS and %MW_IMAP_TAGGED
 * @code: the response code in upper case ("ALERT"), or %NULL
 * @arguments: what follows the code within the brackets, or %NULL
 * @keyword: of data: its first word in upper case ("CAPABILITY"), a number before it left out
 * @number: of data: the number before the keyword, or 0
 * @text: what follows: of data the rest, of a status the words for people
 *
 * One response, taken to pieces. All text is as it came.
 */
typedef struct
{
  MwImapKind kind;
  MwImapCondition condition;
  char *tag;
  char *code;
  char *arguments;
  char *keyword;
  guint64 number;
  char *text;
} MwImapResponse;

MwImapResponse *mw_imap_response_parse (const char *bytes, gsize length);
void mw_imap_response_free (MwImapResponse *self);
gboolean mw_imap_get_literal (const char *bytes, gsize length, guint64 *size);
GStrv mw_imap_parse_capabilities (const char *text);
GStrv mw_imap_get_mechanisms (const char *const *capabilities);
char *mw_imap_quote (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwImapResponse, mw_imap_response_free)

G_END_DECLS
