/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-resolver"

#include "config.h"

#include "net/mw-resolver.h"

#include "net/mw-deadline.h"
#include "net/mw-dns-message.h"
#include "net/mw-gio-defaults.h"
#include "net/mw-inet.h"
#include "net/mw-net-error.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>

/* Seconds until glibc asks the next name server, unless resolv.conf says otherwise: its own 5 are
 * as long as a whole source of settings has, so one dead name server would silence all of them. */
#define RETRANSMIT_SECONDS 2
#define RETRIES 3

/* What is asked: a record type, or addresses */
#define QUESTION_ADDRESSES (-1)

/* A question and, once @done, its answer. Counted; the rest is guarded by the resolver's mutex. */
typedef struct
{
  char *key;
  char *name;
  int type;
  GCond answered;
  gboolean done;
  GPtrArray *answer;
  GError *error;
} Question;

/* What a thread of the pool works on */
typedef struct
{
  MwResolver *resolver;
  Question *question;
} Job;

/* What a cancelled waiter needs to wake up */
typedef struct
{
  GMutex *mutex;
  Question *question;
} Waiter;

typedef struct
{
  GMutex mutex;
  GHashTable *questions; /* key -> Question */
} MwResolverPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (MwResolver, mw_resolver, G_TYPE_OBJECT)

MwDnsRecord *
mw_dns_record_new (guint16 priority, guint16 weight, guint16 port, const char *target, GBytes *text)
{
  MwDnsRecord *self = g_new0 (MwDnsRecord, 1);

  self->priority = priority;
  self->weight = weight;
  self->port = port;
  self->target = g_strdup (target);
  self->text = text != NULL ? g_bytes_ref (text) : NULL;

  return self;
}

void
mw_dns_record_free (MwDnsRecord *self)
{
  g_free (self->target);
  g_clear_pointer (&self->text, g_bytes_unref);
  g_free (self);
}

static void
question_clear (gpointer data)
{
  Question *question = data;

  g_free (question->key);
  g_free (question->name);
  g_cond_clear (&question->answered);
  g_clear_pointer (&question->answer, g_ptr_array_unref);
  g_clear_error (&question->error);
}

static void
question_unref (gpointer question)
{
  g_atomic_rc_box_release_full (question, question_clear);
}

/* Addresses: getaddrinfo(), since only that knows /etc/hosts, nsswitch.conf and the order of
 * RFC 6724 */

/* glibc keeps the state of its resolver by thread, and takes these options from there in
 * getaddrinfo() too. A name with a dot is complete: with a search list each name that does not
 * exist would cost a second round trip, and might even exist somewhere else. */
static void
set_thread_options (void)
{
  if ((_res.options & RES_INIT) == 0)
    res_init ();

  _res.options &= ~(unsigned long) RES_DNSRCH;
  if (_res.retrans == RES_TIMEOUT)
    {
      _res.retrans = RETRANSMIT_SECONDS;
      _res.retry = RETRIES;
    }
}

static void
set_error_from_getaddrinfo (GError **error, const char *name, int code)
{
  MwNetError ours = MW_NET_ERROR_DNS_TEMPORARY;

  if (code == EAI_NONAME)
    ours = MW_NET_ERROR_NOT_FOUND;
  else if (code == EAI_NODATA || code == EAI_ADDRFAMILY)
    ours = MW_NET_ERROR_NO_RECORDS;

  g_set_error (error, MW_NET_ERROR, ours, "%s: %s", name, gai_strerror (code));
}

static GInetAddress *
to_inet_address (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return g_inet_address_new_from_bytes (
        (const guint8 *) &((const struct sockaddr_in *) address)->sin_addr, G_SOCKET_FAMILY_IPV4);
  if (address->sa_family == AF_INET6)
    return g_inet_address_new_from_bytes (
        (const guint8 *) &((const struct sockaddr_in6 *) address)->sin6_addr, G_SOCKET_FAMILY_IPV6);

  return NULL;
}

