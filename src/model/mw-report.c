/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-report"

#include "config.h"

#include "model/mw-report.h"

#include <glib/gi18n-lib.h>

#include <string.h>

/* What a server's own words may come to in a step, in bytes */
#define MAX_SERVER_TEXT 4096

static const struct
{
  const char *id;
  const char *title;
} stages[] = {
  [MW_STAGE_NETWORK] = { "network", N_ ("Network") },
  [MW_STAGE_RESOLVE] = { "resolve", N_ ("Server Name") },
  [MW_STAGE_CONNECT] = { "connect", N_ ("Connection") },
  [MW_STAGE_GREETING] = { "greeting", N_ ("Greeting") },
  /* Translators: STARTTLS is the name of a protocol command */
  [MW_STAGE_STARTTLS] = { "starttls", N_ ("Switch to Encryption (STARTTLS)") },
  [MW_STAGE_TLS] = { "tls", N_ ("Encryption") },
  [MW_STAGE_CERTIFICATE] = { "certificate", N_ ("Certificate") },
  [MW_STAGE_CAPABILITY] = { "capability", N_ ("Abilities of the Server") },
  [MW_STAGE_LOGIN] = { "login", N_ ("Sign-In") },
  [MW_STAGE_MAILBOX] = { "mailbox", N_ ("Mailbox") },
};

/**
 * mw_stage_to_string:
 * @stage: a stage
 *
 * Returns: its stable id, never translated
 */
const char *
mw_stage_to_string (MwStage stage)
{
  g_return_val_if_fail ((guint) stage < G_N_ELEMENTS (stages), NULL);

  return stages[stage].id;
}

/**
 * mw_stage_get_title:
 * @stage: a stage
 *
 * Returns: what it is called in a list, translated
 */
const char *
mw_stage_get_title (MwStage stage)
{
  g_return_val_if_fail ((guint) stage < G_N_ELEMENTS (stages), NULL);

  return _ (stages[stage].title);
}

/**
 * mw_status_to_string:
 * @status: a status
 *
 * Returns: its stable id, never translated
 */
const char *
mw_status_to_string (MwStatus status)
{
  static const char *const ids[] = { "ok", "warning", "failed", "skipped", "running" };

  g_return_val_if_fail ((guint) status < G_N_ELEMENTS (ids), NULL);

  return ids[status];
}

/* ---- step ---- */

struct _MwStep
{
  GObject parent_instance;

  MwStage stage;
  MwStatus status;
  double milliseconds;
  MwDiagnosis diagnosis;
  char *message;
  char *server_text;
};

G_DEFINE_FINAL_TYPE (MwStep, mw_step, G_TYPE_OBJECT)

static void
mw_step_finalize (GObject *object)
{
  MwStep *self = MW_STEP (object);

  g_free (self->message);
  g_free (self->server_text);

  G_OBJECT_CLASS (mw_step_parent_class)->finalize (object);
}

static void
mw_step_class_init (MwStepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_step_finalize;
}

static void
mw_step_init (MwStep *self)
{
}

/**
 * mw_step_new:
 * @stage: the stage
 * @status: how it ended
 * @milliseconds: how long it took; negative values count as 0
 * @diagnosis: what was wrong, or %MW_DIAGNOSIS_NONE
 * @message: one translated sentence
 * @server_text: (nullable): the server's own words, already harmless (mw_text_make_harmless())
 *
 * Returns: (transfer full): a new step
 */
MwStep *
mw_step_new (MwStage stage,
             MwStatus status,
             double milliseconds,
             MwDiagnosis diagnosis,
             const char *message,
             const char *server_text)
{
  MwStep *self;

  g_return_val_if_fail ((guint) stage < G_N_ELEMENTS (stages), NULL);
  g_return_val_if_fail (message != NULL, NULL);

  self = g_object_new (MW_TYPE_STEP, NULL);
  self->stage = stage;
  self->status = status;
  self->milliseconds = milliseconds > 0 ? milliseconds : 0;
  self->diagnosis = diagnosis;
  self->message = g_strdup (message);
  /* Harmless text stays as it is, so this costs nothing and no caller can forget it */
  if (server_text != NULL)
    self->server_text = mw_text_make_harmless (server_text, -1, MAX_SERVER_TEXT);

  return self;
}

/**
 * mw_step_get_stage:
 * @self: a step
 *
 * Returns: which stage it is about
 */
