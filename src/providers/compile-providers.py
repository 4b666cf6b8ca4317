#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the provider files and joins them into one C file of constant data.

    compile-providers.py --check DIR
    compile-providers.py --output FILE.c --depfile FILE.d DIR

DIR holds one key file a provider, and shared/errors.ini and shared/gateways.ini. The format is
described at the top of mw-provider-loader.c. Any fault is an error with file and group: what is
wrong in the data must not reach a person's mailbox settings. Every text has to be there in every
language of po/LINGUAS. Exit status 1: faults were found.
"""

import argparse
import datetime
import ipaddress
import pathlib
import re
import sys

PROTOCOLS = {"imap": 1, "pop3": 2, "smtp": 3}  # the values of MwProtocol
SECURITIES = {"tls": 0, "starttls": 1, "none": 2}  # of MwSecurity
SERVICES = {"mailbox": 0, "sending-only": 1, "none": 2}  # of MwProviderService
CONFIDENCES = {"high": 0, "medium": 1, "low": 2}  # of MwProviderConfidence
GATEWAY = 0xFFFF  # MW_PROVIDER_GATEWAY
KINDS = {"server": 0, "other": 1, "wrong": 2}  # of MwProviderHostKind

AUTHENTICATIONS = {
    "password",
    "app-password",
    "authorization-code",
    "client-password",
    "oauth2",
    "smtp-credentials",
    "bridge-password",
}
QUIRKS = {
    "admin-allows",
    "closing",
    "drops-after-refusal",
    "guessed-hosts",
    "local-bridge",
    "needs-imap-id",
    "only-plain-listed",
    "paid-plan",
    "region-in-host",
    "smtp-without-login",
    "starttls-only-submission",
    "switch-on-first",
    "tor-only",
    "username-may-differ",
}
# The diagnoses that the words of a server can carry; their full table is in src/model.
DIAGNOSES = {
    "connection-refused",
    "server-busy",
    "auth-failed",
    "auth-app-password-required",
    "auth-oauth2-required",
    "auth-disabled-by-provider",
    "auth-mechanism-unsupported",
    "auth-plaintext-refused",
    "auth-rate-limited",
    "login-limited",
    "mailbox-unavailable",
    "sender-rejected",
}
# What a port means: pairs that work everywhere. Any other pair needs Unusual=true.
USUAL = {
    "imap": {993: {"tls"}, 143: {"starttls", "none"}},
    "pop3": {995: {"tls"}, 110: {"starttls", "none"}},
    "smtp": {465: {"tls"}, 587: {"starttls", "none"}, 25: {"starttls", "none"}},
}
# Ports that belong to one protocol, where another protocol is certainly a slip of the pen.
OWNER = {
    143: "imap",
    993: "imap",
    110: "pop3",
    995: "pop3",
    25: "smtp",
    465: "smtp",
    587: "smtp",
    2525: "smtp",
}
NEVER_TLS = {25, 110, 143}

LINGUAS = pathlib.Path(__file__).resolve().parents[2] / "po" / "LINGUAS"


def read_languages(path):
    """The languages of a file like po/LINGUAS."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(language for line in lines for language in line.partition("#")[0].split())


LANGUAGES = read_languages(LINGUAS)  # every text has to be there in each of these
TEXT_LIMIT = 700
MAX_AGE = datetime.timedelta(days=3 * 365)

PROVIDER_KEYS = {
    "Name",
    "Region",
    "Domains",
    "MX",
    "Service",
    "Username",
    "SmtpUsername",
    "Auth",
    "PasswordPattern",
    "OtherPasswordPattern",
    "PasswordBlanks",
    "PasswordHint",
    "Regions",
    "OtherHosts",
    "WrongHosts",
    "Quirks",
    "Prepare",
    "Help",
    "Confidence",
    "Checked",
    "Source",
}
TRANSLATABLE = {"Name", "PasswordHint", "Prepare", "Text"}
SERVER_KEYS = {"Host", "Port", "Security", "Unusual"}
NOTE_KEYS = {"Text"}
ERROR_KEYS = {"Match", "Protocol", "Diagnosis", "Text"}

