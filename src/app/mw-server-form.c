/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-server-form"

#include "config.h"

#include "app/mw-server-form.h"

#include "app/mw-advice-box.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Nobody wants to read what is wrong with half a name: advice comes when typing rests this long */
#define ADVICE_DELAY_MILLISECONDS 300

struct _MwServerForm
{
  AdwPreferencesGroup parent_instance;

  /* Owned */
  MwSession *session;
  MwAddress *address;
  GStrv authentications;       /* of the server that was set, */
  char *authentications_host;  /* as long as it is this one */
  MwProtocol written_protocol; /* of the scheme that was pasted, where it is of no use here */
  char *shown_host;            /* what stood there before the last change */
  guint advice_source;

  MwHalf half;
  MwProtocol protocol;
  gboolean active;
  gboolean optional;
  gboolean compact;
  gboolean valid;
  gboolean port_typed;     /* else the port follows security */
  gboolean username_typed; /* else the login name follows the address */
  guint filling;           /* values are put in by the program, not by hand */

  /* Template children */
  AdwSwitchRow *active_row;
  AdwComboRow *protocol_row;
  AdwEntryRow *host_row;
  MwAdviceBox *host_box;
  AdwEntryRow *port_row;
  MwAdviceBox *port_box;
  AdwComboRow *security_row;
  MwAdviceBox *security_box;
  AdwComboRow *mechanism_row;
  AdwEntryRow *username_row;
  MwAdviceBox *username_box;
};

enum
{
  PROP_SESSION = 1,
  PROP_HALF,
  PROP_ACTIVE,
  PROP_OPTIONAL,
  PROP_COMPACT,
  PROP_PROTOCOL,
  PROP_VALID,
  N_PROPS,
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwServerForm, mw_server_form, ADW_TYPE_PREFERENCES_GROUP)

/* What can be chosen as authentication; the first is no mechanism, the last is for sending only */
static const char *const mechanisms[] = {
  "",         "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN",           "LOGIN",
  "CRAM-MD5", "OAUTHBEARER",   "XOAUTH2",     MW_MECHANISM_NONE,
};

static const char *
text_of (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
set_text (MwServerForm *self, AdwEntryRow *row, const char *text)
{
  if (strcmp (text_of (row), text) == 0)
    return;
  self->filling++;
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  gtk_editable_set_position (GTK_EDITABLE (row), -1);
  self->filling--;
}

static void
select_item (MwServerForm *self, AdwComboRow *row, guint index)
{
  self->filling++;
  adw_combo_row_set_selected (row, index);
  self->filling--;
}

static MwSecurity
get_security (MwServerForm *self)
{
  return (MwSecurity) MIN (adw_combo_row_get_selected (self->security_row), MW_SECURITY_NONE);
}

/* Returns: (transfer none): "" for automatic */
static const char *
get_mechanism (MwServerForm *self)
{
  GtkStringObject *item = adw_combo_row_get_selected_item (self->mechanism_row);
  const char *id = item != NULL ? g_object_get_data (G_OBJECT (item), "mw-mechanism") : NULL;

  return id != NULL ? id : "";
}

static gboolean
needs_login (MwServerForm *self)
{
  return strcmp (get_mechanism (self), MW_MECHANISM_NONE) != 0;
}

static void
append_mechanism (GListStore *model, const char *id, const char *title)
{
  g_autoptr (GtkStringObject) item = gtk_string_object_new (title);

  g_object_set_data_full (G_OBJECT (item), "mw-mechanism", g_strdup (id), g_free);
  g_list_store_append (model, item);
}

static void
select_mechanism (MwServerForm *self, const char *id)
{
  GListModel *model = adw_combo_row_get_model (self->mechanism_row);
  guint n = g_list_model_get_n_items (model);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);

      if (g_ascii_strcasecmp (g_object_get_data (item, "mw-mechanism"), id) == 0)
        {
          select_item (self, self->mechanism_row, i);
          return;
        }
    }
  /* One that was written by hand or comes from elsewhere is kept, and shown as it is */
  self->filling++;
  append_mechanism (G_LIST_STORE (model), id, id);
  self->filling--;
  select_item (self, self->mechanism_row, n);
}

