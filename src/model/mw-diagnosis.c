/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-diagnosis"

#include "config.h"

#include "model/mw-diagnosis.h"

#include "model/mw-sandbox.h"

#include <glib/gi18n-lib.h>

/* The one table of everything that can be wrong. Whoever shows a diagnosis takes the words from
 * here: the window, the command line and the report say the same. Two ids are easily taken for
 * each other: tls-on-plain-port means that TLS was begun on a port that talks plain text, and
 * plain-on-tls-port that plain text was expected on a port that waits for TLS. */
typedef struct
{
  const char *id;
  MwSeverity severity;
  const char *title;
  const char *explanation;
  const char *next_step;
} DiagnosisRow;

static const DiagnosisRow rows[MW_N_DIAGNOSES] = {
  [MW_DIAGNOSIS_OFFLINE] = {
    "offline",
    MW_SEVERITY_ERROR,
    N_ ("This computer is offline"),
    N_ ("There is no connection to a network, so no mail server can be reached."),
    N_ ("Connect to a network, by cable, Wi-Fi or mobile data, and check again."),
  },
  [MW_DIAGNOSIS_CAPTIVE_PORTAL] = {
    "captive-portal",
    MW_SEVERITY_ERROR,
    N_ ("This network wants you to sign in first"),
    N_ ("The network, as in hotels, trains and cafés, lets nothing through until its sign-in page "
        "has been confirmed in a web browser."),
    N_ ("Open a web browser, confirm the network’s sign-in page, and check again."),
  },
  [MW_DIAGNOSIS_DNS_NOT_FOUND] = {
    "dns-not-found",
    MW_SEVERITY_ERROR,
    N_ ("There is no server of this name"),
    N_ ("The name service of the internet knows no address for this server name. Most often the "
        "name is misspelt."),
    N_ ("Compare the server name letter by letter with what the mail provider publishes."),
  },
  [MW_DIAGNOSIS_DNS_TIMEOUT] = {
    "dns-timeout",
    MW_SEVERITY_ERROR,
    N_ ("The name service does not answer"),
    N_ ("The server name could not be turned into an address, because the name service of this "
        "network gave no usable answer in time. This says nothing about the mail server."),
    N_ ("See whether web pages open. If not, reconnect to the network or restart the router; "
        "otherwise try again in a few minutes."),
  },
  [MW_DIAGNOSIS_CONNECTION_REFUSED] = {
    "connection-refused",
    MW_SEVERITY_ERROR,
    N_ ("The server refuses connections on this port"),
    N_ ("The computer of this name was reached, but no mail service takes connections at this "
        "port, or a firewall turns them away."),
    N_ ("Check the port number. If it is right, ask the mail provider whether the service is "
        "running and switched on."),
  },
  [MW_DIAGNOSIS_CONNECTION_TIMEOUT] = {
    "connection-timeout",
    MW_SEVERITY_ERROR,
    N_ ("The server does not answer"),
    N_ ("Nothing came back from the server. Either it is switched off, or a firewall on the way "
        "swallows connections to this port, as many office, school and hotel networks do."),
    N_ ("Try from another network, such as a phone’s mobile data. If it works there, this network "
        "blocks the port; otherwise check the server name and port."),
  },
  [MW_DIAGNOSIS_NETWORK_UNREACHABLE] = {
    "network-unreachable",
    MW_SEVERITY_ERROR,
    N_ ("There is no way to this server"),
    N_ ("The network that this computer uses has no route to the server, or a proxy server does "
        "not let mail through."),
    N_ ("If the server belongs to a company or university network, connect to its VPN first. "
        "Behind a proxy server, ask the network’s administrator to open the mail ports."),
  },
  [MW_DIAGNOSIS_CONNECTION_CLOSED] = {
    "connection-closed",
    MW_SEVERITY_ERROR,
    N_ ("The server hung up"),
    N_ ("The connection was made, and then ended from the other side before the check was "
        "through. Busy servers do this, and so do firewalls and virus scanners."),
    N_ ("Try again in a few minutes. If it stays like this, pause virus scanners that look into "
        "mail, or try from another network."),
  },
  [MW_DIAGNOSIS_GREETING_TIMEOUT] = {
    "greeting-timeout",
    MW_SEVERITY_ERROR,
    N_ ("The server accepts the connection and stays silent"),
    N_ ("A mail server speaks first, and this one did not in time. It may be overloaded, or the "
        "port may belong to another service."),
    N_ ("Check the port number, and try again in a few minutes."),
  },
  [MW_DIAGNOSIS_TIMEOUT] = {
    "timeout",
    MW_SEVERITY_ERROR,
    N_ ("The server took too long"),
    N_ ("The conversation began, but an answer did not come in the time allowed."),
    N_ ("Try again, perhaps with more time. If it happens every time, tell the mail provider at "
        "which step it stopped."),
  },
  [MW_DIAGNOSIS_WRONG_PROTOCOL] = {
    "wrong-protocol",
    MW_SEVERITY_ERROR,
    N_ ("This port belongs to another service"),
    N_ ("Something answers at this port, but not the kind of server that was expected: for "
        "example a sending server where a receiving server should be, or a web server."),
    N_ ("Check the server name and port. Receiving mail usually uses port 993 (IMAP) or 995 "
        "(POP3), sending mail port 465 or 587."),
  },
  [MW_DIAGNOSIS_TLS_ON_PLAIN_PORT] = {
    "tls-on-plain-port",
    MW_SEVERITY_ERROR,
    N_ ("This port does not start with encryption"),
    N_ ("The settings say that the connection is encrypted from its first byte (TLS), but the "
        "server talks unencrypted at first on this port."),
    N_ ("Set the encryption to STARTTLS for this port, or use the port for TLS: 993 for IMAP, 995 "
        "for POP3, 465 for sending."),
  },
  [MW_DIAGNOSIS_PLAIN_ON_TLS_PORT] = {
    "plain-on-tls-port",
    MW_SEVERITY_ERROR,
    N_ ("This port wants encryption from the start"),
    N_ ("The settings say that the connection begins unencrypted, but the server waits for an "
        "encrypted connection (TLS) on this port."),
    N_ ("Set the encryption to TLS for this port."),
  },
  [MW_DIAGNOSIS_STARTTLS_NOT_OFFERED] = {
    "starttls-not-offered",
    MW_SEVERITY_ERROR,
    N_ ("The server offers no encryption here"),
    N_ ("The settings ask for encryption (STARTTLS), and the server does not offer it on this "
        "port. The check stopped there, so that the password is not sent for all to read. A "
        "firewall or virus scanner on the way may have removed the offer."),
    N_ ("Use TLS on port 993 for IMAP, 995 for POP3 or 465 for sending. If these do not work "
        "either, try from another network, then ask the mail provider."),
  },
  [MW_DIAGNOSIS_STARTTLS_REFUSED] = {
    "starttls-refused",
    MW_SEVERITY_ERROR,
    N_ ("The server refused to start encryption"),
    N_ ("The server was asked to encrypt the connection (STARTTLS) and said no. The check stopped "
        "there, so that the password is not sent for all to read."),
    N_ ("Use TLS on port 993 for IMAP, 995 for POP3 or 465 for sending, or ask the mail "
        "provider what is wrong with its encryption."),
  },
  [MW_DIAGNOSIS_STARTTLS_INJECTION] = {
    "starttls-injection",
    MW_SEVERITY_ERROR,
    N_ ("Something interfered with the start of encryption"),
    N_ ("Unencrypted text arrived where the encrypted connection should begin. A faulty server "
        "does this, and so does somebody who tampers with the connection. Nothing secret was "
        "sent."),
    N_ ("Do not use STARTTLS with this server on this network. Use TLS on port 993, 995 or 465 "
        "instead, and report it to the mail provider or the network’s administrator."),
  },
  [MW_DIAGNOSIS_PREAUTH_BEFORE_TLS] = {
    "preauth-before-tls",
    MW_SEVERITY_ERROR,
    N_ ("The server skips sign-in before encryption"),
    N_ ("The server says that nobody needs to sign in, before the connection is encrypted. With "
        "that, encryption can no longer be switched on; it is a known way to get around it."),
    N_ ("Use TLS on port 993 instead. If you did not expect this, somebody may be tampering with "
        "the connection: try from another network."),
  },
  [MW_DIAGNOSIS_RESPONSE_TOO_LONG] = {
    "response-too-long",
    MW_SEVERITY_ERROR,
    N_ ("The server’s answer never ends"),
    N_ ("The server sent far more text than any mail server needs to. The check stopped reading."),
    N_ ("Check the server name and port: this may not be a mail server. If they are right, report "
        "it to the mail provider."),
  },
  [MW_DIAGNOSIS_RESPONSE_MALFORMED] = {
    "response-malformed",
    MW_SEVERITY_ERROR,
    N_ ("The server’s answer makes no sense"),
    N_ ("The server sent something that does not follow the rules of mail servers, so the check "
        "did not go on. Nothing was guessed."),
    N_ ("Check the server name and port. If they are right, give the server’s words shown in the "
        "details to the mail provider."),
  },
  [MW_DIAGNOSIS_SERVER_BUSY] = {
    "server-busy",
    MW_SEVERITY_ERROR,
    N_ ("The server is busy or under maintenance"),
    N_ ("The server answered that it cannot help at the moment. This is a passing fault of the "
        "server; it does not mean that the password is wrong."),
    N_ ("Wait a few minutes and check again. Leave the settings as they are."),
  },
  [MW_DIAGNOSIS_TLS_HANDSHAKE_FAILED] = {
    "tls-handshake-failed",
    MW_SEVERITY_ERROR,
    N_ ("No encrypted connection could be agreed on"),
    N_ ("The server and this computer could not agree on how to encrypt the connection, or the "
        "server broke it off."),
    N_ ("Check the port and the kind of encryption. If they are right, pass the details on to the "
        "mail provider; a virus scanner that looks into mail can be the cause too."),
  },
  [MW_DIAGNOSIS_TLS_VERSION_TOO_OLD] = {
    "tls-version-too-old",
    MW_SEVERITY_ERROR,
    N_ ("The server’s encryption is outdated"),
    N_ ("The server only knows versions of encryption (TLS) that have been given up because they "
        "can be broken. Current mail programs refuse it as well."),
    N_ ("Ask the operator of the server to switch on TLS 1.2 or newer."),
  },
  [MW_DIAGNOSIS_CERT_EXPIRED] = {
    "cert-expired",
    MW_SEVERITY_ERROR,
    N_ ("The server’s certificate has expired"),
    N_ ("The certificate with which the server proves who it is was valid until a date that has "
        "passed. Usually somebody forgot to renew it."),
    N_ ("Check that this computer’s date and clock are right. If they are, ask the operator of the "
        "server to renew the certificate."),
  },
  [MW_DIAGNOSIS_CERT_NOT_YET_VALID] = {
    "cert-not-yet-valid",
    MW_SEVERITY_ERROR,
    N_ ("The server’s certificate is not valid yet"),
    N_ ("The certificate with which the server proves who it is begins to be valid in the future. "
        "Most often the clock of this computer is wrong."),
    N_ ("Set the date and clock of this computer. If they are right, ask the operator of the "
        "server."),
  },
  [MW_DIAGNOSIS_CERT_UNTRUSTED] = {
    "cert-untrusted",
    MW_SEVERITY_ERROR,
    N_ ("Nobody known vouches for the server’s certificate"),
    N_ ("The certificate was issued by an authority that this computer does not know, or not for a "
        "mail server. Companies and universities run such authorities; a virus scanner or an "
        "attacker on the way looks the same; and some servers forget to send the certificate in "
        "between."),
    N_ ("Ask the operator of the server, by another way than this connection, for the authority’s "
        "certificate, or for the fingerprint shown in the details."),
  },
  [MW_DIAGNOSIS_CERT_SELF_SIGNED] = {
    "cert-self-signed",
    MW_SEVERITY_ERROR,
    N_ ("The server vouches for itself"),
    N_ ("The certificate is signed by the server itself and by nobody else, so it proves nothing "
        "to a stranger. This is common on home and test servers."),
    N_ ("If it is your own server, compare the fingerprint shown in the details with the one on "
        "the server and accept it. Otherwise ask its operator."),
  },
  [MW_DIAGNOSIS_CERT_NAME_MISMATCH] = {
    "cert-name-mismatch",
    MW_SEVERITY_ERROR,
    N_ ("The certificate is for another server name"),
    N_ ("The server proves to be somebody, but not the server whose name is in the settings. "
        "Often the provider uses another name for the same server."),
    N_ ("Use one of the names in the certificate if the mail provider confirms it, or ask the "
        "provider for the right server name."),
  },
  [MW_DIAGNOSIS_CERT_WEAK] = {
    "cert-weak",
    MW_SEVERITY_ERROR,
    N_ ("The server’s certificate is too weak"),
    N_ ("The certificate uses a key or a signature that is too weak to prove anything today."),
    N_ ("Ask the operator of the server for a certificate with a current key and signature."),
  },
  [MW_DIAGNOSIS_CERT_REVOKED] = {
    "cert-revoked",
    MW_SEVERITY_ERROR,
    N_ ("The server’s certificate was withdrawn"),
    N_ ("The authority that issued the certificate has declared it invalid, for example because "
        "its key was stolen. Whoever uses it now may be an impostor."),
    N_ ("Do not type a password for this server. Tell its operator."),
  },
  [MW_DIAGNOSIS_CERT_EXPIRES_SOON] = {
    "cert-expires-soon",
    MW_SEVERITY_WARNING,
    N_ ("The server’s certificate expires soon"),
    N_ ("Everything works today. Most of the certificate’s lifetime is over, and it should have "
        "been renewed by now."),
    N_ ("If you run the server, see whether the automatic renewal works. Otherwise there is "
        "nothing to do yet."),
  },
  [MW_DIAGNOSIS_AUTH_FAILED] = {
    "auth-failed",
    MW_SEVERITY_ERROR,
    N_ ("The server refused the user name or password"),
    N_ ("The connection is fine, but the server does not accept this user name together with "
        "this password. It tells nobody which of the two is wrong."),
    N_ ("Type the password again, and check whether the user name must be the full address. Sign "
        "in on the provider’s web page to see whether the password is right; some providers want "
        "a separate app password for mail programs."),
  },
  [MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED] = {
    "auth-app-password-required",
    MW_SEVERITY_ERROR,
    N_ ("The provider wants an app password"),
    N_ ("The password of the web page does not work in mail programs here. The provider hands out "
        "separate passwords, or codes, for them."),
    N_ ("Create an app password or authorization code on the provider’s web page, and use it "
        "instead of the ordinary password."),
  },
  [MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED] = {
    "auth-oauth2-required",
    MW_SEVERITY_ERROR,
    N_ ("The provider wants a sign-in through its web page"),
    N_ ("This server takes no passwords from mail programs. The program has to open the "
        "provider’s sign-in page (OAuth2)."),
    N_ ("Use a mail program that supports the provider’s sign-in page, and choose OAuth2 there."),
  },
  [MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER] = {
    "auth-disabled-by-provider",
    MW_SEVERITY_ERROR,
    N_ ("Access for mail programs is switched off"),
    N_ ("The account exists, but the provider or an administrator has switched off this kind of "
        "access for it."),
    N_ ("Switch on IMAP, POP3 or SMTP access in the mail settings on the provider’s web page. In a "
        "company or school, ask the administrator."),
  },
  [MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED] = {
    "auth-mechanism-unsupported",
    MW_SEVERITY_ERROR,
    N_ ("No common way to sign in"),
    N_ ("The server offers no way of signing in that this program and these settings allow."),
    N_ ("Set the sign-in method back to automatic. If it is automatic, check whether this is the "
        "right server and port, then ask the mail provider."),
  },
  [MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED] = {
    "auth-plaintext-refused",
    MW_SEVERITY_ERROR,
    N_ ("No sign-in without encryption"),
    N_ ("The connection is not encrypted, so the password was not sent, or the server did not "
        "want it. Anybody on the way could have read it."),
    N_ ("Set the encryption to TLS or STARTTLS."),
  },
  [MW_DIAGNOSIS_AUTH_RATE_LIMITED] = {
    "auth-rate-limited",
    MW_SEVERITY_ERROR,
    N_ ("Too many sign-in attempts"),
    N_ ("The server has blocked signing in for a while, because there were too many attempts or "
        "too many connections at once. This does not mean that the password is wrong."),
    N_ ("Close other mail programs for this account, wait at least 15 minutes, and check again "
        "once."),
  },
  [MW_DIAGNOSIS_LOGIN_LIMITED] = {
    "login-limited",
    MW_SEVERITY_ERROR,
    N_ ("The provider limits this sign-in"),
    N_ ("The password was accepted, but the provider does not open the mailbox to this program or "
        "from this place, because it takes the sign-in for unsafe."),
    N_ ("Sign in on the provider’s web page and confirm or allow the mail program there, then "
        "check again."),
  },
  [MW_DIAGNOSIS_MAILBOX_UNAVAILABLE] = {
    "mailbox-unavailable",
    MW_SEVERITY_ERROR,
    N_ ("Signed in, but the mailbox cannot be opened"),
    N_ ("The server accepted the user name and password and then did not open the inbox. The "
        "account may have no mailbox, or mail access may be switched off for it."),
    N_ ("Check whether mail arrives on the provider’s web page, and whether IMAP or POP3 is "
        "switched on there. Otherwise ask the mail provider."),
  },
  [MW_DIAGNOSIS_SENDER_REJECTED] = {
    "sender-rejected",
    MW_SEVERITY_ERROR,
    N_ ("The server does not let this address send"),
    N_ ("The connection works, but the server refused the sender address. Most servers only allow "
        "addresses that belong to the account."),
    N_ ("Check the mail address and the user name for sending. To send from another address, "
        "confirm it on the provider’s web page first."),
  },
  [MW_DIAGNOSIS_KEYRING_LOCKED] = {
    "keyring-locked",
    MW_SEVERITY_ERROR,
    N_ ("The keyring is locked"),
    N_ ("The stored password could not be read, because the keyring that protects it has not been "
        "unlocked."),
    N_ ("Unlock the keyring, usually with the password of this computer, and check again. The "
        "password can also be typed for this one time."),
  },
  [MW_DIAGNOSIS_KEYRING_ABSENT] = {
    "keyring-absent",
    MW_SEVERITY_ERROR,
    N_ ("There is no keyring on this computer"),
    N_ ("Passwords are kept in the keyring of the desktop, and none is running here or none "
        "answers."),
    N_ ("Install or start a keyring such as GNOME Keyring. Until then the password can be typed "
        "each time; it is not stored anywhere else."),
  },
};