static gboolean
equal_addresses (gconstpointer a, gconstpointer b)
{
  return g_inet_address_equal ((GInetAddress *) a, (GInetAddress *) b);
}

static GPtrArray *
mw_resolver_real_query_addresses (MwResolver *self, const char *name, GError **error)
{
  g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;
  int code;

  set_thread_options ();
  code = getaddrinfo (name, NULL, &hints, &found);
  if (code != 0)
    {
      set_error_from_getaddrinfo (error, name, code);
      return NULL;
    }

  for (struct addrinfo *i = found; i != NULL; i = i->ai_next)
    {
      g_autoptr(GInetAddress) address = to_inet_address (i->ai_addr);

      if (address != NULL &&
          !g_ptr_array_find_with_equal_func (addresses, address, equal_addresses, NULL))
        g_ptr_array_add (addresses, g_steal_pointer (&address));
    }
  freeaddrinfo (found);

  if (addresses->len == 0)
    {
      set_error_from_getaddrinfo (error, name, EAI_NODATA);
      return NULL;
    }

  return g_steal_pointer (&addresses);
}

/* Records: glibc's stub resolver sends, we read. GResolver would do, but it tells neither a name
 * that does not exist from one without records, nor a broken answer from either. */

static int
to_wire_type (MwRecordType type)
{
  switch (type)
    {
    case MW_RECORD_MX:
      return ns_t_mx;
    case MW_RECORD_SRV:
      return ns_t_srv;
    case MW_RECORD_TXT:
    default:
      return ns_t_txt;
    }
}

static int
ask_name_servers (const char *name, int wire_type, guint8 *answer, int size)
{
  struct __res_state state;
  guint8 query[NS_PACKETSZ];
  int length;

  memset (&state, 0, sizeof state);
  if (res_ninit (&state) != 0)
    return -1;

  if (state.retrans == RES_TIMEOUT)
    {
      state.retrans = RETRANSMIT_SECONDS;
      state.retry = RETRIES;
    }

  length = res_nmkquery (&state, ns_o_query, name, ns_c_in, wire_type, NULL, 0, NULL, query,
                         sizeof query);
  if (length > 0)
    length = res_nsend (&state, query, length, answer, size);
  res_nclose (&state);

  return length;
}

static GPtrArray *
mw_resolver_real_query_records (MwResolver *self,
                                const char *name,
                                MwRecordType type,
                                GError **error)
{
  g_autofree guint8 *answer = g_malloc (NS_MAXMSG);
  g_autoptr(GPtrArray) records = NULL;
  int length;

  length = ask_name_servers (name, to_wire_type (type), answer, NS_MAXMSG);
  if (length <= 0)
    {
      g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_DNS_TEMPORARY,
                   "%s: no name server gave an answer", name);
      return NULL;
    }

  records = mw_dns_message_parse (answer, (gsize) MIN (length, NS_MAXMSG), type, error);
  if (records == NULL)
    g_prefix_error (error, "%s: ", name);

  return g_steal_pointer (&records);
}

/* Questions that are shared */

static void
answer_question (gpointer data, gpointer user_data)
{
  Job *job = data;
  Question *question = job->question;
  MwResolverPrivate *priv = mw_resolver_get_instance_private (job->resolver);
  MwResolverClass *class = MW_RESOLVER_GET_CLASS (job->resolver);
  g_autoptr(GError) error = NULL;
  GPtrArray *answer;

  if (question->type == QUESTION_ADDRESSES)
    answer = class->query_addresses (job->resolver, question->name, &error);
  else
    answer =
        class->query_records (job->resolver, question->name, (MwRecordType) question->type, &error);

  g_mutex_lock (&priv->mutex);
  question->answer = answer;
  question->error = g_steal_pointer (&error);
  question->done = TRUE;
  g_cond_broadcast (&question->answered);
  g_mutex_unlock (&priv->mutex);

  question_unref (question);
  g_object_unref (job->resolver);
  g_free (job);
}