static void
make_mechanisms (MwServerForm *self)
{
  g_autoptr (GListStore) model = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  g_autoptr (GtkExpression) expression =
                gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      if (*mechanisms[i] == '\0')
        append_mechanism (model, mechanisms[i], _ ("Automatic (the safest that the server offers)"));
      else if (strcmp (mechanisms[i], MW_MECHANISM_NONE) != 0)
        append_mechanism (model, mechanisms[i], mechanisms[i]);
      else if (self->half == MW_HALF_OUTGOING)
        /* Translators: a choice: nobody has to log in to this server */
        append_mechanism (model, mechanisms[i], _ ("No login"));
    }
  self->filling++;
  adw_combo_row_set_expression (self->mechanism_row, expression);
  adw_combo_row_set_model (self->mechanism_row, G_LIST_MODEL (model));
  self->filling--;
}

/* What goes without saying: the form that the provider wants, else the whole address */
static char *
dup_default_username (MwServerForm *self)
{
  MwProviderDb *providers = mw_session_get_providers (self->session);
  g_autofree char *host = mw_host_to_ascii (text_of (self->host_row));
  const MwProvider *provider = NULL;
  char *username = NULL;
  MwProtocol protocol;

  if (self->address == NULL)
    return g_strdup ("");
  provider = mw_provider_db_lookup_domain (providers, mw_address_get_domain_ascii (self->address));
  if (provider == NULL && host != NULL)
    provider = mw_provider_db_lookup_host (providers, host, &protocol);
  if (provider != NULL)
    username = mw_provider_dup_username (provider, self->protocol, self->address);
  return username != NULL ? username : g_strdup (mw_address_get_ascii (self->address));
}

static void
follow_username (MwServerForm *self)
{
  g_autofree char *username = NULL;

  if (self->username_typed)
    return;
  username = dup_default_username (self);
  set_text (self, self->username_row, username);
}

static void
follow_port (MwServerForm *self)
{
  g_autofree char *port = NULL;

  if (self->port_typed)
    return;
  port = g_strdup_printf ("%u", mw_protocol_get_default_port (self->protocol, get_security (self)));
  set_text (self, self->port_row, port);
}

/* The protocol and the security that a port stands for on this half of an account */
static gboolean
find_usual (MwServerForm *self, guint64 port, MwProtocol *protocol, MwSecurity *security)
{
  for (MwProtocol known = MW_PROTOCOL_IMAP; known <= MW_PROTOCOL_SMTP; known++)
    for (MwSecurity kind = MW_SECURITY_TLS; kind <= MW_SECURITY_STARTTLS; kind++)
      if ((known == MW_PROTOCOL_SMTP) == (self->half == MW_HALF_OUTGOING) &&
          mw_protocol_get_default_port (known, kind) == port)
        {
          *protocol = known;
          *security = kind;
          return TRUE;
        }
  return FALSE;
}

static gboolean
parse_port (const char *text, guint64 *port)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

  return g_ascii_string_to_unsigned (trimmed, 10, 1, 65535, port, NULL);
}

static void
name_controls (MwServerForm *self)
{
  static const struct
  {
    MwProtocol protocol;
    const char *host;
    const char *port;
    const char *security;
    const char *username;
    const char *mechanism;
  } names[] = {
    { MW_PROTOCOL_IMAP, N_ ("IMAP server"), N_ ("IMAP port"), N_ ("IMAP security"),
      N_ ("IMAP login name"), N_ ("IMAP authentication") },
    { MW_PROTOCOL_POP3, N_ ("POP3 server"), N_ ("POP3 port"), N_ ("POP3 security"),
      N_ ("POP3 login name"), N_ ("POP3 authentication") },
    { MW_PROTOCOL_SMTP, N_ ("SMTP server"), N_ ("SMTP port"), N_ ("SMTP security"),
      N_ ("SMTP login name"), N_ ("SMTP authentication") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const struct
      {
        AdwPreferencesRow *row;
        const char *name;
      } rows[] = {
        { ADW_PREFERENCES_ROW (self->host_row), names[i].host },
        { ADW_PREFERENCES_ROW (self->port_row), names[i].port },
        { ADW_PREFERENCES_ROW (self->security_row), names[i].security },
        { ADW_PREFERENCES_ROW (self->username_row), names[i].username },
        { ADW_PREFERENCES_ROW (self->mechanism_row), names[i].mechanism },
      };

      if (names[i].protocol == self->protocol)
        for (gsize row = 0; row < G_N_ELEMENTS (rows); row++)
          {
            GtkWidget *widget = GTK_WIDGET (rows[row].row);
            GtkEditable *delegate =
                GTK_IS_EDITABLE (widget) ? gtk_editable_get_delegate (GTK_EDITABLE (widget)) : NULL;
            GtkAccessible *accessible =
                GTK_ACCESSIBLE (delegate != NULL ? GTK_WIDGET (delegate) : widget);

            gtk_accessible_reset_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
            gtk_accessible_update_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                            _ (rows[row].name), -1);
          }
    }
}

