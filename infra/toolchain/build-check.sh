#!/bin/sh
# Builds the application here and in a copy at another place, and compares every byte: what is deployed must depend
# on the checkout's contents, not on when, where or after what it was built. Then weighs the layers: each byte is
# fetched and unpacked in a cold start.
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
# No function loads the API's layer yet, so sam builds none.
for once in api-1 api-2; do
    make --no-print-directory --silent -C layers/api build-ApiLayer ARTIFACTS_DIR="$copy/$once"
done
diff -r "$copy/api-1" "$copy/api-2"
echo "build-check: $(find "$here" "$copy/api-1" -type f | wc -l) files, twice the same"

sdk=$("$HAAT_PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$HAAT_PYTHON" -I -S -B infra/toolchain/loads.py "$sdk" "$here/HotLayer" "$here/SharedLayer"

# weigh WHAT FOLDER LIMIT: unpacked, in bytes; a folder that is missing weighs 0 and is refused
weigh() {
    bytes=$(find "$2" -type f -exec cat {} + | wc -c)
    if [ "$bytes" -eq 0 ] || [ "$bytes" -gt "$3" ]; then
        echo "build-check: $1 has $bytes bytes; more than 0 and at most $3 are allowed" >&2
        exit 1
    fi
    echo "build-check: $1 has $bytes bytes, at most $3"
}
weigh "the hot layer" "$here/HotLayer" 5000000
weigh "our code" "$here/SharedLayer" 600000
for entry in "$copy"/api-1/python/*; do
    case ${entry##*/} in
        chalice | chalice-*.dist-info) ;;
        *)
            echo "build-check: the API's layer holds ${entry##*/}: chalice must come without its dependencies" >&2
            exit 1
            ;;
    esac
done
weigh "chalice, alone in the API's layer," "$copy/api-1/python/chalice" 2000000
