#!/bin/sh
# Builds the application here and in a copy at another place, and compares every byte: what is deployed must depend
# on the checkout's contents, not on when, where or after what it was built.
set -eu
here=.aws-sam/build
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
make --no-print-directory build
for part in template.yaml functions layers infra; do
    cp -R "$part" "$copy/$part"
done
sh infra/toolchain/sam-build.sh "$copy"
diff -r "$here" "$copy/$here"
echo "build-check: $(find "$here" -type f | wc -l) files, twice the same"
