#!/bin/sh
# Runs what follows with a Python 3.13 that can make virtual environments, wherever this machine keeps one.
# A name on the PATH proves nothing (version managers put dead ones there), so each candidate is asked.
set -eu
fits='import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13) or sys.implementation.name != "cpython")'
for python in ${PYTHON:-python3.13 python3 /usr/bin/python3.13 /usr/local/bin/python3.13 /opt/homebrew/bin/python3.13}; do
    if "$python" -c "$fits" >/dev/null 2>&1; then
        exec "$python" "$@"
    fi
done
if [ -n "${PYTHON:-}" ]; then
    echo "PYTHON=$PYTHON is no CPython 3.13 with venv and pip (Debian: apt-get install python3.13-venv)." >&2
else
    echo "No CPython 3.13 with venv and pip was found (Debian: apt-get install python3.13-venv)." >&2
    echo "If it stands where nobody looks: make PYTHON=/path/to/python3.13 ..." >&2
fi
exit 1