static void
show_rows (MwServerForm *self)
{
  gboolean login = self->active && needs_login (self);

  gtk_widget_set_visible (GTK_WIDGET (self->protocol_row),
                          self->active && self->half == MW_HALF_INCOMING);
  gtk_widget_set_visible (GTK_WIDGET (self->host_row), self->active);
  gtk_widget_set_visible (GTK_WIDGET (self->port_row), self->active);
  gtk_widget_set_visible (GTK_WIDGET (self->security_row), self->active);
  gtk_widget_set_visible (GTK_WIDGET (self->mechanism_row), self->active && !self->compact);
  gtk_widget_set_visible (GTK_WIDGET (self->username_row), login);
}

static MwTypedServer *
dup_typed (MwServerForm *self)
{
  MwTypedServer *typed = g_new0 (MwTypedServer, 1);

  typed->protocol = self->protocol;
  typed->host = g_strdup (text_of (self->host_row));
  if (*text_of (self->port_row) != '\0')
    typed->port = g_strdup (text_of (self->port_row));
  typed->security = get_security (self);
  typed->has_security = TRUE;
  if (needs_login (self) && *text_of (self->username_row) != '\0')
    typed->username = g_strdup (text_of (self->username_row));
  typed->written_protocol = self->written_protocol;
  return typed;
}

static void
show_advice (MwServerForm *self)
{
  const struct
  {
    MwAdviceBox *box;
    const char *part;
  } boxes[] = {
    { self->host_box, "host" },
    { self->port_box, "port" },
    { self->security_box, "security" },
    { self->username_box, "username" },
  };
  g_autoptr (GPtrArray) advice = NULL;

  /* An empty form is not wrong yet: what is missing is said when the person wants to go on */
  if (self->active && *text_of (self->host_row) != '\0')
    {
      g_autoptr (GPtrArray) servers =
                    g_ptr_array_new_with_free_func ((GDestroyNotify) mw_typed_server_free);
      MwAdviceInput input = {
        .address = self->address != NULL ? mw_address_get_text (self->address) : NULL,
        .servers = servers,
      };

      g_ptr_array_add (servers, dup_typed (self));
      advice = mw_advise (mw_session_get_providers (self->session), &input);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      g_autofree char *field =
          g_strdup_printf ("%s.%s", mw_protocol_to_string (self->protocol), boxes[i].part);

      mw_advice_box_set_advice (boxes[i].box, advice, field);
    }
}

static gboolean
show_advice_cb (gpointer user_data)
{
  MwServerForm *self = MW_SERVER_FORM (user_data);

  self->advice_source = 0;
  follow_username (self);
  show_advice (self);
  return G_SOURCE_REMOVE;
}

static void
update (MwServerForm *self)
{
  g_autoptr (MwServer) server = NULL;
  gboolean valid;

  if (self->filling > 0)
    return;
  server = mw_server_form_dup_server (self);
  valid = !self->active || server != NULL;
  if (valid != self->valid)
    {
      self->valid = valid;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALID]);
    }
  g_clear_handle_id (&self->advice_source, g_source_remove);
  self->advice_source = g_timeout_add (ADVICE_DELAY_MILLISECONDS, show_advice_cb, self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
choose_protocol (MwServerForm *self, MwProtocol protocol)
{
  if (protocol == self->protocol)
    return;
  self->protocol = protocol;
  if (self->half == MW_HALF_INCOMING)
    select_item (self, self->protocol_row, protocol == MW_PROTOCOL_POP3 ? 1 : 0);
  name_controls (self);
  follow_port (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROTOCOL]);
}

/* Where "user:password@" was pasted, the password goes no further */
static gboolean
take_password_out (const char *text, char **username)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MwServer) server = mw_server_new_from_url (text, &error);
  char *colon = *username != NULL ? strchr (*username, ':') : NULL;

  if (server != NULL || colon == NULL ||
      !g_error_matches (error, MW_SERVER_ERROR, MW_SERVER_ERROR_PASSWORD))
    return FALSE;
  explicit_bzero (colon, strlen (colon));
  return TRUE;
}

