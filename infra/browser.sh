#!/usr/bin/env bash
# Debian's Chromium for the tests that need a browser. Without it they are skipped, aloud; with
# CI=true a skip fails. The shell without windows is a third of the work of the whole browser.
set -eu
has() { command -v "$1" >/dev/null; }
has chromium-headless-shell && exit 0
if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "Installing Chromium for the browser tests"
    apt-get update -qq >/dev/null || true
    for package in chromium-headless-shell chromium; do
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" \
            >/dev/null && exit 0
    done
fi
for name in chromium chromium-browser google-chrome; do
    has "$name" && exit 0
done
echo "There is no Chromium: the browser tests are skipped." \
    "To run them: apt-get install chromium-headless-shell" >&2
