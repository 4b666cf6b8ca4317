/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-report"

#include "config.h"

#include "report/mw-report-json.h"

#include <math.h>
#include <string.h>

static void
set_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
set_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
set_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
set_strv (JsonBuilder *builder, const char *name, const char *const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (gsize i = 0; values != NULL && values[i] != NULL; i++)
    json_builder_add_string_value (builder, values[i]);
  json_builder_end_array (builder);
}

static JsonNode *
finish (JsonBuilder *builder)
{
  JsonNode *root = json_builder_get_root (builder);

  g_object_unref (builder);
  return root;
}

static void
add_step (MwJsonWriter *writer, MwStep *step)
{
  const char *message = mw_step_get_message (step);
  /* Eighths of a millisecond: finer than any clock matters here, and short in decimal */
  double milliseconds = floor (MAX (mw_step_get_milliseconds (step), 0) * 8 + 0.5) / 8;

  mw_json_writer_begin (writer, NULL, '{');
  mw_json_writer_string (writer, "step", mw_stage_to_string (mw_step_get_stage (step)));
  mw_json_writer_string (writer, "status", mw_status_to_string (mw_step_get_status (step)));
  mw_json_writer_double (writer, "milliseconds", milliseconds);
  mw_json_writer_string (writer, "diagnosis", mw_diagnosis_to_id (mw_step_get_diagnosis (step)));
  mw_json_writer_string (writer, "message", message != NULL ? message : "");
  mw_json_writer_string (writer, "server_text", mw_step_get_server_text (step));
  mw_json_writer_end (writer, '}');
}

static void
add_certificate (MwJsonWriter *writer, const MwReportCertificate *certificate)
{
  mw_json_writer_begin (writer, NULL, '{');
  mw_json_writer_string (writer, "subject", certificate->subject);
  mw_json_writer_string (writer, "issuer", certificate->issuer);
  mw_json_writer_string (writer, "not_before", certificate->not_before);
  mw_json_writer_string (writer, "not_after", certificate->not_after);
  mw_json_writer_string (writer, "sha256", certificate->sha256);
  mw_json_writer_string (writer, "spki_sha256", certificate->spki_sha256);
  mw_json_writer_string (writer, "key", certificate->key);
  mw_json_writer_strv (writer, "names", (const char *const *) certificate->names);
  mw_json_writer_end (writer, '}');
}

static void
add_tls (MwJsonWriter *writer, MwReport *report)
{
  GPtrArray *certificates = mw_report_get_certificates (report);

  if (!mw_report_has_tls (report))
    {
      mw_json_writer_string (writer, "tls", NULL);
      return;
    }
  mw_json_writer_begin (writer, "tls", '{');
  mw_json_writer_string (writer, "version", mw_report_get_tls_version (report));
  mw_json_writer_string (writer, "cipher", mw_report_get_tls_cipher (report));
  mw_json_writer_string (writer, "group", mw_report_get_tls_group (report));
  mw_json_writer_begin (writer, "certificates", '[');
  for (guint i = 0; i < certificates->len; i++)
    add_certificate (writer, g_ptr_array_index (certificates, i));
  mw_json_writer_end (writer, ']');
  mw_json_writer_end (writer, '}');
}

static void
add_report_advice (MwJsonWriter *writer, GPtrArray *advice)
{
  mw_json_writer_begin (writer, "advice", '[');
  for (guint i = 0; i < advice->len; i++)
    {
      const MwReportAdvice *row = g_ptr_array_index (advice, i);

      mw_json_writer_begin (writer, NULL, '{');
      mw_json_writer_string (writer, "id", row->id);
      mw_json_writer_string (writer, "title", row->title);
      mw_json_writer_string (writer, "text", row->text);
      if (row->fix_field != NULL)
        {
          mw_json_writer_begin (writer, "fix", '{');
          mw_json_writer_string (writer, "field", row->fix_field);
          mw_json_writer_string (writer, "value", row->fix_value);
          mw_json_writer_end (writer, '}');
        }
      else
        mw_json_writer_string (writer, "fix", NULL);
      mw_json_writer_end (writer, '}');
    }
  mw_json_writer_end (writer, ']');
}