/* In a sandbox that may not talk to the keyring there seems to be none. What helps is another thing
 * than starting one. */
static const DiagnosisRow keyring_forbidden = {
  "keyring-absent",
  MW_SEVERITY_ERROR,
  N_ ("Mailwright may not use the keyring"),
  N_ ("Passwords are kept in the keyring of the desktop. The permission for it was taken away from "
      "this Flatpak."),
  /* Translators: the command is not translated */
  N_ ("flatpak override --user --talk-name=org.freedesktop.secrets "
      "io.github.mailwright.Mailwright gives it back, from the next start on. Until then the "
      "password can be typed each time; it is not stored anywhere else."),
};

static gboolean
is_keyring_forbidden (void)
{
  const MwSandbox *sandbox = mw_sandbox_get_default ();

  return sandbox != NULL && !mw_sandbox_may_talk (sandbox, MW_SANDBOX_KEYRING);
}

static const DiagnosisRow *
get_row (MwDiagnosis diagnosis)
{
  if ((int) diagnosis <= MW_DIAGNOSIS_NONE || diagnosis >= MW_N_DIAGNOSES)
    return NULL;
  if (diagnosis == MW_DIAGNOSIS_KEYRING_ABSENT && is_keyring_forbidden ())
    return &keyring_forbidden;
  return &rows[diagnosis];
}

