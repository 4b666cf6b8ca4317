/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include <stdint.h>

/* What every target has: it looks at any bytes, and aborts where a promise of the parser is broken.
 * The name is libFuzzer's. */
int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length);
