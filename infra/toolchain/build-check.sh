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
echo "build-check: $(find "$here" -type f | wc -l) files, twice the same"

sdk=$("$HAAT_PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$HAAT_PYTHON" -I -S -B infra/toolchain/loads.py "$sdk" "$here/HotLayer" "$here/SharedLayer" "$here/ApiLayer"
# Functions without the API's layer must do without it.
without=$("$HAAT_PYTHON" - "$here/template.yaml" <<'END'
import sys
from pathlib import Path
from samtranslator.yaml_helper import yaml_parse
built = Path(sys.argv[1])
for one in yaml_parse(built.read_text("utf-8"))["Resources"].values():
    if one["Type"] == "AWS::Serverless::Function" and {"Ref": "ApiLayer"} not in one["Properties"].get("Layers", ()):
        print("--of", built.parent / one["Properties"]["CodeUri"] / "app.py")
END
)
# shellcheck disable=SC2086  # words, none with a blank
"$HAAT_PYTHON" -I -S -B infra/toolchain/loads.py $without "$sdk" "$here/HotLayer" "$here/SharedLayer"

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
weigh "our code, with its bytecode," "$here/SharedLayer" 2300000
# A function's own folder, so that with our code it stays below 2.5 MB.
for app in "$here"/*/app.py; do
    own=${app%/app.py}
    weigh "the folder of ${own##*/}" "$own" 100000
done
for entry in "$here"/ApiLayer/python/*; do
    case ${entry##*/} in
        chalice | chalice-*.dist-info) ;;
        fastjsonschema | fastjsonschema-*.dist-info) ;;
        phonenumbers | phonenumberslite-*.dist-info) ;;
        pyuegc | pyuegc-*.dist-info) ;;
        stdnum | python_stdnum-*.dist-info) ;;
        *)
            echo "build-check: the API's layer holds ${entry##*/}: chalice must come without its dependencies" >&2
            exit 1
            ;;
    esac
done
weigh "the API's layer" "$here/ApiLayer" 5000000
weigh "chalice, without its dependencies," "$here/ApiLayer/python/chalice" 2000000