MwStage
mw_step_get_stage (MwStep *self)
{
  g_return_val_if_fail (MW_IS_STEP (self), MW_STAGE_NETWORK);

  return self->stage;
}

/**
 * mw_step_get_status:
 * @self: a step
 *
 * Returns: how it ended
 */
MwStatus
mw_step_get_status (MwStep *self)
{
  g_return_val_if_fail (MW_IS_STEP (self), MW_STATUS_FAILED);

  return self->status;
}

/**
 * mw_step_get_milliseconds:
 * @self: a step
 *
 * Returns: how long it took, never negative
 */
double
mw_step_get_milliseconds (MwStep *self)
{
  g_return_val_if_fail (MW_IS_STEP (self), 0);

  return self->milliseconds;
}

/**
 * mw_step_get_diagnosis:
 * @self: a step
 *
 * Returns: what was wrong, or %MW_DIAGNOSIS_NONE
 */
MwDiagnosis
mw_step_get_diagnosis (MwStep *self)
{
  g_return_val_if_fail (MW_IS_STEP (self), MW_DIAGNOSIS_NONE);

  return self->diagnosis;
}

/**
 * mw_step_get_message:
 * @self: a step
 *
 * Returns: one translated sentence
 */
const char *
mw_step_get_message (MwStep *self)
{
  g_return_val_if_fail (MW_IS_STEP (self), NULL);

  return self->message;
}

/**
 * mw_step_get_server_text:
 * @self: a step
 *
 * Returns: (nullable): the server's own words, made harmless. To be shown as a quotation, without
 *   markup.
 */
const char *
mw_step_get_server_text (MwStep *self)
{
  g_return_val_if_fail (MW_IS_STEP (self), NULL);

  return self->server_text;
}

/* ---- report ---- */

struct _MwReport
{
  GObject parent_instance;

  MwServer *server;
  GPtrArray *steps;        /* (element-type MwStep) */
  GPtrArray *certificates; /* (element-type MwReportCertificate) */
  GPtrArray *faults;       /* (element-type MwReportFault) */
  GPtrArray *advice;       /* (element-type MwReportAdvice) */
  GArray *extra;           /* (element-type MwDiagnosis), as they were added */
  GArray *diagnoses;       /* (element-type MwDiagnosis), those of the steps and @extra in order */
  GStrv capabilities;
  GStrv mechanisms;
  char *address;
  gboolean has_tls;
  char *tls_version;
  char *tls_cipher;
  char *tls_group;
  char *transcript;
  char *network;
};

static GType
mw_report_get_item_type (GListModel *list)
{
  return MW_TYPE_STEP;
}

static guint
mw_report_get_n_items (GListModel *list)
{
  return MW_REPORT (list)->steps->len;
}

static gpointer
mw_report_get_item (GListModel *list, guint position)
{
  MwReport *self = MW_REPORT (list);

  if (position >= self->steps->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->steps, position));
}

static void
mw_report_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mw_report_get_item_type;
  iface->get_n_items = mw_report_get_n_items;
  iface->get_item = mw_report_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MwReport,
                               mw_report,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, mw_report_list_model_init))

static void
certificate_free (gpointer data)
{
  MwReportCertificate *certificate = data;

  g_free (certificate->subject);
  g_free (certificate->issuer);
  g_free (certificate->not_before);
  g_free (certificate->not_after);
  g_free (certificate->sha256);
  g_free (certificate->spki_sha256);
  g_free (certificate->key);
  g_strfreev (certificate->names);
  g_free (certificate);
}

static void
fault_free (gpointer data)
{
  MwReportFault *fault = data;

  g_free (fault->message);
  g_free (fault);
}

static void
advice_free (gpointer data)
{
  MwReportAdvice *advice = data;

  g_free (advice->id);
  g_free (advice->title);
  g_free (advice->text);
  g_free (advice->fix_field);
  g_free (advice->fix_value);
  g_free (advice);
}

static void
mw_report_finalize (GObject *object)
{
  MwReport *self = MW_REPORT (object);

  g_clear_pointer (&self->server, mw_server_unref);
  g_ptr_array_unref (self->steps);
  g_ptr_array_unref (self->certificates);
  g_ptr_array_unref (self->faults);
  g_ptr_array_unref (self->advice);
  g_array_unref (self->extra);
  g_array_unref (self->diagnoses);
  g_strfreev (self->capabilities);
  g_strfreev (self->mechanisms);
  g_free (self->address);
  g_free (self->tls_version);
  g_free (self->tls_cipher);
  g_free (self->tls_group);
  g_free (self->transcript);
  g_free (self->network);

  G_OBJECT_CLASS (mw_report_parent_class)->finalize (object);
}