LABEL = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)$")
PATTERN_LABEL = re.compile(r"^[a-z0-9_-]*\*?[a-z0-9_-]*$")
IDEOGRAPH = re.compile("[\u3400-\u9fff]")
FULL_WIDTH_WANTED = re.compile("[\u3400-\u9fff\u201c\u201d][,;:?!()]|[,;:?!()][\u3400-\u9fff\u201c\u201d]")
SENTENCE = re.compile("[.!?\u3002\uff01\uff1f]$")

# What the texts of a language ("" is the one of the sources) must have (True) or must not have, and
# the complaint if not. A language that is not named here keeps the rules that all have.
MANNERS = {
    "": (
        (re.compile("[.!?]$"), True, "does not end as a sentence does"),
        (IDEOGRAPH, False, "is not English"),
    ),
    "de": (
        (re.compile("[.!?]$"), True, "does not end as a sentence does"),
        (IDEOGRAPH, False, "is not German"),
        (re.compile("[\"\u201d]|^[^\u201e]*\u201c|\u201e[^\u201c]*(\u201e|$)"), False, "has other quotation marks than „…“"),
    ),
    "zh_CN": (
        (re.compile("[\u3002\uff01\uff1f]$"), True, "does not end as a sentence does"),
        (IDEOGRAPH, True, "is not Chinese"),
        (FULL_WIDTH_WANTED, False, "has half-width punctuation beside Chinese"),
    ),
}
MANNERS_OF_OTHERS = ((SENTENCE, True, "does not end as a sentence does"),)


class Faults:
    """Collects what is wrong, so that one run shows everything."""

    def __init__(self):
        self.errors = []
        self.warnings = []

    def error(self, where, text):
        self.errors.append(f"{where}: {text}")

    def warn(self, where, text):
        self.warnings.append(f"{where}: {text}")


def read_key_file(path, faults):
    """Returns {group: {key: value}}; values with the escapes of a GKeyFile still in them."""
    groups = {}
    current = None
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        faults.error(path.name, f"cannot be read: {error}")
        return None
    if "\0" in text or "\r" in text:
        faults.error(path.name, "holds a NUL or a carriage return")
        return None
    for tag in ("SPDX-FileCopyrightText:", "SPDX-License-Identifier: MPL-2.0"):
        if tag not in text:
            faults.error(path.name, f"lacks the line {tag}")
    for number, line in enumerate(text.split("\n"), 1):
        where = f"{path.name}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        group = re.match(r"^\[([^\[\]]+)\]$", line)
        if group:
            if group[1] in groups:
                faults.error(where, f"group [{group[1]}] is there twice")
            current = groups.setdefault(group[1], {})
            continue
        pair = re.match(r"^([A-Za-z0-9]+(?:\[[A-Za-z_@.]+\])?)=(.*)$", line)
        if not pair or current is None:
            faults.error(where, "is neither a group nor a key with a value")
            continue
        if pair[1] in current:
            faults.error(where, f"{pair[1]} is there twice")
        if pair[2] != pair[2].strip() or not pair[2]:
            faults.error(where, f"{pair[1]} is empty or has blanks around its value")
        current[pair[1]] = pair[2]
    return groups


def unescape(value, where, faults):
    out = []
    escapes = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    position = 0
    while position < len(value):
        if value[position] != "\\":
            out.append(value[position])
            position += 1
            continue
        following = value[position + 1 : position + 2]
        if following not in escapes:
            faults.error(where, f"unknown escape \\{following}")
            return value
        out.append(escapes[following])
        position += 2
    return "".join(out)


def split_list(value, where, faults):
    items = []
    for item in re.findall(r"((?:[^;\\]|\\.)*);?", value):
        if item:
            items.append(unescape(item.replace("\\;", ";"), where, faults))
    for item in items:
        if item != item.strip():
            faults.error(where, f"blanks around {item!r}")
    if len(items) != len(set(items)):
        faults.error(where, "an item is there twice")
    return items


