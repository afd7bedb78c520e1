# shellcheck shell=bash
# What auto-setup.sh and check.sh have to say: one line for each thing they do, with a spinner on a
# terminal and plain lines without one. Sourced; bash 3.2 and up.
#
# Lines go to file descriptor 3, which `say_to` opens on stdout or stderr.

SAY_SPINNER=no
SAY_OK='ok'
SAY_BAD='failed'
SAY_NOTE='note'
STEP_PID=''

# say_to 1|2: choose where lines go. Call it once, before anything is said.
say_to() {
  if [ "$1" = 2 ]; then exec 3>&2; else exec 3>&1; fi
  if [ -t 3 ] && [ "${TERM:-dumb}" != dumb ] && [ -z "${CI:-}" ]; then SAY_SPINNER=yes; fi
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/mlflow-demo-setup.XXXXXX") || {
    printf 'No temporary directory can be made in %s. Set TMPDIR to one that can be written.\n' \
      "${TMPDIR:-/tmp}" >&2
    exit 3
  }
  trap 'say_end' EXIT
  trap 'say_stop 130' INT
  trap 'say_stop 143' TERM
  trap 'say_stop 129' HUP
}

# Leave no temporary file behind. Called before exec too, which runs no EXIT trap.
say_end() {
  [ -z "${WORK:-}" ] || rm -rf "$WORK"
  WORK=''
}

# Interrupted: the step that is running ends with us.
say_stop() {
  trap - INT TERM HUP
  stop_step
  [ "$SAY_SPINNER" = no ] || printf '\r\033[K' >&3
  printf 'Stopped. Run it again to go on.\n' >&3
  say_end
  exit "$1"
}

stop_step() {
  [ -n "$STEP_PID" ] || return 0
  kill -TERM -- "-$STEP_PID" 2>/dev/null || kill -TERM "$STEP_PID" 2>/dev/null
  STEP_PID=''
}

say() { printf '%-6s %s\n' "$1" "$2" >&3; }
say_ok() { say "$SAY_OK" "$1"; }
say_note() { say "$SAY_NOTE" "$1"; }

# by_hand LINE...: what a person can do instead, indented under the line it belongs to.
by_hand() {
  local line
  for line in "$@"; do printf '         %s\n' "$line" >&3; done
}

# fail MESSAGE LINE...: say what is missing and what to do by hand, and end with exit code 3.
fail() {
  say "$SAY_BAD" "$1"
  shift
  by_hand "$@"
  exit 3
}

# run_step TITLE LIMIT_SECONDS COMMAND...: run a command (or function) as one line on the screen.
# Its output is kept in $WORK/output, for step_output. Returns the command's own status, or 124
# when it took longer than the limit. Runs in a process group of its own, so that whatever the
# command started ends with it.
run_step() {
  local title=$1 limit=$2 began=$SECONDS turn=0 status told=no
  shift 2
  set -m
  "$@" >"$WORK/output" 2>&1 </dev/null 3>&- &
  STEP_PID=$!
  set +m
  while kill -0 "$STEP_PID" 2>/dev/null; do
    if [ $((SECONDS - began)) -ge "$limit" ]; then
      stop_step
      printf 'No end after %s seconds.\n' "$limit" >>"$WORK/output"
      spinner_clear
      return 124
    fi
    if [ "$SAY_SPINNER" = yes ]; then
      spinner_turn "$turn" "$title" "$((SECONDS - began))"
      turn=$(((turn + 1) % 4))
    elif [ "$told" = no ] && [ $((SECONDS - began)) -ge 3 ]; then
      say '...' "$title"
      told=yes
    fi
    sleep 0.1
  done
  wait "$STEP_PID" 2>/dev/null
  status=$?
  STEP_PID=''
  spinner_clear
  [ "$status" -ne 0 ] || say_ok "$title$(took "$((SECONDS - began))")"
  return "$status"
}

took() { [ "$1" -lt 2 ] || printf ' (%s s)' "$1"; }

spinner_turn() {
  local glyph
  case $1 in 0) glyph='|' ;; 1) glyph='/' ;; 2) glyph='-' ;; *) glyph="\\" ;; esac
  printf '\r\033[K%-6s %s%s' "$glyph" "$2" "$(took "$3")" >&3
}

spinner_clear() { [ "$SAY_SPINNER" = no ] || printf '\r\033[K' >&3; }

# The last lines of what the step printed, without any password that stands in an address.
step_output() {
  [ -s "$WORK/output" ] || return 0
  tail -n 12 "$WORK/output" | sed -e 's|://[^/@ ]*@|://***@|g' -e 's/^/         | /' >&3
}
