#!/bin/sh
# What the action does once imctl is built: annotations on the lines, a table in the step's summary (imctl writes it where
# GITHUB_STEP_SUMMARY says), and a SARIF report where one is asked for.
# Reads IMCTL (the program), IMCTL_CONFIG, FAIL_ON and SARIF; empty means the default.
set -eu
set -- lint --format github --fail-on "${FAIL_ON:-error}"
[ -z "${SARIF:-}" ] || set -- "$@" --report "sarif=$SARIF"
exec "${IMCTL:-imctl}" "$@"