def is_host(host):
    if len(host) > 253:
        return False
    try:
        ipaddress.ip_address(host)
        return True
    except ValueError:
        pass
    labels = host.split(".")
    return all(LABEL.match(label) for label in labels) and not labels[-1].isdigit()


def is_domain(domain, quirks):
    base = domain[2:] if domain.startswith("*.") else domain
    # A program on this computer may serve a domain of one label, as Yggmail does.
    dots = "." in base or (base == domain and "local-bridge" in quirks)
    return is_host(base) and dots and not re.fullmatch(r"[0-9.]+", base)


def pattern_fault(pattern):
    """Why PATTERN is no host pattern, or None."""
    labels = pattern.split(".")
    if len(pattern) > 253 or not all(labels) or not all(PATTERN_LABEL.match(x) for x in labels):
        return "is no host pattern (one * a label, lower case, whole labels)"
    literal = 0
    for label in reversed(labels):
        if "*" in label:
            break
        literal += 1
    if literal < 2:
        return "must end in two labels without *"
    if not all(LABEL.match(label.replace("*", "x")) for label in labels):
        return "is no host pattern"
    return None


def pattern_matches(pattern, host):
    wanted = pattern.split(".")[::-1]
    given = host.split(".")[::-1]
    if wanted[-1] == "*" and len(wanted) > 1:
        if len(given) < len(wanted):
            return False
        given = given[: len(wanted) - 1]
        wanted = wanted[:-1]
    if len(wanted) != len(given):
        return False
    for label, text in zip(wanted, given):
        before, star, after = label.partition("*")
        if not star:
            if label != text:
                return False
        elif (
            len(text) < len(before) + len(after)
            or not text.startswith(before)
            or not text.endswith(after)
        ):
            return False
    return True


def pattern_key(pattern):
    labels = pattern.split(".")
    for index in range(len(labels) - 1, -1, -1):
        if "*" in labels[index]:
            return ".".join(labels[index + 1 :])
    return pattern


def password_pattern_fault(pattern):
    """The small language of mw-password-pattern.c: characters or [classes], each with {n}, {n,m},
    ? or +. What varies in length must not be followed by something that it could swallow."""
    element = re.compile(r"(\[(?:[!-Z^-~]-[!-Z^-~]|[!-Z^-~])+\]|[!-Z^-z|~])(\{\d+(?:,\d+)?\}|\?|\+)?")
    position = 0
    previous = None
    while position < len(pattern):
        match = element.match(pattern, position)
        if not match or match[1] in "]{}()?+*.|^$":
            return f"cannot be understood from character {position + 1} on"
        count = match[2] or "{1}"
        bounds = [int(x) for x in re.findall(r"\d+", count)]
        if len(bounds) == 2 and bounds[0] > bounds[1] or any(x > 200 for x in bounds):
            return f"has an impossible count {count}"
        characters = {chr(c) for c in range(33, 127) if re.fullmatch(match[1] if match[1][0] == "[" else re.escape(match[1]), chr(c))}
        if previous and previous & characters:
            return "repeats a class without an end"
        previous = characters if count in "?+" or len(bounds) == 2 else None
        position = match.end()
    return None


def fold_error_text(text):
    """As mw_provider_fold_error_text() does."""
    lower = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)
    return re.sub(r"[\x00-\x20\x7f-]+", " ", lower).strip(" ")


def check_text(where, key, values, faults):
    """VALUES: the keys of one group. Returns [(language, text)], the default first."""
    result = []
    for language in ("", *LANGUAGES):
        name = f"{key}[{language}]" if language else key
        if name not in values:
            faults.error(where, f"{name} is missing: every text is there in every language")
            continue
        text = unescape(values[name], where, faults)
        result.append((language, text))
        if len(text) > TEXT_LIMIT:
            faults.error(where, f"{name} is longer than {TEXT_LIMIT} characters")
        if any(ord(c) < 32 or ord(c) == 127 for c in text) or "  " in text:
            faults.error(where, f"{name} holds a control character or two blanks in a row")
        if language and values[name] == values.get(key):
            faults.error(where, f"{name} is not translated")
        for pattern, wanted, complaint in MANNERS.get(language, MANNERS_OF_OTHERS):
            if (pattern.search(text) is not None) != wanted:
                faults.error(where, f"{name} {complaint}")
    return result


