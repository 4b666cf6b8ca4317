/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-certificate-page"

#include "config.h"

#include "app/mw-certificate-page.h"

#include "app/mw-property-row.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How much of a name from a certificate a sentence of ours holds, in bytes */
#define MAX_NAME 200

struct _MwCertificatePage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item;
  MwReport *report;
  MwHalf half;
  GCancellable *cancellable; /* of the question */

  /* Template children */
  AdwPreferencesGroup *verdict;
  GtkWidget *accept_group;
  GtkWidget *accept_row;
  GtkWidget *forget_row;
  GtkBox *chain;
};

G_DEFINE_FINAL_TYPE (MwCertificatePage, mw_certificate_page, ADW_TYPE_NAVIGATION_PAGE)

/* ---- words ---- */

/* "ab:cd:..." in groups that people can compare over the telephone */
static char *
group_fingerprint (const char *hex)
{
  GString *grouped = g_string_new (NULL);

  for (gsize i = 0; hex[i] != '\0'; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (grouped, ' ');
      g_string_append_c (grouped, g_ascii_toupper (hex[i]));
    }
  return g_string_free (grouped, FALSE);
}

static char *
format_day (const char *iso8601)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (iso8601, utc);
  g_autoptr (GDateTime) local = date != NULL ? g_date_time_to_local (date) : NULL;

  if (local == NULL)
    return g_strdup (iso8601);
  /* Translators: a point in time as strftime() writes it: 31 December 2026, 23:59 */
  return g_date_time_format (local, _ ("%-d %B %Y, %H:%M"));
}

static char *
describe_validity (const MwReportCertificate *certificate)
{
  g_autofree char *from = NULL, *to = NULL;

  if (certificate->not_before == NULL || certificate->not_after == NULL)
    return NULL;
  from = format_day (certificate->not_before);
  to = format_day (certificate->not_after);
  /* Translators: two points in time */
  return g_strdup_printf (_ ("From %1$s to %2$s"), from, to);
}

static const MwReportCertificate *
get_leaf (MwCertificatePage *self)
{
  GPtrArray *certificates = mw_report_get_certificates (self->report);

  return certificates->len > 0 ? g_ptr_array_index (certificates, 0) : NULL;
}

/* ---- what is shown ---- */

static void
add_finding (MwCertificatePage *self, MwStatus status, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *image = gtk_image_new ();
  g_autofree char *harmless = mw_text_make_harmless (title, -1, MW_PROPERTY_MAX);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), harmless);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  mw_ui_set_status_image (GTK_IMAGE (image), status);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
  adw_preferences_group_add (self->verdict, row);
}

static void
show_verdict (MwCertificatePage *self)
{
  GPtrArray *faults = mw_report_get_faults (self->report);
  MwStep *step = mw_report_get_step (self->report, MW_STAGE_CERTIFICATE);
  gboolean is_accepted = step != NULL && mw_step_get_status (step) == MW_STATUS_OK;

  if (is_accepted || faults->len == 0)
    add_finding (self, step != NULL ? mw_step_get_status (step) : MW_STATUS_SKIPPED,
                 step != NULL && mw_step_get_message (step) != NULL ? mw_step_get_message (step)
                                                                    : _ ("Not judged"), NULL);
  for (guint i = 0; i < faults->len; i++)
    {
      const MwReportFault *fault = g_ptr_array_index (faults, i);
      gboolean is_error = mw_diagnosis_get_severity (fault->diagnosis) == MW_SEVERITY_ERROR;

      add_finding (self, is_error && !is_accepted ? MW_STATUS_FAILED : MW_STATUS_WARNING,
                   fault->message, mw_diagnosis_get_explanation (fault->diagnosis));
    }
}

static void
add_value (AdwPreferencesGroup *group, const char *title, const char *value)
{
  if (value != NULL && *value != '\0')
    adw_preferences_group_add (group, mw_property_row_new (title, value));
}

static void
add_fingerprint (AdwPreferencesGroup *group, const char *title, const char *hex)
{
  g_autofree char *grouped = hex != NULL ? group_fingerprint (hex) : NULL;

  if (grouped == NULL)
    return;
  {
    GtkWidget *row = mw_property_row_new (title, grouped);

    gtk_widget_add_css_class (row, "mw-fingerprint");
    adw_preferences_group_add (group, row);
  }
}