/**
 * mw_severity_to_string:
 * @severity: a severity
 *
 * Returns: its stable id, never translated
 */
const char *
mw_severity_to_string (MwSeverity severity)
{
  static const char *const ids[] = { "hint", "warning", "error" };

  g_return_val_if_fail ((guint) severity < G_N_ELEMENTS (ids), "error");

  return ids[severity];
}

/**
 * mw_diagnosis_to_id:
 * @diagnosis: a diagnosis
 *
 * Returns: (nullable): its stable id, never translated, or %NULL for %MW_DIAGNOSIS_NONE
 */
const char *
mw_diagnosis_to_id (MwDiagnosis diagnosis)
{
  const DiagnosisRow *row = get_row (diagnosis);

  return row != NULL ? row->id : NULL;
}

/**
 * mw_diagnosis_from_id:
 * @id: (nullable): a stable id
 *
 * Returns: the diagnosis of that id, or %MW_DIAGNOSIS_NONE when there is none
 */
MwDiagnosis
mw_diagnosis_from_id (const char *id)
{
  for (guint i = MW_DIAGNOSIS_NONE + 1; i < MW_N_DIAGNOSES; i++)
    if (g_strcmp0 (rows[i].id, id) == 0)
      return i;

  return MW_DIAGNOSIS_NONE;
}