def check_name(where, values, region, faults):
    result = []
    for key, value in values.items():
        if key == "Name" or key.startswith("Name["):
            text = unescape(value, where, faults)
            if len(text) > 60 or any(ord(c) < 32 for c in text):
                faults.error(where, f"{key} is too long or holds a control character")
            result.append((key[5:-1], text))
    result.sort()
    if not result or result[0][0]:
        faults.error(where, "Name is missing")
    if region == "cn" and "zh_CN" not in dict(result):
        faults.error(where, "Name[zh_CN] is missing: providers in China have one")
    return result


def check_keys(where, values, allowed, faults):
    for key in values:
        name, _, language = key.partition("[")
        language = language.rstrip("]")
        if name not in allowed or (language and name not in TRANSLATABLE):
            faults.error(where, f"unknown key {key}")
        elif language and language not in LANGUAGES:
            faults.error(where, f"unknown language in {key}")


def need(where, values, key, allowed, faults):
    value = values.get(key)
    if value is None:
        faults.error(where, f"{key} is missing")
    elif allowed is not None and value not in allowed:
        faults.error(where, f"{key}={value} is not one of {', '.join(sorted(allowed))}")
        return None
    return value


def numbered(groups, prefix, where, faults):
    found = []
    for group in groups:
        match = re.match(rf"^{prefix} ([1-9][0-9]*)$", group)
        if match:
            found.append(int(match[1]))
    if sorted(found) != list(range(1, len(found) + 1)):
        faults.error(where, f"[{prefix} n] is not numbered 1, 2, 3 ...")
    return [groups[f"{prefix} {n}"] for n in sorted(found)]


def check_errors(groups, where, faults):
    rows = []
    seen = set()
    for number, values in enumerate(numbered(groups, "Error", where, faults), 1):
        here = f"{where} [Error {number}]"
        check_keys(here, values, ERROR_KEYS, faults)
        matches = [fold_error_text(x) for x in split_list(values.get("Match", ""), here, faults)]
        if not matches or not all(len(x) > 2 for x in matches):
            faults.error(here, "Match is missing or shorter than three characters")
        protocol = values.get("Protocol")
        if protocol is not None and protocol not in PROTOCOLS:
            faults.error(here, f"unknown protocol {protocol}")
        for match in matches:
            if (match, protocol) in seen:
                faults.error(here, f"{match!r} is there twice")
            seen.add((match, protocol))
        rows.append(
            {
                "matches": matches,
                "protocol": PROTOCOLS.get(protocol, 0),
                "diagnosis": need(here, values, "Diagnosis", DIAGNOSES, faults) or "",
                "text": check_text(here, "Text", values, faults),
            }
        )
    return rows


def check_server(where, protocol, values, provider, faults):
    check_keys(where, values, SERVER_KEYS, faults)
    host = need(where, values, "Host", None, faults) or ""
    security = need(where, values, "Security", SECURITIES, faults)
    port = values.get("Port", "")
    unusual = values.get("Unusual") == "true"
    if values.get("Unusual", "true") != "true":
        faults.error(where, "Unusual is true or not there")
    plain = host.replace("{domain}", "example.org").replace("{region}", "region-1")
    if not is_host(plain) or host != host.lower() or host.startswith("{region}"):
        faults.error(where, f"{host} is no host name")
    if "{domain}" in host and not provider["domains"] and "guessed-hosts" not in provider["quirks"]:
        faults.error(where, "{domain} needs domains, or the quirk guessed-hosts")
    if "{region}" in host and not provider["regions"]:
        faults.error(where, "{region} needs Regions")
    if not re.fullmatch(r"[1-9][0-9]{0,4}", port) or int(port) > 65535:
        faults.error(where, f"Port={port} is no port")
        return None
    port = int(port)
    if security is None:
        return None
    usual = security in USUAL[protocol].get(port, ())
    if OWNER.get(port, protocol) != protocol:
        faults.error(where, f"{protocol} never uses port {port}")
    elif port in NEVER_TLS and security == "tls":
        faults.error(where, f"port {port} never begins with TLS")
    elif not usual and not unusual:
        faults.error(where, f"port {port} with {security} is odd: Unusual=true if it is right")
    elif usual and unusual:
        faults.error(where, "Unusual=true, but nothing is unusual")
    return {
        "host": host,
        "port": port,
        "protocol": PROTOCOLS[protocol],
        "security": SECURITIES[security],
        "unusual": int(unusual),
    }