/* A pool of its own, and without a limit: a thread that waits for a dead name server must not keep
 * other questions waiting, and how many questions there are at a time is bounded by who asks. */
static GThreadPool *
get_pool (void)
{
  static gsize once = 0;
  static GThreadPool *pool = NULL;

  if (g_once_init_enter (&once))
    {
      pool = g_thread_pool_new (answer_question, NULL, -1, FALSE, NULL);
      g_once_init_leave (&once, 1);
    }

  return pool;
}

/* With the mutex held */
static Question *
find_or_ask (MwResolver *self, const char *name, int type)
{
  MwResolverPrivate *priv = mw_resolver_get_instance_private (self);
  g_autofree char *key = g_strdup_printf ("%d %s", type, name);
  Question *question = g_hash_table_lookup (priv->questions, key);
  Job *job;

  if (question != NULL)
    return g_atomic_rc_box_acquire (question);

  question = g_atomic_rc_box_new0 (Question);
  g_cond_init (&question->answered);
  question->key = g_steal_pointer (&key);
  question->name = g_strdup (name);
  question->type = type;
  g_hash_table_insert (priv->questions, question->key, question);

  job = g_new0 (Job, 1);
  job->resolver = g_object_ref (self);
  job->question = g_atomic_rc_box_acquire (question);
  g_thread_pool_push (get_pool (), job, NULL);

  return g_atomic_rc_box_acquire (question);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Waiter *waiter = user_data;

  g_mutex_lock (waiter->mutex);
  g_cond_broadcast (&waiter->question->answered);
  g_mutex_unlock (waiter->mutex);
}

/* With the mutex held */
static gboolean
wait_for_answer (GMutex *mutex, Question *question, gint64 deadline, GCancellable *cancellable)
{
  while (!question->done && !g_cancellable_is_cancelled (cancellable))
    {
      if (deadline == MW_DEADLINE_NONE)
        g_cond_wait (&question->answered, mutex);
      else if (!g_cond_wait_until (&question->answered, mutex, deadline))
        break;
    }

  return question->done;
}

static GPtrArray *
look_up (MwResolver *self,
         const char *name,
         int type,
         gint64 deadline,
         GCancellable *cancellable,
         GError **error)
{
  MwResolverPrivate *priv = mw_resolver_get_instance_private (self);
  g_autoptr(GPtrArray) answer = NULL;
  Question *question;
  Waiter waiter;
  gulong handler = 0;
  gboolean done;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  g_mutex_lock (&priv->mutex);
  question = find_or_ask (self, name, type);
  g_mutex_unlock (&priv->mutex);

  waiter.mutex = &priv->mutex;
  waiter.question = question;
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), &waiter, NULL);

  g_mutex_lock (&priv->mutex);
  done = wait_for_answer (&priv->mutex, question, deadline, cancellable);
  if (done && question->answer != NULL)
    answer = g_ptr_array_ref (question->answer);
  g_mutex_unlock (&priv->mutex);

  /* Not with the mutex held: this waits for a handler that is running, which waits for the mutex */
  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);

  /* An answer is not changed any more once it is there: no lock needed */
  if (!done && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_DNS_TIMEOUT, "%s: no answer from DNS in time",
                 name);
  else if (done && answer == NULL)
    g_propagate_error (error, g_error_copy (question->error));

  question_unref (question);
  return g_steal_pointer (&answer);
}

/* Lower case and without the final dot, or NULL if DNS cannot have such a name */
static char *
normalise (const char *host)
{
  g_autofree char *name = g_ascii_strdown (host, -1);
  gsize length = strlen (name), label = 0;

  if (length > 0 && name[length - 1] == '.')
    name[--length] = '\0';
  if (length == 0 || length > 253)
    return NULL;

  for (gsize i = 0; i <= length; i++)
    {
      if (name[i] == '.' || name[i] == '\0')
        {
          if (label == 0 || label > 63)
            return NULL;
          label = 0;
        }
      else if (g_ascii_isalnum (name[i]) || name[i] == '-' || name[i] == '_')
        label++;
      else
        return NULL;
    }

  return g_steal_pointer (&name);
}

