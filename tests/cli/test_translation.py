# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads in Chinese or German is that, and what a program reads stays as it is."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

CLI = os.environ['MW_CLI']
#: Where the program looks for translations: in the build folder, or where it will be installed one day.
CATALOGUES = pathlib.Path(os.environ['MW_LOCALEDIR'])
IN_BUILD = CATALOGUES.is_relative_to(os.environ['MW_BUILDDIR'])
COMMANDS = (
    ['detect'], ['advise'], ['probe'], ['account', 'add'], ['account', 'list'], ['account', 'show'],
    ['account', 'edit'], ['account', 'remove'], ['password'], ['check'], ['export'], ['providers'],
    ['network'],
)
CHINESE = re.compile(r'[\u4e00-\u9fff]')
#: What a German text of a few sentences is never without, and no English one has.
GERMAN = re.compile(r'[äöüÄÖÜß„]|\b(?:[Dd](?:er|as|en|em)|[Ee]ine[mnrs]?|[Kk]eine?[mnrs]?|und|oder|nicht|mit|von|wird|ist|sind|zu[mr]?)\b')
#: Members of a JSON value that are made for people; all others are for programs.
FOR_PEOPLE = {'message', 'title', 'text', 'name', 'prepare', 'milliseconds'}


def locale_of(language):
    """The environment in which the C library takes texts of a language, or None: in the locale C it takes none."""
    known = subprocess.run(['locale', '-a'], capture_output=True, text=True, check=True).stdout.split()
    usable = sorted(
        (name for name in known if re.search(r'\.utf-?8$', name, re.I) and not name.startswith(('C.', 'POSIX'))),
        key=lambda name: (not name.startswith(language), name))
    return {'LC_ALL': usable[0], 'LANGUAGE': language} if usable else None


def without_commands(text):
    """The lines of a text without what is meant to be typed, and without the ids in brackets."""
    for line in text.splitlines():
        line = re.sub(r'mailwright-cli( [\w=@.|…\[\]-]+)*', '', line)
        yield re.sub(r'\[[a-z0-9-]+\]', '', line)


def english_among_chinese(text):
    """Three English words in a row that are not a command to type: what a translation has left out."""
    return [words for line in without_commands(text)
            for words in re.findall(r"[A-Za-z][A-Za-z’']*(?:[,:;]? [A-Za-z][A-Za-z’']*){2,}", line)]


def english_among_german(text):
    """English words that are no German ones, outside of quotation marks, where the names of foreign menus stand."""
    words = r"(?<![\w.-])(?:the|of|is|and|not|to|this|that|with|from|which|for|by|or|be|are|it|can|has|one|your?)(?![\w-])"
    return [found for line in without_commands(text) for found in re.findall(words, re.sub(r'„[^“]*“', '', line))]


def for_programs(value):
    if isinstance(value, dict):
        return {name: for_programs(member) for name, member in value.items() if name not in FOR_PEOPLE}
    return [for_programs(member) for member in value] if isinstance(value, list) else value


def texts_in(value):
    """The sentences in a JSON value."""
    if isinstance(value, list):
        return [text for member in value for text in texts_in(member)]
    if not isinstance(value, dict):
        return []
    own = [value[name] for name in ('message', 'title', 'text') if isinstance(value.get(name), str)]
    return own + [text for member in value.values() for text in texts_in(member)]


class Speaker:
    """A server on loopback that says one line to whoever comes."""

    def __init__(self, line):
        self.line = line
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        try:
            while True:
                peer, _ = self.socket.accept()
                with peer:
                    peer.sendall(self.line)
                    peer.settimeout(30)
                    while peer.recv(4096):
                        pass
        except OSError:
            pass

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(30)


