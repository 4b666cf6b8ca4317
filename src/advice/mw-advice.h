/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "advice/mw-typed-settings.h"
#include "model/mw-diagnosis.h"
#include "providers/mw-provider-db.h"

G_BEGIN_DECLS

/**
 * MwAdvice:
 * @id: what was noticed: stable, untranslated
 * @severity: an error cannot work, a warning probably does not, a hint could be better
 * @field: "address", "imap.host", "smtp.port", "pop3.username", "password" ...
 * @value: (nullable): what stands there; %NULL for a password
 * @message: translated: one or two sentences
 * @fix: (nullable): what to put there instead; %NULL when that takes a person
 *
 * Something wrong with typed settings.
 */
typedef struct
{
  const char *id;
  MwSeverity severity;
  char *field;
  char *value;
  char *message;
  char *fix;
} MwAdvice;

void mw_advice_free (MwAdvice *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwAdvice, mw_advice_free)

/**
 * MwAdviceInput:
 * @address: (nullable): the address as it was typed
 * @servers: (element-type MwTypedServer) (nullable): the servers as they were typed
 * @mx_hosts: (array zero-terminated=1) (nullable): the MX hosts of the domain, where they are known
 * @password: (nullable): the password as it was typed
 *
 * What to look at.
 */
typedef struct
{
  const char *address;
  GPtrArray *servers;
  const char *const *mx_hosts;
  SecretValue *password;
} MwAdviceInput;

GPtrArray *mw_advise (MwProviderDb *providers, const MwAdviceInput *input);

G_END_DECLS
