#!/usr/bin/env bash
# A Python with torch, transformers, onnxruntime, sentence-transformers and PEFT where pip has no wheels for it: Debian sid in a folder of
# its own, with the last two from source. Needs root and debootstrap. Where pip works, `pip install sentence-transformers peft onnx
# onnxruntime` does as well.
# usage: tests/python/python.sh FOLDER SENTENCE_TRANSFORMERS_CHECKOUT PEFT_CHECKOUT [MOUNTED_FOLDER...]
# Writes FOLDER/py, a command to run a script with; MOUNTED_FOLDERs, absolute, are seen by it under the same path.
# MIRROR: the address of Debian's archive, the usual one unless set.
set -euo pipefail
folder=$(realpath -m "$1") st=$(realpath "$2") peft=$(realpath "$3")
shift 3
root=$folder/sid
packages="python3-torch python3-tokenizers python3-safetensors python3-transformers python3-onnxruntime python3-onnx
    python3-huggingface-hub python3-regex python3-sentencepiece python3-sklearn python3-scipy python3-tqdm python3-psutil
    python3-accelerate python3-packaging python3-yaml"
mkdir -p "$folder"
[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase sid "$root" ${MIRROR:+"$MIRROR"}
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive chroot "$root" sh -c "apt-get update -q && apt-get install -y -q --no-install-recommends $(echo $packages)"
mkdir -p "$root/opt/reference"
cp -r "$st/sentence_transformers" "$peft/src/peft" "$root/opt/reference/"
# transformers asks for PEFT's version, which a source folder does not tell
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$peft/src/peft/__init__.py")
mkdir -p "$root/opt/reference/peft-$version.dist-info"
printf 'Metadata-Version: 2.1\nName: peft\nVersion: %s\n' "$version" > "$root/opt/reference/peft-$version.dist-info/METADATA"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
for each in "$@"; do
    mkdir -p "$root$each"
    mountpoint -q "$root$each" || mount --bind "$each" "$root$each"
done
cat > "$folder/py" << PY
#!/bin/sh
exec chroot "$root" env -i HOME=/root PATH=/usr/bin:/bin OMP_NUM_THREADS=\${OMP_NUM_THREADS:-1} PYTHONPATH=/opt/reference python3 "\$@"
PY
chmod +x "$folder/py"
"$folder/py" -c 'import peft, sentence_transformers as st, torch, transformers; print(torch.__version__, transformers.__version__, st.__version__, peft.__version__)'