static void
add_diagnoses (MwJsonWriter *writer, const MwDiagnosis *diagnoses, guint n_diagnoses)
{
  mw_json_writer_begin (writer, "diagnoses", '[');
  for (guint i = 0; i < n_diagnoses; i++)
    mw_json_writer_string (writer, NULL, mw_diagnosis_to_id (diagnoses[i]));
  mw_json_writer_end (writer, ']');
}

static void
add_report (MwJsonWriter *writer, MwReport *report, gboolean with_transcript)
{
  MwServer *server = mw_report_get_server (report);
  const MwDiagnosis *diagnoses;
  guint n_diagnoses;

  diagnoses = mw_report_get_diagnoses (report, &n_diagnoses);
  mw_json_writer_begin (writer, NULL, '{');
  mw_json_writer_string (writer, "verdict", mw_status_to_string (mw_report_get_verdict (report)));
  mw_json_writer_string (writer, "diagnosis",
                         mw_diagnosis_to_id (mw_report_get_diagnosis (report)));
  add_diagnoses (writer, diagnoses, n_diagnoses);
  mw_json_writer_string (writer, "protocol",
                         mw_protocol_to_string (mw_server_get_protocol (server)));
  mw_json_writer_string (writer, "host", mw_server_get_host (server));
  mw_json_writer_int (writer, "port", mw_server_get_port (server));
  mw_json_writer_string (writer, "security",
                         mw_security_to_string (mw_server_get_security (server)));
  mw_json_writer_string (writer, "address", mw_report_get_address (report));
  mw_json_writer_begin (writer, "steps", '[');
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (report)); i++)
    {
      g_autoptr (MwStep) step = g_list_model_get_item (G_LIST_MODEL (report), i);

      add_step (writer, step);
    }
  mw_json_writer_end (writer, ']');
  add_tls (writer, report);
  mw_json_writer_strv (writer, "capabilities", mw_report_get_capabilities (report));
  mw_json_writer_strv (writer, "mechanisms", mw_report_get_mechanisms (report));
  add_report_advice (writer, mw_report_get_advice (report));
  if (mw_report_get_network (report) != NULL)
    mw_json_writer_string (writer, "network", mw_report_get_network (report));
  if (with_transcript)
    mw_json_writer_string (writer, "transcript", mw_report_get_transcript (report));
  mw_json_writer_end (writer, '}');
}

/**
 * mw_json_text_from_report:
 * @report: what the check of one server found
 * @with_transcript: whether the dialogue, secrets masked, is part of it
 *
 * Returns: (transfer full): the object that `probe --json` prints, one line end behind it
 */
char *
mw_json_text_from_report (MwReport *report, gboolean with_transcript)
{
  GString *text = g_string_sized_new (4096);
  MwJsonWriter writer = MW_JSON_WRITER_INIT (text);

  add_report (&writer, report, with_transcript);
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

/**
 * mw_json_begin_check:
 * @writer: a new writer
 *
 * Begins the object that `check --json` prints: it comes in pieces, so that the reports of a
 * thousand accounts need not be kept until the last one is in. What was written so far may be taken
 * out of the writer's text at any moment.
 */
void
mw_json_begin_check (MwJsonWriter *writer)
{
  mw_json_writer_begin (writer, NULL, '{');
  mw_json_writer_begin (writer, "accounts", '[');
}

/**
 * mw_json_add_account:
 * @writer: where mw_json_begin_check() was called
 * @account: an account
 * @reports: (element-type MwReport): its reports
 * @with_transcript: whether the dialogues are part of it
 */
void
mw_json_add_account (MwJsonWriter *writer,
                     MwAccount *account,
                     GPtrArray *reports,
                     gboolean with_transcript)
{
  MwStatus verdict = MW_STATUS_OK;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (MwDiagnosis));
  gboolean seen[MW_N_DIAGNOSES] = { FALSE };

  for (guint i = 0; i < reports->len; i++)
    {
      MwReport *report = g_ptr_array_index (reports, i);
      guint n_diagnoses;
      const MwDiagnosis *diagnoses = mw_report_get_diagnoses (report, &n_diagnoses);

      verdict = MAX (verdict, mw_report_get_verdict (report));
      for (guint d = 0; d < n_diagnoses; d++)
        if (!seen[diagnoses[d]])
          {
            seen[diagnoses[d]] = TRUE;
            g_array_append_val (all, diagnoses[d]);
          }
    }
  mw_json_writer_begin (writer, NULL, '{');
  mw_json_writer_string (writer, "id", mw_account_get_id (account));
  mw_json_writer_string (writer, "address", mw_address_get_text (mw_account_get_address (account)));
  mw_json_writer_string (writer, "verdict", mw_status_to_string (verdict));
  add_diagnoses (writer, (const MwDiagnosis *) all->data, all->len);
  mw_json_writer_begin (writer, "servers", '[');
  for (guint i = 0; i < reports->len; i++)
    add_report (writer, g_ptr_array_index (reports, i), with_transcript);
  mw_json_writer_end (writer, ']');
  mw_json_writer_end (writer, '}');
}

