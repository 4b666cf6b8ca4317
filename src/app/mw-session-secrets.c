/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-session"

#include "config.h"

#include "app/mw-session-private.h"

/* What a thread needs for one call */
typedef struct
{
  MwSecrets *memory;
  MwSecrets *keyring;
  MwAccount *account;
  MwAccount *before; /* of a move */
  MwHalf half;
  SecretValue *value;
  MwPasswordPlace place;
  gboolean is_keyring_ready;
  guint n_updated;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_object_unref (call->memory);
  g_object_unref (call->keyring);
  g_object_unref (call->account);
  g_clear_object (&call->before);
  g_clear_pointer (&call->value, secret_value_unref);
  g_free (call);
}

static Call *
call_new (MwSession *self, MwAccount *account, MwHalf half)
{
  Call *call = g_new0 (Call, 1);

  call->memory = g_object_ref (self->memory);
  call->keyring = g_object_ref (self->keyring);
  call->account = g_object_ref (account);
  call->half = mw_account_get_password_half (account, half);
  call->is_keyring_ready = self->keyring_status == MW_SECRETS_STATUS_READY;
  return call;
}

static GTask *
task_new (MwSession *self,
          Call *call,
          gpointer tag,
          const char *name,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_static_name (task, name);
  g_task_set_task_data (task, call, call_free);
  return task;
}

/* ---- one after the other ---- */

typedef struct
{
  GTask *task;
  GTaskThreadFunc func;
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_object_unref (waiting->task);
  g_free (waiting);
}

/* Whoever wants a password of an account whose server was just changed waits until it is there */
void
mw_session_run_after_moves (MwSession *self, GTask *task, GTaskThreadFunc func)
{
  Waiting *waiting;

  if (self->n_moving == 0)
    {
      g_task_run_in_thread (task, func);
      return;
    }
  waiting = g_new0 (Waiting, 1);
  waiting->task = g_object_ref (task);
  waiting->func = func;
  g_queue_push_tail (&self->after_moves, waiting);
}

static void
end_move (MwSession *self)
{
  Waiting *waiting;

  self->n_moving--;
  while (self->n_moving == 0 && (waiting = g_queue_pop_head (&self->after_moves)) != NULL)
    {
      g_task_run_in_thread (waiting->task, waiting->func);
      waiting_free (waiting);
    }
}

/* ---- the state of the keyring ---- */

static void
status_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwSession) self = user_data;
  MwSecretsStatus status = mw_secrets_get_status_finish (MW_SECRETS (source), result);

  if (!g_cancellable_is_cancelled (self->cancellable))
    mw_session_set_keyring_status (self, status);
}

/**
 * mw_session_get_keyring_status:
 * @self: a session
 *
 * Returns: the keyring's state as last heard; %MW_SECRETS_STATUS_READY before the first answer
 */
MwSecretsStatus
mw_session_get_keyring_status (MwSession *self)
{
  return self->keyring_status;
}

/**
 * mw_session_refresh_keyring_status:
 * @self: a session
 *
 * Asks for the state of the keyring in a thread; "keyring-status" is notified when it has changed.
 */
void
mw_session_refresh_keyring_status (MwSession *self)
{
  g_return_if_fail (MW_IS_SESSION (self));

  mw_secrets_get_status_async (self->keyring, self->cancellable, status_cb, g_object_ref (self));
}

void
mw_session_note_keyring_error (MwSession *self, const GError *error)
{
  if (error != NULL && error->domain == MW_SECRETS_ERROR &&
      error->code != MW_SECRETS_ERROR_NOT_FOUND)
    mw_session_refresh_keyring_status (self);
}

/* It answered: what was known of it before is no longer so */
static void
note_keyring_success (MwSession *self)
{
  if (self->keyring_status != MW_SECRETS_STATUS_READY)
    mw_session_refresh_keyring_status (self);
}

/**
 * mw_session_get_keyring:
 * @self: a session
 *
 * Returns: (transfer none): the keyring; may be used from threads
 */
MwSecrets *
mw_session_get_keyring (MwSession *self)
{
  return self->keyring;
}

/* ---- one password ---- */

static void
look_up (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Call *call = task_data;
  GError *error = NULL;

  call->place = MW_PASSWORD_PLACE_SESSION;
  call->value = mw_secrets_lookup_sync (call->memory, call->account, call->half, MW_SECRETS_NONE,
                                        cancellable, NULL);
  if (call->value == NULL)
    {
      call->place = MW_PASSWORD_PLACE_KEYRING;
      call->value = mw_secrets_lookup_sync (call->keyring, call->account, call->half,
                                            MW_SECRETS_NONE, cancellable, &error);
    }
  if (call->value == NULL)
    call->place = MW_PASSWORD_PLACE_NONE;
  if (error != NULL && !g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND))
    g_task_return_error (task, error);
  else
    {
      g_clear_error (&error);
      g_task_return_boolean (task, TRUE);
    }
}