/* The name is not repeated in full: whoever passes such a thing may have typed anything */
static void
set_error_bad_name (GError **error)
{
  g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND,
                       "this cannot be the name of a host");
}

/* What needs no question: literals, and localhost (RFC 6761, section 6.3) */
static GPtrArray *
answer_by_spelling (const char *host)
{
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GInetAddress) literal = mw_inet_address_new_from_literal (host);

  if (literal == NULL && !mw_host_is_local (host))
    return NULL;

  addresses = g_ptr_array_new_with_free_func (g_object_unref);
  if (literal != NULL)
    {
      g_ptr_array_add (addresses, g_steal_pointer (&literal));
    }
  else
    {
      g_ptr_array_add (addresses, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6));
      g_ptr_array_add (addresses, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
    }

  return g_steal_pointer (&addresses);
}

static void
mw_resolver_finalize (GObject *object)
{
  MwResolverPrivate *priv = mw_resolver_get_instance_private (MW_RESOLVER (object));

  g_hash_table_unref (priv->questions);
  g_mutex_clear (&priv->mutex);

  G_OBJECT_CLASS (mw_resolver_parent_class)->finalize (object);
}

static void
mw_resolver_class_init (MwResolverClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mw_resolver_finalize;

  class->query_addresses = mw_resolver_real_query_addresses;
  class->query_records = mw_resolver_real_query_records;
}

static void
mw_resolver_init (MwResolver *self)
{
  MwResolverPrivate *priv = mw_resolver_get_instance_private (self);

  g_mutex_init (&priv->mutex);
  priv->questions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, question_unref);
}

MwResolver *
mw_resolver_new (void)
{
  /* Whatever is to run in several threads begins with a resolver */
  mw_gio_prepare_types ();
  return g_object_new (MW_TYPE_RESOLVER, NULL);
}

GPtrArray *
mw_resolver_lookup_addresses (
    MwResolver *self, const char *host, gint64 deadline, GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) known = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (MW_IS_RESOLVER (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  known = answer_by_spelling (host);
  if (known != NULL)
    return g_steal_pointer (&known);

  name = normalise (host);
  if (name == NULL)
    {
      set_error_bad_name (error);
      return NULL;
    }

  return look_up (self, name, QUESTION_ADDRESSES, deadline, cancellable, error);
}

GPtrArray *
mw_resolver_lookup_records (MwResolver *self,
                            const char *name,
                            MwRecordType type,
                            gint64 deadline,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr(GInetAddress) literal = NULL;
  g_autofree char *normal = NULL;

  g_return_val_if_fail (MW_IS_RESOLVER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  literal = mw_inet_address_new_from_literal (name);
  normal = literal == NULL ? normalise (name) : NULL;
  if (normal == NULL)
    {
      set_error_bad_name (error);
      return NULL;
    }

  return look_up (self, normal, (int) type, deadline, cancellable, error);
}

gboolean
mw_resolver_has_addresses (MwResolver *self, const char *host)
{
  MwResolverPrivate *priv = mw_resolver_get_instance_private (self);
  g_autoptr(GPtrArray) known = NULL;
  g_autofree char *name = NULL, *key = NULL;
  Question *question;
  gboolean has;

  g_return_val_if_fail (MW_IS_RESOLVER (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  known = answer_by_spelling (host);
  name = normalise (host);
  if (known != NULL || name == NULL)
    return known != NULL;

  key = g_strdup_printf ("%d %s", QUESTION_ADDRESSES, name);
  g_mutex_lock (&priv->mutex);
  question = g_hash_table_lookup (priv->questions, key);
  has = question != NULL && question->done && question->answer != NULL;
  g_mutex_unlock (&priv->mutex);

  return has;
}
