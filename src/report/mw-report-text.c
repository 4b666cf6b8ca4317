/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-report"

#include "config.h"

#include "report/mw-report-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const struct
{
  const char *mark;
  const char *colour;
} marks[] = {
  [MW_STATUS_OK] = { "✓", "\033[32m" },     [MW_STATUS_WARNING] = { "!", "\033[33m" },
  [MW_STATUS_FAILED] = { "✗", "\033[31m" }, [MW_STATUS_SKIPPED] = { "-", "\033[2m" },
  [MW_STATUS_RUNNING] = { "…", "\033[2m" },
};

/**
 * mw_security_get_title:
 * @security: how a connection is protected
 *
 * Returns: (transfer none): what people call it, translated and unambiguous
 */
const char *
mw_security_get_title (MwSecurity security)
{
  switch (security)
    {
    case MW_SECURITY_TLS:
      return _ ("TLS from the start");
    case MW_SECURITY_STARTTLS:
      return _ ("STARTTLS (upgrade)");
    case MW_SECURITY_NONE:
    default:
      return _ ("No encryption");
    }
}

/**
 * mw_server_describe:
 * @server: a server
 *
 * Returns: (transfer full): its protocol, place and protection in one line, for people
 */
char *
mw_server_describe (MwServer *server)
{
  g_autofree char *protocol =
      g_ascii_strup (mw_protocol_to_string (mw_server_get_protocol (server)), -1);
  g_autofree char *host = mw_host_to_display (mw_server_get_host (server));

  /* Translators: a protocol, a host, a port, and how the connection is encrypted */
  return g_strdup_printf (_ ("%1$s %2$s, port %3$u, %4$s"), protocol, host,
                            mw_server_get_port (server),
                            mw_security_get_title (mw_server_get_security (server)));
}

static void
append_marked (GString *text, MwStatus status, MwReportTextFlags flags, const char *line)
{
  if (flags & MW_REPORT_TEXT_COLOUR)
    g_string_append_printf (text, "%s%s %s\033[0m\n", marks[status].colour, marks[status].mark,
                            line);
  else
    g_string_append_printf (text, "%s %s\n", marks[status].mark, line);
}

static char *
describe_field (const char *label, const char *value)
{
  /* Translators: a label and what belongs to it, as in “Address: jo@example.org” */
  return g_strdup_printf (_ ("%1$s: %2$s"), label, value);
}

static void
append_field (GString *text, const char *indent, const char *label, const char *value)
{
  g_autofree char *line = describe_field (label, value);

  g_string_append_printf (text, "%s%s\n", indent, line);
}

static void
append_step (GString *text, MwStep *step, MwReportTextFlags flags)
{
  const char *message = mw_step_get_message (step);
  g_autofree char *line =
      (flags & MW_REPORT_TEXT_DETAILS) && mw_step_get_status (step) != MW_STATUS_SKIPPED
      /* Translators: a stage of a check, milliseconds, and how the stage ended */
      ? g_strdup_printf (_ ("%1$s (%2$.0f ms): %3$s"), mw_stage_get_title (mw_step_get_stage (step)),
                           mw_step_get_milliseconds (step), message != NULL ? message : "")
      : describe_field (mw_stage_get_title (mw_step_get_stage (step)),
                        message != NULL ? message : "");

  g_string_append (text, "  ");
  append_marked (text, mw_step_get_status (step), flags, line);
  if (mw_step_get_server_text (step) != NULL &&
      ((flags & MW_REPORT_TEXT_DETAILS) || mw_step_get_diagnosis (step) != MW_DIAGNOSIS_NONE))
    {
      g_string_append (text, "      ");
      /* Translators: followed by the server's own words */
      g_string_append_printf (text, _ ("The server says: %s"), mw_step_get_server_text (step));
      g_string_append_c (text, '\n');
    }
}

