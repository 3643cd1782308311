#!/usr/bin/env bash
# Tiny random models of every architecture and layout: made by Python, read by the kit and laid beside, saved by the kit, read back by Python.
# usage: tests/python/relatives.sh PYTHON FOLDER [SEED]   (PYTHON: a command that runs Python with the packages of python.sh)
set -euo pipefail
python=$1 folder=$(realpath -m "$2") seed=${3:-1}
here=$(cd "$(dirname "$0")" && pwd)
"$python" "$here/make_relatives.py" "$here/../../../shared" "$folder/made/relatives" "$seed" | grep -v '^ok'
"$python" "$here/make_multi_vector.py" "$here/../../../shared" "$folder/made/multi-vector" | grep -v '^ok' || true
cd "$here/../.."
dotnet run -c Release --project tests/CrossEncoders.Benchmarks -- relatives --models "$folder/made" --output "$folder/saved"
"$python" "$here/read_back.py" "$folder/saved"
