/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-diagnosis.h"
#include "model/mw-server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MwStage:
 *
 * The stages of a check. With implicit TLS, tls and certificate come before greeting.
 */
typedef enum
{
  MW_STAGE_NETWORK,
  MW_STAGE_RESOLVE,
  MW_STAGE_CONNECT,
  MW_STAGE_GREETING,
  MW_STAGE_STARTTLS,
  MW_STAGE_TLS,
  MW_STAGE_CERTIFICATE,
  MW_STAGE_CAPABILITY,
  MW_STAGE_LOGIN,
  MW_STAGE_MAILBOX,
} MwStage;

const char *mw_stage_to_string (MwStage stage); /* "network", "resolve", ... */
const char *mw_stage_get_title (MwStage stage); /* translated, for people */

/**
 * MwStatus:
 * @MW_STATUS_RUNNING: begun and not ended; only in live reports, never in a finished one
 *
 * How a stage, or the whole check, ended.
 */
typedef enum
{
  MW_STATUS_OK,
  MW_STATUS_WARNING,
  MW_STATUS_FAILED,
  MW_STATUS_SKIPPED,
  MW_STATUS_RUNNING,
} MwStatus;

const char *mw_status_to_string (MwStatus status);

#define MW_TYPE_STEP (mw_step_get_type ())

/**
 * MwStep:
 *
 * One stage of a check and how it ended: immutable.
 */
G_DECLARE_FINAL_TYPE (MwStep, mw_step, MW, STEP, GObject)

MwStep *mw_step_new (MwStage stage,
                     MwStatus status,
                     double milliseconds,
                     MwDiagnosis diagnosis,
                     const char *message,
                     const char *server_text);
MwStage mw_step_get_stage (MwStep *self);
MwStatus mw_step_get_status (MwStep *self);
double mw_step_get_milliseconds (MwStep *self);
MwDiagnosis mw_step_get_diagnosis (MwStep *self);
const char *mw_step_get_message (MwStep *self); /* translated, one sentence */
const char *
mw_step_get_server_text (MwStep *self); /* the server's own words, made harmless, or %NULL */

/**
 * MwReportCertificate:
 *
 * One certificate of the chain, leaf first, as text that is safe to show.
 */
typedef struct
{
  char *subject;
  char *issuer;
  char *not_before; /* ISO 8601, UTC */
  char *not_after;
  char *sha256;      /* of the certificate, lower-case hex */
  char *spki_sha256; /* of the public key: what a pin holds */
  char *key;         /* "EC 256", "RSA 2048" */
  GStrv names;       /* subject alternative names */
} MwReportCertificate;

/**
 * MwReportAdvice:
 *
 * What to do about a diagnosis. @fix_field and @fix_value name the setting that a click can change
 * ("port" and "993"), or are %NULL.
 */
typedef struct
{
  char *id;
  char *title;
  char *text;
  char *fix_field;
  char *fix_value;
} MwReportAdvice;

/**
 * MwReportFault:
 * @diagnosis: what is wrong
 * @message: one translated sentence that names it
 *
 * One thing that is wrong with the certificate, even one that an accepted key makes up for.
 */
typedef struct
{
  MwDiagnosis diagnosis;
  char *message;
} MwReportFault;

#define MW_TYPE_REPORT (mw_report_get_type ())

/**
 * MwReport:
 *
 * What the check of one server found; a list model of its #MwStep's. Made by one thread, and not
 * changed any more once it was handed on.
 */
G_DECLARE_FINAL_TYPE (MwReport, mw_report, MW, REPORT, GObject)

MwReport *mw_report_new (MwServer *server);
void mw_report_add_step (MwReport *self, MwStep *step); /* a step of the same stage replaces it */
void mw_report_set_address (MwReport *self, const char *address);
void mw_report_set_tls (MwReport *self, const char *version, const char *cipher, const char *group);
void mw_report_add_certificate (MwReport *self, const MwReportCertificate *certificate);
void mw_report_add_fault (MwReport *self, MwDiagnosis diagnosis, const char *message);
void mw_report_set_capabilities (MwReport *self, const char *const *capabilities);
void mw_report_set_mechanisms (MwReport *self, const char *const *mechanisms);
void mw_report_add_advice (MwReport *self,
                           const char *id,
                           const char *title,
                           const char *text,
                           const char *fix_field,
                           const char *fix_value);
void mw_report_add_diagnosis (MwReport *self,
                              MwDiagnosis diagnosis); /* beside those of the steps */
void mw_report_set_transcript (MwReport *self, const char *transcript);
void mw_report_set_network (MwReport *self,
                            const char *network); /* which network it was, for people */

MwServer *mw_report_get_server (MwReport *self);
MwStatus mw_report_get_verdict (MwReport *self);      /* OK, WARNING or FAILED */
MwDiagnosis mw_report_get_diagnosis (MwReport *self); /* the one that matters most, or NONE */
const MwDiagnosis *mw_report_get_diagnoses (MwReport *self,
                                            guint *n_diagnoses); /* most important first */
MwStep *mw_report_get_step (MwReport *self, MwStage stage);      /* transfer none, or %NULL */
const char *mw_report_get_address (MwReport *self); /* IP address connected to, or %NULL */
gboolean mw_report_has_tls (MwReport *self);
const char *mw_report_get_tls_version (MwReport *self);
const char *mw_report_get_tls_cipher (MwReport *self);
const char *mw_report_get_tls_group (MwReport *self);
GPtrArray *mw_report_get_certificates (MwReport *self); /* (element-type MwReportCertificate) */
GPtrArray *mw_report_get_faults (MwReport *self);       /* (element-type MwReportFault) */
const char *const *mw_report_get_capabilities (MwReport *self);
const char *const *mw_report_get_mechanisms (MwReport *self);
GPtrArray *mw_report_get_advice (MwReport *self);      /* (element-type MwReportAdvice) */
const char *mw_report_get_transcript (MwReport *self); /* secrets masked, or %NULL */
const char *mw_report_get_network (MwReport *self);

/* Makes outside text fit to show: valid UTF-8, no control or bidi characters, at most @max bytes */
char *mw_text_make_harmless (const char *bytes, gssize length, gsize max);

G_END_DECLS
