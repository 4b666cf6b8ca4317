/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names are A-labels in lower case or upper case, with or without a final dot. */

/**
 * mw_domain_base:
 * @host: a host name
 *
 * Finds the registrable domain of @host by the public suffix list: "example.co.uk" for
 * "mail.example.co.uk". For a public suffix itself, and for an IP literal, there is none.
 *
 * Returns: (transfer full) (nullable): the domain in lower case and without a final dot
 */
char *mw_domain_base (const char *host);

/**
 * mw_domain_same_base:
 * @a: a host name
 * @b: another one
 *
 * Whether two hosts belong to the same registrable domain. Where there is none (a public suffix,
 * an address), only the same name is the same.
 *
 * Returns: %TRUE if they do
 */
gboolean mw_domain_same_base (const char *a, const char *b);

/**
 * mw_domain_is_public_suffix:
 * @host: a host name
 *
 * Returns: whether anyone can register names below @host ("co.uk", "github.io"); a single label
 *   that the list does not know counts as one too
 */
gboolean mw_domain_is_public_suffix (const char *host);

/**
 * mw_domain_is_within:
 * @host: a host name
 * @domain: a domain
 *
 * Returns: whether @host is @domain or below it, on whole labels
 */
gboolean mw_domain_is_within (const char *host, const char *domain);

G_END_DECLS
