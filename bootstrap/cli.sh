# shellcheck shell=bash
# Reports the Databricks CLI. A finding only: whether the sign-in in use needs it is judged by the
# Python program (profiles made by `databricks auth login` do; tokens and OAuth secrets do not).
# Sourced after tools.sh; bash 3.2 and up.

DATABRICKS_WANTED=0.262.0
DATABRICKS_INSTALL='By hand: brew install databricks/tap/databricks
or:      curl -fsSL https://raw.githubusercontent.com/databricks/setup-cli/main/install.sh | sh'

# `Databricks CLI v1.13.0` is the one meant; the old one from PyPI prints `Version 0.18.0`.
report_databricks_cli() {
  local printed version
  if ! have databricks; then
    say_note "Databricks CLI: not here (only profiles made by 'databricks auth login' need it)"
    return 0
  fi
  printed=$(databricks --version 2>/dev/null </dev/null)
  version=$(printf '%s\n' "$printed" | first_version)
  case $printed in
    *'Databricks CLI'*)
      if at_least "$version" "$DATABRICKS_WANTED"; then
        say_ok "Databricks CLI $version"
        return 0
      fi
      say_note "Databricks CLI $version is older than $DATABRICKS_WANTED" ;;
    Version*) say_note "databricks is the old CLI from PyPI (databricks-cli $version), not the one of $DATABRICKS_WANTED or newer" ;;
    *) say_note "databricks does not say which version it is ($(command -v databricks))" ;;
  esac
  by_hand_lines "$DATABRICKS_INSTALL"
}

by_hand_lines() {
  local line
  printf '%s\n' "$1" | while IFS= read -r line; do by_hand "$line"; done
}
