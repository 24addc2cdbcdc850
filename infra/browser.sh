#!/usr/bin/env bash
# Debian's Chromium for the tests that need a browser. Without it they are skipped, aloud; with
# CI=true a skip fails.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests"
    apt-get update -qq >/dev/null || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null \
        && exit 0
fi
echo "There is no Chromium: the browser tests are skipped. To run them: apt-get install chromium" >&2
