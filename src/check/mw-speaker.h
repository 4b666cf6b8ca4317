/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-server.h"

G_BEGIN_DECLS

/**
 * MwSpeaker:
 *
 * What kind of server the first words at a port belong to.
 */
typedef enum
{
  MW_SPEAKER_UNKNOWN,
  MW_SPEAKER_IMAP,
  MW_SPEAKER_POP3,
  MW_SPEAKER_SMTP,
  MW_SPEAKER_LMTP,
  MW_SPEAKER_FTP,
  MW_SPEAKER_NNTP,
  MW_SPEAKER_SIEVE,
  MW_SPEAKER_SSH,
  MW_SPEAKER_HTTP,
  MW_SPEAKER_TLS,
} MwSpeaker;

MwSpeaker mw_speaker_identify (const char *bytes, gsize length);
MwProtocol mw_speaker_get_protocol (MwSpeaker speaker);
const char *mw_speaker_get_title (MwSpeaker speaker);

G_END_DECLS
