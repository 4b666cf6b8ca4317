# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later

function __mailwright_cli_accounts
    mailwright-cli account list 2>/dev/null | while read -l id address name
        printf '%s\t%s\n' (string split ' ' -- (string trim -- $address))[1] account
    end
end

function __mailwright_cli_verb
    set -l words (commandline -opc)
    test (count $words) -eq 2; and test "$words[2]" = "$argv[1]"
end

set -l command mailwright-cli
complete -c $command -f
for pair in 'detect:Find the settings for a mail address' 'advise:Say what is wrong with typed settings' \
        'probe:Check one server' 'account:Add, list, show, change and remove accounts' \
        'password:Keep the password in the keyring' 'check:Check the servers of accounts' \
        'export:Put accounts into other programs' 'providers:List the known mail providers' \
        'network:Show the state of the network'
    set -l parts (string split -m 1 : -- $pair)
    complete -c $command -n __fish_use_subcommand -a $parts[1] -d $parts[2]
end
complete -c $command -l json -d 'Print one JSON value'
complete -c $command -l help -d 'Show the help'
complete -c $command -n '__mailwright_cli_verb probe' -a 'imap pop3 smtp'
complete -c $command -n '__mailwright_cli_verb account' -a 'add list show edit remove'
complete -c $command -n '__mailwright_cli_verb password' -a 'set forget status'
complete -c $command -n '__mailwright_cli_verb export' -a 'thunderbird evolution msmtp'
complete -c $command -n '__fish_seen_subcommand_from check export show edit remove set forget status' \
    -a '(__mailwright_cli_accounts)'

complete -c $command -n '__fish_seen_subcommand_from detect' -l offline -d 'Use no network'
complete -c $command -n '__fish_seen_subcommand_from detect' -l compare -d 'Ask every source'
complete -c $command -n '__fish_seen_subcommand_from detect add' -x -l ispdb -d 'Copy of the ISPDB'
complete -c $command -n '__fish_seen_subcommand_from detect advise' -x -l mx -d 'An MX host'
complete -c $command -n '__fish_seen_subcommand_from detect probe check add' -r -F -l ca-file \
    -d 'Trust the authorities in this file too'
complete -c $command -n '__fish_seen_subcommand_from advise add edit' -x -l imap -d 'IMAP server'
complete -c $command -n '__fish_seen_subcommand_from advise add edit' -x -l pop3 -d 'POP3 server'
complete -c $command -n '__fish_seen_subcommand_from advise add edit' -x -l smtp -d 'SMTP server'
complete -c $command -n '__fish_seen_subcommand_from advise probe check password add export' -x \
    -l password-fd -d 'Read the password from here'

complete -c $command -n '__fish_seen_subcommand_from probe' -x -l port -d Port
complete -c $command -n '__fish_seen_subcommand_from probe' -x -l security -a 'tls starttls none'
complete -c $command -n '__fish_seen_subcommand_from probe' -x -l user -d 'Login name'
complete -c $command -n '__fish_seen_subcommand_from probe' -x -l auth \
    -a 'PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER'
complete -c $command -n '__fish_seen_subcommand_from probe' -x -l sender -d 'Envelope sender'
complete -c $command -n '__fish_seen_subcommand_from probe' -x -l accept-key -d 'Accept this public key'
complete -c $command -n '__fish_seen_subcommand_from probe' -l allow-plain-login \
    -d 'Send the password unencrypted'
complete -c $command -n '__fish_seen_subcommand_from probe check' -x -l timeout -d Seconds
complete -c $command -n '__fish_seen_subcommand_from probe check' -l details -d 'Show certificates'
complete -c $command -n '__fish_seen_subcommand_from probe check' -l transcript -d 'Show the dialogue'

complete -c $command -n '__fish_seen_subcommand_from add edit' -x -l name -d 'Name of the person'
complete -c $command -n '__fish_seen_subcommand_from add edit' -x -l reply-to -d 'Where answers go'
complete -c $command -n '__fish_seen_subcommand_from add edit' -x -l organization -d Organization
complete -c $command -n '__fish_seen_subcommand_from add edit' -x -l leave-on-server -a 'yes no'
complete -c $command -n '__fish_seen_subcommand_from add edit' -x -l separate-passwords -a 'yes no'
complete -c $command -n '__fish_seen_subcommand_from add edit' -x -l accept-incoming-key
complete -c $command -n '__fish_seen_subcommand_from add edit' -x -l accept-outgoing-key
complete -c $command -n '__fish_seen_subcommand_from add' -l detect -d 'Find the servers'
complete -c $command -n '__fish_seen_subcommand_from add' -l accept-untrusted \
    -d 'Take servers of another domain'
complete -c $command -n '__fish_seen_subcommand_from edit' -x -l address -d 'Mail address'
complete -c $command -n '__fish_seen_subcommand_from edit' -l no-incoming -d 'Sending only'
complete -c $command -n '__fish_seen_subcommand_from edit' -l no-outgoing -d 'Receiving only'
complete -c $command -n '__fish_seen_subcommand_from password' -x -l half -a 'incoming outgoing'
complete -c $command -n '__fish_seen_subcommand_from check export' -l all -d 'Every account'
complete -c $command -n '__fish_seen_subcommand_from check' -x -l jobs -d 'Connections at once'
complete -c $command -n '__fish_seen_subcommand_from check' -l mask-names -d 'Mask names'

complete -c $command -n '__fish_seen_subcommand_from export' -x -l output -a '(__fish_complete_directories)'
complete -c $command -n '__fish_seen_subcommand_from export' -x -l profile -a '(__fish_complete_directories)'
complete -c $command -n '__fish_seen_subcommand_from export' -l install -d 'Into the program here'
complete -c $command -n '__fish_seen_subcommand_from export' -l with-passwords -d 'Fill its password store'
complete -c $command -n '__fish_seen_subcommand_from export' -x -l primary-password-fd
complete -c $command -n '__fish_seen_subcommand_from export' -l dry-run -d 'Only show'
complete -c $command -n '__fish_seen_subcommand_from export' -l list -d 'List the targets'
complete -c $command -n '__fish_seen_subcommand_from export' -l journal -d 'List the exports'
complete -c $command -n '__fish_seen_subcommand_from export' -l undo -d 'Take an export back'
