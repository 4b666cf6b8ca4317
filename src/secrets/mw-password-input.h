/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libsecret/secret.h>

G_BEGIN_DECLS

/* The longest password that is taken, in bytes */
#define MW_PASSWORD_MAX_BYTES (64 * 1024)

#define MW_PASSWORD_INPUT_ERROR (mw_password_input_error_quark ())
GQuark mw_password_input_error_quark (void);

/**
 * MwPasswordInputError:
 * @MW_PASSWORD_INPUT_ERROR_EMPTY: nothing was typed or sent
 * @MW_PASSWORD_INPUT_ERROR_TOO_LONG: more than %MW_PASSWORD_MAX_BYTES
 * @MW_PASSWORD_INPUT_ERROR_CHARACTER: a NUL or another control character, more than one line, or
 *   not UTF-8
 * @MW_PASSWORD_INPUT_ERROR_NO_TERMINAL: there is nobody to ask
 * @MW_PASSWORD_INPUT_ERROR_INTERRUPTED: the person gave up (Ctrl+C, Ctrl+D)
 * @MW_PASSWORD_INPUT_ERROR_READ: the descriptor cannot be read
 *
 * Why no password was taken.
 */
typedef enum
{
  MW_PASSWORD_INPUT_ERROR_EMPTY,
  MW_PASSWORD_INPUT_ERROR_TOO_LONG,
  MW_PASSWORD_INPUT_ERROR_CHARACTER,
  MW_PASSWORD_INPUT_ERROR_NO_TERMINAL,
  MW_PASSWORD_INPUT_ERROR_INTERRUPTED,
  MW_PASSWORD_INPUT_ERROR_READ,
} MwPasswordInputError;

/* Both give one line without its end. The caller keeps @fd. */
SecretValue *mw_password_read_fd (int fd, GError **error);
SecretValue *mw_password_read_terminal (const char *question, GError **error);

G_END_DECLS
