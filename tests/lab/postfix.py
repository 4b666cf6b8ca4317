# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Postfix: submission by STARTTLS and by TLS from the first byte, login by Dovecot, delivery to Dovecot."""

import os
import re
import shutil

from lab import proc

STANDARD_PORTS = {"smtp": 25, "submission": 587, "submissions": 465}

_MASTER = """\
pickup     unix  n - n 60 1 pickup
cleanup    unix  n - n - 0 cleanup
qmgr       unix  n - n 300 1 qmgr
tlsmgr     unix  - - n 1000? 1 tlsmgr
rewrite    unix  - - n - - trivial-rewrite
bounce     unix  - - n - 0 bounce
defer      unix  - - n - 0 bounce
trace      unix  - - n - 0 bounce
verify     unix  - - n - 1 verify
flush      unix  n - n 1000? 0 flush
proxymap   unix  - - n - - proxymap
proxywrite unix  - - n - 1 proxymap
smtp       unix  - - n - - smtp
virtual    unix  - n n - - virtual
error      unix  - - n - - error
retry      unix  - - n - - error
discard    unix  - - n - - discard
anvil      unix  - - n - 1 anvil
scache     unix  - - n - 1 scache
postlog    unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """One Postfix with everything of its own; needs root, as Postfix does.

    dovecot: whose users may log in and whose mail boxes receive.
    leaf: certs.Leaf; without one STARTTLS is not on offer and there is no submissions service.
    services: which of smtp submission submissions listen; ports as for Dovecot.
    cleartext: AUTH is offered without TLS as well. auth: False offers none.
    address, addresses: where it listens.
    domains: what is delivered here; other domains are thrown away, so nothing ever leaves.
    settings: {"main.cf name": "value"} added or replaced.
    """

    def __init__(
        self,
        area,
        dovecot,
        *,
        leaf=None,
        services=("smtp", "submission", "submissions"),
        ports=None,
        address="127.0.0.1",
        addresses=None,
        domains=("example.test",),
        cleartext=False,
        auth=True,
        require_tls=True,
        banner=None,
        settings=None,
        ns=None,
    ):
        proc.need_root("Postfix")
        self._program = proc.need_program("postfix")
        self.area = area
        self.addresses = tuple(addresses or [address])
        self._ns = ns
        self._process = None
        self.folder = area.folder("postfix")
        self.log_path = self.folder / "log"
        if leaf is None:
            services = [name for name in services if name != "submissions"]
            require_tls = False
        if ns is not None:
            chosen = {name: STANDARD_PORTS[name] for name in services}
        else:
            chosen = dict(zip(services, proc.free_ports(len(services), self.addresses[0])))
        chosen.update({name: port for name, port in (ports or {}).items() if name in services})
        #: The port of each service.
        self.port = chosen
        for name in ("conf", "queue", "data"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        main = {
            "compatibility_level": "3.6",
            "queue_directory": self.folder / "queue",
            "data_directory": self.folder / "data",
            "command_directory": "/usr/sbin",
            "daemon_directory": "/usr/lib/postfix/sbin",
            "mail_owner": "postfix",
            "setgid_group": "postdrop",
            "maillog_file": self.log_path,
            "maillog_file_prefixes": self.folder,
            "myhostname": "mail.example.test",
            "mydestination": "",
            "mynetworks": "",
            "inet_interfaces": "all",
            "inet_protocols": "all",
            "alias_maps": "",
            "alias_database": "",
            "local_recipient_maps": "",
            "local_transport": "discard:",
            "default_transport": "discard:",
            "relay_transport": "discard:",
            "virtual_mailbox_domains": ", ".join(domains),
            "virtual_transport": "virtual:",
            "virtual_mailbox_base": dovecot.mail_folder,
            "virtual_mailbox_maps": f"regexp:{self.folder}/conf/mailboxes",
            "virtual_mailbox_limit": "0",
            "virtual_minimum_uid": "1",
            "virtual_uid_maps": f"static:{dovecot.owner[0]}",
            "virtual_gid_maps": f"static:{dovecot.owner[1]}",
            "smtputf8_enable": "yes",
            "biff": "no",
            "smtpd_peername_lookup": "no",
            "smtpd_banner": banner or "$myhostname ESMTP",
            "smtpd_sasl_auth_enable": "yes" if auth else "no",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": f"unix:{dovecot.auth_socket}",
            "smtpd_sasl_security_options": "noanonymous",
            "smtpd_tls_auth_only": "no" if cleartext or leaf is None else "yes",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
            "smtpd_recipient_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
            "smtpd_error_sleep_time": "0",
            "smtpd_client_connection_count_limit": "0",
            "smtpd_client_connection_rate_limit": "0",
            "smtpd_tls_loglevel": "1",
            "default_process_limit": "200",
        }
        if leaf is not None:
            main["smtpd_tls_security_level"] = "may"
            main["smtpd_tls_cert_file"] = leaf.chain_path
            main["smtpd_tls_key_file"] = leaf.key_path
        main.update(settings or {})
        conf = self.folder / "conf"
        (conf / "main.cf").write_text("".join(f"{key} = {value}\n" for key, value in main.items()))
        (conf / "mailboxes").write_text(
            "".join(
                # In brackets every character stands for itself; a backslash would make operators of some.
                "/^%s$/ %s/Maildir/\n" % (re.sub(r"([^\w@-])", r"[\1]", user), user)
                for user in dovecot.users
                if re.fullmatch(r"[^\s@/^\\]+@[^\s@/^\\]+", user)
            )
        )
        lines = []
        for name, port in chosen.items():
            options = [f"syslog_name=postfix/{name}"]
            if name == "submission" and require_tls:
                options.append("smtpd_tls_security_level=encrypt")
            if name == "submissions":
                options.append("smtpd_tls_wrappermode=yes")
            words = "".join(f" -o {option}" for option in options)
            for one in self.addresses:
                where = f"[{one}]" if ":" in one else one
                lines.append(f"{where}:{port} inet n - n - - smtpd{words}\n")
        (conf / "master.cf").write_text("".join(lines) + _MASTER)
        # Postfix wants to own what it reads, whatever umask this process was given.
        for path in (conf, conf / "main.cf", conf / "master.cf", conf / "mailboxes", self.folder / "queue"):
            os.chmod(path, 0o755 if path.is_dir() else 0o644)

    def start(self):
        self._process = proc.Process(
            self.area, "postfix", [self._program, "-c", self.folder / "conf", "start-fg"], ns=self._ns
        )
        proc.wait_for(lambda: "daemon started" in self.log(), "Postfix", alive=self._process)
        return self

    def stop(self):
        self._process.stop()

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def mark(self):
        return len(self.log())

    def log_since(self, mark):
        return self.log()[mark:]

    def failures(self, since=0):
        """How many passwords were refused."""
        return len(re.findall(r"SASL \S+ authentication failed", self.log()[since:]))

    def sessions(self, since=0):
        """What each ended session did, by Postfix's own account: [{"ehlo": "1", "auth": "1", ...}]."""
        found = []
        for line in self.log()[since:].splitlines():
            if "disconnect from" in line:
                found.append(dict(re.findall(r" (\w+)=(\S+)", line.split("disconnect from")[1])))
        return found

    def sent(self, since=0):
        """Messages that were taken: [(sasl user, sasl mechanism)]."""
        return [
            (match[2], match[1])
            for match in re.finditer(r"sasl_method=(\S+), sasl_username=(.*?)(?:, |$)", self.log()[since:], re.M)
        ]
