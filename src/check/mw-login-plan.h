/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-diagnosis.h"
#include "model/mw-server.h"

#include <libsecret/secret.h>

G_BEGIN_DECLS

/**
 * MwLoginKind:
 * @MW_LOGIN_SASL: a SASL mechanism
 * @MW_LOGIN_IMAP_COMMAND: IMAP's LOGIN
 * @MW_LOGIN_POP3_USER: POP3's USER and PASS
 * @MW_LOGIN_POP3_APOP: POP3's APOP
 * @MW_LOGIN_IMPOSSIBLE: there is no way
 *
 * How to log in.
 */
typedef enum
{
  MW_LOGIN_SASL,
  MW_LOGIN_IMAP_COMMAND,
  MW_LOGIN_POP3_USER,
  MW_LOGIN_POP3_APOP,
  MW_LOGIN_IMPOSSIBLE,
} MwLoginKind;

/**
 * MwLoginOffer:
 * @protocol: the protocol
 * @mechanisms: the SASL mechanisms that the server offers, in upper case
 * @encrypted: whether the connection is inside TLS
 * @starttls: whether the server offers to encrypt it
 * @login_disabled: whether it says LOGINDISABLED
 * @apop: whether there is a time stamp for APOP
 * @forced: (nullable): the one way that the person wants
 * @refused: (nullable): a way that the server said it does not have
 * @username: the login name
 * @secret: the password or token
 *
 * What there is to choose from.
 */
typedef struct
{
  MwProtocol protocol;
  const char *const *mechanisms;
  gboolean encrypted;
  gboolean starttls;
  gboolean login_disabled;
  gboolean apop;
  const char *forced;
  const char *refused;
  const char *username;
  SecretValue *secret;
} MwLoginOffer;

/**
 * MwLoginPlan:
 * @kind: how to log in
 * @mechanism: its name: that of the SASL mechanism, or "LOGIN", "USER", "APOP" for the commands;
 *   %NULL when impossible
 * @diagnosis: why it is impossible
 *
 * What was chosen. @mechanism is a literal.
 */
typedef struct
{
  MwLoginKind kind;
  const char *mechanism;
  MwDiagnosis diagnosis;
} MwLoginPlan;

MwLoginPlan mw_login_plan_choose (const MwLoginOffer *offer);

G_END_DECLS