static void
take_parts (MwServerForm *self, MwTypedServer *typed)
{
  MwProtocol protocol = typed->written_protocol, usual_protocol = MW_PROTOCOL_UNKNOWN;
  MwSecurity security = typed->security;
  gboolean has_security = typed->has_security;
  guint64 port = 0;

  self->written_protocol = MW_PROTOCOL_UNKNOWN;
  if (typed->port != NULL && parse_port (typed->port, &port) && !has_security)
    has_security = find_usual (self, port, &usual_protocol, &security);
  if (protocol == MW_PROTOCOL_UNKNOWN && has_security && port != 0 && !typed->has_security)
    protocol = usual_protocol;
  if (protocol != MW_PROTOCOL_UNKNOWN &&
      (protocol == MW_PROTOCOL_SMTP) == (self->half == MW_HALF_OUTGOING))
    choose_protocol (self, protocol);
  else
    self->written_protocol = protocol;
  if (has_security)
    select_item (self, self->security_row, security);
  self->port_typed = FALSE;
  if (typed->port != NULL && *typed->port != '\0')
    {
      set_text (self, self->port_row, typed->port);
      self->port_typed = port != mw_protocol_get_default_port (self->protocol, get_security (self));
    }
  else
    follow_port (self);
  if (typed->username != NULL && *typed->username != '\0')
    {
      set_text (self, self->username_row, typed->username);
      self->username_typed = TRUE;
    }
}

/* Spreads "imaps://jo@host:993" or "host:993" over the fields; %FALSE when there is only a name */
static gboolean
split_host (MwServerForm *self)
{
  g_autofree char *text = g_strstrip (g_strdup (text_of (self->host_row)));
  g_autoptr (MwTypedServer) typed = mw_typed_server_new (self->protocol, text);
  g_autoptr (MwServer) whole = NULL;
  gboolean had_password;

  if (typed->host == NULL || *typed->host == '\0' ||
      (typed->port == NULL && typed->username == NULL && !typed->has_security))
    return FALSE;
  self->filling++;
  had_password = take_password_out (text, &typed->username);
  take_parts (self, typed);
  whole = mw_server_new_from_url (text, NULL);
  if (whole != NULL && mw_server_get_mechanism (whole) != NULL)
    select_mechanism (self, mw_server_get_mechanism (whole));
  set_text (self, self->host_row, typed->host);
  show_rows (self);
  self->filling--;
  if (had_password)
    mw_ui_toast (GTK_WIDGET (self), _ ("A password stood in what was pasted. It was left out."));
  return TRUE;
}

static void
on_host_changed (MwServerForm *self)
{
  const char *text = text_of (self->host_row);
  glong before = self->shown_host != NULL ? g_utf8_strlen (self->shown_host, -1) : 0;
  /* A key gives one character: more at once were pasted, and are split at once. What is typed is
   * split when the field is left, not in the middle of a port. */
  gboolean pasted = g_utf8_strlen (text, -1) > before + 1;

  g_set_str (&self->shown_host, text);
  if (self->filling > 0)
    return;
  self->written_protocol = MW_PROTOCOL_UNKNOWN;
  if (pasted)
    split_host (self);
  update (self);
}

static void
on_host_left (MwServerForm *self)
{
  if (split_host (self))
    update (self);
}

static void
on_port_changed (MwServerForm *self)
{
  if (self->filling > 0)
    return;
  self->port_typed = *text_of (self->port_row) != '\0';
  update (self);
}

static void
on_username_changed (MwServerForm *self)
{
  if (self->filling > 0)
    return;
  self->username_typed = TRUE;
  update (self);
}

static void
on_protocol_selected (MwServerForm *self)
{
  if (self->filling > 0)
    return;
  choose_protocol (self, adw_combo_row_get_selected (self->protocol_row) == 1 ? MW_PROTOCOL_POP3
                                                                              : MW_PROTOCOL_IMAP);
  update (self);
}

static void
on_security_selected (MwServerForm *self)
{
  if (self->filling > 0)
    return;
  follow_port (self);
  update (self);
}

static void
on_mechanism_selected (MwServerForm *self)
{
  if (self->filling > 0)
    return;
  show_rows (self);
  update (self);
}

static void
on_host_fix (MwServerForm *self, const char *value)
{
  mw_server_form_set_field (self, "host", value);
}

static void
on_port_fix (MwServerForm *self, const char *value)
{
  mw_server_form_set_field (self, "port", value);
}

static void
on_security_fix (MwServerForm *self, const char *value)
{
  mw_server_form_set_field (self, "security", value);
}

static void
on_username_fix (MwServerForm *self, const char *value)
{
  mw_server_form_set_field (self, "username", value);
}

