#!/bin/sh
# Makes .venv hold what a lock file lists, compiled translations, the libraries for PDFs, and a .env for demonstrations.
# Does only what is missing.
# Usage: sh scripts/set_up.sh requirements.lock
set -eu

cd -- "$(dirname -- "$0")/.."
lock=$1
suitable='import sys; sys.exit(sys.version_info < (3, 11))'

usable_python() {
    without_venv=
    for python in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        "$python" -c "$suitable" 2>/dev/null || continue
        if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$python"
            return
        fi
        without_venv=${without_venv:-$python}
    done
    if [ -n "$without_venv" ]; then
        version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "Python $version cannot make environments here. Debian, Ubuntu: apt-get install python$version-venv" >&2
    else
        found=$(python3 --version 2>/dev/null || echo "no python3")
        echo "Python 3.11 or later is needed; found $found. PYTHON=/path/to/python names another." >&2
    fi
    return 1
}

if ! .venv/bin/python -c "$suitable" 2>/dev/null; then
    python=$(usable_python)
    echo "Making the environment .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi

# The lock file itself, kept beside what was installed from it, is the record of what is there.
if ! cmp -s "$lock" ".venv/$lock"; then
    echo "Installing $lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    cp "$lock" ".venv/$lock"
fi

if [ ! -e .env ] && [ -z "${SECRET_KEY:-}" ]; then
    printf '%s\n' '# Made by set_up.sh: a demonstration. For production see .env.example and docs/deployment.md.' DEMO=1 >.env
fi

.venv/bin/python scripts/compile_messages.py
.venv/bin/python scripts/install_pango.py