static void
add_certificate (MwCertificatePage *self, const MwReportCertificate *certificate, guint number)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  g_autofree char *names = g_strjoinv (", ", certificate->names);
  g_autofree char *validity = describe_validity (certificate);
  g_autofree char *title = number == 0
      ? g_strdup (_ ("Certificate of the Server"))
      /* Translators: %u counts the certificates that vouch for the server’s, from 1 on */
      : g_strdup_printf (_ ("Issuer %u"), number);

  adw_preferences_group_set_title (group, title);
  add_value (group, _ ("Subject"), certificate->subject);
  /* Translators: who issued a certificate */
  add_value (group, _ ("Issued by"), certificate->issuer);
  /* Translators: from when to when a certificate is good */
  add_value (group, _ ("Validity"), validity);
  /* Translators: the names of servers that a certificate is for */
  add_value (group, _ ("Names"), names);
  add_fingerprint (group, _ ("SHA-256 fingerprint of the certificate"), certificate->sha256);
  /* Translators: kind and size of a key: “RSA 2048” */
  add_value (group, _ ("Key"), certificate->key);
  add_fingerprint (group, _ ("SHA-256 fingerprint of the key"), certificate->spki_sha256);
  gtk_box_append (self->chain, GTK_WIDGET (group));
}

/* A withdrawn certificate cannot be accepted, and what is fine needs no acceptance. The key is that
 * of the server which was checked: not of another one that the account has got since. */
static gboolean
can_accept (MwCertificatePage *self)
{
  MwServer *server = mw_account_get_server (mw_account_item_get_account (self->item), self->half);
  MwStep *step = mw_report_get_step (self->report, MW_STAGE_CERTIFICATE);
  const MwReportCertificate *leaf = get_leaf (self);
  const char *pin = mw_account_get_pin (mw_account_item_get_account (self->item), self->half);
  GPtrArray *faults = mw_report_get_faults (self->report);

  if (server == NULL || !mw_server_same_endpoint (server, mw_report_get_server (self->report)))
    return FALSE;
  if (step == NULL || mw_step_get_status (step) != MW_STATUS_FAILED || leaf == NULL ||
      leaf->spki_sha256 == NULL || g_strcmp0 (pin, leaf->spki_sha256) == 0)
    return FALSE;
  for (guint i = 0; i < faults->len; i++)
    if (((MwReportFault *) g_ptr_array_index (faults, i))->diagnosis == MW_DIAGNOSIS_CERT_REVOKED)
      return FALSE;
  return TRUE;
}

static void
update_actions (MwCertificatePage *self)
{
  gboolean accept = can_accept (self);
  gboolean forget =
      mw_account_get_pin (mw_account_item_get_account (self->item), self->half) != NULL;
  gboolean is_idle = !mw_account_item_get_checking (self->item); /* else it would go on without */

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "certificate.accept", accept && is_idle);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "certificate.forget", forget && is_idle);
  gtk_widget_set_visible (self->accept_row, accept);
  gtk_widget_set_visible (self->forget_row, forget);
  gtk_widget_set_visible (self->accept_group, accept || forget);
}

/* ---- what is done ---- */

/* Saves, and goes back to where the new check is to be seen */
static void
set_pin (MwCertificatePage *self, const char *pin)
{
  g_autoptr (MwAccount) account = mw_account_copy (mw_account_item_get_account (self->item));
  g_autoptr (GError) error = NULL;
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

  mw_account_set_pin (account, self->half, pin);
  if (!mw_session_save (self->session, account, &error))
    {
      g_autofree char *reason = mw_text_make_harmless (error->message, -1, MAX_NAME);
      /* Translators: %s is the reason, in English */
      g_autofree char *message = g_strdup_printf (_ ("The account could not be saved: %s"), reason);

      mw_ui_toast (GTK_WIDGET (self), message);
      return;
    }
  mw_session_check_one (self->session, self->item);
  if (view != NULL)
    {
      g_autoptr (GListModel) stack =
                    adw_navigation_view_get_navigation_stack (ADW_NAVIGATION_VIEW (view));
      g_autoptr (AdwNavigationPage) root = g_list_model_get_item (stack, 0);

      adw_navigation_view_pop_to_page (ADW_NAVIGATION_VIEW (view), root);
    }
}

static void
accept_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwCertificatePage) self = user_data;
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_cancellable_is_cancelled (self->cancellable) || !g_str_equal (answer, "accept") ||
      !can_accept (self))
    return;
  set_pin (self, get_leaf (self)->spki_sha256);
}

