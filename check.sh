#!/usr/bin/env bash
# The tests, from nothing: installs what they need, then format, lint, types, import rules, tests.
# Needs only Python and a package index. `./check.sh quick` leaves out the tests marked full,
# browser and terminal; `./check.sh pictures` compares the screens with docs/pictures;
# `./check.sh journeys` goes the whole way in a terminal in each kind of workspace (JOURNEY_SCREENS
# names a folder to keep the screens in); `./check.sh soak` is what takes too long for every day.
# The last three are left out of the full run.
# Ends with pytest's own closing line.
set -eu
ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
cd "$ROOT"
# shellcheck source=bootstrap/say.sh
. "$ROOT/bootstrap/say.sh"
# shellcheck source=bootstrap/tools.sh
. "$ROOT/bootstrap/tools.sh"

unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV NO_COLOR TEXTUAL_THEME
own_tools
say_to 2
ensure_uv
say_end

said() { printf '\n== %s\n' "$1"; }
UV=$AUTO_SETUP_UV
run() { "$UV" run --frozen "$@"; }

said 'Python packages'
"$UV" sync --frozen --quiet

said 'Format and lint'
run ruff format --check .
run ruff check .
run shellcheck -x auto-setup.sh check.sh .ci/run bootstrap/*.sh

said 'Types'
run basedpyright

said 'Import rules'
run lint-imports

EVERY_DAY='not pictures and not journeys and not soak'
MARKS=$EVERY_DAY
left_out() { printf 'Left out: the tests marked %s, for lack of %s.\n' "$1" "$2"; MARKS="$MARKS and not $1"; }
if [ "${1:-}" = quick ]; then
  MARKS="not full and not browser and not terminal and $EVERY_DAY"
elif [ "${1:-}" = pictures ]; then
  MARKS='pictures'
elif [ "${1:-}" = soak ]; then
  MARKS='soak'
elif [ "${1:-}" = journeys ]; then
  MARKS='journeys'
  have tmux || { echo 'The journeys need tmux.' >&2; exit 3; }
  have chromium || left_out browser Chromium
else
  have tmux || left_out terminal tmux
  have chromium || left_out browser Chromium
fi

said 'Tests'
# By file, two at a time: most of what a test waits for are processes of its own.
run pytest -q -n 2 --no-loadscope-reorder -m "$MARKS"
