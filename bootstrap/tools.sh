# shellcheck shell=bash
# Finds the tools a setup stands on, and installs uv and bun where they are missing: into a folder
# of our own, with the person's shell files left alone. Sourced after say.sh; bash 3.2 and up.
#
# Sets AUTO_SETUP_UV and AUTO_SETUP_BUN (empty when there is only npm), which the Python program
# reads, and puts both on PATH for everything that is started from here.

UV_WANTED=0.7.0
PYTHON_WANTED=3.10.16
OWN_TOOLS=''

# Where our own copies live. The same place for every checkout, so that the next one finds them.
own_tools() {
  # A bare `~` still means the account's home where HOME is not set (cron, some containers).
  : "${HOME:=$(cd ~ && pwd)}"
  export HOME
  OWN_TOOLS="${XDG_DATA_HOME:-$HOME/.local/share}/mlflow-demo-setup"
}

have() { command -v "$1" >/dev/null 2>&1; }

installs_forbidden() {
  case "${AUTO_SETUP_NO_INSTALL:-}" in '' | 0 | false | no) return 1 ;; *) return 0 ;; esac
}

# at_least HAVE WANTED: compares versions as numbers, so that 0.262.0 < 1.13.0 and 3.9 < 3.10.
at_least() {
  local have="$1." want="$2." h w
  while [ -n "$want" ]; do
    h=${have%%.*} w=${want%%.*}
    have=${have#*.} want=${want#*.}
    h=${h%%[!0-9]*} w=${w%%[!0-9]*}
    h=$((10#${h:-0})) w=$((10#${w:-0}))
    [ "$h" -le "$w" ] || return 0
    [ "$h" -ge "$w" ] || return 1
  done
  return 0
}

# The first number with dots in it on standard input.
first_version() { sed -n 's/^[^0-9]*\([0-9][0-9]*\(\.[0-9][0-9]*\)\{1,\}\).*/\1/p' | head -n 1; }

put_on_path() { case ":$PATH:" in *":$1:"*) ;; *) PATH="$1:$PATH" && export PATH ;; esac; }

# ------------------------------------------------------------------------------------------- uv

# A uv that really runs (a pyenv shim may not) and is new enough.
try_uv() {
  local version
  [ -n "$1" ] && [ -x "$1" ] || return 1
  version=$("$1" --version 2>/dev/null | first_version)
  [ -n "$version" ] && at_least "$version" "$UV_WANTED" || return 1
  AUTO_SETUP_UV=$1
  UV_VERSION=$version
  export AUTO_SETUP_UV
}

find_uv() {
  try_uv "${AUTO_SETUP_UV:-}" || try_uv "$(command -v uv 2>/dev/null)" ||
    try_uv "$OWN_TOOLS/uv/uv" || try_uv "$OWN_TOOLS/uv-venv/bin/uv" ||
    try_uv "$(user_base)/bin/uv" || try_uv "$HOME/.local/bin/uv"
}

user_base() { python3 -m site --user-base 2>/dev/null; }

uv_by_curl() {
  curl -LsSf --connect-timeout 15 --max-time 60 -o "$WORK/uv-install.sh" \
    https://astral.sh/uv/install.sh &&
    UV_UNMANAGED_INSTALL="$OWN_TOOLS/uv" UV_NO_MODIFY_PATH=1 sh "$WORK/uv-install.sh"
}

uv_by_venv() {
  local python
  for python in python3 python3.13 python3.12 python3.11 python3.10 python; do
    have "$python" && "$python" -m venv --clear "$OWN_TOOLS/uv-venv" &&
      "$OWN_TOOLS/uv-venv/bin/python" -m pip install --disable-pip-version-check uv && return 0
  done
  return 1
}

uv_by_pip() { python3 -m pip install --disable-pip-version-check --user uv; }

ensure_uv() {
  if ! find_uv; then
    installs_forbidden && fail "uv $UV_WANTED or newer is not here, and AUTO_SETUP_NO_INSTALL forbids installing it." \
      "By hand: curl -LsSf https://astral.sh/uv/install.sh | sh" "or:      python3 -m pip install uv"
    say_note "uv is not here: installing it into $OWN_TOOLS (your shell files stay as they are)"
    { have curl && run_step "Install uv with its installer" 300 uv_by_curl && find_uv; } ||
      { run_step "Install uv from PyPI, in an environment of its own" 300 uv_by_venv && find_uv; } ||
      { run_step "Install uv from PyPI, for this user" 300 uv_by_pip && find_uv; } || {
      step_output
      fail "uv could not be installed." \
        "By hand: curl -LsSf https://astral.sh/uv/install.sh | sh" \
        "or:      python3 -m pip install uv        then run this again." \
        "Behind a proxy or a mirror, set HTTPS_PROXY or PIP_INDEX_URL and UV_DEFAULT_INDEX first."
    }
  fi
  put_on_path "$(dirname "$AUTO_SETUP_UV")"
  say_ok "uv $UV_VERSION"
}

# --------------------------------------------------------------------------------------- Python

python_version() { "$1" -c 'import platform; print(platform.python_version())' 2>/dev/null; }

# Sets PYTHON to an interpreter that fits: the environment's own, else what uv finds or fetches.
ensure_python() {
  local environment=$1 version
  PYTHON="$environment/bin/python"
  version=$(python_version "$PYTHON" | first_version)
  if [ -z "$version" ] || ! at_least "$version" "$PYTHON_WANTED"; then
    PYTHON=$(uv_find_python) || {
      installs_forbidden && fail "Python $PYTHON_WANTED or newer is not here, and AUTO_SETUP_NO_INSTALL forbids installing it." \
        "By hand: uv python install 3.12, or your system's own way."
      run_step "Install Python 3.12 (by uv)" 600 "$AUTO_SETUP_UV" python install 3.12
      PYTHON=$(uv_find_python) || {
        step_output
        fail "Python $PYTHON_WANTED or newer is not here, and uv could not fetch one." \
          "By hand: install Python 3.12 your system's own way (brew install python@3.12," \
          "         apt install python3, or python.org), then run this again."
      }
    }
    version=$(python_version "$PYTHON" | first_version)
  fi
  say_ok "Python $version"
}

uv_find_python() {
  "$AUTO_SETUP_UV" python find --no-project --no-python-downloads ">=$PYTHON_WANTED" 2>/dev/null
}

# ------------------------------------------------------------------------------------------ bun

try_bun() {
  local version
  [ -n "$1" ] && [ -x "$1" ] || return 1
  version=$("$1" --version 2>/dev/null | first_version)
  [ -n "$version" ] || return 1
  AUTO_SETUP_BUN=$1
  BUN_VERSION=$version
  export AUTO_SETUP_BUN
}

find_bun() {
  try_bun "${AUTO_SETUP_BUN:-}" || try_bun "$(command -v bun 2>/dev/null)" ||
    try_bun "$OWN_TOOLS/bun/bin/bun" || try_bun "$OWN_TOOLS/bun-npm/node_modules/.bin/bun" ||
    try_bun "$HOME/.bun/bin/bun"
}

# bun's installer edits the start-up file of the shell that SHELL names, and of no other.
bun_by_curl() {
  curl -fsSL --connect-timeout 15 --max-time 60 -o "$WORK/bun-install.sh" https://bun.sh/install &&
    BUN_INSTALL="$OWN_TOOLS/bun" SHELL=/bin/sh bash "$WORK/bun-install.sh"
}

bun_by_npm() {
  npm install --no-audit --no-fund --no-save --prefix "$OWN_TOOLS/bun-npm" bun
}

# Returns 1 when there is neither bun nor npm, with nothing said: the caller knows who needs it.
ensure_bun() {
  if ! find_bun; then
    AUTO_SETUP_BUN=''
    if ! installs_forbidden; then
      say_note "bun is not here: installing it into $OWN_TOOLS (your shell files stay as they are)"
      { have curl && run_step "Install bun with its installer" 300 bun_by_curl && find_bun; } ||
        { have npm && run_step "Install bun with npm" 300 bun_by_npm && find_bun; }
    fi
  fi
  if [ -n "$AUTO_SETUP_BUN" ]; then
    put_on_path "$(dirname "$AUTO_SETUP_BUN")"
    say_ok "bun $BUN_VERSION"
  elif have npm; then
    say_ok "npm $(npm --version 2>/dev/null) (in bun's place)"
  else
    return 1
  fi
}