static GtkWidget *
make_fingerprint_label (const char *title, const char *hex)
{
  g_autofree char *grouped = group_fingerprint (hex);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *heading = gtk_label_new (title);
  GtkWidget *label = gtk_label_new (grouped);

  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "caption-heading");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "monospace");
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static void
accept_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwCertificatePage *self = MW_CERTIFICATE_PAGE (widget);
  const MwReportCertificate *leaf = get_leaf (self);
  AdwAlertDialog *dialog;
  GtkWidget *box;
  g_autofree char *host = NULL, *body = NULL;

  if (!can_accept (self))
    return;
  host = mw_host_to_display (mw_server_get_host (mw_report_get_server (self->report)));
  /* Translators: %s is the name of a server */
  body = g_strdup_printf (
      _ ("From then on, whoever holds this key is taken for %s, whatever the certificate says. If "
         "somebody sits between this computer and the server, this may be their key: they could "
         "read the password and all mail.\n\nAsk the operator of the server for the fingerprint, "
         "by telephone or face to face, and accept only if it is the same as here:"),
        host);
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ ("Accept This Key?"), NULL));
  adw_alert_dialog_set_body (dialog, body);
  adw_alert_dialog_set_prefer_wide_layout (dialog, TRUE);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  if (leaf->sha256 != NULL)
    gtk_box_append (GTK_BOX (box), make_fingerprint_label (
                                       _ ("SHA-256 fingerprint of the certificate"), leaf->sha256));
  gtk_box_append (GTK_BOX (box),
                  make_fingerprint_label (_ ("SHA-256 fingerprint of the key"), leaf->spki_sha256));
  adw_alert_dialog_set_extra_child (dialog, box);
  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "accept", _ ("_Accept Key"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "accept", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_alert_dialog_choose (dialog, widget, self->cancellable, accept_answered_cb,
                           g_object_ref (self));
}

static void
forget_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_pin (MW_CERTIFICATE_PAGE (widget), NULL);
}

/* ---- the class ---- */

static void
mw_certificate_page_dispose (GObject *object)
{
  MwCertificatePage *self = MW_CERTIFICATE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_CERTIFICATE_PAGE);
  g_clear_object (&self->report);
  g_clear_object (&self->item);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_certificate_page_parent_class)->dispose (object);
}

static void
mw_certificate_page_finalize (GObject *object)
{
  MwCertificatePage *self = MW_CERTIFICATE_PAGE (object);

  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (mw_certificate_page_parent_class)->finalize (object);
}

static void
mw_certificate_page_class_init (MwCertificatePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_certificate_page_dispose;
  object_class->finalize = mw_certificate_page_finalize;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-certificate-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwCertificatePage, verdict);
  gtk_widget_class_bind_template_child (widget_class, MwCertificatePage, accept_group);
  gtk_widget_class_bind_template_child (widget_class, MwCertificatePage, accept_row);
  gtk_widget_class_bind_template_child (widget_class, MwCertificatePage, forget_row);
  gtk_widget_class_bind_template_child (widget_class, MwCertificatePage, chain);
  gtk_widget_class_install_action (widget_class, "certificate.accept", NULL, accept_action);
  gtk_widget_class_install_action (widget_class, "certificate.forget", NULL, forget_action);
}

static void
mw_certificate_page_init (MwCertificatePage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_certificate_page_new:
 * @session: what the windows share
 * @item: the account
 * @half: which of its servers
 * @report: what the check found; finished
 *
 * Returns: (transfer floating): a page with the certificates of the server
 */
AdwNavigationPage *
mw_certificate_page_new (MwSession *session, MwAccountItem *item, MwHalf half, MwReport *report)
{
  MwCertificatePage *self;
  GPtrArray *certificates;

  g_return_val_if_fail (MW_IS_SESSION (session), NULL);
  g_return_val_if_fail (MW_IS_ACCOUNT_ITEM (item), NULL);
  g_return_val_if_fail (MW_IS_REPORT (report), NULL);

  self = g_object_new (MW_TYPE_CERTIFICATE_PAGE, NULL);
  self->session = g_object_ref (session);
  self->item = g_object_ref (item);
  self->report = g_object_ref (report);
  self->half = half;
  show_verdict (self);
  certificates = mw_report_get_certificates (report);
  for (guint i = 0; i < certificates->len; i++)
    add_certificate (self, g_ptr_array_index (certificates, i), i);
  update_actions (self);
  g_signal_connect_object (item, "notify::account", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "notify::checking", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