/**
 * mw_session_lookup_password_async:
 * @self: a session
 * @account: an account
 * @half: either half: mw_account_get_password_half() is applied
 * @cancellable: (nullable): ends the call
 * @callback: (scope async): called with the answer
 * @user_data: closure of @callback
 *
 * Looks for a password in the memory of this session, then in the keyring. Nobody is asked to
 * unlock it: looking at a page must not open a window of the desktop.
 */
void
mw_session_lookup_password_async (MwSession *self,
                                  MwAccount *account,
                                  MwHalf half,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MW_IS_SESSION (self));
  g_return_if_fail (MW_IS_ACCOUNT (account));

  task = task_new (self, call_new (self, account, half), mw_session_lookup_password_async,
                   "mw-session look up", cancellable, callback, user_data);
  if (mw_account_get_server (account, mw_account_get_password_half (account, half)) == NULL)
    g_task_return_boolean (task, TRUE); /* nobody logs in there */
  else
    mw_session_run_after_moves (self, task, look_up);
}

/**
 * mw_session_lookup_password_finish:
 * @self: a session
 * @result: what the callback got
 * @place: (out) (optional): where it was found
 * @error: return location for a #MwSecretsError, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the password; %NULL without @error when there is none
 */
SecretValue *
mw_session_lookup_password_finish (MwSession *self,
                                   GAsyncResult *result,
                                   MwPasswordPlace *place,
                                   GError **error)
{
  GError *cause = NULL;
  Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (place != NULL)
    *place = MW_PASSWORD_PLACE_NONE;
  if (!g_task_propagate_boolean (G_TASK (result), &cause))
    {
      mw_session_note_keyring_error (self, cause);
      g_propagate_error (error, cause);
      return NULL;
    }
  call = g_task_get_task_data (G_TASK (result));
  if (place != NULL)
    *place = call->place;
  if (call->place == MW_PASSWORD_PLACE_KEYRING)
    note_keyring_success (self);
  return g_steal_pointer (&call->value);
}

static gboolean
store_in_session (Call *call, GCancellable *cancellable, GError **error)
{
  if (!mw_secrets_store_sync (call->memory, call->account, call->half, call->value, MW_SECRETS_NONE,
                              cancellable, error))
    return FALSE;
  /* An older one must not stay behind where the person does not want any */
  if (call->is_keyring_ready)
    {
      mw_secrets_clear_sync (call->keyring, call->account, call->half, MW_SECRETS_NONE, NULL,
                             cancellable, NULL);
      mw_export_update_items_sync (call->account, call->half, call->value, call->keyring,
                                   MW_SECRETS_NONE, &call->n_updated, cancellable, NULL);
    }
  return TRUE;
}

static gboolean
store_in_keyring (Call *call, GCancellable *cancellable, GError **error)
{
  if (!mw_secrets_store_sync (call->keyring, call->account, call->half, call->value,
                              MW_SECRETS_ALLOW_PROMPT, cancellable, error))
    return FALSE;
  mw_secrets_clear_sync (call->memory, call->account, call->half, MW_SECRETS_NONE, NULL, NULL,
                         NULL);
  return mw_export_update_passwords_sync (call->account, call->half, call->value, call->keyring,
                                          MW_SECRETS_ALLOW_PROMPT, &call->n_updated, cancellable,
                                          error);
}

static void
store (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Call *call = task_data;
  GError *error = NULL;
  gboolean is_stored;

  is_stored = call->place == MW_PASSWORD_PLACE_SESSION
                  ? store_in_session (call, cancellable, &error)
                  : store_in_keyring (call, cancellable, &error);
  if (is_stored)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * mw_session_store_password_async:
 * @self: a session
 * @account: an account
 * @half: either half: mw_account_get_password_half() is applied
 * @value: (transfer none): the password
 * @place: %MW_PASSWORD_PLACE_KEYRING or %MW_PASSWORD_PLACE_SESSION
 * @cancellable: (nullable): ends the call
 * @callback: (scope async): called with the answer
 * @user_data: closure of @callback
 *
 * Keeps a password in one place, not in the other, and hands it on to the items of the programs
 * that the account was exported to. The keyring may ask the person to unlock it.
 */
void
mw_session_store_password_async (MwSession *self,
                                 MwAccount *account,
                                 MwHalf half,
                                 SecretValue *value,
                                 MwPasswordPlace place,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (MW_IS_SESSION (self));
  g_return_if_fail (MW_IS_ACCOUNT (account));
  g_return_if_fail (value != NULL);
  g_return_if_fail (place != MW_PASSWORD_PLACE_NONE);

  call = call_new (self, account, half);
  call->value = secret_value_ref (value);
  call->place = place;
  task = task_new (self, call, mw_session_store_password_async, "mw-session store", cancellable,
                   callback, user_data);
  mw_session_run_after_moves (self, task, store);
}

/**
 * mw_session_store_password_finish:
 * @self: a session
 * @result: what the callback got
 * @n_updated: (out) (optional): how many items of other programs were changed too
 * @error: return location for a #MwSecretsError, or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether it is kept
 */
gboolean
mw_session_store_password_finish (MwSession *self,
                                  GAsyncResult *result,
                                  guint *n_updated,
                                  GError **error)
{
  const Call *call;
  GError *cause = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  call = g_task_get_task_data (G_TASK (result));
  if (n_updated != NULL)
    *n_updated = 0;
  if (!g_task_propagate_boolean (G_TASK (result), &cause))
    {
      mw_session_note_keyring_error (self, cause);
      g_propagate_error (error, cause);
      return FALSE;
    }
  if (n_updated != NULL)
    *n_updated = call->n_updated;
  if (call->place == MW_PASSWORD_PLACE_KEYRING)
    note_keyring_success (self);
  return TRUE;
}

static void
clear (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Call *call = task_data;
  GError *error = NULL;

  mw_secrets_clear_sync (call->memory, call->account, call->half, MW_SECRETS_NONE, NULL, NULL,
                         NULL);
  if (!mw_secrets_clear_sync (call->keyring, call->account, call->half, MW_SECRETS_ALLOW_PROMPT,
                              NULL, cancellable, &error) &&
      !g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND) &&
      !g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  g_task_return_boolean (task, TRUE);
}

/**
 * mw_session_clear_password_async:
 * @self: a session
 * @account: an account
 * @half: either half: mw_account_get_password_half() is applied
 * @cancellable: (nullable): ends the call
 * @callback: (scope async): called with the answer
 * @user_data: closure of @callback
 *
 * Forgets a password, wherever it is. What was exported stays with the other programs.
 */
void
mw_session_clear_password_async (MwSession *self,
                                 MwAccount *account,
                                 MwHalf half,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MW_IS_SESSION (self));
  g_return_if_fail (MW_IS_ACCOUNT (account));

  task = task_new (self, call_new (self, account, half), mw_session_clear_password_async,
                   "mw-session clear", cancellable, callback, user_data);
  mw_session_run_after_moves (self, task, clear);
}

