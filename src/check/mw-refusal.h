/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-diagnosis.h"
#include "providers/mw-provider.h"

G_BEGIN_DECLS

/**
 * MwRefusal:
 * @protocol: the protocol
 * @smtp_code: SMTP: the number of the reply
 * @enhanced: (nullable): SMTP: its enhanced code
 * @code: (nullable): IMAP, POP3: the response code, in upper case
 * @bad: IMAP: the answer was BAD and not NO; POP3: the command was refused, and was not on offer
 * @encrypted: whether it came inside TLS
 * @text: the whole answer as it came
 *
 * A server's "no".
 */
typedef struct
{
  MwProtocol protocol;
  guint smtp_code;
  const char *enhanced;
  const char *code;
  gboolean bad;
  gboolean encrypted;
  const char *text;
} MwRefusal;

/**
 * MwRefusalMeaning:
 * @diagnosis: what it means
 * @text: (nullable): what the provider database says about it, translated; the provider's
 * @mechanism_at_fault: whether the way of logging in was refused, not the name or password
 *
 * What a refusal means.
 */
typedef struct
{
  MwDiagnosis diagnosis;
  const char *text;
  gboolean mechanism_at_fault;
} MwRefusalMeaning;

MwRefusalMeaning mw_refusal_explain_login (const MwRefusal *self, const MwProvider *provider);
MwRefusalMeaning mw_refusal_explain_mailbox (const MwRefusal *self, const MwProvider *provider);
MwRefusalMeaning mw_refusal_explain_sender (const MwRefusal *self, const MwProvider *provider);
gboolean mw_refusal_is_temporary (const MwRefusal *self);

G_END_DECLS
