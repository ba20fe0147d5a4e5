#!/bin/sh
# sam build of the checkout in $1, without the bytecode that running the code has left in its folders.
# Called by the Makefile, which exports HAAT_PYTHON and HAAT_WHEELS for the layers' own makefiles.
set -eu
venv=$(cd .venv-sam && pwd)
cd "$1"
find functions layers -name __pycache__ -prune -exec rm -rf {} +
# SAM looks for a python3.13 on the PATH; only this one is sure to have pip.
PATH="$venv/bin:$PATH" exec "$venv/bin/sam" build --template-file template.yaml --build-dir .aws-sam/build