class Translation:
    """What holds in every language; the classes below say in which."""

    maxDiff = None
    language: str
    sign: re.Pattern

    def setUp(self):
        self.locale = locale_of(self.language)
        if self.locale is None:
            self.skipTest('only the locale C is installed, and the C library translates nothing there')
        if not IN_BUILD:
            self.skipTest(f'this build looks for translations in {CATALOGUES}, and not in its own folder')
        self.home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.home)
        self.env = {
            'HOME': self.home, 'PATH': os.environ['PATH'], 'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent',
            'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nonexistent',
        }
        if 'ASAN_OPTIONS' in os.environ:
            self.env['ASAN_OPTIONS'] = os.environ['ASAN_OPTIONS']

    def run_cli(self, *words, status=0, language=None):
        result = subprocess.run(
            [CLI, *map(str, words)], env=self.env | (language or self.locale), capture_output=True, text=True,
            timeout=120, stdin=subprocess.DEVNULL, start_new_session=True, check=False)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result

    def english(self, *words, status=0):
        return self.run_cli(*words, status=status, language={'LC_ALL': 'C.UTF-8'})

    def assert_translated(self, text):
        self.assertRegex(text, self.sign)
        self.assertEqual(self.english_in(text), [], text)

    def assert_text(self, text, english):
        """A single text, which can be short."""
        self.assertNotEqual(text, english)
        self.assertEqual(self.english_in(text), [])

    def assert_same_for_programs(self, *words, status=0):
        """The JSON in English and in the language differs in texts for people and in nothing else."""
        english = json.loads(self.english(*words, '--json', status=status).stdout)
        translated = json.loads(self.run_cli(*words, '--json', status=status).stdout)
        self.assertEqual(for_programs(english), for_programs(translated))
        self.assertNotRegex(json.dumps(for_programs(translated), ensure_ascii=False), CHINESE)
        for original, text in zip(texts_in(english), texts_in(translated), strict=True):
            self.assertNotRegex(original, self.sign)
            self.assert_text(text, original)
        return translated

    def closed_port(self):
        with socket.create_server(('127.0.0.1', 0)) as server:
            return server.getsockname()[1]

    def test_english_is_recognised_as_such(self):
        text = self.english('--help').stdout
        self.assertNotEqual(self.english_in(text), [])
        self.assertNotRegex(text, self.sign)

    def test_help_is_translated_line_by_line(self):
        for words in ([], ['account'], *COMMANDS):
            with self.subTest(command=' '.join(words)):
                text = self.run_cli(*words, '--help').stdout
                page = self.english(*words, '--help').stdout
                self.assert_text(text, page)
                options = r'^ +(?:-\w, )?(--[\w-]+)[^ ]* +(.*)$'
                lines = re.findall(options, text, re.M)
                self.assertEqual(lines != [], words in COMMANDS)
                for (option, description), (original_option, original) in zip(
                        lines, re.findall(options, page, re.M), strict=True):
                    self.assertEqual(option, original_option)
                    self.assert_text(description, original)

    def test_detect_is_translated_and_keeps_its_ids(self):
        text = self.run_cli('detect', 'zhang@qq.com', 'jo@gmail.com', '--offline').stdout
        self.assert_translated(text)
        self.assertIn(self.authorization_code, text)
        self.assertIn(self.app_password, text)
        self.assertNotIn('authorization', text)
        self.assert_translated(self.run_cli('detect', 'jo@company.example', '--offline', status=1).stdout)
        found = self.assert_same_for_programs('detect', 'zhang@qq.com', '--offline')
        chosen = found['settings'][found['chosen']]
        self.assertEqual(chosen['source'], 'provider')
        self.assertEqual(chosen['servers'][0]['authentication'], ['authorization-code'])
        self.assertRegex(chosen['prepare'][0], self.sign)

    def test_advise_is_translated_and_keeps_its_ids(self):
        words = ('advise', 'jo@gmail.com', '--imap', 'imaps://smtp.gmail.com:465', '--smtp', 'https://mail.google.com')
        self.assert_translated(self.run_cli(*words, status=1).stdout)
        fields = [row['field'] for row in self.assert_same_for_programs(*words, status=1)['advice']]
        self.assertLessEqual({'imap.host', 'imap.port', 'smtp.host'}, set(fields))

    def test_failing_probe_is_translated_and_keeps_its_ids(self):
        words = ('probe', 'imap', '127.0.0.1', '--port', self.closed_port(), '--timeout', '60')
        text = self.run_cli(*words, '--details', status=1).stdout
        self.assert_translated(text)
        self.assertIn('[connection-refused]', text)
        report = self.assert_same_for_programs(*words, status=1)
        self.assertEqual((report['verdict'], report['diagnosis']), ('failed', 'connection-refused'))
        self.assertEqual([step['step'] for step in report['steps']][:3], ['network', 'resolve', 'connect'])

    def test_sentence_that_is_put_together_reads_well(self):
        server = Speaker(b'220 mail.example ESMTP\r\n')
        self.addCleanup(server.close)
        words = ('probe', 'imap', '127.0.0.1', '--port', server.port, '--security', 'none', '--timeout', '60')
        text = self.run_cli(*words, status=1).stdout
        self.assert_translated(text)
        self.assertIn(self.wrong_server, text)
        self.assertEqual(self.assert_same_for_programs(*words, status=1)['diagnosis'], 'wrong-protocol')

    def test_accounts_and_exports_are_translated(self):
        added = self.run_cli('account', 'add', 'jo@example.org', '--imap', 'imaps://imap.example.org', '--smtp',
                             'smtp://smtp.example.org')
        self.assert_translated(added.stdout)
        self.assertIn(self.starttls, added.stdout)
        self.assert_translated(self.run_cli('account', 'show', 'jo@example.org').stdout)
        self.assert_translated(self.run_cli('export', '--list').stdout)
        written = self.run_cli('export', 'thunderbird', 'jo@example.org', '--output', f'{self.home}/out').stdout
        self.assert_translated(written)
        self.assertIn(f'  {self.done}  ', self.run_cli('export', '--journal').stdout)
        self.assert_translated(self.run_cli('providers', 'posteo').stdout)
        self.assert_text(self.run_cli('network').stdout, self.english('network').stdout)

    def test_wrong_usage_is_explained(self):
        for words in (['frobnicate'], ['probe'], ['probe', 'xmpp', 'h.example'], ['advise'], ['detect', 'nobody'],
                      ['probe', 'imap', 'h.example', '--security', 'ssl'], ['export', 'nonsense', 'x'],
                      ['account', 'add', 'jo@example.org'], ['check', '--all', 'x'], ['network', 'x']):
            with self.subTest(words=words):
                self.assert_translated(self.run_cli(*words, status=2).stderr)


class Chinese(Translation, unittest.TestCase):
    language = 'zh_CN'
    sign = CHINESE
    english_in = staticmethod(english_among_chinese)
    authorization_code = '授权码'
    app_password = '应用专用密码'
    wrong_server = '此处应为 IMAP 服务器，实际应答的却是发信服务器（SMTP）'
    starttls = 'STARTTLS（升级）'
    done = '已完成'

    def assert_text(self, text, english):
        super().assert_text(text, english)
        self.assertRegex(text, CHINESE)


class German(Translation, unittest.TestCase):
    language = 'de'
    sign = GERMAN
    english_in = staticmethod(english_among_german)
    authorization_code = 'Autorisierungscode'
    app_password = 'App-Passwort'
    wrong_server = 'Hier wird IMAP erwartet, es antwortet aber ein Postausgangsserver (SMTP).'
    starttls = 'STARTTLS (Umstellung auf TLS)'
    done = 'erledigt'


if __name__ == '__main__':
    unittest.main()
