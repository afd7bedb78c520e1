# shellcheck shell=bash
# The few arguments and settings that decide what a fresh machine needs. Python reads them all
# again, and judges them; here nothing is refused. Sourced; bash 3.2 and up.

# Sets WANTS_SANDBOX, WANTS_CLIENT, SAYS_ON_STDERR, STATE_ONLY and PROJECT.
# shellcheck disable=SC2034  # auto-setup.sh, which sources this, reads them.
read_arguments() {
  local argument previous='' mode="${AUTO_SETUP_MODE:-}" config=''
  WANTS_SANDBOX=$(truth "${AUTO_SETUP_SANDBOX:-}")
  WANTS_CLIENT=yes
  SAYS_ON_STDERR=$(truth "${AUTO_SETUP_JSON:-}")
  STATE_ONLY=no
  PROJECT="${AUTO_SETUP_PROJECT:-$ROOT/demo}"
  for argument in "$@"; do
    case $previous in
      --project) PROJECT=$argument ;;
      --mode) mode=$argument ;;
      --config) config=$argument ;;
    esac
    previous=$argument
    case $argument in
      --project=*) PROJECT=${argument#*=} ;;
      --mode=*) mode=${argument#*=} ;;
      --config=*) config=${argument#*=} ;;
      --sandbox) WANTS_SANDBOX=yes ;;
      --json) SAYS_ON_STDERR=yes ;;
      # These read or move files beside the project, and need nothing but a Python.
      -h | --help | --version | --status | --cleanup) STATE_ONLY=yes ;;
      # These never touch the project's own files.
      --dry-run | --validate-only | --rollback | --stop-app) WANTS_CLIENT=no ;;
    esac
  done
  read_file "${config:-$PROJECT/auto-setup.toml}"
  [ "${mode:-$FILE_MODE}" != notebook_only ] || WANTS_CLIENT=no
  [ "$FILE_SANDBOX" != yes ] || [ -n "${AUTO_SETUP_SANDBOX:-}" ] || WANTS_SANDBOX=yes
  # What reads a pipe is to get the Python program's lines and nothing else.
  [ -t 1 ] || SAYS_ON_STDERR=yes
}

truth() {
  case $1 in 1 | [Tt]rue | TRUE | [Yy]es | YES | [Oo]n | ON | t | T | y | Y) echo yes ;; *) echo no ;; esac
}

# The two lines of auto-setup.toml that matter here. What else it says is Python's to read.
read_file() {
  FILE_MODE='' FILE_SANDBOX=no
  [ -f "$1" ] && [ -r "$1" ] || return 0
  FILE_MODE=$(sed -n 's/^[[:space:]]*mode[[:space:]]*=[[:space:]]*["'"'"']\([a-z_]*\)["'"'"'].*/\1/p' "$1")
  if grep -Eq '^[[:space:]]*sandbox[[:space:]]*=[[:space:]]*true' "$1"; then FILE_SANDBOX=yes; fi
}
