# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Flathub asks of a manifest and of what is built from it, as far as that can be told without a network.

The names of findings are those of Flathub's own linter.
"""

import configparser
import pathlib
import re
import xml.etree.ElementTree as ElementTree

_CODE_HOSTING = ("github", "gitlab", "codeberg")
_MANIFEST_KEYS = set(
    """id runtime runtime-version sdk command finish-args cleanup cleanup-commands build-options modules sdk-extensions
    add-extensions base base-version rename-icon rename-desktop-file rename-appdata-file desktop-file-name-suffix
    separate-locales tags""".split()
)
_REFUSED_SOCKETS = ("session-bus", "system-bus", "gpg-agent", "ssh-auth", "cups", "pcsc")
#: Folders that need an exception, or get none at all.
_REFUSED_FOLDERS = (
    (r"(home|host|host-os|host-etc|host-root|~|~/|/)$", "home-or-host"),
    (r"xdg-(config|data|cache|run)(/.*)?$", "xdg"),
    (r"(~|home)/\.(config|cache|local|local/share|local/state)/?$", "wide"),
    (r"(~|home)/\.(ssh|gnupg|fonts|icons|themes|local/share/flatpak|config/(autostart|systemd|dconf))(/.*)?$", "reserved"),
    (r"(~|home)/\.var(/app.*)?$", "other-flatpaks"),
    (r"/(home|var|tmp|app|usr|etc|dev|proc|sys|run|lib|bin|sbin|boot|root)(/.*)?$", "absolute"),
)


def _arguments(manifest):
    found = {}
    for argument in manifest.get("finish-args", []):
        key, _, value = argument.removeprefix("--").partition("=")
        found.setdefault(key, []).append(value)
    return found


def _app_id(manifest, name):
    app = manifest.get("id", "")
    parts = app.split(".")
    if pathlib.PurePath(name).stem != app:
        yield "appid-filename-mismatch"
    if not 3 <= len(parts) <= 5 or not all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", part) for part in parts):
        yield "appid-not-reverse-dns"
    if len(parts) > 1 and parts[1].lower() in _CODE_HOSTING and (len(parts) < 4 or parts[0] != "io"):
        yield "appid-code-hosting-too-few-components"


def _top_level(manifest):
    for key in ("runtime", "runtime-version", "sdk", "modules"):
        if not manifest.get(key):
            yield f"toplevel-no-{key}"
    if not manifest.get("command"):
        yield "toplevel-no-command"
    elif "/" in manifest["command"]:
        yield "toplevel-command-is-path"
    if {"branch", "default-branch"} & set(manifest):
        yield "toplevel-unnecessary-branch"
    if any(path.startswith("/lib/debug") or path == "*.debug" for path in manifest.get("cleanup", [])):
        yield "toplevel-cleanup-debug"
    if set(manifest) - _MANIFEST_KEYS - {"branch", "default-branch"}:
        yield "manifest-unknown-properties"


def _permissions(manifest):
    found = _arguments(manifest)
    sockets = found.get("socket", [])
    if not manifest.get("finish-args"):
        yield "finish-args-not-defined"
    if "x11" in sockets and {"wayland", "fallback-x11"} & set(sockets):
        yield "finish-args-contains-both-x11-and-wayland"
    if "fallback-x11" in sockets and "wayland" not in sockets:
        yield "finish-args-fallback-x11-without-wayland"
    if "wayland" in sockets and not {"x11", "fallback-x11"} & set(sockets):
        yield "finish-args-only-wayland"
    if {"x11", "fallback-x11"} & set(sockets) and "ipc" not in found.get("share", []):
        yield "finish-args-x11-without-ipc"
    if set(sockets) & set(_REFUSED_SOCKETS):
        yield "finish-args-arbitrary-dbus-access"
    if set(found.get("device", [])) - {"dri"}:
        yield "finish-args-device"
    for value in found.get("filesystem", []):
        path = re.sub(r":(ro|rw|create)$", "", value)
        for pattern, name in _REFUSED_FOLDERS:
            if re.match(pattern, path):
                yield f"finish-args-filesystem-{name}"
    app = manifest.get("id", "")
    for name in found.get("talk-name", []) + found.get("system-talk-name", []):
        if re.match(r"org\.(freedesktop|gnome|kde)(\.\*)?$", name) or name in ("*", "org.*"):
            yield "finish-args-wildcard-talk-name"
        if re.match(r"org\.freedesktop\.(impl\.)?portal\b", name):
            yield "finish-args-portal-talk-name"
        if re.match(r"org\.freedesktop\.(DBus|Flatpak|systemd1|login1)\b|ca\.desrt\.dconf", name):
            yield "finish-args-arbitrary-dbus-access"
        if name.lower() == "org.freedesktop.secrets" and name != "org.freedesktop.secrets":
            yield "finish-args-incorrect-secret-service-talk-name"
        if name == app:
            yield "finish-args-unnecessary-appid-talk-name"
    for name in found.get("own-name", []) + found.get("system-own-name", []):
        yield "finish-args-unnecessary-appid-own-name" if name.startswith(app) else "finish-args-own-name"
    if "metadata" in found:
        yield "finish-args-metadata-key"


def _modules(modules):
    for module in modules:
        name = module["name"]
        if "--share=network" in module.get("build-options", {}).get("build-args", []):
            yield f"module-{name}-build-network-access"
        if any(path.startswith("/lib/debug") for path in module.get("cleanup", [])):
            yield f"module-{name}-cleanup-debug"
        for source in module.get("sources", []):
            kind = source.get("type")
            for weak in ("md5", "sha1"):
                if weak in source:
                    yield f"module-{name}-source-{weak}-deprecated"
            if kind in ("archive", "file") and source.get("url"):
                if not {"sha256", "sha512"} & set(source):
                    yield f"module-{name}-source-no-checksum"
                if not source["url"].startswith("https://"):
                    yield f"module-{name}-source-insecure-url"
            if kind == "git" and "branch" in source:
                yield f"module-{name}-source-git-branch"
            if kind == "git" and "commit" not in source:
                yield f"module-{name}-source-git-no-commit-with-tag"
        yield from _modules(module.get("modules", []))


def manifest_findings(manifest, name):
    """manifest: as flatpak-builder shows it; name: of its file.

    A "dir" source is no finding here: a checkout builds itself. What is handed in to Flathub names a release there.
    """
    return [*_app_id(manifest, name), *_top_level(manifest), *_permissions(manifest), *_modules(manifest["modules"])]


def _metainfo(path, app):
    if not path.exists():
        yield "appstream-metainfo-missing"
        return
    root = ElementTree.parse(path).getroot()

    def text(place):
        return (root.findtext(place) or "").strip()

    if root.get("type") != "desktop-application":
        yield "metainfo-wrong-component-type"
    if text("id") != app:
        yield "appstream-id-mismatch-flatpak-id"
    for tag in ("metadata_license", "project_license", "name", "summary"):
        if not text(tag):
            yield f"appstream-missing-{tag.replace('_', '-')}"
    developer = root.find("developer")
    if developer is None or not developer.get("id") or not developer.findtext("name"):
        yield "appstream-missing-developer-name"
    if text("launchable") != f"{app}.desktop":
        yield "metainfo-missing-launchable-tag"
    if root.find("content_rating") is None:
        yield "appstream-missing-content-rating"
    if len(text("name")) > 20:
        yield "metainfo-name-too-long"
    if len(text("summary")) > 35 or re.match(r"(An?|The) ", text("summary")) or text("summary").endswith("."):
        yield "metainfo-summary"
    colours = {colour.get("scheme_preference") for colour in root.findall("branding/color")}
    if colours != {"light", "dark"}:
        yield "metainfo-missing-brand-colours"
    shots = root.findall("screenshots/screenshot")
    if not shots:
        yield "metainfo-missing-screenshots"
    for shot in shots:
        if not shot.findtext("caption"):
            yield "metainfo-screenshot-without-caption"
        for image in shot.findall("image"):
            if image.text.endswith(".svg"):
                yield "metainfo-svg-screenshots"
            if re.search(r"/(main|master|HEAD)/", image.text):
                yield "metainfo-screenshot-of-a-branch"
    releases = root.findall("releases/release")
    if not releases or any(release.find("description") is None for release in releases):
        yield "metainfo-release-without-notes"
    kinds = {url.get("type") for url in root.findall("url")}
    for kind in ("homepage", "vcs-browser", "bugtracker"):
        if kind not in kinds:
            yield f"metainfo-missing-{kind}-url"
    if root.find("requires/display_length") is None and root.find("recommends/display_length") is None:
        yield "metainfo-missing-display-length"


def _desktop_file(path, app, share):
    if not path.exists():
        yield "desktop-file-not-installed"
        return
    parser = configparser.RawConfigParser(strict=False, delimiters="=", interpolation=None)
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    entry = parser["Desktop Entry"]
    if entry.get("Icon") != app:
        yield "desktop-file-icon-key-wrong-value"
    if "flatpak run" in entry.get("Exec", "flatpak run"):
        yield "desktop-file-exec-has-flatpak-run"
    if not set(filter(None, entry.get("Categories", "").split(";"))) - {"GTK", "GNOME", "Qt", "KDE", "Application"}:
        yield "desktop-file-low-quality-category"
    if entry.get("NoDisplay") == "true" or entry.get("Hidden") == "true":
        yield "desktop-file-is-hidden"
    if entry.get("DBusActivatable") == "true" and not (share / f"dbus-1/services/{app}.service").exists():
        yield "desktop-file-activatable-without-service"


def build_findings(folder, app):
    """folder: what flatpak-builder made, with files/ and export/ in it."""
    share = folder / "files/share"
    icons = share / "icons/hicolor"
    found = [*_metainfo(share / f"metainfo/{app}.metainfo.xml", app)]
    found += _desktop_file(share / f"applications/{app}.desktop", app, share)
    if not (icons / f"scalable/apps/{app}.svg").exists():
        found.append("no-exportable-icon-installed")
    if not (icons / f"symbolic/apps/{app}-symbolic.svg").exists():
        found.append("no-symbolic-icon")
    if any(path.suffix != ".svg" for path in icons.glob("scalable/apps/*")):
        found.append("non-svg-icon-in-scalable-folder")
    # What the store shows is put together while building.
    catalogue = [*share.glob(f"app-info/xmls/{app}.xml.gz"), *share.glob(f"swcatalog/xml/{app}.xml.gz")]
    if not catalogue:
        found.append("appstream-missing-appinfo")
    if not [*share.glob(f"app-info/icons/flatpak/128x128/{app}.*"), *share.glob(f"swcatalog/icons/flatpak/128x128/{app}.*")]:
        found.append("appstream-missing-icon-file")
    if not [*share.glob("licenses/**/COPYING")]:
        found.append("no-licence-file")
    for path in (folder / "export").rglob("*"):
        if path.is_file() and not path.name.startswith(app):
            found.append(f"exported-without-id-{path.name}")
    return found
