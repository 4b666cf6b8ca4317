/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MwPop3Status:
 * @MW_POP3_OK: "+OK"
 * @MW_POP3_ERR: "-ERR"
 * @MW_POP3_CHALLENGE: "+ ...": a SASL challenge (RFC 5034)
 *
 * What a POP3 server answers.
 */
typedef enum
{
  MW_POP3_OK,
  MW_POP3_ERR,
  MW_POP3_CHALLENGE,
} MwPop3Status;

/**
 * MwPop3Response:
 * @status: what it says
 * @code: the response code in upper case ("IN-USE", "SYS/TEMP"), or %NULL (RFC 2449, section 8)
 * @text: what follows
 *
 * The first line of an answer, taken to pieces. Text is as it came.
 */
typedef struct
{
  MwPop3Status status;
  char *code;
  char *text;
} MwPop3Response;

MwPop3Response *mw_pop3_response_parse (const char *bytes, gsize length);
void mw_pop3_response_free (MwPop3Response *self);
char *mw_pop3_find_stamp (const char *greeting);
GStrv mw_pop3_get_mechanisms (const char *const *capabilities);
gboolean mw_pop3_parse_stat (const char *text, guint64 *n_messages, guint64 *n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwPop3Response, mw_pop3_response_free)

G_END_DECLS
