/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MW_DISCOVERY_ERROR (mw_discovery_error_quark ())
GQuark mw_discovery_error_quark (void);

/**
 * MwDiscoveryError:
 * @MW_DISCOVERY_ERROR_MALFORMED: a document is no XML or JSON, or not of the kind expected
 * @MW_DISCOVERY_ERROR_FORBIDDEN: a document uses what is refused for safety: a DOCTYPE, an
 *   encoding other than UTF-8, too much nesting, too great a size
 * @MW_DISCOVERY_ERROR_NO_SERVERS: a document is well formed, but has no server that can be used
 * @MW_DISCOVERY_ERROR_NOT_OFFERED: the domain says that it does not offer this service
 *
 * Why a source's answer could not be used.
 */
typedef enum
{
  MW_DISCOVERY_ERROR_MALFORMED,
  MW_DISCOVERY_ERROR_FORBIDDEN,
  MW_DISCOVERY_ERROR_NO_SERVERS,
  MW_DISCOVERY_ERROR_NOT_OFFERED,
} MwDiscoveryError;

/* No configuration document is longer than this; the same limit holds for what is fetched */
#define MW_DISCOVERY_MAX_DOCUMENT (64 * 1024)

gboolean mw_document_check (GBytes *bytes, const char **text, gsize *length, GError **error);
char *mw_document_dup_text (const char *text, gsize max);
char *mw_document_dup_url (const char *text);
gboolean mw_document_parse_port (const char *text, guint16 *port);

G_END_DECLS
