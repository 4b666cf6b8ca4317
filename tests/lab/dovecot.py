# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Dovecot (2.4): IMAP, POP3, and the SASL service that Postfix asks."""

import base64
import grp
import json
import os
import pwd
import re
import subprocess
import time
import urllib.parse

from lab import https, proc

#: Services that take connections, and the ports that they have when a namespace makes all ports free.
STANDARD_PORTS = {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}

#: What a password may be made of. Every one of them must be able to log in.
ODD_PASSWORDS = {
    "plain": "secret",
    "quotes": "a\"b'c",
    "backslash": "a\\b\\\\",
    "percent": "100%s%n%%",
    "blanks": "two  blanks and one more",
    "edges": " leads and trails ",
    "dollar": "$HOME`id`$(id)",
    "umlaut": "gr\u00fc\u00dfe",
    "cjk": "\u5bc6\u7801\u5f88\u957f",
    "brackets": "{5}(x)[y]<z>",
    "long": "x" * 200,
}

_FOLDERS = {"Drafts": "Drafts", "Sent": "Sent", "Trash": "Trash", "Junk": "Junk", "Archive": "Archive"}


class Dovecot:
    """One Dovecot with everything of its own.

    users: {"name": "password"}; names may be addresses.
    leaf: certs.Leaf for TLS; without one there is no TLS at all.
    services: which of imap imaps pop3 pop3s listen. ports: {"imaps": 993} fixes one; otherwise the kernel
        picks, or, in a namespace, the standard ports are taken.
    addresses: where they listen.
    mechanisms: SASL mechanisms, lower case. cleartext: passwords are also taken without TLS. Dovecot trusts
        a client that has the server's own address all the same: to see LOGINDISABLED listen on 127.0.0.2,
        where clients come from 127.0.0.1 (in a namespace they always do).
    tokens: {"token": "user"} for xoauth2 and oauthbearer.
    special_use: folder names by use; None makes a server without SPECIAL-USE.
    failure_delay: seconds that a refused password waits for its answer.
    settings: lines that are added to the configuration.
    """

    def __init__(
        self,
        area,
        users,
        *,
        leaf=None,
        services=("imap", "imaps", "pop3", "pop3s"),
        ports=None,
        addresses=("127.0.0.1",),
        mechanisms=("plain", "login"),
        cleartext=False,
        tokens=None,
        special_use=_FOLDERS,
        failure_delay=0,
        greeting=None,
        settings="",
        rawlog=False,
        ns=None,
    ):
        self._program, self._doveconf = proc.need_program("dovecot", "doveconf")
        self.area = area
        self.folder = area.folder("dovecot")
        self.users = dict(users)
        self.tokens = dict(tokens or {})
        self.addresses = tuple(addresses)
        self.log_path = self.folder / "log"
        self.auth_socket = self.folder / "auth-client"
        self.leaf = leaf
        self._ns = ns
        self._process = None
        if leaf is None:
            services = [name for name in services if not name.endswith("s")]
        if ns is not None:
            chosen = {name: STANDARD_PORTS[name] for name in services}
        else:
            chosen = dict(zip(services, proc.free_ports(len(services), self.addresses[0])))
        chosen.update({name: port for name, port in (ports or {}).items() if name in services})
        #: The port of each service.
        self.port = chosen
        self.mail_folder = self.folder / "mail"
        self.mail_folder.mkdir()
        self._raw = area.folder("dovecot-raw", 0o777) if rawlog else None
        if proc.is_root():
            nobody = pwd.getpwnam("nobody")
            self.owner = (nobody.pw_uid, nobody.pw_gid)
            os.chown(self.mail_folder, *self.owner)
        else:
            self.owner = (os.getuid(), os.getgid())
        self._introspection = None
        if self.tokens:
            self._introspection = https.Https(area, {}, ns=ns, port=0)
        self._write_users()
        self._conf = self.folder / "dovecot.conf"
        self._conf.write_text(
            self._configuration(mechanisms, cleartext, special_use, failure_delay, greeting, settings)
        )

    def _write_users(self):
        lines = []
        for name, password in self.users.items():
            # Base64 carries every byte of a password through a file whose fields end at a colon.
            secret = base64.b64encode(password.encode()).decode()
            # Dovecot escapes these three in the name that it looks for in the file.
            escaped = re.sub(r"([\\\"'])", r"\\\1", name)
            lines.append(f"{escaped}:{{PLAIN.b64}}{secret}::::::")
        path = self.folder / "users"
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o644)

    def _introspect(self):
        """Answers of the token service: who a token belongs to."""
        answers = {}
        for token, user in self.tokens.items():
            body = json.dumps({"active": True, "email": user, "username": user, "scope": "mail"})
            path = "/token/" + urllib.parse.quote(token, safe="")
            answers[("127.0.0.1", path)] = https.Answer(body, content_type="application/json")
        return answers

    def _configuration(self, mechanisms, cleartext, special_use, failure_delay, greeting, settings):
        uid, gid = self.owner
        raw = f" -R {self._raw}" if self._raw else ""
        wanted = sorted({name.removesuffix("s") for name in self.port})
        version = self._version()
        lines = [
            f"dovecot_config_version = {version}",
            f"dovecot_storage_version = {version}",
            f"base_dir = {self.folder}/run",
            f"state_dir = {self.folder}/state",
            f"log_path = {self.log_path}",
            f"info_log_path = {self.log_path}",
            f"debug_log_path = {self.log_path}",
            'log_timestamp = "%Y-%m-%d %H:%M:%S "',
            f"protocols = {' '.join(wanted)}",
            f"listen = {', '.join(self.addresses)}",
            f"auth_mechanisms = {' '.join(mechanisms)}",
            f"auth_allow_cleartext = {'yes' if cleartext else 'no'}",
            "auth_username_chars =",
            "auth_username_format = %{user}",
            "auth_verbose = yes",
            f"auth_failure_delay = {failure_delay} secs",
            f"first_valid_uid = {min(uid, 500) or 1}",
            f"first_valid_gid = {min(gid, 500) or 1}",
            "mail_driver = maildir",
            f"mail_home = {self.mail_folder}/%{{user}}",
            "mail_path = ~/Maildir",
            f"mail_uid = {uid}",
            f"mail_gid = {gid}",
            "mailbox_list_layout = fs",
            "mail_max_userip_connections = 0",
            "default_vsz_limit = 1G",
            "default_client_limit = 1500",
            "default_process_limit = 400",
            "ssl_server_dh_file =",
        ]
        if self.leaf:
            lines += [
                "ssl = yes",
                f"ssl_server_cert_file = {self.leaf.chain_path}",
                f"ssl_server_key_file = {self.leaf.key_path}",
            ]
        else:
            lines += ["ssl = no"]
        if greeting:
            lines += [f"login_greeting = {greeting}"]
        if not proc.is_root():
            me = pwd.getpwuid(os.getuid()).pw_name
            lines += [f"default_internal_user = {me}", f"default_login_user = {me}"]
            lines += [f"default_internal_group = {grp.getgrgid(os.getgid()).gr_name}"]
        if self.tokens:
            port = self._introspection.port
            lines += [
                "oauth2_introspection_mode = get",
                f"oauth2_introspection_url = http://127.0.0.1:{port}/token/",
                "oauth2_username_attribute = email",
                "oauth2_active_attribute =",
                "passdb oauth2 {",
                "  mechanisms_filter = xoauth2 oauthbearer",
                "}",
            ]
        lines += [
            "passdb passwd-file {",
            f"  passwd_file_path = {self.folder}/users",
            "}",
            "userdb static {",
            "  fields {",
            f"    uid = {uid}",
            f"    gid = {gid}",
            f"    home = {self.mail_folder}/%{{user}}",
            "  }",
            "}",
            "namespace inbox {",
            "  inbox = yes",
            "  separator = /",
        ]
        for use, name in (special_use or {}).items():
            lines += [f'  mailbox "{name}" {{', "    auto = subscribe", f"    special_use = \\{use}", "  }"]
        lines += ["}"]
        for service in ("imap", "pop3"):
            secure = service + "s"
            if service not in wanted:
                continue
            lines += [f"service {service}-login {{"]
            if raw:
                lines += [f"  executable = {service}-login{raw}"]
            if raw or not proc.is_root():
                lines += ["  chroot ="]
            for name in (service, secure):
                port = self.port.get(name, 0)
                lines += [f"  inet_listener {name} {{", f"    port = {port}"]
                if name == secure:
                    lines += ["    ssl = yes"]
                lines += ["  }"]
            lines += ["}"]
        if not proc.is_root():
            lines += ["service anvil {", "  chroot =", "}", "service stats {", "  chroot =", "}"]
        lines += [
            "service auth {",
            f"  unix_listener {self.auth_socket} {{",
            "    mode = 0666",
            "  }",
            "}",
            settings,
        ]
        return "\n".join(lines) + "\n"

    def _version(self):
        words = subprocess.run([self._program, "--version"], capture_output=True, text=True).stdout
        match = re.match(r"(\d+)\.(\d+)\.(\d+)", words)
        if match is None or (int(match[1]), int(match[2])) < (2, 4):
            raise proc.LabError(f"Dovecot 2.4 or later is needed, this is {words.strip()}")
        return match[0]

    # Running it

    def start(self):
        if self._introspection:
            self._introspection.set_answers(self._introspect())
            self._introspection.start()
        self._process = proc.Process(
            self.area, "dovecot", [self._program, "-F", "-c", self._conf], ns=self._ns
        )
        proc.wait_for(
            lambda: "starting up" in self.log(), "Dovecot", alive=self._process
        )
        return self

    def stop(self):
        self._process.stop()

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def mark(self):
        """A place in the log; log_since() gives what came later."""
        return len(self.log())

    def log_since(self, mark):
        return self.log()[mark:]

    def raw(self):
        """Every byte that clients sent before their login was done (needs rawlog=True)."""
        return b"".join(path.read_bytes() for path in sorted(self._raw.glob("*.in")))

    # What happened

    def logins(self, since=0):
        """Good logins so far: [(protocol, user, mechanism, "TLS" or "")]."""
        found = []
        for line in self.log()[since:].splitlines():
            match = re.search(r"(imap|pop3)-login: Info: (?:Login|Logged in): user=<(.*?)>, method=(\S+?),", line)
            if match:
                found.append((match[1], match[2], match[3], "TLS" if re.search(r", TLS\b", line) else ""))
        return found

    def failures(self, since=0, user=None):
        """How many passwords were refused (by Dovecot's own account of each connection, after it ended)."""
        total = 0
        for line in self.log()[since:].splitlines():
            if user is not None and f"user=<{user}>" not in line:
                continue
            match = re.search(r"auth failed, (\d+) attempts", line)
            total += int(match[1]) if match else 0
        return total

    def refusals(self, since=0, user=None):
        """How many times the password check itself said no, at once, and of Postfix's clients too."""
        said_no = re.compile(r"(?i) auth\((.*),[0-9a-f.:]+,sasl:\S+\).*(?:mismatch|unknown user|doesn't match|failed)")
        found = [match[1] for match in map(said_no.search, self.log()[since:].splitlines()) if match]
        return len([name for name in found if user is None or name == user])

    # Mail

    def maildir(self, user, folder="INBOX"):
        base = self.mail_folder / user / "Maildir"
        return base if folder == "INBOX" else base / folder

    def deliver(self, user, message, folder="INBOX"):
        """Puts a message (bytes) into a mail box as if it had arrived."""
        box = self.maildir(user, folder)
        made = []
        for part in (*reversed(box.relative_to(self.mail_folder).parents), box.relative_to(self.mail_folder)):
            made.append(self.mail_folder / part)
        made += [box / "cur", box / "new", box / "tmp"]
        for path in made:
            if not path.exists():
                path.mkdir(mode=0o700)
                os.chown(path, *self.owner)
        name = f"{time.time_ns()}.lab.test"
        target = box / "tmp" / name
        target.write_bytes(message)
        os.chown(target, *self.owner)
        target.rename(box / "new" / name)

    def messages(self, user, folder="INBOX"):
        """The messages in a mail box, oldest first."""
        box = self.maildir(user, folder)
        paths = [path for part in ("new", "cur") for path in (box / part).glob("*")]
        return [path.read_bytes() for path in sorted(paths, key=lambda path: path.name)]

    def wait_for_message(self, user, text, folder="INBOX"):
        """Waits until a message that has text in it is there, and returns it."""
        wanted = text.encode() if isinstance(text, str) else text
        return proc.wait_for(
            lambda: next((m for m in self.messages(user, folder) if wanted in m), None),
            f"a message with {text!r} for {user}",
        )