/**
 * mw_json_end_check:
 * @writer: where mw_json_begin_check() was called
 *
 * Ends the object, and the line.
 */
void
mw_json_end_check (MwJsonWriter *writer)
{
  mw_json_writer_end (writer, ']');
  mw_json_writer_end (writer, '}');
  g_string_append_c (writer->text, '\n');
}

/**
 * mw_json_text_from_check:
 * @account: an account
 * @reports: (element-type MwReport): its reports
 * @with_transcript: whether the dialogues are part of it
 *
 * Returns: (transfer full): what `check --json` prints for this account
 */
char *
mw_json_text_from_check (MwAccount *account, GPtrArray *reports, gboolean with_transcript)
{
  GString *text = g_string_sized_new (8192);
  MwJsonWriter writer = MW_JSON_WRITER_INIT (text);

  mw_json_begin_check (&writer);
  mw_json_add_account (&writer, account, reports, with_transcript);
  mw_json_end_check (&writer);
  return g_string_free (text, FALSE);
}

static void
add_settings (JsonBuilder *builder, MwSettings *settings)
{
  json_builder_begin_object (builder);
  set_string (builder, "source", mw_source_to_string (settings->source));
  set_string (builder, "origin", settings->origin);
  set_boolean (builder, "trusted", settings->trusted);
  set_string (builder, "provider", settings->provider);
  set_string (builder, "name", settings->name != NULL ? settings->name : "");
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < settings->servers->len; i++)
    {
      MwServer *server = g_ptr_array_index (settings->servers, i);

      json_builder_begin_object (builder);
      set_string (builder, "protocol", mw_protocol_to_string (mw_server_get_protocol (server)));
      set_string (builder, "host", mw_server_get_host (server));
      set_int (builder, "port", mw_server_get_port (server));
      set_string (builder, "security", mw_security_to_string (mw_server_get_security (server)));
      set_strv (builder, "authentication", mw_server_get_authentications (server));
      set_string (builder, "username",
                  mw_server_get_username (server) != NULL ? mw_server_get_username (server) : "");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  set_strv (builder, "prepare", (const char *const *) settings->prepare);
  set_string (builder, "help", settings->help);
  set_string (builder, "checked", settings->checked);
  json_builder_end_object (builder);
}

