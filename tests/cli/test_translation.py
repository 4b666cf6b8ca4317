# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads in Chinese is Chinese, and what a program reads stays as it is."""

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
#: Members of a JSON value that are made for people; all others are for programs.
FOR_PEOPLE = {'message', 'title', 'text', 'name', 'prepare', 'milliseconds'}


def chinese_locale():
    """The environment in which the C library takes Chinese texts, or None: in the locale C it takes none."""
    known = subprocess.run(['locale', '-a'], capture_output=True, text=True, check=True).stdout.split()
    usable = sorted(
        (name for name in known if re.search(r'\.utf-?8$', name, re.I) and not name.startswith(('C.', 'POSIX'))),
        key=lambda name: (not name.startswith('zh_CN'), name))
    return {'LC_ALL': usable[0], 'LANGUAGE': 'zh_CN'} if usable else None


def english_in(text):
    """Three English words in a row that are not a command to type: what a translation has left out."""
    found = []
    for line in text.splitlines():
        line = re.sub(r'mailwright-cli( [\w=@.|…\[\]-]+)*', '', line)
        line = re.sub(r'\[[a-z0-9-]+\]', '', line)
        found += re.findall(r"[A-Za-z][A-Za-z’']*(?:[,:;]? [A-Za-z][A-Za-z’']*){2,}", line)
    return found


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


class Translation(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.chinese = chinese_locale()
        if self.chinese is None:
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
            [CLI, *map(str, words)], env=self.env | (language or self.chinese), capture_output=True, text=True,
            timeout=120, stdin=subprocess.DEVNULL, start_new_session=True, check=False)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result

    def assert_chinese(self, text):
        self.assertRegex(text, CHINESE)
        self.assertEqual(english_in(text), [], text)

    def assert_same_for_programs(self, *words, status=0):
        """The JSON in English and in Chinese differs in texts for people and in nothing else."""
        english = json.loads(self.run_cli(*words, '--json', status=status, language={'LC_ALL': 'C.UTF-8'}).stdout)
        chinese = json.loads(self.run_cli(*words, '--json', status=status).stdout)
        self.assertEqual(for_programs(english), for_programs(chinese))
        self.assertNotRegex(json.dumps(for_programs(chinese), ensure_ascii=False), CHINESE)
        for text in texts_in(english):
            self.assertNotRegex(text, CHINESE)
        for text in texts_in(chinese):
            self.assert_chinese(text)
        return chinese

    def closed_port(self):
        with socket.create_server(('127.0.0.1', 0)) as server:
            return server.getsockname()[1]

    def test_english_is_recognised_as_such(self):
        text = self.run_cli('--help', language={'LC_ALL': 'C.UTF-8'}).stdout
        self.assertIn('Find the settings for a mail address', english_in(text))
        self.assertNotRegex(text, CHINESE)

    def test_help_is_chinese_line_by_line(self):
        self.assert_chinese(self.run_cli('--help').stdout)
        self.assert_chinese(self.run_cli('account', '--help').stdout)
        for words in COMMANDS:
            with self.subTest(command=' '.join(words)):
                text = self.run_cli(*words, '--help').stdout
                self.assert_chinese(text)
                for line in re.findall(r'^ +(?:-\w, )?--.*$', text, re.M):
                    self.assertRegex(line, CHINESE)

    def test_detect_is_chinese_and_keeps_its_ids(self):
        text = self.run_cli('detect', 'zhang@qq.com', 'jo@gmail.com', '--offline').stdout
        self.assert_chinese(text)
        self.assertIn('授权码', text)
        self.assertIn('应用专用密码', text)
        self.assertNotIn('authorization', text)
        self.assert_chinese(self.run_cli('detect', 'jo@company.example', '--offline', status=1).stdout)
        found = self.assert_same_for_programs('detect', 'zhang@qq.com', '--offline')
        chosen = found['settings'][found['chosen']]
        self.assertEqual(chosen['source'], 'provider')
        self.assertEqual(chosen['servers'][0]['authentication'], ['authorization-code'])
        self.assertRegex(chosen['prepare'][0], CHINESE)

    def test_advise_is_chinese_and_keeps_its_ids(self):
        words = ('advise', 'jo@gmail.com', '--imap', 'imaps://smtp.gmail.com:465', '--smtp', 'https://mail.google.com')
        self.assert_chinese(self.run_cli(*words, status=1).stdout)
        fields = [row['field'] for row in self.assert_same_for_programs(*words, status=1)['advice']]
        self.assertLessEqual({'imap.host', 'imap.port', 'smtp.host'}, set(fields))

    def test_failing_probe_is_chinese_and_keeps_its_ids(self):
        words = ('probe', 'imap', '127.0.0.1', '--port', self.closed_port(), '--timeout', '60')
        text = self.run_cli(*words, '--details', status=1).stdout
        self.assert_chinese(text)
        self.assertIn('[connection-refused]', text)
        report = self.assert_same_for_programs(*words, status=1)
        self.assertEqual((report['verdict'], report['diagnosis']), ('failed', 'connection-refused'))
        self.assertEqual([step['step'] for step in report['steps']][:3], ['network', 'resolve', 'connect'])

    def test_sentence_that_is_put_together_reads_well(self):
        server = Speaker(b'220 mail.example ESMTP\r\n')
        self.addCleanup(server.close)
        words = ('probe', 'imap', '127.0.0.1', '--port', server.port, '--security', 'none', '--timeout', '60')
        text = self.run_cli(*words, status=1).stdout
        self.assert_chinese(text)
        self.assertIn('IMAP', text)
        self.assertIn('发信服务器（SMTP）', text)
        self.assertEqual(self.assert_same_for_programs(*words, status=1)['diagnosis'], 'wrong-protocol')

    def test_accounts_and_exports_are_chinese(self):
        added = self.run_cli('account', 'add', 'jo@example.org', '--imap', 'imaps://imap.example.org', '--smtp',
                             'smtp://smtp.example.org')
        self.assert_chinese(added.stdout)
        self.assertIn('STARTTLS（升级）', added.stdout)
        self.assert_chinese(self.run_cli('account', 'show', 'jo@example.org').stdout)
        self.assert_chinese(self.run_cli('export', '--list').stdout)
        written = self.run_cli('export', 'thunderbird', 'jo@example.org', '--output', f'{self.home}/out').stdout
        self.assert_chinese(written)
        self.assert_chinese(self.run_cli('export', '--journal').stdout)
        self.assert_chinese(self.run_cli('providers', 'qq.com').stdout)
        self.assert_chinese(self.run_cli('network').stdout)

    def test_wrong_usage_is_explained_in_chinese(self):
        for words in (['frobnicate'], ['probe'], ['probe', 'xmpp', 'h.example'], ['advise'], ['detect', 'nobody'],
                      ['probe', 'imap', 'h.example', '--security', 'ssl'], ['export', 'nonsense', 'x'],
                      ['account', 'add', 'jo@example.org'], ['check', '--all', 'x'], ['network', 'x']):
            with self.subTest(words=words):
                self.assert_chinese(self.run_cli(*words, status=2).stderr)


if __name__ == '__main__':
    unittest.main()