static void
mw_report_class_init (MwReportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_report_finalize;
}

static void
mw_report_init (MwReport *self)
{
  self->steps = g_ptr_array_new_with_free_func (g_object_unref);
  self->certificates = g_ptr_array_new_with_free_func (certificate_free);
  self->faults = g_ptr_array_new_with_free_func (fault_free);
  self->advice = g_ptr_array_new_with_free_func (advice_free);
  self->extra = g_array_new (FALSE, FALSE, sizeof (MwDiagnosis));
  self->diagnoses = g_array_new (FALSE, FALSE, sizeof (MwDiagnosis));
  self->capabilities = g_new0 (char *, 1);
  self->mechanisms = g_new0 (char *, 1);
}

static void
append_once (GArray *diagnoses, MwDiagnosis diagnosis)
{
  if (diagnosis == MW_DIAGNOSIS_NONE)
    return;
  for (guint i = 0; i < diagnoses->len; i++)
    if (g_array_index (diagnoses, MwDiagnosis, i) == diagnosis)
      return;
  g_array_append_val (diagnoses, diagnosis);
}

/* What stopped the check comes first, then the other errors, then what only deserves a look: each
 * group in the order of the stages, those that were added beside the steps behind them. */
static void
update_diagnoses (MwReport *self)
{
  g_array_set_size (self->diagnoses, 0);

  for (guint i = 0; i < self->steps->len; i++)
    {
      MwStep *step = g_ptr_array_index (self->steps, i);

      if (step->status == MW_STATUS_FAILED)
        append_once (self->diagnoses, step->diagnosis);
    }
  for (int severity = MW_SEVERITY_ERROR; severity >= MW_SEVERITY_HINT; severity--)
    {
      for (guint i = 0; i < self->steps->len; i++)
        {
          MwStep *step = g_ptr_array_index (self->steps, i);

          if ((int) mw_diagnosis_get_severity (step->diagnosis) == severity)
            append_once (self->diagnoses, step->diagnosis);
        }
      for (guint i = 0; i < self->extra->len; i++)
        {
          MwDiagnosis diagnosis = g_array_index (self->extra, MwDiagnosis, i);

          if ((int) mw_diagnosis_get_severity (diagnosis) == severity)
            append_once (self->diagnoses, diagnosis);
        }
    }
}

/**
 * mw_report_new:
 * @server: the server that is checked
 *
 * Returns: (transfer full): an empty report
 */
MwReport *
mw_report_new (MwServer *server)
{
  MwReport *self;

  g_return_val_if_fail (server != NULL, NULL);

  self = g_object_new (MW_TYPE_REPORT, NULL);
  self->server = mw_server_ref (server);

  return self;
}

/**
 * mw_report_add_step:
 * @self: a report
 * @step: (transfer none): what one stage found
 *
 * Appends @step, or puts it into the place of the earlier step of the same stage.
 */
void
mw_report_add_step (MwReport *self, MwStep *step)
{
  g_return_if_fail (MW_IS_REPORT (self));
  g_return_if_fail (MW_IS_STEP (step));

  for (guint i = 0; i < self->steps->len; i++)
    {
      MwStep *old = g_ptr_array_index (self->steps, i);

      if (old->stage == step->stage)
        {
          g_ptr_array_index (self->steps, i) = g_object_ref (step);
          g_object_unref (old);
          update_diagnoses (self);
          g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 1);
          return;
        }
    }

  g_ptr_array_add (self->steps, g_object_ref (step));
  update_diagnoses (self);
  g_list_model_items_changed (G_LIST_MODEL (self), self->steps->len - 1, 0, 1);
}

/**
 * mw_report_set_address:
 * @self: a report
 * @address: (nullable): the IP address that was connected to
 */
void
mw_report_set_address (MwReport *self, const char *address)
{
  g_return_if_fail (MW_IS_REPORT (self));

  g_set_str (&self->address, address);
}

/**
 * mw_report_set_tls:
 * @self: a report
 * @version: the protocol version, as "TLS1.3"
 * @cipher: (nullable): the cipher
 * @group: (nullable): the key exchange group
 *
 * Notes that there was a TLS session, and what it used.
 */