static void
mw_server_form_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MwServerForm *self = MW_SERVER_FORM (object);

  switch (id)
    {
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case PROP_OPTIONAL:
      g_value_set_boolean (value, self->optional);
      break;
    case PROP_COMPACT:
      g_value_set_boolean (value, self->compact);
      break;
    case PROP_PROTOCOL:
      g_value_set_int (value, (int) self->protocol);
      break;
    case PROP_VALID:
      g_value_set_boolean (value, self->valid);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_server_form_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MwServerForm *self = MW_SERVER_FORM (object);

  switch (id)
    {
    case PROP_SESSION:
      self->session = g_value_dup_object (value);
      break;
    case PROP_HALF:
      self->half = (MwHalf) g_value_get_int (value);
      break;
    case PROP_ACTIVE:
      mw_server_form_set_active (self, g_value_get_boolean (value));
      break;
    case PROP_OPTIONAL:
      mw_server_form_set_optional (self, g_value_get_boolean (value));
      break;
    case PROP_COMPACT:
      mw_server_form_set_compact (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_server_form_constructed (GObject *object)
{
  MwServerForm *self = MW_SERVER_FORM (object);
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);
  AdwPreferencesRow *row = ADW_PREFERENCES_ROW (self->active_row);

  G_OBJECT_CLASS (mw_server_form_parent_class)->constructed (object);

  if (self->half == MW_HALF_INCOMING)
    {
      adw_preferences_group_set_title (group, _ ("Receiving"));
      adw_preferences_row_set_title (row, _ ("Receive Mail"));
      self->protocol = MW_PROTOCOL_IMAP;
    }
  else
    {
      adw_preferences_group_set_title (group, _ ("Sending"));
      adw_preferences_row_set_title (row, _ ("Send Mail"));
      self->protocol = MW_PROTOCOL_SMTP;
    }
  make_mechanisms (self);
  name_controls (self);
  follow_port (self);
  show_rows (self);
}

static void
mw_server_form_dispose (GObject *object)
{
  MwServerForm *self = MW_SERVER_FORM (object);

  g_clear_handle_id (&self->advice_source, g_source_remove);
  self->filling++; /* nothing is changed by hand any more */
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_SERVER_FORM);
  g_clear_object (&self->session);
  g_clear_pointer (&self->address, mw_address_unref);

  G_OBJECT_CLASS (mw_server_form_parent_class)->dispose (object);
}

static void
mw_server_form_finalize (GObject *object)
{
  MwServerForm *self = MW_SERVER_FORM (object);

  g_strfreev (self->authentications);
  g_free (self->authentications_host);
  g_free (self->shown_host);

  G_OBJECT_CLASS (mw_server_form_parent_class)->finalize (object);
}

static void
mw_server_form_class_init (MwServerFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mw_server_form_get_property;
  object_class->set_property = mw_server_form_set_property;
  object_class->constructed = mw_server_form_constructed;
  object_class->dispose = mw_server_form_dispose;
  object_class->finalize = mw_server_form_finalize;

  properties[PROP_SESSION] = g_param_spec_object (
      "session", NULL, NULL, MW_TYPE_SESSION, flags | G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_HALF] =
      g_param_spec_int ("half", NULL, NULL, MW_HALF_INCOMING, MW_HALF_OUTGOING, MW_HALF_INCOMING,
                        flags | G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_ACTIVE] =
      g_param_spec_boolean ("active", NULL, NULL, TRUE, flags | G_PARAM_READWRITE);
  properties[PROP_OPTIONAL] =
      g_param_spec_boolean ("optional", NULL, NULL, FALSE, flags | G_PARAM_READWRITE);
  properties[PROP_COMPACT] =
      g_param_spec_boolean ("compact", NULL, NULL, FALSE, flags | G_PARAM_READWRITE);
  properties[PROP_PROTOCOL] =
      g_param_spec_int ("protocol", NULL, NULL, MW_PROTOCOL_UNKNOWN, MW_PROTOCOL_SMTP,
                        MW_PROTOCOL_UNKNOWN, flags | G_PARAM_READABLE);
  properties[PROP_VALID] =
      g_param_spec_boolean ("valid", NULL, NULL, FALSE, flags | G_PARAM_READABLE);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", MW_TYPE_SERVER_FORM, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (MW_TYPE_ADVICE_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-server-form.ui");
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, active_row);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, protocol_row);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, host_row);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, host_box);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, port_row);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, port_box);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, security_row);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, security_box);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, mechanism_row);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, username_row);
  gtk_widget_class_bind_template_child (widget_class, MwServerForm, username_box);
  gtk_widget_class_bind_template_callback (widget_class, on_protocol_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_host_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_host_left);
  gtk_widget_class_bind_template_callback (widget_class, on_host_fix);
  gtk_widget_class_bind_template_callback (widget_class, on_port_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_port_fix);
  gtk_widget_class_bind_template_callback (widget_class, on_security_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_security_fix);
  gtk_widget_class_bind_template_callback (widget_class, on_mechanism_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_username_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_username_fix);
}

