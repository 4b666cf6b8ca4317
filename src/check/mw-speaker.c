/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-speaker"

#include "config.h"

#include "check/mw-speaker.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
starts_with (const char *bytes, gsize length, const char *prefix)
{
  gsize n = strlen (prefix);

  return length >= n && g_ascii_strncasecmp (bytes, prefix, n) == 0;
}

static gboolean
holds (const char *bytes, gsize length, const char *word)
{
  gsize n = strlen (word);

  for (gsize i = 0; i + n <= length && bytes[i] != '\n'; i++)
    if (g_ascii_strncasecmp (bytes + i, word, n) == 0)
      return TRUE;
  return FALSE;
}

/* 220 is the greeting of SMTP, LMTP and FTP alike; the words behind it tell them apart, mostly */
static MwSpeaker
identify_numbered (const char *bytes, gsize length)
{
  if (length < 3 || !g_ascii_isdigit (bytes[0]) || !g_ascii_isdigit (bytes[1]) ||
      !g_ascii_isdigit (bytes[2]) || (length > 3 && strchr (" -\r\n", bytes[3]) == NULL))
    return MW_SPEAKER_UNKNOWN;
  if (starts_with (bytes, length, "200") || starts_with (bytes, length, "201"))
    return MW_SPEAKER_NNTP;
  if (holds (bytes, length, "SMTP"))
    return MW_SPEAKER_SMTP;
  if (holds (bytes, length, "LMTP"))
    return MW_SPEAKER_LMTP;
  if (holds (bytes, length, "FTP"))
    return MW_SPEAKER_FTP;
  if (bytes[0] == '2' || bytes[0] == '4' || bytes[0] == '5')
    return MW_SPEAKER_SMTP;
  return MW_SPEAKER_UNKNOWN;
}

/**
 * mw_speaker_identify:
 * @bytes: (array length=length): the first bytes that a server sent
 * @length: how many
 *
 * Returns: who speaks like that
 */
MwSpeaker
mw_speaker_identify (const char *bytes, gsize length)
{
  static const struct
  {
    const char *prefix;
    MwSpeaker speaker;
  } prefixes[] = {
    { "* OK", MW_SPEAKER_IMAP },  { "* PREAUTH", MW_SPEAKER_IMAP },
    { "* BYE", MW_SPEAKER_IMAP }, { "* BAD", MW_SPEAKER_IMAP },
    { "* NO", MW_SPEAKER_IMAP },  { "+OK", MW_SPEAKER_POP3 },
    { "-ERR", MW_SPEAKER_POP3 },  { "SSH-", MW_SPEAKER_SSH },
    { "HTTP/", MW_SPEAKER_HTTP }, { "<!DOCTYPE", MW_SPEAKER_HTTP },
    { "<html", MW_SPEAKER_HTTP }, { "\"IMPLEMENTATION\"", MW_SPEAKER_SIEVE },
  };

  g_return_val_if_fail (bytes != NULL || length == 0, MW_SPEAKER_UNKNOWN);

  /* a TLS record: handshake or alert, version 3.x */
  if (length >= 3 && (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 3 && bytes[2] <= 4)
    return MW_SPEAKER_TLS;
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (starts_with (bytes, length, prefixes[i].prefix))
      return prefixes[i].speaker;
  return identify_numbered (bytes, length);
}

/**
 * mw_speaker_get_protocol:
 * @speaker: a kind of server
 *
 * Returns: the mail protocol that it speaks, or %MW_PROTOCOL_UNKNOWN
 */
MwProtocol
mw_speaker_get_protocol (MwSpeaker speaker)
{
  switch (speaker)
    {
    case MW_SPEAKER_IMAP:
      return MW_PROTOCOL_IMAP;
    case MW_SPEAKER_POP3:
      return MW_PROTOCOL_POP3;
    case MW_SPEAKER_SMTP:
      return MW_PROTOCOL_SMTP;
    default:
      return MW_PROTOCOL_UNKNOWN;
    }
}

/**
 * mw_speaker_get_title:
 * @speaker: a kind of server
 *
 * Returns: what people call it, translated
 */
const char *
mw_speaker_get_title (MwSpeaker speaker)
{
  static const char *const titles[] = {
    [MW_SPEAKER_UNKNOWN] = N_ ("an unknown service"),
    /* Translators: these stand in the sentence “IMAP is expected here, but %s answers.” */
    [MW_SPEAKER_IMAP] = N_ ("a server for receiving mail (IMAP)"),
    [MW_SPEAKER_POP3] = N_ ("a server for receiving mail (POP3)"),
    [MW_SPEAKER_SMTP] = N_ ("a server for sending mail (SMTP)"),
    [MW_SPEAKER_LMTP] = N_ ("an internal mail delivery service (LMTP)"),
    [MW_SPEAKER_FTP] = N_ ("a file server (FTP)"),
    [MW_SPEAKER_NNTP] = N_ ("a news server (NNTP)"),
    [MW_SPEAKER_SIEVE] = N_ ("a server for mail filters (ManageSieve)"),
    [MW_SPEAKER_SSH] = N_ ("a remote login service (SSH)"),
    [MW_SPEAKER_HTTP] = N_ ("a web server"),
    [MW_SPEAKER_TLS] = N_ ("a service that is encrypted from the start"),
  };

  g_return_val_if_fail ((guint) speaker < G_N_ELEMENTS (titles), "");

  return _ (titles[speaker]);
}