static void
add_conflict (JsonBuilder *builder, const MwDiscoveryConflict *conflict)
{
  json_builder_begin_object (builder);
  set_string (builder, "field", conflict->field);
  json_builder_set_member_name (builder, "values");
  json_builder_begin_array (builder);
  for (guint i = 0; i < conflict->values->len; i++)
    {
      const MwDiscoveryValue *value = g_ptr_array_index (conflict->values, i);

      json_builder_begin_object (builder);
      set_string (builder, "value", value->value);
      set_strv (builder, "sources", (const char *const *) value->sources);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/**
 * mw_json_from_discovery:
 * @result: what the sources said
 *
 * Returns: (transfer full): the object that `detect --json` prints
 */
JsonNode *
mw_json_from_discovery (MwDiscoveryResult *result)
{
  JsonBuilder *builder = json_builder_new ();
  MwAddress *address = mw_discovery_result_get_address (result);
  GPtrArray *settings = mw_discovery_result_get_settings (result);
  GPtrArray *conflicts = mw_discovery_result_get_conflicts (result);
  GPtrArray *notes = mw_discovery_result_get_notes (result);

  json_builder_begin_object (builder);
  set_string (builder, "address", mw_address_get_text (address));
  set_string (builder, "domain", mw_address_get_domain_ascii (address));
  json_builder_set_member_name (builder, "settings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < settings->len; i++)
    add_settings (builder, g_ptr_array_index (settings, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "conflicts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < conflicts->len; i++)
    add_conflict (builder, g_ptr_array_index (conflicts, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "chosen");
  if (mw_discovery_result_get_chosen (result) >= 0)
    json_builder_add_int_value (builder, mw_discovery_result_get_chosen (result));
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < notes->len; i++)
    json_builder_add_string_value (builder,
                                   ((const MwDiscoveryNote *) g_ptr_array_index (notes, i))->id);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return finish (builder);
}

/**
 * mw_json_from_advice:
 * @advice: (element-type MwAdvice): what is wrong with typed settings
 *
 * Returns: (transfer full): the object that `advise --json` prints
 */
JsonNode *
mw_json_from_advice (GPtrArray *advice)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "advice");
  json_builder_begin_array (builder);
  for (guint i = 0; i < advice->len; i++)
    {
      const MwAdvice *row = g_ptr_array_index (advice, i);
      g_autofree char *value =
          row->value != NULL ? mw_text_make_harmless (row->value, -1, 1024) : NULL;

      json_builder_begin_object (builder);
      set_string (builder, "id", row->id);
      set_string (builder, "severity", mw_severity_to_string (row->severity));
      set_string (builder, "field", row->field);
      set_string (builder, "value", value);
      set_string (builder, "message", row->message);
      set_string (builder, "fix", row->fix);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return finish (builder);
}

static void
add_half (JsonBuilder *builder, MwAccount *account, MwHalf half)
{
  MwServer *server = mw_account_get_server (account, half);
  g_autofree char *url = NULL;

  json_builder_set_member_name (builder, mw_half_to_string (half));
  if (server == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  url = mw_server_to_url (server);
  json_builder_begin_object (builder);
  set_string (builder, "protocol", mw_protocol_to_string (mw_server_get_protocol (server)));
  set_string (builder, "host", mw_server_get_host (server));
  set_int (builder, "port", mw_server_get_port (server));
  set_string (builder, "security", mw_security_to_string (mw_server_get_security (server)));
  set_string (builder, "username", mw_server_get_username (server));
  set_string (builder, "mechanism", mw_server_get_mechanism (server));
  set_boolean (builder, "login", mw_server_needs_login (server));
  set_string (builder, "accepted_key", mw_account_get_pin (account, half));
  set_string (builder, "url", url);
  json_builder_end_object (builder);
}

static void
set_time (JsonBuilder *builder, const char *name, GDateTime *when)
{
  g_autofree char *text = g_date_time_format_iso8601 (when);

  set_string (builder, name, text);
}

static void
add_last_check (JsonBuilder *builder, const MwPast *past)
{
  json_builder_set_member_name (builder, "last_check");
  if (past->checked == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  set_time (builder, "at", past->checked);
  set_string (builder, "verdict", mw_status_to_string (past->verdict));
  set_string (builder, "diagnosis", mw_diagnosis_to_id (past->diagnosis));
  set_string (builder, "network", past->network);
  set_boolean (builder, "complete", past->is_complete);
  set_boolean (builder, "current", past->is_current);
  json_builder_end_object (builder);
}

static void
add_exports (JsonBuilder *builder, const MwPast *past)
{
  json_builder_set_member_name (builder, "exports");
  json_builder_begin_array (builder);
  for (guint i = 0; i < past->exports->len; i++)
    {
      const MwPastExport *export = g_ptr_array_index (past->exports, i);

      json_builder_begin_object (builder);
      set_string (builder, "target", export->target);
      set_time (builder, "at", export->when);
      set_boolean (builder, "current", export->is_current);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/**
 * mw_json_from_account:
 * @account: an account
 * @past: (nullable): what was done with it; %NULL leaves that out
 *
 * Returns: (transfer full): the object that `account show --json` prints; it holds no password
 */
JsonNode *
mw_json_from_account (MwAccount *account, const MwPast *past)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  set_string (builder, "id", mw_account_get_id (account));
  set_string (builder, "address", mw_address_get_text (mw_account_get_address (account)));
  set_string (builder, "name", mw_account_get_name (account));
  set_string (builder, "reply_to", mw_account_get_reply_to (account));
  set_string (builder, "organization", mw_account_get_organization (account));
  set_string (builder, "provider", mw_account_get_provider (account));
  add_half (builder, account, MW_HALF_INCOMING);
  add_half (builder, account, MW_HALF_OUTGOING);
  set_boolean (builder, "leave_on_server", mw_account_get_leave_on_server (account));
  set_boolean (builder, "separate_passwords", mw_account_get_separate_passwords (account));
  if (past != NULL)
    {
      add_last_check (builder, past);
      add_exports (builder, past);
    }
  json_builder_end_object (builder);
  return finish (builder);
}

static const char *
service_to_string (MwProviderService service)
{
  switch (service)
    {
    case MW_PROVIDER_SERVICE_SENDING_ONLY:
      return "sending-only";
    case MW_PROVIDER_SERVICE_NONE:
      return "none";
    case MW_PROVIDER_SERVICE_MAILBOX:
    default:
      return "mailbox";
    }
}

/**
 * mw_json_from_provider:
 * @provider: a provider
 *
 * Returns: (transfer full): one element of the array that `providers --json` prints
 */
JsonNode *
mw_json_from_provider (const MwProvider *provider)
{
  JsonBuilder *builder = json_builder_new ();
  MwProviderServer server;

  json_builder_begin_object (builder);
  set_string (builder, "id", mw_provider_get_id (provider));
  set_string (builder, "name", mw_provider_get_name (provider));
  set_string (builder, "service", service_to_string (mw_provider_get_service (provider)));
  set_strv (builder, "domains", mw_provider_get_domains (provider));
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < mw_provider_get_n_servers (provider); i++)
    {
      if (!mw_provider_get_server (provider, i, &server))
        continue;
      json_builder_begin_object (builder);
      set_string (builder, "protocol", mw_protocol_to_string (server.protocol));
      set_string (builder, "host", server.host);
      set_int (builder, "port", server.port);
      set_string (builder, "security", mw_security_to_string (server.security));
      set_string (builder, "username", mw_provider_get_username_form (provider, server.protocol));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  set_strv (builder, "authentication", mw_provider_get_authentications (provider));
  set_string (builder, "prepare", mw_provider_get_prepare (provider));
  set_string (builder, "help", mw_provider_get_help (provider));
  set_string (builder, "checked", mw_provider_get_checked (provider));
  set_strv (builder, "sources", mw_provider_get_sources (provider));
  json_builder_end_object (builder);
  return finish (builder);
}

/**
 * mw_json_from_network:
 * @state: the network at one moment
 *
 * Returns: (transfer full): the object that `network --json` prints
 */
JsonNode *
mw_json_from_network (MwNetworkState *state)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  set_string (builder, "state", mw_connectivity_to_string (state->connectivity));
  set_string (builder, "source", state->source);
  set_string (builder, "connection", state->connection_name);
  set_string (builder, "type", state->connection_type);
  set_strv (builder, "vpn", (const char *const *) state->vpns);
  set_string (builder, "metered", mw_metered_to_string (state->metered));
  set_boolean (builder, "default_route", state->has_default_route);
  set_boolean (builder, "ipv4", state->has_ipv4);
  set_boolean (builder, "ipv6", state->has_ipv6);
  json_builder_end_object (builder);
  return finish (builder);
}

/**
 * mw_json_to_text:
 * @node: any value
 *
 * Returns: (transfer full): it as text, indented, one line end behind it
 */
char *
mw_json_to_text (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, TRUE);

  return g_strconcat (text, "\n", NULL);
}