def check_provider(path, today, faults):
    groups = read_key_file(path, faults)
    if groups is None:
        return None
    where = path.name
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", path.stem):
        faults.error(where, "the file name is no id")
    if "Provider" not in groups:
        faults.error(where, "[Provider] is missing")
        return None
    for group in groups:
        if group != "Provider" and not re.fullmatch(r"(IMAP|POP3|SMTP|Note|Error) [1-9][0-9]*", group):
            faults.error(where, f"unknown group [{group}]")
    values = groups["Provider"]
    check_keys(where, values, PROVIDER_KEYS, faults)

    def listed(key):
        return split_list(values.get(key, ""), f"{where} {key}", faults)

    provider = {
        "id": path.stem,
        "region": values.get("Region", ""),
        "name": check_name(where, values, values.get("Region"), faults),
        "service": SERVICES.get(need(where, values, "Service", SERVICES, faults), 0),
        "confidence": CONFIDENCES.get(need(where, values, "Confidence", CONFIDENCES, faults), 0),
        "domains": listed("Domains"),
        "mx": listed("MX"),
        "usernames": listed("Username"),
        "smtp-usernames": listed("SmtpUsername"),
        "authentications": listed("Auth"),
        "regions": listed("Regions"),
        "other-hosts": listed("OtherHosts"),
        "wrong-hosts": listed("WrongHosts"),
        "quirks": listed("Quirks"),
        "sources": listed("Source"),
        "help": values.get("Help", ""),
        "checked": values.get("Checked", ""),
        "password-pattern": values.get("PasswordPattern", ""),
        "other-password-pattern": values.get("OtherPasswordPattern", ""),
        "blanks-ignored": int(values.get("PasswordBlanks") == "ignore"),
        "prepare": [],
        "password-hint": [],
        "servers": [],
    }

    if "Region" in values and not re.fullmatch(r"[a-z][a-z-]{1,11}", values["Region"]):
        faults.error(where, f"Region={values['Region']} is no region")
    for key in ("domains", "mx", "other-hosts", "wrong-hosts", "quirks"):
        if provider[key] != sorted(provider[key]):
            faults.error(where, f"{key} are not sorted")
    for domain in provider["domains"]:
        if not is_domain(domain, provider["quirks"]):
            faults.error(where, f"{domain} is no domain in lower case A-labels")
    for key in ("mx", "other-hosts", "wrong-hosts"):
        for pattern in provider[key]:
            fault = pattern_fault(pattern)
            if fault:
                faults.error(where, f"{key}: {pattern} {fault}")
    for form in provider["usernames"] + provider["smtp-usernames"]:
        if form not in ("full", "local", "custom") and not (
            "{local}" in form
            and re.fullmatch(r"[a-z0-9.@_+-]*", form.replace("{local}", "").replace("{domain}", ""))
        ):
            faults.error(where, f"Username={form} is no form of a user name")
    for quirk in provider["quirks"]:
        if quirk not in QUIRKS:
            faults.error(where, f"unknown quirk {quirk}")
    for name in provider["authentications"]:
        if name not in AUTHENTICATIONS:
            faults.error(where, f"unknown authentication {name}")
    for region in provider["regions"]:
        if not LABEL.match(region):
            faults.error(where, f"{region} is no region of a host name")
    for key in ("password-pattern", "other-password-pattern"):
        fault = password_pattern_fault(provider[key])
        if fault:
            faults.error(where, f"{key} {fault}")
    if values.get("PasswordBlanks", "ignore") != "ignore":
        faults.error(where, "PasswordBlanks is ignore or not there")
    if provider["password-pattern"]:
        provider["password-hint"] = check_text(where, "PasswordHint", values, faults)
    elif any(key in values for key in ("PasswordHint", "PasswordBlanks", "OtherPasswordPattern")):
        faults.error(where, "a password hint without a pattern")
    if any(key.startswith("Prepare") for key in values):
        provider["prepare"] = check_text(where, "Prepare", values, faults)
        if not provider["help"]:
            faults.error(where, "Prepare without Help: the person needs a page to look at")
    if provider["help"] and not re.fullmatch(
        r"https://[a-z0-9.-]+\.[a-z]+(/[^\s\"<>\\^`{}|]*)?|http://[a-z2-7]{56}\.onion/?", provider["help"]
    ):
        faults.error(where, f"Help={provider['help']} is no https link")
    try:
        checked = datetime.date.fromisoformat(provider["checked"])
        if today is not None and checked > today + datetime.timedelta(days=1):
            faults.error(where, "Checked is in the future")
        elif today is not None and today - checked > MAX_AGE:
            faults.warn(where, f"was last checked on {checked}")
    except ValueError:
        faults.error(where, "Checked is missing or no date (YYYY-MM-DD)")
    if not provider["sources"]:
        faults.error(where, "Source is missing")

    for protocol in PROTOCOLS:
        for number, group in enumerate(numbered(groups, protocol.upper(), where, faults), 1):
            server = check_server(
                f"{where} [{protocol.upper()} {number}]", protocol, group, provider, faults
            )
            if server in provider["servers"]:
                faults.error(where, f"[{protocol.upper()} {number}] repeats an earlier server")
            if server:
                provider["servers"].append(server)
    kinds = {server["protocol"] for server in provider["servers"]}
    if provider["service"] == SERVICES["none"] and (kinds or provider["authentications"]):
        faults.error(where, "Service=none, but there are servers or authentications")
    if provider["service"] == SERVICES["sending-only"] and kinds != {PROTOCOLS["smtp"]}:
        faults.error(where, "Service=sending-only has SMTP servers and no others")
    if provider["service"] == SERVICES["mailbox"] and kinds == {PROTOCOLS["smtp"]}:
        faults.error(where, "a mailbox needs IMAP or POP3")
    if provider["service"] != SERVICES["none"] and not (
        provider["usernames"] and provider["authentications"]
    ):
        faults.error(where, "Username and Auth are needed")
    own = {server["host"] for server in provider["servers"]} | set(provider["other-hosts"])
    for host in provider["wrong-hosts"]:
        if host in own:
            faults.error(where, f"{host} is both right and wrong")
    for pattern in provider["mx"]:
        if pattern in own:
            faults.error(where, f"{pattern} takes mail from other servers and cannot be a server here")

    provider["notes"] = []
    for number, group in enumerate(numbered(groups, "Note", where, faults), 1):
        here = f"{where} [Note {number}]"
        check_keys(here, group, NOTE_KEYS, faults)
        provider["notes"].append(check_text(here, "Text", group, faults))
    provider["errors"] = check_errors(groups, where, faults)
    return provider


