#!/usr/bin/env bash
# The programs that run the examples for hosting companies. An example without its program is
# skipped, aloud; with CI=true a skip fails.
set -eu
has() { command -v "$1" >/dev/null; }
missing=()
for pair in curl:curl php:php-cli node:nodejs; do
    has "${pair%:*}" || missing+=("${pair#*:}")
done
[ ${#missing[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "Installing ${missing[*]} for the examples of the Hash Check Service"
    apt-get update -qq >/dev/null || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >/dev/null && exit 0
fi
echo "Examples of the Hash Check Service are skipped." \
    "To run them: apt-get install ${missing[*]}" >&2
