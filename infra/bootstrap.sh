#!/usr/bin/env bash
# A small environment of its own for the package installer, pinned by hash.
set -eu
python="${PYTHON:-python3}"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11, 2))' 2>/dev/null || {
    echo "Python 3.11.2 or newer is needed: apt-get install python3" >&2
    exit 1
}
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ]; then
        echo "Installing python3-venv"
        apt-get install -y --no-install-recommends python3-venv >/dev/null
    elif sudo -n true 2>/dev/null; then
        sudo -n apt-get install -y --no-install-recommends python3-venv >/dev/null
    else
        echo "python3-venv is missing. Run: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi
echo "Installing the package installer into .uv"
"$python" -m venv .uv
.uv/bin/pip install --quiet --require-hashes -r bootstrap.lock