/**
 * mw_diagnosis_get_severity:
 * @diagnosis: a diagnosis
 *
 * Returns: how much it matters; a hint for %MW_DIAGNOSIS_NONE
 */
MwSeverity
mw_diagnosis_get_severity (MwDiagnosis diagnosis)
{
  const DiagnosisRow *row = get_row (diagnosis);

  return row != NULL ? row->severity : MW_SEVERITY_HINT;
}

/**
 * mw_diagnosis_get_title:
 * @diagnosis: a diagnosis
 *
 * Returns: a short sentence, translated; "" for %MW_DIAGNOSIS_NONE
 */
const char *
mw_diagnosis_get_title (MwDiagnosis diagnosis)
{
  const DiagnosisRow *row = get_row (diagnosis);

  return row != NULL ? _ (row->title) : "";
}

/**
 * mw_diagnosis_get_explanation:
 * @diagnosis: a diagnosis
 *
 * Returns: what it means, in one to three translated sentences; "" for %MW_DIAGNOSIS_NONE
 */
const char *
mw_diagnosis_get_explanation (MwDiagnosis diagnosis)
{
  const DiagnosisRow *row = get_row (diagnosis);

  return row != NULL ? _ (row->explanation) : "";
}

/**
 * mw_diagnosis_get_next_step:
 * @diagnosis: a diagnosis
 *
 * Returns: what to do now, translated; "" for %MW_DIAGNOSIS_NONE
 */
const char *
mw_diagnosis_get_next_step (MwDiagnosis diagnosis)
{
  const DiagnosisRow *row = get_row (diagnosis);

  return row != NULL ? _ (row->next_step) : "";
}