void
mw_report_set_tls (MwReport *self, const char *version, const char *cipher, const char *group)
{
  g_return_if_fail (MW_IS_REPORT (self));

  self->has_tls = TRUE;
  g_set_str (&self->tls_version, version);
  g_set_str (&self->tls_cipher, cipher);
  g_set_str (&self->tls_group, group);
}

/**
 * mw_report_add_certificate:
 * @self: a report
 * @certificate: the next certificate of the chain, leaf first; copied
 */
void
mw_report_add_certificate (MwReport *self, const MwReportCertificate *certificate)
{
  MwReportCertificate *copy;

  g_return_if_fail (MW_IS_REPORT (self));
  g_return_if_fail (certificate != NULL);

  copy = g_new0 (MwReportCertificate, 1);
  copy->subject = g_strdup (certificate->subject);
  copy->issuer = g_strdup (certificate->issuer);
  copy->not_before = g_strdup (certificate->not_before);
  copy->not_after = g_strdup (certificate->not_after);
  copy->sha256 = g_strdup (certificate->sha256);
  copy->spki_sha256 = g_strdup (certificate->spki_sha256);
  copy->key = g_strdup (certificate->key);
  copy->names = certificate->names != NULL ? g_strdupv (certificate->names) : g_new0 (char *, 1);
  g_ptr_array_add (self->certificates, copy);
}

/**
 * mw_report_add_fault:
 * @self: a report
 * @diagnosis: what is wrong with the certificate
 * @message: one translated sentence
 *
 * Adds one thing that is wrong with the certificate, the worst first. That it matters is said by
 * the step, or by mw_report_add_diagnosis().
 */
void
mw_report_add_fault (MwReport *self, MwDiagnosis diagnosis, const char *message)
{
  MwReportFault *fault;

  g_return_if_fail (MW_IS_REPORT (self));
  g_return_if_fail (message != NULL);

  fault = g_new0 (MwReportFault, 1);
  fault->diagnosis = diagnosis;
  fault->message = g_strdup (message);
  g_ptr_array_add (self->faults, fault);
}

static void
replace_strv (GStrv *place, const char *const *strings)
{
  GStrv copy = strings != NULL ? g_strdupv ((char **) strings) : g_new0 (char *, 1);

  g_strfreev (*place);
  *place = copy;
}

/**
 * mw_report_set_capabilities:
 * @self: a report
 * @capabilities: (nullable): what the server says it can, as it stands after TLS
 */
void
mw_report_set_capabilities (MwReport *self, const char *const *capabilities)
{
  g_return_if_fail (MW_IS_REPORT (self));

  replace_strv (&self->capabilities, capabilities);
}

/**
 * mw_report_set_mechanisms:
 * @self: a report
 * @mechanisms: (nullable): the SASL mechanisms that the server offers
 */
void
mw_report_set_mechanisms (MwReport *self, const char *const *mechanisms)
{
  g_return_if_fail (MW_IS_REPORT (self));

  replace_strv (&self->mechanisms, mechanisms);
}

/**
 * mw_report_add_advice:
 * @self: a report
 * @id: a stable id: that of a diagnosis, or of a finer case of it
 * @title: translated, a short sentence
 * @text: translated: what to do
 * @fix_field: (nullable): the setting that a click can change
 * @fix_value: (nullable): its new value
 */
void
mw_report_add_advice (MwReport *self,
                      const char *id,
                      const char *title,
                      const char *text,
                      const char *fix_field,
                      const char *fix_value)
{
  MwReportAdvice *advice;

  g_return_if_fail (MW_IS_REPORT (self));
  g_return_if_fail (id != NULL && title != NULL && text != NULL);
  g_return_if_fail ((fix_field == NULL) == (fix_value == NULL));

  advice = g_new0 (MwReportAdvice, 1);
  advice->id = g_strdup (id);
  advice->title = g_strdup (title);
  advice->text = g_strdup (text);
  advice->fix_field = g_strdup (fix_field);
  advice->fix_value = g_strdup (fix_value);
  g_ptr_array_add (self->advice, advice);
}

/**
 * mw_report_add_diagnosis:
 * @self: a report
 * @diagnosis: something that was found beside what the steps carry
 *
 * Adds a diagnosis that no step carries, such as the second fault of a certificate. It makes the
 * verdict a warning at least; only a failed step makes it a failure.
 */
