/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* What the parts of a probe share. Private to this folder. */

#include "check/mw-imap-parser.h"
#include "check/mw-login-gate.h"
#include "check/mw-login-plan.h"
#include "check/mw-network-query.h"
#include "check/mw-refusal.h"
#include "check/mw-secret-buffer.h"
#include "check/mw-speaker.h"
#include "model/mw-report.h"
#include "net/mw-connection.h"
#include "net/mw-dialer.h"
#include "net/mw-trust.h"

G_BEGIN_DECLS

typedef struct _MwRun MwRun;

#define MW_RUN_ERROR (mw_run_error_quark ())
GQuark mw_run_error_quark (void);

/**
 * MwRunError:
 * @MW_RUN_ERROR_MALFORMED: the server said something that is not in the protocol; MwRun.bad_text
 *   has it
 *
 * What can go wrong in a dialogue beside the connection.
 */
typedef enum
{
  MW_RUN_ERROR_MALFORMED,
} MwRunError;

/**
 * MwAuthOutcome:
 * @MW_AUTH_CHALLENGE: the server asks for more
 * @MW_AUTH_ACCEPTED: the server says yes
 * @MW_AUTH_REFUSED: the server says no
 *
 * What a server answers within a login.
 */
typedef enum
{
  MW_AUTH_CHALLENGE,
  MW_AUTH_ACCEPTED,
  MW_AUTH_REFUSED,
} MwAuthOutcome;

/**
 * MwAuthReply:
 * @outcome: what the server answers
 * @text: the challenge as it came, still in base64; or the words of the yes or no
 * @code: (nullable): IMAP, POP3: the response code of a no
 * @enhanced: (nullable): SMTP: the enhanced code
 * @smtp_code: SMTP: the number
 * @bad: IMAP: BAD and not NO; POP3: a command that was not on offer
 *
 * One answer within a login.
 */
typedef struct
{
  MwAuthOutcome outcome;
  char *text;
  char *code;
  char *enhanced;
  guint smtp_code;
  gboolean bad;
} MwAuthReply;

void mw_auth_reply_clear (MwAuthReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MwAuthReply, mw_auth_reply_clear)

/**
 * MwDialogue:
 * @greet: reads the greeting; ends the stage
 * @starttls: asks to switch to TLS; ends the stage; drops all that was learnt before
 * @ask_capabilities: learns what the server can; ends the stage. May send a login in the same write
 *   (mw_run_may_send_login_early()), and then sets MwRun.early_login.
 * @describe: fills in what the server offers for a login
 * @can_send_initial: whether a first message of this many bytes, in base64, may go out with the
 *   command
 * @send_auth: begins a SASL exchange
 * @send_login: sends a login without SASL
 * @read_auth: reads the next answer; only a fault of the connection is an error
 * @open_mailbox: the last stage
 * @send_ahead: sends what the last stage asks right behind a login whose answer is still to come,
 * if the server is one that is known to read it from there; saves a round trip
 * @drop_ahead: reads and forgets the answers to that, before another login is tried
 * @leave: says good-bye and does not wait
 *
 * What differs between the protocols. All functions run in the probe's thread; those that return a
 * truth value and have no @error have ended their stage when they return %FALSE, or the run was
 * cancelled.
 */
typedef struct
{
  MwProtocol protocol;
  gpointer (*new_state) (void);
  void (*free_state) (gpointer state);
  gboolean (*greet) (MwRun *run, const char *line, gsize length);
  gboolean (*starttls) (MwRun *run);
  gboolean (*ask_capabilities) (MwRun *run);
  void (*describe) (MwRun *run, MwLoginOffer *offer);
  gboolean (*can_send_initial) (MwRun *run, const char *mechanism, gsize length);
  gboolean (*send_auth) (MwRun *run,
                         const char *mechanism,
                         const MwSecretBuffer *initial,
                         GError **error);
  gboolean (*send_login) (MwRun *run, MwLoginKind kind, GError **error);
  gboolean (*read_auth) (MwRun *run, MwAuthReply *reply, GError **error);
  gboolean (*open_mailbox) (MwRun *run);
  gboolean (*send_ahead) (MwRun *run, GError **error);
  gboolean (*drop_ahead) (MwRun *run, GError **error);
  void (*leave) (MwRun *run);
} MwDialogue;

extern const MwDialogue mw_imap_dialogue;
extern const MwDialogue mw_pop3_dialogue;
extern const MwDialogue mw_smtp_dialogue;

struct _MwRun
{
  /* What to do; lent by the probe */
  MwServer *server;
  const char *host;
  guint16 port;
  MwSecurity security;
  SecretValue *password; /* or NULL */
  const char *sender;    /* or NULL */
  const MwProvider *provider;
  MwTrust *trust;
  GProxyResolver *proxies;
  MwResolver *resolver;
  MwNetworkQuery *network;
  MwLoginGate *gate;
  gboolean first_at_gate; /* others wait for what comes of this login */
  const char *mechanism;  /* the one that is wanted, or NULL */
  double timeout_seconds;
  gboolean allow_plain_login;
  gboolean needs_login; /* somebody is to log in */
  void (*on_step) (MwStep *step, gpointer user_data);
  gpointer user_data;
  GCancellable *cancellable;

  /* Where it stands; owned */
  const MwDialogue *dialogue;
  gpointer state; /* of the dialogue */
  MwReport *report;
  MwDialer *dialer;
  MwRoute *route;
  MwConnection *connection;
  gint64 deadline;
  MwStage stage;
  gint64 stage_started;
  gint64 stage_deadline;
  gboolean encrypted; /* inside TLS with a verdict */
  gboolean logged_in;
  gboolean preauthenticated;
  gboolean cancelled;
  char *bad_text;          /* what the server said instead of an answer */
  MwSpeaker speaker;       /* who answered instead of the expected server */
  MwLoginPlan early_login; /* sent already; kind IMPOSSIBLE if not */
  GStrv other_names;       /* of a certificate that is trusted but for its name */
  GString *transcript;
  int transcript_encrypted; /* -1 before the first line */
};

/* Stages */
void mw_run_begin (MwRun *self, MwStage stage);
gboolean mw_run_ok (MwRun *self, char *message, const char *server_text);
gboolean mw_run_warn (MwRun *self, MwDiagnosis diagnosis, char *message, const char *server_text);
void mw_run_skip (MwRun *self, MwStage stage, MwDiagnosis diagnosis, const char *message);
gboolean mw_run_fail (MwRun *self, MwDiagnosis diagnosis, char *message, const char *server_text);
gboolean mw_run_fail_from_error (MwRun *self, const GError *error);
char *mw_run_describe (MwRun *self, MwDiagnosis diagnosis);

/* Lines */
gboolean mw_run_write (MwRun *self, const char *text, GError **error);
gboolean
mw_run_write_secret (MwRun *self, MwSecretBuffer *buffer, const char *masked, GError **error);
GBytes *mw_run_read_line (MwRun *self, GError **error);
void mw_run_set_malformed (MwRun *self, const char *bytes, gsize length, GError **error);
char *mw_run_dup_server_text (MwRun *self, const char *text);

/* Login */
gboolean mw_run_may_send_login_early (MwRun *self);
gboolean mw_run_login (MwRun *self);
void mw_run_leave_gate (MwRun *self, gboolean accepted);

/* After the stages */
void mw_run_add_advice (MwRun *self);

G_END_DECLS