/**
 * mw_session_clear_password_finish:
 * @self: a session
 * @result: what the callback got
 * @error: return location for a #MwSecretsError, or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether it is gone from everywhere; %FALSE when it may still be in the keyring
 */
gboolean
mw_session_clear_password_finish (MwSession *self, GAsyncResult *result, GError **error)
{
  GError *cause = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (g_task_propagate_boolean (G_TASK (result), &cause))
    return TRUE;
  mw_session_note_keyring_error (self, cause);
  g_propagate_error (error, cause);
  return FALSE;
}

/**
 * mw_session_give_password:
 * @account: an account
 * @half: either half: mw_account_get_password_half() is applied
 * @session: the #MwSession
 * @error: return location for a #MwSecretsError
 *
 * Gives an export its passwords: an #MwExportPasswordFunc. Any thread; the keyring may ask the
 * person to unlock it.
 *
 * Returns: (transfer full) (nullable): the password; %NULL without @error when there is none
 */
SecretValue *
mw_session_give_password (MwAccount *account, MwHalf half, gpointer session, GError **error)
{
  MwSession *self = session;
  g_autoptr (GError) cause = NULL;
  SecretValue *value;

  half = mw_account_get_password_half (account, half);
  value = mw_secrets_lookup_sync (self->memory, account, half, MW_SECRETS_NONE, NULL, NULL);
  if (value != NULL)
    return value;
  value =
      mw_secrets_lookup_sync (self->keyring, account, half, MW_SECRETS_ALLOW_PROMPT, NULL, &cause);
  if (value == NULL && !g_error_matches (cause, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&cause));
  return value;
}

/* ---- passwords follow a changed account ---- */

static gboolean
has_other_items (MwAccount *before, MwAccount *after)
{
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      g_autoptr (MwSecretItem) old = mw_secret_item_new_for_account (before, half);
      g_autoptr (MwSecretItem) now = mw_secret_item_new_for_account (after, half);

      if ((old == NULL) != (now == NULL) || (old != NULL && !mw_secret_item_equal (old, now)))
        return TRUE;
    }
  return FALSE;
}

static void
move (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Call *call = task_data;
  GError *error = NULL;

  if (mw_secrets_move_sync (call->keyring, call->before, call->account, MW_SECRETS_ALLOW_PROMPT,
                            cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
move_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MwSession *self = MW_SESSION (source);
  const Call *call = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  end_move (self);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    return;
  mw_session_note_keyring_error (self, error);
  /* Where there is no keyring there is nothing in it either */
  if (!g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mw_session_emit_password_move_failed (self, mw_account_get_id (call->account), error->message);
}

void
mw_session_move_passwords (MwSession *self, MwAccount *before, MwAccount *after)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  if (!has_other_items (before, after))
    return;
  /* That of the session at once: a check may follow right behind */
  mw_secrets_move_sync (self->memory, before, after, MW_SECRETS_NONE, NULL, NULL);
  call = call_new (self, after, MW_HALF_INCOMING);
  call->before = g_object_ref (before);
  task = task_new (self, call, mw_session_move_passwords, "mw-session move", self->cancellable,
                   move_cb, NULL);
  self->n_moving++;
  g_task_run_in_thread (task, move);
}
