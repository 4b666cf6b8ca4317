/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MwSmtpReply:
 * @code: the number: 220, 535...
 * @enhanced: the enhanced code (RFC 3463): "5.7.8", or %NULL
 * @lines: the text of each line, codes taken off
 * @text: all lines as they came, joined by a line feed
 *
 * One reply. Text is as it came.
 */
typedef struct
{
  guint code;
  char *enhanced;
  GPtrArray *lines;
  GString *text;
} MwSmtpReply;

MwSmtpReply *mw_smtp_reply_new (void);
void mw_smtp_reply_free (MwSmtpReply *self);
gboolean
mw_smtp_reply_add_line (MwSmtpReply *self, const char *bytes, gsize length, gboolean *complete);
GStrv mw_smtp_reply_get_keywords (const MwSmtpReply *self);
GStrv mw_smtp_get_mechanisms (const char *const *keywords);
gboolean mw_smtp_has_keyword (const char *const *keywords, const char *keyword);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwSmtpReply, mw_smtp_reply_free)

G_END_DECLS
