/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_CERTIFICATE_PAGE (mw_certificate_page_get_type ())

/**
 * MwCertificatePage:
 *
 * The certificates that a server showed, leaf first, what is wrong with them in sentences, and the
 * way to accept exactly this key, or to forget it again.
 */
G_DECLARE_FINAL_TYPE (
    MwCertificatePage, mw_certificate_page, MW, CERTIFICATE_PAGE, AdwNavigationPage)

AdwNavigationPage *
mw_certificate_page_new (MwSession *session, MwAccountItem *item, MwHalf half, MwReport *report);

G_END_DECLS