void
mw_report_add_diagnosis (MwReport *self, MwDiagnosis diagnosis)
{
  g_return_if_fail (MW_IS_REPORT (self));

  append_once (self->extra, diagnosis);
  update_diagnoses (self);
}

/**
 * mw_report_set_transcript:
 * @self: a report
 * @transcript: (nullable): the dialogue, secrets masked
 */
void
mw_report_set_transcript (MwReport *self, const char *transcript)
{
  g_return_if_fail (MW_IS_REPORT (self));

  g_set_str (&self->transcript, transcript);
}

/**
 * mw_report_set_network:
 * @self: a report
 * @network: (nullable): the network that was used, for people
 */
void
mw_report_set_network (MwReport *self, const char *network)
{
  g_return_if_fail (MW_IS_REPORT (self));

  g_set_str (&self->network, network);
}

/**
 * mw_report_get_server:
 * @self: a report
 *
 * Returns: (transfer none): the server that was checked
 */
MwServer *
mw_report_get_server (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->server;
}

/**
 * mw_report_get_verdict:
 * @self: a report
 *
 * Returns: %MW_STATUS_FAILED when a step failed, %MW_STATUS_WARNING when a step warns or there is
 *   any diagnosis, otherwise %MW_STATUS_OK
 */
MwStatus
mw_report_get_verdict (MwReport *self)
{
  MwStatus verdict = MW_STATUS_OK;

  g_return_val_if_fail (MW_IS_REPORT (self), MW_STATUS_FAILED);

  if (self->diagnoses->len > 0)
    verdict = MW_STATUS_WARNING;
  for (guint i = 0; i < self->steps->len; i++)
    {
      MwStep *step = g_ptr_array_index (self->steps, i);

      if (step->status == MW_STATUS_FAILED)
        return MW_STATUS_FAILED;
      if (step->status == MW_STATUS_WARNING)
        verdict = MW_STATUS_WARNING;
    }

  return verdict;
}

/**
 * mw_report_get_diagnosis:
 * @self: a report
 *
 * Returns: the diagnosis that matters most, or %MW_DIAGNOSIS_NONE
 */
MwDiagnosis
mw_report_get_diagnosis (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), MW_DIAGNOSIS_NONE);

  if (self->diagnoses->len == 0)
    return MW_DIAGNOSIS_NONE;
  return g_array_index (self->diagnoses, MwDiagnosis, 0);
}

/**
 * mw_report_get_diagnoses:
 * @self: a report
 * @n_diagnoses: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_diagnoses): all diagnoses, each once, the most
 *   important first; valid until the report changes
 */
const MwDiagnosis *
mw_report_get_diagnoses (MwReport *self, guint *n_diagnoses)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);
  g_return_val_if_fail (n_diagnoses != NULL, NULL);

  *n_diagnoses = self->diagnoses->len;
  return (const MwDiagnosis *) (void *) self->diagnoses->data;
}

/**
 * mw_report_get_step:
 * @self: a report
 * @stage: a stage
 *
 * Returns: (transfer none) (nullable): the step of that stage
 */
MwStep *
mw_report_get_step (MwReport *self, MwStage stage)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  for (guint i = 0; i < self->steps->len; i++)
    {
      MwStep *step = g_ptr_array_index (self->steps, i);

      if (step->stage == stage)
        return step;
    }

  return NULL;
}

/**
 * mw_report_get_address:
 * @self: a report
 *
 * Returns: (nullable): the IP address that was connected to
 */
const char *
mw_report_get_address (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->address;
}

/**
 * mw_report_has_tls:
 * @self: a report
 *
 * Returns: whether a TLS session came about, trusted or not
 */
gboolean
mw_report_has_tls (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), FALSE);

  return self->has_tls;
}

/**
 * mw_report_get_tls_version:
 * @self: a report
 *
 * Returns: (nullable): the version of TLS
 */
const char *
mw_report_get_tls_version (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->tls_version;
}

/**
 * mw_report_get_tls_cipher:
 * @self: a report
 *
 * Returns: (nullable): the cipher
 */
const char *
mw_report_get_tls_cipher (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->tls_cipher;
}

/**
 * mw_report_get_tls_group:
 * @self: a report
 *
 * Returns: (nullable): the key exchange group
 */
const char *
mw_report_get_tls_group (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->tls_group;
}

