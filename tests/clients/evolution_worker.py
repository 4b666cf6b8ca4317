# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Started by evolution_client: uses one account as Evolution does, with its own libraries, and prints what came of it.

The sources come from the registry, the settings of the services from the sources, the passwords from the very
look-up that Evolution makes before it would ask a person. Where it would ask, this ends with "would ask".
"""

import json
import sys
import threading

import gi

gi.require_version("Camel", "1.2")
gi.require_version("EDataServer", "1.2")
from gi.repository import Camel, EDataServer, GLib  # noqa: E402: the versions come first


class Session(Camel.Session):
    """Logs in with what the keyring has, as Evolution's own session does."""

    __gtype_name__ = "MwTestSession"

    def __init__(self, registry, folder):
        super().__init__(user_data_dir=f"{folder}/data", user_cache_dir=f"{folder}/cache")
        self.registry = registry
        self.asked = []
        self.set_online(True)

    def do_get_filter_driver(self, kind, for_folder):
        return Camel.FilterDriver.new(self)

    def do_authenticate_sync(self, service, mechanism, cancellable):
        source = self.registry.ref_source(service.get_uid())
        provider = EDataServer.SourceCredentialsProvider.new(self.registry)
        try:
            _, credentials = provider.lookup_sync(source, cancellable)
            password = credentials.get("password") if credentials is not None else None
        except GLib.Error:  # no such item: here Evolution opens its question
            password = None
        if password is None:
            self.asked.append(service.get_uid())
            raise GLib.Error("would ask", "mw-test", 1)
        service.set_password(password)
        result = service.authenticate_sync(mechanism, cancellable)
        if result != Camel.AuthenticationResult.ACCEPTED:
            self.asked.append(service.get_uid())
            raise GLib.Error("password refused", "mw-test", 2)
        return True


def open_service(session, source, kind, extension):
    name = source.get_extension(extension).get_backend_name()
    service = session.add_service(source.get_uid(), name, kind)
    source.camel_configure_service(service)
    if isinstance(service, Camel.OfflineStore):
        service.set_online_sync(True, None)
    service.connect_sync(None)
    return service


def has_folder(store, name):
    try:
        return store.get_folder_sync(name, 0, None) is not None
    except GLib.Error:
        return False


def use(registry, job):
    result = {}
    session = Session(registry, job["folder"])
    account = registry.ref_source(job["account"])
    if account is None:
        raise LookupError("the registry has no such account")
    mail_account = account.get_extension(EDataServer.SOURCE_EXTENSION_MAIL_ACCOUNT)
    identity = registry.ref_source(mail_account.get_identity_uid())
    try:
        if "list" in job["do"]:
            store = open_service(
                session, account, Camel.ProviderType.STORE, EDataServer.SOURCE_EXTENSION_MAIL_ACCOUNT
            )
            pop = mail_account.get_backend_name() == "pop"
            if not pop:
                # The listing itself is a chain of structures that Python cannot follow; asking by name can.
                store.get_folder_info_sync(None, Camel.StoreGetFolderInfoFlags.RECURSIVE, None)
                result["folders"] = [name for name in job["folders"] if has_folder(store, name)]
            inbox = store.get_inbox_folder_sync(None)
            inbox.refresh_info_sync(None)
            # Camel's list of IMAP messages belongs to its own loop; the messages can be had by their numbers.
            uids = inbox.get_uids() if pop else map(str, range(1, job["messages"] + 1))
            result["subjects"] = [inbox.get_message_sync(one, None).get_subject() for one in uids]
            store.disconnect_sync(True, None)
        if "send" in job["do"]:
            submission = identity.get_extension(EDataServer.SOURCE_EXTENSION_MAIL_SUBMISSION)
            transport = registry.ref_source(submission.get_transport_uid())
            service = open_service(
                session, transport, Camel.ProviderType.TRANSPORT, EDataServer.SOURCE_EXTENSION_MAIL_TRANSPORT
            )
            who = identity.get_extension(EDataServer.SOURCE_EXTENSION_MAIL_IDENTITY)
            sender = Camel.InternetAddress.new()
            sender.add(who.get_name(), who.get_address())
            recipient = Camel.InternetAddress.new()
            recipient.add("", job["to"])
            message = Camel.MimeMessage.new()
            message.set_from(sender)
            message.set_recipients("To", recipient)
            message.set_subject(job["subject"])
            Camel.MimePart.set_content(message, b"Hello\r\n", "text/plain")
            service.send_to_sync(message, sender, recipient, None)
            service.disconnect_sync(True, None)
            result["sent"] = True
    except GLib.Error as error:
        result["error"] = error.message
    result["asked"] = session.asked
    return result


def main():
    job = json.loads(sys.argv[1])
    # The registry may be slow to start on a busy machine, and answers when it is ready.
    registry = EDataServer.SourceRegistry.new_sync(None)
    Camel.init(job["folder"], False)
    if "sources" in job["do"]:
        print(json.dumps({source.get_uid(): source.to_string()[0] for source in registry.list_sources(None)}))
        return
    loop = GLib.MainLoop()
    answer = []

    def work():
        try:
            answer.append(use(registry, job))
        except Exception as error:
            answer.append({"error": f"{type(error).__name__}: {error}", "asked": []})
        GLib.idle_add(loop.quit)

    threading.Thread(target=work, daemon=True).start()
    loop.run()
    print(json.dumps(answer[0]))
    sys.stdout.flush()


main()
