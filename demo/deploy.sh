#!/usr/bin/env bash
# Deploy the demo as a Databricks App with the Databricks CLI, without auto-setup.
#
#   ./deploy.sh                          sign in with the profile DEFAULT
#   DATABRICKS_CONFIG_PROFILE=x ./deploy.sh
#
# .env.local names the workspace and the app; app.yaml is filled from it. The app must exist, and
# its service principal must hold its grants (auto-setup does both).
set -euo pipefail
cd "$(dirname "$0")"

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

profile=${DATABRICKS_CONFIG_PROFILE:-DEFAULT}
export DATABRICKS_CONFIG_PROFILE=$profile
python=.venv/bin/python

[ -f .env.local ] || fail 'There is no .env.local, which names the workspace and the app. Run auto-setup first.'
[ -x "$python" ] || fail 'The Python environment is missing. Run: uv sync --frozen'
[ -f client/build/index.html ] || fail 'The page is not built. Run: cd client && bun install --frozen-lockfile && bun run build'
command -v databricks >/dev/null 2>&1 ||
  fail 'The Databricks CLI is missing. Install it (https://docs.databricks.com/dev-tools/cli/install), or use auto-setup, which needs none.'

host=$("$python" -m mlflow_demo.check_sign_in) || exit 1
name=$("$python" -c 'from dotenv import dotenv_values; print(dotenv_values(".env.local").get("DATABRICKS_APP_NAME") or "")')
[ -n "$name" ] || fail 'DATABRICKS_APP_NAME is not set in .env.local. Run auto-setup, or add it.'

# What is uploaded is laid out in a folder of its own: `databricks sync` would leave out the built
# page, which git ignores, and must not upload .env.local.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cp -R mlflow_demo server setup pyproject.toml uv.lock README.md "$tree/"
mkdir -p "$tree/client"
cp -R client/build "$tree/client/build"
"$python" -m mlflow_demo.app_yaml >"$tree/app.yaml" || exit 1
find "$tree" -name __pycache__ -prune -exec rm -rf {} +

user=$(databricks current-user me --profile "$profile" --output json |
  "$python" -c 'import json, sys; print(json.load(sys.stdin)["userName"])') ||
  fail "Cannot sign in with the profile $profile. Run: databricks auth login --profile $profile"
target=/Workspace/Users/$user/$name

printf 'Uploading to %s in %s\n' "$target" "$host"
databricks sync --full "$tree" "$target" --profile "$profile"
printf 'Deploying %s\n' "$name"
databricks apps deploy "$name" --source-code-path "$target" --profile "$profile"
