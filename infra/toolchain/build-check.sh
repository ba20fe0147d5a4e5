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
all="$here/HotLayer $here/SharedLayer $here/ApiCodeLayer $here/PaymentLayer $here/CryptoLayer $here/ApiLayer $here/VerificationLayer"
# shellcheck disable=SC2086  # words, none with a blank
"$HAAT_PYTHON" -I -S -B infra/toolchain/loads.py "$sdk" $all
# Each function with its own layers and no other: one line for all that have the same.
"$HAAT_PYTHON" - "$here/template.yaml" <<'END' >"$copy/loads"
import sys
from collections import defaultdict
from pathlib import Path
from samtranslator.yaml_helper import yaml_parse
built = Path(sys.argv[1])
template = yaml_parse(built.read_text("utf-8"))
every = template["Globals"]["Function"]["Layers"]
alike = defaultdict(list)
for one in template["Resources"].values():
    if one["Type"] == "AWS::Serverless::Function":
        layers = [layer["Ref"] for layer in (*every, *one["Properties"].get("Layers", ()))]
        alike[tuple(layers)].append(built.parent / one["Properties"]["CodeUri"] / "app.py")
for layers, apps in alike.items():
    print(*(f"--of {app}" for app in apps), "SDK", *(built.parent / layer for layer in layers))
END
while read -r line; do
    # shellcheck disable=SC2086  # words, none with a blank
    "$HAAT_PYTHON" -I -S -B infra/toolchain/loads.py ${line%% SDK *} "$sdk" ${line##* SDK }
done <"$copy/loads"

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
weigh "our code for every function, with its bytecode," "$here/SharedLayer" 2450000
weigh "our code that the APIs and verification_request load, with its bytecode," "$here/ApiCodeLayer" 1600000
weigh "our code about money, with its bytecode," "$here/PaymentLayer" 1400000
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
        segno | segno-*.dist-info) ;;
        stdnum | python_stdnum-*.dist-info) ;;
        *)
            echo "build-check: the API's layer holds ${entry##*/}: chalice must come without its dependencies" >&2
            exit 1
            ;;
    esac
done
for entry in "$here"/ChatLayer/python/*; do
    case ${entry##*/} in
        pyuegc | pyuegc-*.dist-info) ;;
        segno | segno-*.dist-info) ;;
        *)
            echo "build-check: the chat's layer holds ${entry##*/}: it is pyuegc and segno alone" >&2
            exit 1
            ;;
    esac
done
for entry in "$here"/CryptoLayer/python/*; do
    case ${entry##*/} in
        cryptography | cryptography-*.dist-info | cffi | cffi-*.dist-info | _cffi_backend*.so | pycparser | pycparser-*.dist-info) ;;
        *)
            echo "build-check: the layer of ciphers holds ${entry##*/}: it is cryptography and what it needs" >&2
            exit 1
            ;;
    esac
done
for entry in "$here"/VerificationLayer/python/*; do
    case ${entry##*/} in
        dns | dnspython-*.dist-info) ;;
        stdnum | python_stdnum-*.dist-info) ;;
        *)
            echo "build-check: verification's layer holds ${entry##*/}: it is dnspython and stdnum alone" >&2
            exit 1
            ;;
    esac
done
weigh "the layer of ciphers" "$here/CryptoLayer" 20000000
weigh "the chat's layer" "$here/ChatLayer" 1700000
weigh "verification's layer" "$here/VerificationLayer" 2200000
weigh "the API's layer" "$here/ApiLayer" 5500000
weigh "chalice, without its dependencies," "$here/ApiLayer/python/chalice" 2000000