/**
 * mw_report_get_certificates:
 * @self: a report
 *
 * Returns: (transfer none) (element-type MwReportCertificate): the chain that the server sent, leaf
 *   first; may be empty
 */
GPtrArray *
mw_report_get_certificates (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->certificates;
}

/**
 * mw_report_get_faults:
 * @self: a report
 *
 * Returns: (transfer none) (element-type MwReportFault): everything that is wrong with the
 *   certificate, the worst first
 */
GPtrArray *
mw_report_get_faults (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->faults;
}

/**
 * mw_report_get_capabilities:
 * @self: a report
 *
 * Returns: (transfer none): what the server says it can; may be empty
 */
const char *const *
mw_report_get_capabilities (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return (const char *const *) self->capabilities;
}

/**
 * mw_report_get_mechanisms:
 * @self: a report
 *
 * Returns: (transfer none): the SASL mechanisms on offer; may be empty
 */
const char *const *
mw_report_get_mechanisms (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return (const char *const *) self->mechanisms;
}

/**
 * mw_report_get_advice:
 * @self: a report
 *
 * Returns: (transfer none) (element-type MwReportAdvice): what to do, most helpful first; may be
 *   empty
 */
GPtrArray *
mw_report_get_advice (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->advice;
}

/**
 * mw_report_get_transcript:
 * @self: a report
 *
 * Returns: (nullable): the dialogue, secrets masked; names and addresses are in it
 */
const char *
mw_report_get_transcript (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->transcript;
}

/**
 * mw_report_get_network:
 * @self: a report
 *
 * Returns: (nullable): the network that was used, for people
 */
const char *
mw_report_get_network (MwReport *self)
{
  g_return_val_if_fail (MW_IS_REPORT (self), NULL);

  return self->network;
}

/* ---- outside text ---- */

static gboolean
is_harmful (gunichar c)
{
  /* Cf holds the bidi controls, the zero-width characters, the soft hyphen and the tags; line and
   * paragraph separators break lines as a control would */
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return FALSE;
    }
}

/**
 * mw_text_make_harmless:
 * @bytes: (array length=length): what came from outside
 * @length: its length in bytes, or -1 when it ends with NUL
 * @max: the most bytes that the result may have, not counting the final NUL
 *
 * Makes outside text fit to show: valid UTF-8 on one line. A line break or tab becomes a space;
 * what is not UTF-8 is written as `\xNN`, control, bidi and invisible characters as `<U+NNNN>`, so
 * that they are seen; what is too long is cut and ends with "…".
 *
 * Returns: (transfer full): the text; "" for an empty one
 */
char *
mw_text_make_harmless (const char *bytes, gssize length, gsize max)
{
  static const char ellipsis[] = "…";
  GString *text;
  const char *p, *end;
  gsize keep = 0; /* what stays when "…" has to be put behind it */
  gboolean cut = FALSE;

  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  p = bytes;
  end = length < 0 ? bytes + strlen (bytes) : bytes + length;
  while (end > p && (end[-1] == '\r' || end[-1] == '\n'))
    end--;

  /* Most of what servers say is harmless as it is */
  while (p < end && *p >= 0x20 && *p < 0x7f)
    p++;
  if (p == end && (gsize) (end - bytes) <= max)
    return g_strndup (bytes, (gsize) (end - bytes));

  p = bytes;
  text = g_string_new (NULL);
  while (p < end)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);
      gsize before = text->len;

      if (c == (gunichar) -1 || c == (gunichar) -2 || *p == '\0')
        {
          g_string_append_printf (text, "\\x%02x", (guchar) *p);
          p++;
        }
      else
        {
          if (c == '\r' && p + 1 < end && p[1] == '\n')
            ; /* the line feed stands for both */
          else if (c == '\n' || c == '\r' || c == '\t')
            g_string_append_c (text, ' ');
          else if (is_harmful (c))
            g_string_append_printf (text, "<U+%04X>", c);
          else
            g_string_append_unichar (text, c);
          p = g_utf8_next_char (p);
        }

      if (text->len > max)
        {
          g_string_truncate (text, before);
          cut = TRUE;
          break;
        }
      if (text->len + sizeof ellipsis - 1 <= max)
        keep = text->len;
    }

  if (cut)
    {
      g_string_truncate (text, keep);
      if (keep + sizeof ellipsis - 1 <= max)
        g_string_append (text, ellipsis);
    }

  return g_string_free (text, FALSE);
}