def check_together(providers, gateways, faults):
    """The rules that hold between files."""
    domains = {}
    patterns = {}
    for provider in providers:
        where = f"{provider['id']}.ini"
        for domain in provider["domains"]:
            if domain in domains:
                faults.error(where, f"domain {domain} is in {domains[domain]} too")
            domains[domain] = where
        for pattern in provider["mx"]:
            if pattern in patterns:
                faults.error(where, f"MX {pattern} is in {patterns[pattern]} too")
            patterns[pattern] = where
            sample = pattern.replace("*", "x")
            for gateway in gateways:
                if pattern_matches(gateway, sample):
                    faults.error(where, f"MX {pattern} belongs to a gateway ({gateway})")


def load(directory, today, faults):
    paths = sorted(directory.glob("*.ini"))
    if not paths:
        faults.error(str(directory), "holds no provider")
    providers = [check_provider(path, today, faults) for path in paths]
    providers = [provider for provider in providers if provider]
    gateways = []
    errors = []
    extra = [directory / "shared" / "gateways.ini", directory / "shared" / "errors.ini"]
    groups = read_key_file(extra[0], faults) or {}
    if set(groups) != {"Gateways"} or set(groups["Gateways"]) != {"MX"}:
        faults.error("gateways.ini", "has one group [Gateways] with one key MX")
    else:
        gateways = split_list(groups["Gateways"]["MX"], "gateways.ini", faults)
        for pattern in gateways:
            fault = pattern_fault(pattern)
            if fault:
                faults.error("gateways.ini", f"{pattern} {fault}")
    groups = read_key_file(extra[1], faults) or {}
    for group in groups:
        if not re.fullmatch(r"Error [1-9][0-9]*", group):
            faults.error("errors.ini", f"unknown group [{group}]")
    errors = check_errors(groups, "errors.ini", faults)
    check_together(providers, gateways, faults)
    return providers, gateways, errors, [*paths, *extra, LINGUAS]


