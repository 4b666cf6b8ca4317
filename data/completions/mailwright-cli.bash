# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later

_mailwright_cli_accounts ()
{
  mailwright-cli account list 2>/dev/null | while read -r _ address _
  do
    printf '%s\n' "$address"
  done
}

_mailwright_cli ()
{
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]} verb=${COMP_WORDS[2]} words=

  COMPREPLY=()
  case $prev in
    --security) words='tls starttls none' ;;
    --auth) words='PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER' ;;
    --half) words='incoming outgoing' ;;
    --leave-on-server | --separate-passwords) words='yes no' ;;
    --output | --profile)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$cur")
      return
      ;;
    --ca-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      return
      ;;
  esac
  if [[ -z $words ]]
  then
    if ((COMP_CWORD == 1))
    then
      words='detect advise probe account password check export providers network --help --version'
    else
      case $command in
        detect) words='--offline --mx --compare --ca-file --ispdb --json --help' ;;
        advise) words='--imap --pop3 --smtp --mx --password-fd --json --help' ;;
        probe)
          words='--port --security --user --password-fd --auth --sender --ca-file --accept-key
                 --allow-plain-login --timeout --details --transcript --json --help'
          ((COMP_CWORD == 2)) && words='imap pop3 smtp'
          ;;
        account)
          words='--name --reply-to --organization --imap --pop3 --smtp --leave-on-server
                 --separate-passwords --accept-incoming-key --accept-outgoing-key --json --help'
          case $verb in
            add) words+=' --detect --accept-untrusted --ca-file --ispdb --password-fd' ;;
            edit) words+=" --address --no-incoming --no-outgoing $(_mailwright_cli_accounts)" ;;
            show | remove) words="$(_mailwright_cli_accounts) --json --help" ;;
            list) words='--json --help' ;;
          esac
          ((COMP_CWORD == 2)) && words='add list show edit remove'
          ;;
        password)
          words="$(_mailwright_cli_accounts) --password-fd --half --json --help"
          ((COMP_CWORD == 2)) && words='set forget status'
          ;;
        check)
          words="$(_mailwright_cli_accounts) --all --ca-file --timeout --jobs --password-fd --details
                 --transcript --mask-names --json --help"
          ;;
        export)
          words="$(_mailwright_cli_accounts) --output --install --profile --with-passwords --password-fd
                 --primary-password-fd --dry-run --all --list --journal --undo --json --help"
          ((COMP_CWORD == 2)) && words='thunderbird evolution msmtp --list --journal --undo'
          ;;
        providers | network) words='--json --help' ;;
      esac
    fi
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _mailwright_cli mailwright-cli