static void
mw_server_form_init (MwServerForm *self)
{
  self->active = TRUE;
  self->filling++;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling--;
  mw_advice_box_set_target (self->host_box, GTK_WIDGET (self->host_row));
  mw_advice_box_set_target (self->port_box, GTK_WIDGET (self->port_row));
  mw_advice_box_set_target (self->security_box, GTK_WIDGET (self->security_row));
  mw_advice_box_set_target (self->username_box, GTK_WIDGET (self->username_row));
}

/**
 * mw_server_form_new:
 * @session: the session
 * @half: receiving or sending
 *
 * Returns: (transfer floating): an empty form
 */
GtkWidget *
mw_server_form_new (MwSession *session, MwHalf half)
{
  g_return_val_if_fail (MW_IS_SESSION (session), NULL);

  return g_object_new (MW_TYPE_SERVER_FORM, "session", session, "half", (int) half, NULL);
}

/**
 * mw_server_form_get_half:
 * @self: a form
 *
 * Returns: which half of an account it is for
 */
MwHalf
mw_server_form_get_half (MwServerForm *self)
{
  g_return_val_if_fail (MW_IS_SERVER_FORM (self), MW_HALF_INCOMING);

  return self->half;
}

/**
 * mw_server_form_set_address:
 * @self: a form
 * @address: (nullable): whose account it is
 */
void
mw_server_form_set_address (MwServerForm *self, MwAddress *address)
{
  g_return_if_fail (MW_IS_SERVER_FORM (self));

  if (address != NULL)
    mw_address_ref (address);
  g_clear_pointer (&self->address, mw_address_unref);
  self->address = address;
  follow_username (self);
  update (self);
}

/**
 * mw_server_form_set_server:
 * @self: a form
 * @server: (nullable): what to fill in; %NULL: nothing. A server of the other half is ignored
 */
void
mw_server_form_set_server (MwServerForm *self, MwServer *server)
{
  g_autofree char *host = NULL, *port = NULL;
  MwProtocol protocol;
  guint16 number;

  g_return_if_fail (MW_IS_SERVER_FORM (self));

  protocol = server != NULL ? mw_server_get_protocol (server) : self->protocol;
  if ((protocol == MW_PROTOCOL_SMTP) != (self->half == MW_HALF_OUTGOING))
    return;
  self->filling++;
  g_clear_pointer (&self->authentications, g_strfreev);
  g_clear_pointer (&self->authentications_host, g_free);
  self->written_protocol = MW_PROTOCOL_UNKNOWN;
  self->port_typed = FALSE;
  self->username_typed = FALSE;
  choose_protocol (self, protocol);
  select_item (self, self->security_row,
               server != NULL ? mw_server_get_security (server) : MW_SECURITY_TLS);
  select_mechanism (self, server != NULL && mw_server_get_mechanism (server) != NULL
                              ? mw_server_get_mechanism (server)
                              : "");
  if (server != NULL)
    {
      self->authentications = g_strdupv ((char **) mw_server_get_authentications (server));
      self->authentications_host = g_strdup (mw_server_get_host (server));
      host = mw_host_to_display (mw_server_get_host (server));
      number = mw_server_get_port (server);
      port = g_strdup_printf ("%u", number);
      self->port_typed =
          number != mw_protocol_get_default_port (protocol, mw_server_get_security (server));
      self->username_typed = mw_server_get_username (server) != NULL;
    }
  set_text (self, self->host_row, host != NULL ? host : "");
  if (port != NULL)
    set_text (self, self->port_row, port);
  else
    follow_port (self);
  if (self->username_typed)
    set_text (self, self->username_row, mw_server_get_username (server));
  else
    follow_username (self);
  show_rows (self);
  self->filling--;
  update (self);
}

/**
 * mw_server_form_dup_server:
 * @self: a form
 *
 * Returns: (transfer full) (nullable): what stands in the form; %NULL when that is no server
 */