static void
append_details (GString *text, MwReport *report)
{
  GPtrArray *certificates = mw_report_get_certificates (report);

  if (mw_report_get_address (report) != NULL)
    append_field (text, "    ", _ ("Address"), mw_report_get_address (report));
  if (mw_report_has_tls (report))
    g_string_append_printf (
        text, "    TLS: %s, %s, %s\n", mw_report_get_tls_version (report),
        mw_report_get_tls_cipher (report),
        mw_report_get_tls_group (report) != NULL ? mw_report_get_tls_group (report) : "-");
  for (guint i = 0; i < certificates->len; i++)
    {
      const MwReportCertificate *certificate = g_ptr_array_index (certificates, i);
      g_autofree char *names = g_strjoinv (", ", certificate->names);
      /* Translators: %u counts the certificates of a chain, from 1 on */
      g_autofree char *label = g_strdup_printf (_ ("Certificate %u"), i + 1);

      append_field (text, "    ", label, certificate->subject);
      /* Translators: who issued a certificate */
      append_field (text, "      ", _ ("Issued by"), certificate->issuer);
      g_string_append (text, "      ");
      /* Translators: two points in time */
      g_string_append_printf (text, _ ("Valid from %1$s to %2$s"), certificate->not_before,
                                      certificate->not_after);
      g_string_append_c (text, '\n');
      append_field (text, "      ", _ ("Names"), names);
      append_field (text, "      ", "SHA-256", certificate->sha256);
      g_string_append_printf (text, "      %s: %s (SHA-256 %s)\n",
                              _ ("Key"), certificate->key, certificate->spki_sha256);
    }
  for (guint i = 0; i < mw_report_get_faults (report)->len; i++)
    {
      const MwReportFault *fault = g_ptr_array_index (mw_report_get_faults (report), i);

      /* Translators: followed by a sentence about what is wrong with a certificate */
      append_field (text, "    ", _ ("Wrong with the certificate"), fault->message);
    }
  if (mw_report_get_mechanisms (report) != NULL && mw_report_get_mechanisms (report)[0] != NULL)
    {
      g_autofree char *joined = g_strjoinv (" ", (char **) mw_report_get_mechanisms (report));

      /* Translators: the ways to log in that a server offers (SASL mechanisms) */
      append_field (text, "    ", _ ("Login mechanisms"), joined);
    }
}

/**
 * mw_report_to_text:
 * @report: what the check of one server found
 * @flags: how to write it
 *
 * Returns: (transfer full): the report for a person, lines of text
 */
char *
mw_report_to_text (MwReport *report, MwReportTextFlags flags)
{
  GString *text = g_string_new (NULL);
  g_autofree char *title = mw_server_describe (mw_report_get_server (report));
  GPtrArray *advice = mw_report_get_advice (report);
  MwDiagnosis diagnosis = mw_report_get_diagnosis (report);
  gboolean has_failed = FALSE;

  append_marked (text, mw_report_get_verdict (report), flags, title);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (report)); i++)
    {
      g_autoptr (MwStep) step = g_list_model_get_item (G_LIST_MODEL (report), i);

      /* That nothing follows a failure goes without saying; why a stage was left out does not */
      if (has_failed && mw_step_get_status (step) == MW_STATUS_SKIPPED)
        continue;
      has_failed |= mw_step_get_status (step) == MW_STATUS_FAILED;
      append_step (text, step, flags);
    }
  if (flags & MW_REPORT_TEXT_DETAILS)
    append_details (text, report);
  if (diagnosis != MW_DIAGNOSIS_NONE)
    {
      g_string_append_printf (text, "\n  %s [%s]\n  %s\n", mw_diagnosis_get_title (diagnosis),
                              mw_diagnosis_to_id (diagnosis),
                              mw_diagnosis_get_explanation (diagnosis));
      if (advice->len == 0)
        g_string_append_printf (text, "  → %s\n", mw_diagnosis_get_next_step (diagnosis));
    }
  for (guint i = 0; i < advice->len; i++)
    {
      const MwReportAdvice *row = g_ptr_array_index (advice, i);

      g_string_append_printf (text, "  → %s\n", row->text);
      if (row->fix_field != NULL && row->fix_value != NULL)
        {
          g_string_append (text, "    ");
          /* Translators: the name of a setting and the value to put there */
          g_string_append_printf (text, _ ("To change: %1$s = %2$s"), row->fix_field,
                                          row->fix_value);
          g_string_append_c (text, '\n');
        }
    }
  if (mw_report_get_network (report) != NULL)
    {
      g_string_append (text, "  ");
      /* Translators: the name of a network connection */
      g_string_append_printf (text, _ ("Network: %s"), mw_report_get_network (report));
      g_string_append_c (text, '\n');
    }
  if ((flags & MW_REPORT_TEXT_TRANSCRIPT) && mw_report_get_transcript (report) != NULL)
    g_string_append_printf (text, "\n%s\n", mw_report_get_transcript (report));
  return g_string_free (text, FALSE);
}
