/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "advice/mw-advice.h"
#include "model/mw-address.h"

G_BEGIN_DECLS

/* What the parts of the advice share while they look at one set of settings */
typedef struct
{
  MwProviderDb *providers;
  const MwProvider *provider; /* of the address, by its domain or its MX hosts; %NULL: unknown */
  gboolean by_domain;         /* @provider was found by the domain itself */
  MwAddress *address;         /* %NULL when it cannot be read */
  const MwAdviceInput *input;
  GPtrArray *advice;
} MwAdviceContext;

G_GNUC_PRINTF (6, 0)
void mw_advice_add_va (MwAdviceContext *context,
                       const char *id,
                       MwSeverity severity,
                       const char *field,
                       const char *fix,
                       const char *format,
                       va_list arguments);

/* @server and @part name the field ("imap.host") and the value that stands there */
G_GNUC_PRINTF (7, 8)
void mw_advice_add (MwAdviceContext *context,
                    const char *id,
                    MwSeverity severity,
                    const MwTypedServer *server,
                    const char *part,
                    const char *fix,
                    const char *format,
                    ...);

/* Folds full-width forms, takes out what cannot be seen and the blanks around; never %NULL */
char *mw_advice_clean_text (const char *text);

/* The server that @provider offers for @protocol to @address: the best, or the one at @host */
MwServer *mw_advice_find_server (MwAdviceContext *context,
                                 const MwProvider *provider,
                                 MwProtocol protocol,
                                 const char *host);

/* Whose server @server is, when the provider of the address is not known */
const MwProvider *mw_advice_provider_for (MwAdviceContext *context, const MwTypedServer *server);

void mw_advice_host (MwAdviceContext *context, const MwTypedServer *server);
void mw_advice_port (MwAdviceContext *context, const MwTypedServer *server);
void mw_advice_username (MwAdviceContext *context, const MwTypedServer *server);
void mw_advice_password (MwAdviceContext *context);

G_END_DECLS