MwServer *
mw_server_form_dup_server (MwServerForm *self)
{
  g_autoptr (MwTypedServer) typed = NULL;
  g_autoptr (MwServer) server = NULL, named = NULL, chosen = NULL;
  g_autofree char *host = NULL, *username = NULL;
  const char *mechanism;
  guint64 port = 0;

  g_return_val_if_fail (MW_IS_SERVER_FORM (self), NULL);

  typed = mw_typed_server_new (self->protocol, text_of (self->host_row));
  if (typed->port != NULL || typed->has_security || typed->host == NULL)
    return NULL; /* it is split when the field is left */
  host = mw_host_to_ascii (typed->host);
  if (host == NULL || !mw_host_is_valid (host))
    return NULL;
  if (*text_of (self->port_row) != '\0' && !parse_port (text_of (self->port_row), &port))
    return NULL;
  server = mw_server_new (self->protocol, host, (guint16) port, get_security (self));
  username = g_strstrip (g_strdup (text_of (self->username_row)));
  if (*username == '\0' && needs_login (self))
    {
      g_free (username);
      username = dup_default_username (self);
    }
  named = mw_server_with_username (server, username);
  mechanism = get_mechanism (self);
  chosen = mw_server_with_mechanism (named, *mechanism != '\0' ? mechanism : NULL);
  if (self->authentications == NULL || g_strcmp0 (host, self->authentications_host) != 0)
    return g_steal_pointer (&chosen);
  return mw_server_with_authentications (chosen, (const char *const *) self->authentications);
}

/**
 * mw_server_form_get_protocol:
 * @self: a form
 *
 * Returns: the protocol that is chosen
 */
MwProtocol
mw_server_form_get_protocol (MwServerForm *self)
{
  g_return_val_if_fail (MW_IS_SERVER_FORM (self), MW_PROTOCOL_UNKNOWN);

  return self->protocol;
}

/**
 * mw_server_form_set_protocol:
 * @self: a form
 * @protocol: IMAP or POP3, on a form for receiving
 */
void
mw_server_form_set_protocol (MwServerForm *self, MwProtocol protocol)
{
  g_return_if_fail (MW_IS_SERVER_FORM (self));
  g_return_if_fail (protocol != MW_PROTOCOL_UNKNOWN);
  g_return_if_fail ((protocol == MW_PROTOCOL_SMTP) == (self->half == MW_HALF_OUTGOING));

  choose_protocol (self, protocol);
  update (self);
}

/**
 * mw_server_form_get_active:
 * @self: a form
 *
 * Returns: whether this half is wanted
 */
gboolean
mw_server_form_get_active (MwServerForm *self)
{
  g_return_val_if_fail (MW_IS_SERVER_FORM (self), FALSE);

  return self->active;
}

/**
 * mw_server_form_set_active:
 * @self: a form
 * @active: whether this half is wanted; what stands in the fields is kept
 */
void
mw_server_form_set_active (MwServerForm *self, gboolean active)
{
  g_return_if_fail (MW_IS_SERVER_FORM (self));

  active = !!active;
  if (active == self->active)
    return;
  self->active = active;
  show_rows (self);
  show_advice (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
  update (self);
}

/**
 * mw_server_form_set_optional:
 * @self: a form
 * @optional: whether the person can switch this half off
 */
void
mw_server_form_set_optional (MwServerForm *self, gboolean optional)
{
  g_return_if_fail (MW_IS_SERVER_FORM (self));

  optional = !!optional;
  if (optional == self->optional)
    return;
  self->optional = optional;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPTIONAL]);
}

/**
 * mw_server_form_set_compact:
 * @self: a form
 * @compact: whether to show only what nearly everybody needs
 */
void
mw_server_form_set_compact (MwServerForm *self, gboolean compact)
{
  g_return_if_fail (MW_IS_SERVER_FORM (self));

  compact = !!compact;
  if (compact == self->compact)
    return;
  self->compact = compact;
  show_rows (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPACT]);
}

/**
 * mw_server_form_get_valid:
 * @self: a form
 *
 * Returns: whether it is not active, or a server stands in it
 */
gboolean
mw_server_form_get_valid (MwServerForm *self)
{
  g_return_val_if_fail (MW_IS_SERVER_FORM (self), FALSE);

  return self->valid;
}

/**
 * mw_server_form_validate:
 * @self: a form
 *
 * Says what cannot be, and shows it.
 *
 * Returns: whether the person can go on
 */
