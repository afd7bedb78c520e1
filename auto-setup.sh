#!/usr/bin/env bash
# Takes a machine to where the setup wizard can run, and starts it: uv, Python, the Databricks CLI
# (reported only), the Python packages, bun, the client's packages. All arguments are passed on;
# `./auto-setup.sh --help` lists them. Works from any directory, in bash 3.2 and up.
#
# AUTO_SETUP_NO_INSTALL=1 forbids installing uv, bun and Python: what is missing is then named.
# Ends with exit code 3 when something is missing that it cannot bring (docs/command-line.md).

set -u
# Where this script is, through any symbolic links and without readlink -f (not on older macOS).
SELF=${BASH_SOURCE[0]}
while [ -h "$SELF" ]; do
  LINK=$(readlink "$SELF")
  case $LINK in /*) SELF=$LINK ;; *) SELF=$(dirname "$SELF")/$LINK ;; esac
done
ROOT=$(CDPATH='' cd -- "$(dirname -- "$SELF")" && pwd -P) || exit 3
ENVIRONMENT="$ROOT/.venv"

# shellcheck source=bootstrap/say.sh
. "$ROOT/bootstrap/say.sh"
# shellcheck source=bootstrap/tools.sh
. "$ROOT/bootstrap/tools.sh"
# shellcheck source=bootstrap/cli.sh
. "$ROOT/bootstrap/cli.sh"
# shellcheck source=bootstrap/arguments.sh
. "$ROOT/bootstrap/arguments.sh"

# hand_over PYTHON ARGUMENT...: become the Python program.
hand_over() {
  local python=$1
  shift
  say_end
  AUTO_SETUP_BOOTSTRAPPED=1 exec "$python" "$ROOT/auto-setup.py" "$@" 3>&-
}

# What only reads or moves state files needs no package: any Python that is new enough will do.
hand_over_state_only() {
  local python
  for python in "$ENVIRONMENT/bin/python" python3 python; do
    have "$python" && at_least "$(python_version "$python")" "$PYTHON_WANTED" &&
      hand_over "$python" "$@"
  done
}

sync_packages() {
  local group
  set -- sync --project "$ROOT" --frozen --inexact --no-default-groups
  for group in $GROUPS_WANTED; do set -- "$@" --group "$group"; done
  UV_PROJECT_ENVIRONMENT="$ENVIRONMENT" "$AUTO_SETUP_UV" "$@" --python "$PYTHON"
}

ensure_packages() {
  local title='Python packages'
  GROUPS_WANTED=''
  if [ "$WANTS_SANDBOX" = yes ]; then
    GROUPS_WANTED=sandbox
    title='Python packages, with the sandbox and its MLflow server'
  fi
  run_step "$title" 1800 sync_packages || {
    step_output
    fail "The Python packages could not be installed into $ENVIRONMENT." \
      "No network or a mirror: set HTTPS_PROXY or UV_DEFAULT_INDEX, then run this again." \
      "By hand: cd $(printf '%q' "$ROOT") && uv sync --frozen --inexact --no-default-groups${GROUPS_WANTED:+ --group $GROUPS_WANTED}"
  }
}

install_client() {
  cd "$CLIENT" || return 1
  if [ -n "$AUTO_SETUP_BUN" ]; then
    if [ -f bun.lock ] || [ -f bun.lockb ]; then
      "$AUTO_SETUP_BUN" install --frozen-lockfile
    else
      "$AUTO_SETUP_BUN" install --no-save
    fi
  elif [ -f package-lock.json ]; then
    npm ci --no-audit --no-fund
  else
    npm install --no-audit --no-fund --no-package-lock
  fi
}

# What the client's packages follow from. The stamp lies in node_modules and goes with it.
client_inputs() {
  local file
  for file in package.json bun.lock bun.lockb package-lock.json; do
    [ ! -f "$CLIENT/$file" ] || cksum <"$CLIENT/$file"
  done
}

ensure_client() {
  local stamp inputs
  CLIENT=$(CDPATH='' cd -- "$PROJECT/client" 2>/dev/null && pwd -P) || return 0
  [ -f "$CLIENT/package.json" ] || return 0
  ensure_bun || fail "Neither bun nor npm is here, and the app's client is built with one of them." \
    "By hand: curl -fsSL https://bun.sh/install | bash        then run this again." \
    "or:      install Node.js (https://nodejs.org), which brings npm." \
    "Without the app: ./auto-setup.sh --mode notebook_only needs neither."
  stamp="$CLIENT/node_modules/.auto-setup-stamp"
  inputs=$(client_inputs)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$inputs" ]; then
    say_ok "The client's packages"
    return 0
  fi
  run_step "The client's packages" 900 install_client || {
    step_output
    fail "The client's packages could not be installed in $CLIENT." \
      "No network or a mirror: set HTTPS_PROXY, or the registry in ~/.npmrc, then run this again." \
      "By hand: cd $(printf '%q' "$CLIENT") && ${AUTO_SETUP_BUN:-npm} install"
  }
  printf '%s\n' "$inputs" >"$stamp" 2>/dev/null || return 0
}

# Variables that would lead uv or Python to another environment, or make every import slow.
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV
read_arguments "$@"
own_tools
[ "$STATE_ONLY" = no ] || hand_over_state_only "$@"
if [ "$SAYS_ON_STDERR" = yes ]; then say_to 2; else say_to 1; fi
! installs_forbidden || export UV_PYTHON_DOWNLOADS=never
ensure_uv
ensure_python "$ENVIRONMENT"
report_databricks_cli
ensure_packages
AUTO_SETUP_BUN=${AUTO_SETUP_BUN:-}
[ "$STATE_ONLY" = yes ] || [ "$WANTS_CLIENT" = no ] || ensure_client
hand_over "$ENVIRONMENT/bin/python" "$@"