class Strings:
    """The one block of strings; equal ones are stored once."""

    def __init__(self):
        self.chunks = [b"\0\0"]
        self.size = 2
        self.known = {b"\0": 0, b"\0\0": 0}

    def add(self, data):
        if data not in self.known:
            self.known[data] = self.size
            self.chunks.append(data)
            self.size += len(data)
        return self.known[data]

    def string(self, text):
        return self.add(text.encode() + b"\0")

    def list(self, items):
        return self.add(b"".join(item.encode() + b"\0" for item in items) + b"\0") if items else 0

    def text(self, pairs):
        if not pairs:
            return 0
        parts = [pairs[0][1]]
        for language, text in pairs[1:]:
            parts += [language, text]
        return self.list(parts)


def c_string(data):
    out = []
    for byte in data:
        if 32 <= byte < 127 and byte not in b'"\\?':
            out.append(chr(byte))
        else:
            out.append(f"\\{byte:03o}")
    return "".join(out)


LISTS = (
    "domains",
    "mx",
    "sources",
    "authentications",
    "usernames",
    "smtp-usernames",
    "regions",
    "other-hosts",
    "wrong-hosts",
    "quirks",
)  # in the order of MwProviderListId


def host_patterns(provider):
    """Yields (pattern, protocols, kind) for every server name that tells this provider."""
    found = {}
    for server in provider["servers"]:
        hosts = [server["host"].replace("{region}", "*")]
        if "{domain}" in server["host"]:
            hosts = [
                server["host"].replace("{domain}", domain)
                for domain in provider["domains"]
                if not domain.startswith("*.")
            ]
        for host in hosts:
            if "." in host and not re.fullmatch(r"[0-9.]+", host):
                found[host] = found.get(host, 0) | 1 << server["protocol"]
    for host, protocols in found.items():
        yield host, protocols, KINDS["server"]
    for host in provider["other-hosts"]:
        yield host, 0, KINDS["other"]
    for host in provider["wrong-hosts"]:
        yield host, 0, KINDS["wrong"]


def sort_patterns(rows):
    """ROWS: (pattern, provider, protocols, kind); see MwProviderPatternRecord for the order."""
    return sorted(
        rows,
        key=lambda row: (
            pattern_key(row[0]).encode(),
            -len(row[0].replace("*", "")),
            row[3],
            row[0].encode(),
            row[1],
        ),
    )