gboolean
mw_server_form_validate (MwServerForm *self)
{
  g_autoptr (MwServer) server = NULL;
  g_autofree char *host = NULL;
  guint64 port;

  g_return_val_if_fail (MW_IS_SERVER_FORM (self), FALSE);

  if (!self->active)
    return TRUE;
  if (split_host (self))
    update (self);
  server = mw_server_form_dup_server (self);
  if (server != NULL)
    return TRUE;
  g_clear_handle_id (&self->advice_source, g_source_remove);
  show_advice (self);
  host = mw_host_to_ascii (text_of (self->host_row));
  if (host == NULL || !mw_host_is_valid (host))
    {
      if (!mw_advice_box_has_error (self->host_box))
        mw_advice_box_set_message (self->host_box, MW_SEVERITY_ERROR,
                                   *text_of (self->host_row) == '\0'
                                   ? _ ("The name of the server is missing.")
                                   : _ ("This cannot be the name of a server."), NULL, NULL);
      gtk_widget_grab_focus (GTK_WIDGET (self->host_row));
    }
  else if (!parse_port (text_of (self->port_row), &port))
    {
      if (!mw_advice_box_has_error (self->port_box))
        mw_advice_box_set_message (self->port_box, MW_SEVERITY_ERROR,
                                   _ ("A port is a number from 1 to 65535."), NULL, NULL);
      gtk_widget_grab_focus (GTK_WIDGET (self->port_row));
    }
  return FALSE;
}

/**
 * mw_server_form_set_field:
 * @self: a form
 * @field: "host", "port", "security", "username" or "mechanism"
 * @value: what to put there
 *
 * Returns: whether there is such a field and @value can stand in it
 */
gboolean
mw_server_form_set_field (MwServerForm *self, const char *field, const char *value)
{
  MwProtocol protocol;
  MwSecurity security;
  guint64 port;

  g_return_val_if_fail (MW_IS_SERVER_FORM (self), FALSE);
  g_return_val_if_fail (field != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (strcmp (field, "host") == 0)
    {
      set_text (self, self->host_row, value);
      self->written_protocol = MW_PROTOCOL_UNKNOWN;
      split_host (self);
    }
  else if (strcmp (field, "port") == 0)
    {
      if (!parse_port (value, &port))
        return FALSE;
      set_text (self, self->port_row, value);
      if (find_usual (self, port, &protocol, &security) && protocol == self->protocol)
        select_item (self, self->security_row, security);
      self->port_typed = port != mw_protocol_get_default_port (self->protocol, get_security (self));
    }
  else if (strcmp (field, "security") == 0)
    {
      if (!mw_security_from_string (value, &security))
        return FALSE;
      select_item (self, self->security_row, security);
      follow_port (self);
    }
  else if (strcmp (field, "username") == 0)
    {
      set_text (self, self->username_row, value);
      self->username_typed = TRUE;
    }
  else if (strcmp (field, "mechanism") == 0)
    {
      select_mechanism (self, value);
      show_rows (self);
    }
  else
    return FALSE;
  update (self);
  return TRUE;
}

/**
 * mw_server_form_focus_field:
 * @self: a form
 * @field: a name as for mw_server_form_set_field()
 *
 * Returns: whether the focus is there now
 */
gboolean
mw_server_form_focus_field (MwServerForm *self, const char *field)
{
  const struct
  {
    const char *field;
    GtkWidget *row;
  } rows[] = {
    { "host", GTK_WIDGET (self->host_row) },
    { "port", GTK_WIDGET (self->port_row) },
    { "security", GTK_WIDGET (self->security_row) },
    { "username", GTK_WIDGET (self->username_row) },
    { "mechanism", GTK_WIDGET (self->mechanism_row) },
  };

  g_return_val_if_fail (MW_IS_SERVER_FORM (self), FALSE);
  g_return_val_if_fail (field != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].field, field) == 0)
      return gtk_widget_grab_focus (rows[i].row);
  return FALSE;
}

/**
 * mw_server_form_dup_state:
 * @self: a form
 *
 * Returns: (transfer full): all that stands in the form
 */
char *
mw_server_form_dup_state (MwServerForm *self)
{
  g_return_val_if_fail (MW_IS_SERVER_FORM (self), NULL);

  if (!self->active)
    return g_strdup ("");
  return g_strjoin ("\n", mw_protocol_to_string (self->protocol), text_of (self->host_row),
                    text_of (self->port_row), mw_security_to_string (get_security (self)),
                    get_mechanism (self), needs_login (self) ? text_of (self->username_row) : "",
                    NULL);
}
