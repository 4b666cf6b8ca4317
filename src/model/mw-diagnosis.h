/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MwSeverity:
 *
 * How much a finding matters.
 */
typedef enum
{
  MW_SEVERITY_HINT,
  MW_SEVERITY_WARNING,
  MW_SEVERITY_ERROR,
} MwSeverity;

const char *mw_severity_to_string (MwSeverity severity); /* "hint", "warning", "error" */

/**
 * MwDiagnosis:
 *
 * What can be wrong between a person and their mailbox. The order is that of the table; the ids
 * are part of the contract with other programs.
 */
typedef enum
{
  MW_DIAGNOSIS_NONE,
  MW_DIAGNOSIS_OFFLINE,
  MW_DIAGNOSIS_CAPTIVE_PORTAL,
  MW_DIAGNOSIS_DNS_NOT_FOUND,
  MW_DIAGNOSIS_DNS_TIMEOUT,
  MW_DIAGNOSIS_CONNECTION_REFUSED,
  MW_DIAGNOSIS_CONNECTION_TIMEOUT,
  MW_DIAGNOSIS_NETWORK_UNREACHABLE,
  MW_DIAGNOSIS_CONNECTION_CLOSED,
  MW_DIAGNOSIS_GREETING_TIMEOUT,
  MW_DIAGNOSIS_TIMEOUT,
  MW_DIAGNOSIS_WRONG_PROTOCOL,
  MW_DIAGNOSIS_TLS_ON_PLAIN_PORT,
  MW_DIAGNOSIS_PLAIN_ON_TLS_PORT,
  MW_DIAGNOSIS_STARTTLS_NOT_OFFERED,
  MW_DIAGNOSIS_STARTTLS_REFUSED,
  MW_DIAGNOSIS_STARTTLS_INJECTION,
  MW_DIAGNOSIS_PREAUTH_BEFORE_TLS,
  MW_DIAGNOSIS_RESPONSE_TOO_LONG,
  MW_DIAGNOSIS_RESPONSE_MALFORMED,
  MW_DIAGNOSIS_SERVER_BUSY,
  MW_DIAGNOSIS_TLS_HANDSHAKE_FAILED,
  MW_DIAGNOSIS_TLS_VERSION_TOO_OLD,
  MW_DIAGNOSIS_CERT_EXPIRED,
  MW_DIAGNOSIS_CERT_NOT_YET_VALID,
  MW_DIAGNOSIS_CERT_UNTRUSTED,
  MW_DIAGNOSIS_CERT_SELF_SIGNED,
  MW_DIAGNOSIS_CERT_NAME_MISMATCH,
  MW_DIAGNOSIS_CERT_WEAK,
  MW_DIAGNOSIS_CERT_REVOKED,
  MW_DIAGNOSIS_CERT_EXPIRES_SOON,
  MW_DIAGNOSIS_AUTH_FAILED,
  MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED,
  MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED,
  MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER,
  MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED,
  MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED,
  MW_DIAGNOSIS_AUTH_RATE_LIMITED,
  MW_DIAGNOSIS_LOGIN_LIMITED,
  MW_DIAGNOSIS_MAILBOX_UNAVAILABLE,
  MW_DIAGNOSIS_SENDER_REJECTED,
  MW_DIAGNOSIS_KEYRING_LOCKED,
  MW_DIAGNOSIS_KEYRING_ABSENT,
  MW_N_DIAGNOSES
} MwDiagnosis;

const char *mw_diagnosis_to_id (MwDiagnosis diagnosis); /* "connection-refused"; %NULL for NONE */
MwDiagnosis mw_diagnosis_from_id (const char *id);      /* NONE for an unknown id */
MwSeverity mw_diagnosis_get_severity (MwDiagnosis diagnosis);
const char *mw_diagnosis_get_title (MwDiagnosis diagnosis);       /* translated, a short sentence */
const char *mw_diagnosis_get_explanation (MwDiagnosis diagnosis); /* translated: what it means */
const char *mw_diagnosis_get_next_step (MwDiagnosis diagnosis);   /* translated: what to do next */

G_END_DECLS