def emit(providers, gateways, common):
    strings = Strings()
    records, servers, notes, errors = [], [], [], []
    domains, mx, hosts = [], [], []
    for index, provider in enumerate(providers):
        first = (len(servers), len(notes), len(errors))
        for server in provider["servers"]:
            servers.append(
                f"{{ {strings.string(server['host'])}, {server['port']}, {server['protocol']}, "
                f"{server['security']}, {server['unusual']} }}"
            )
        for note in provider["notes"]:
            notes.append(str(strings.text(note)))
        errors += provider["errors"]
        domains += [(domain, index) for domain in provider["domains"]]
        mx += [(pattern, index, 0, 0) for pattern in provider["mx"]]
        hosts += [(pattern, index, bits, kind) for pattern, bits, kind in host_patterns(provider)]
        fields = [
            *(
                strings.string(provider[key])
                for key in (
                    "id",
                    "region",
                    "help",
                    "checked",
                    "password-pattern",
                    "other-password-pattern",
                )
            ),
            *(strings.text(provider[key]) for key in ("name", "prepare", "password-hint")),
            "{ " + ", ".join(str(strings.list(provider[key])) for key in LISTS) + " }",
            *first,
            len(provider["servers"]),
            len(provider["notes"]),
            len(provider["errors"]),
            provider["service"],
            provider["confidence"],
            provider["blanks-ignored"],
        ]
        records.append("{ " + ", ".join(str(field) for field in fields) + " }")
    first_common = len(errors)
    errors += common
    error_rows = [
        f"{{ {strings.list(row['matches'])}, {strings.string(row['diagnosis'])}, "
        f"{strings.text(row['text'])}, {row['protocol']} }}"
        for row in errors
    ]
    domain_rows = [
        f"{{ {strings.string(domain)}, {index} }}"
        for domain, index in sorted(domains, key=lambda row: row[0].encode())
    ]

    def pattern_rows(rows):
        return [
            f"{{ {strings.string(pattern_key(pattern))}, {strings.string(pattern)}, {index}, "
            f"{bits}, {kind} }}"
            for pattern, index, bits, kind in sort_patterns(rows)
        ]

    mx_rows = pattern_rows(mx + [(pattern, GATEWAY, 0, 0) for pattern in gateways])
    host_rows = pattern_rows(hosts)

    def table(kind, name, rows):
        body = "\n".join(f"  {row}," for row in rows or ["{ 0 }" if kind != "MwProviderText" else "0"])
        return f"static const {kind} {name}[] = {{\n{body}\n}};\n\n"

    out = [
        "/* Made by compile-providers.py from data/providers. */\n\n"
        '#include "providers/mw-provider-image.h"\n\n'
        "static const char strings[] =\n"
    ]
    out += [f'  "{c_string(chunk)}"\n' for chunk in strings.chunks]
    out.append("  ;\n\n")
    out.append(table("MwProviderRecord", "providers", records))
    out.append(table("MwProviderServerRecord", "servers", servers))
    out.append(table("MwProviderText", "notes", notes))
    out.append(table("MwProviderErrorRecord", "errors", error_rows))
    out.append(table("MwProviderDomainRecord", "domains", domain_rows))
    out.append(table("MwProviderPatternRecord", "mx", mx_rows))
    out.append(table("MwProviderPatternRecord", "hosts", host_rows))
    out.append(
        "const MwProviderImage mw_provider_builtin_image = {\n"
        "  strings, providers, servers, notes, errors, domains, mx, hosts,\n"
        f"  {len(records)}, {len(domain_rows)}, {len(mx_rows)}, {len(host_rows)}, "
        f"{first_common}, {len(common)}\n}};\n"
    )
    return "".join(out)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Check and join the provider files.")
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--check", action="store_true", help="only check")
    parser.add_argument("--today", type=datetime.date.fromisoformat, help="what Checked is held against")
    parser.add_argument("--output", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--depfile", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args(arguments)
    if options.check == (options.output is not None):
        parser.error("one of --check and --output")

    faults = Faults()
    # A build must not begin to fail as time goes by: dates are held against a day only when asked.
    providers, gateways, errors, paths = load(options.directory, options.today, faults)
    for text in faults.warnings:
        print(f"warning: {text}", file=sys.stderr)
    for text in faults.errors:
        print(f"error: {text}", file=sys.stderr)
    if faults.errors:
        return 1
    if options.check:
        count = sum(len(provider["domains"]) for provider in providers)
        print(f"{len(providers)} providers, {count} domains, no faults")
        return 0
    options.output.write_text(emit(providers, gateways, errors), encoding="utf-8")
    if options.depfile:
        names = [str(path).replace(" ", "\\ ") for path in [options.directory, *paths]]
        target = str(options.output).replace(" ", "\\ ")
        options.depfile.write_text(f"{target}: {' '.join(names)}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
