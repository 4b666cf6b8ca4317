# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line says of itself, and how it answers what needs no server and no keyring."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

CLI = os.environ['MW_CLI']
SOURCE = pathlib.Path(os.environ['MW_SRCDIR'])
COMMANDS = (
    ['detect'], ['advise'], ['probe'], ['account', 'add'], ['account', 'list'], ['account', 'show'],
    ['account', 'edit'], ['account', 'remove'], ['password'], ['check'], ['export'], ['providers'],
    ['network'],
)


class Usage(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.home)
        self.env = {
            'HOME': self.home, 'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8',
            'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent',
        }
        if 'ASAN_OPTIONS' in os.environ:
            self.env['ASAN_OPTIONS'] = os.environ['ASAN_OPTIONS']

    def run_cli(self, *words, status=0, stdin=None, env=None, cwd=None):
        result = subprocess.run(
            [CLI, *words], env=self.env | (env or {}), capture_output=True, text=True, timeout=120,
            input=stdin if stdin is not None else '', start_new_session=True, check=False, cwd=cwd)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result

    def run_json(self, *words, status=0, **options):
        return json.loads(self.run_cli(*words, '--json', status=status, **options).stdout)

    def test_every_command_has_help_on_standard_output(self):
        for words in COMMANDS:
            with self.subTest(command=' '.join(words)):
                result = self.run_cli(*words, '--help')
                self.assertIn('--json', result.stdout)
                self.assertEqual(result.stderr, '')
        for word in ('--help', 'help', '-h'):
            self.assertIn('detect', self.run_cli(word).stdout)
        self.assertRegex(self.run_cli('--version').stdout, r'^mailwright-cli \d+\.\d+')

    def test_every_option_is_in_the_manual_and_in_each_completion(self):
        manual = (SOURCE / 'data/man/mailwright-cli.1').read_text()
        completions = {name: (SOURCE / 'data/completions' / name).read_text()
                       for name in ('mailwright-cli.bash', '_mailwright-cli', 'mailwright-cli.fish')}
        for words in COMMANDS:
            text = self.run_cli(*words, '--help').stdout
            for option in re.findall(r'^ +(?:-\w, )?--([a-z0-9-]+)', text, re.M):
                with self.subTest(command=' '.join(words), option=option):
                    self.assertRegex(manual, rf'Fl -{option}\b')
                    for name, completion in completions.items():
                        form = rf'-l {option}\b' if name.endswith('.fish') else rf'--{option}\b'
                        self.assertRegex(completion, form, name)

    def test_completions_and_manual_are_sound(self):
        folder = SOURCE / 'data/completions'
        checks = (['bash', '-n', folder / 'mailwright-cli.bash'], ['zsh', '-n', folder / '_mailwright-cli'],
                  ['fish', '-n', folder / 'mailwright-cli.fish'],
                  ['mandoc', '-Tlint', '-Wwarning', SOURCE / 'data/man/mailwright-cli.1'])
        for check in checks:
            with self.subTest(check=str(check[0])):
                if shutil.which(check[0]) is None:
                    self.skipTest(f'{check[0]} is not installed')
                result = subprocess.run(check, capture_output=True, text=True, check=False)
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, '', ''))

    def test_bash_completes_commands_and_options(self):
        script = (f'source {SOURCE}/data/completions/mailwright-cli.bash\n'
                  'complete_words () { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mailwright_cli;'
                  ' printf "%s\\n" "${COMPREPLY[@]}"; }\n'
                  'complete_words mailwright-cli de\n'
                  'complete_words mailwright-cli probe imap h --sec\n'
                  'complete_words mailwright-cli probe imap h --security st\n'
                  'complete_words mailwright-cli export th\n')
        result = subprocess.run(['bash', '-c', script], env=self.env, capture_output=True, text=True,
                                check=True)
        self.assertEqual(result.stdout.split(), ['detect', '--security', 'starttls', 'thunderbird'])

    def test_wrong_usage_is_2_and_says_what_is_wrong(self):
        for words in (
                [], ['nonsense'], ['detect'], ['detect', 'jo'], ['detect', 'jo@example.org', '--nonsense'],
                ['advise'], ['advise', 'a@b.example', 'c@d.example'], ['probe'], ['probe', 'imap'],
                ['probe', 'http', 'h.example'], ['probe', 'imap', 'h example'],
                ['probe', 'imap', 'h.example', '--port', '70000'],
                ['probe', 'imap', 'h.example', '--port', 'x'],
                ['probe', 'imap', 'h.example', '--security', 'ssl'],
                ['probe', 'imap', 'h.example', '--timeout', '0'],
                ['probe', 'imap', 'h.example', '--user', 'jo'],
                ['probe', 'imap', 'h.example', '--password-fd', '0'],
                ['probe', 'imap', 'h.example', '--ca-file', '/nonexistent'],
                ['probe', 'imap', 'h.example', '--accept-key', 'abc'],
                ['account'], ['account', 'nonsense'], ['account', 'add'], ['account', 'add', 'jo@example.org'],
                ['account', 'add', 'jo@example.org', '--imap', 'imap.example.org'],
                ['account', 'add', 'jo@example.org', '--imap', 'smtps://h.example'],
                ['account', 'add', 'jo@example.org', '--imap', 'imaps://jo:pw@h.example'],
                ['account', 'add', 'jo@example.org', '--imap', 'imaps://h.example', '--pop3', 'pop3s://h.example'],
                ['account', 'add', 'jo@example.org', '--imap', 'imaps://h.example', '--name', 'a\nb'],
                ['account', 'show', 'jo@example.org'], ['account', 'edit', 'nobody'], ['account', 'remove', 'x'],
                ['password'], ['password', 'set'], ['password', 'nonsense', 'x'], ['check'],
                ['check', 'jo@example.org'], ['check', '--all', 'x'], ['check', '--all', '--jobs', '-1'],
                ['export'], ['export', 'nonsense', 'x', '--install'], ['export', 'msmtp', 'x', '--install'],
                ['export', '--list', '--journal'], ['export', 'msmtp', '--all'],
                ['providers', 'a', 'b'], ['network', 'x']):
            with self.subTest(words=words):
                result = self.run_cli(*words, status=2)
                if words:
                    self.assertTrue(result.stderr.startswith('mailwright-cli: '), result.stderr)
                    self.assertEqual(result.stdout, '')

    def test_password_in_a_url_is_not_repeated(self):
        result = self.run_cli('account', 'add', 'jo@example.org', '--imap', 'imaps://jo:hunter2@h.example',
                              status=2)
        self.assertNotIn('hunter2', result.stdout + result.stderr)

    def test_detect_offline_knows_providers_and_their_mx_hosts(self):
        found = self.run_json('detect', 'zhang@qq.com', '--offline')
        self.assertEqual(set(found), {'address', 'domain', 'settings', 'conflicts', 'chosen', 'notes'})
        chosen = found['settings'][found['chosen']]
        self.assertEqual((chosen['source'], chosen['provider'], chosen['trusted']), ('provider', 'qq', True))
        self.assertEqual(set(chosen), {'source', 'origin', 'trusted', 'provider', 'name', 'servers', 'prepare',
                                       'help', 'checked'})
        imap = next(server for server in chosen['servers'] if server['protocol'] == 'imap')
        self.assertEqual(imap, {'protocol': 'imap', 'host': 'imap.qq.com', 'port': 993, 'security': 'tls',
                                'authentication': ['authorization-code'], 'username': 'zhang@qq.com'})
        by_mx = self.run_json('detect', 'jo@company.example', '--offline', '--mx', 'ASPMX.L.GOOGLE.COM.')
        self.assertEqual(by_mx['settings'][by_mx['chosen']]['source'], 'mx')
        evil = self.run_json('detect', 'jo@company.example', '--offline', '--mx',
                             'aspmx.l.google.com.evil.example', status=1)
        self.assertIsNone(evil['chosen'])
        both = self.run_json('detect', 'a@qq.com', 'b@gmail.com', '--offline')
        self.assertEqual([one['domain'] for one in both], ['qq.com', 'gmail.com'])

    def test_what_to_do_first_is_said_in_the_language_of_the_person(self):
        english = self.run_json('detect', 'a@163.com', '--offline')['settings'][0]['prepare'][0]
        chinese = self.run_json('detect', 'a@163.com', '--offline',
                                env={'LANGUAGE': 'zh_CN', 'LC_ALL': 'C.UTF-8', 'LANG': 'zh_CN.UTF-8'})
        self.assertRegex(english, r'^[ -~]')
        self.assertIsInstance(chinese['settings'][0]['prepare'][0], str)

    def test_advise_finds_fault_and_leaves_what_is_right(self):
        wrong = self.run_json('advise', 'jo@gmail.com', '--imap', 'imaps://smtp.gmail.com:993', status=1)
        self.assertEqual([(row['field'], row['fix']) for row in wrong['advice']],
                         [('imap.host', 'imap.gmail.com')])
        self.assertEqual(set(wrong['advice'][0]), {'id', 'severity', 'field', 'value', 'message', 'fix'})
        right = self.run_json('advise', 'jo@gmail.com', '--imap', 'imaps://imap.gmail.com', '--smtp',
                              'smtps://smtp.gmail.com')
        self.assertEqual(right, {'advice': []})
        password = self.run_json('advise', 'jo@gmail.com', '--password-fd', '0', stdin='abcd efgh ijkl mnop\n')
        self.assertEqual([row['field'] for row in password['advice']], ['password'])
        self.assertIsNone(password['advice'][0]['value'])

    def test_accounts_are_added_listed_changed_and_removed(self):
        added = self.run_json('account', 'add', 'Jo Example <jo@example.org>', '--imap',
                              'imaps://imap.example.org', '--smtp', 'smtp://jo@smtp.example.org:2587')
        self.assertEqual(added['name'], 'Jo Example')
        self.assertEqual(added['incoming']['username'], 'jo@example.org')
        self.assertEqual(added['outgoing']['username'], 'jo')
        self.assertEqual(added['outgoing']['port'], 2587)
        self.assertEqual([row['id'] for row in self.run_json('account', 'list')], [added['id']])
        changed = self.run_json('account', 'edit', 'jo@example.org', '--name', 'Someone', '--smtp',
                                'smtp+insecure://:AUTH=NONE@relay.example.org:25', '--organization', 'Org')
        self.assertEqual((changed['name'], changed['organization']), ('Someone', 'Org'))
        self.assertFalse(changed['outgoing']['login'])
        self.assertEqual(self.run_json('account', 'show', added['id']), changed)
        sending = self.run_json('account', 'edit', added['id'], '--no-incoming')
        self.assertIsNone(sending['incoming'])
        self.run_cli('account', 'edit', added['id'], '--no-outgoing', status=2)
        self.run_cli('account', 'remove', 'jo@example.org')
        self.assertEqual(self.run_json('account', 'list'), [])

    def test_unreadable_account_is_named_and_kept(self):
        self.run_cli('account', 'add', 'jo@example.org', '--imap', 'imaps://imap.example.org')
        folder = pathlib.Path(self.home, '.config/mailwright/accounts')
        broken = folder / '00000000-0000-4000-8000-000000000000.ini'
        broken.write_text('[Account]\nformat=99\nAddress=a@b.example\n')
        result = self.run_cli('account', 'list', status=3)
        self.assertIn('jo@example.org', result.stdout)
        self.assertIn(str(broken), result.stderr)
        self.run_cli('account', 'remove', broken.stem, status=3)
        self.assertTrue(broken.exists())

    def test_without_a_keyring_it_says_so_and_keeps_the_account(self):
        result = self.run_cli('account', 'add', 'jo@example.org', '--imap', 'imaps://imap.example.org',
                              '--password-fd', '0', stdin='s3cret-in-a-pipe\n', status=3)
        self.assertIn('--password-fd', result.stderr)
        self.assertNotIn('s3cret-in-a-pipe', result.stdout + result.stderr)
        self.assertEqual(len(self.run_json('account', 'list')), 1)
        status = self.run_json('password', 'status', 'jo@example.org', status=3)
        self.assertEqual(status['keyring'], 'absent')
        for path in pathlib.Path(self.home).rglob('*'):
            if path.is_file():
                self.assertNotIn(b's3cret-in-a-pipe', path.read_bytes())

    def test_targets_are_listed(self):
        listed = self.run_json('export', '--list')
        text = json.dumps(listed)
        for target in ('thunderbird', 'evolution', 'msmtp'):
            self.assertIn(target, text)
        self.assertEqual(self.run_json('export', '--journal') or [], [])

    def test_relative_output_is_undone_from_anywhere(self):
        self.run_cli('account', 'add', 'jo@example.org', '--imap', 'imaps://imap.example.org', '--smtp',
                     'smtps://smtp.example.org')
        for target in ('msmtp', 'evolution', 'thunderbird'):
            with self.subTest(target=target):
                folder = pathlib.Path(self.home, 'carried', target)
                self.run_cli('export', target, 'jo@example.org', '--output', f'carried/{target}',
                             cwd=self.home)
                self.assertTrue([path for path in folder.rglob('*') if path.is_file()])
                self.run_cli('export', '--undo', cwd='/')
                self.assertFalse([path for path in folder.rglob('*') if path.is_file()])

    def test_providers_are_searched_in_both_languages(self):
        self.assertGreater(len(self.run_json('providers')), 200)
        self.assertEqual([row['id'] for row in self.run_json('providers', 'foxmail.com')], ['qq'])
        self.assertIn('netease-163', [row['id'] for row in self.run_json('providers', '网易')])
        self.run_cli('providers', 'no such provider', status=1)

    def test_no_gtk_is_linked(self):
        result = subprocess.run(['ldd', CLI], capture_output=True, text=True, check=True)
        self.assertNotRegex(result.stdout, r'libgtk|libadwaita|libgdk')


if __name__ == '__main__':
    unittest.main()
