#!/usr/bin/env bash
# A stand-in for Elasticsearch, and not Elasticsearch: what the tests answer with, as the published API does and ranked by the same
# formulas, in memory. elasticsearch-stand-in.sh FOLDER starts it in the background (after dotnet build -c Release) and prints its
# address; its process id is in FOLDER/pid. What it ranks is called "Elasticsearch 9.1.0-stand-in" in every table.
set -euo pipefail
program=$(cd "$(dirname "$0")/.." && pwd)/CrossEncoders.Benchmarks/bin/Release/net10.0/CrossEncoders.Benchmarks.dll
folder=$(realpath -m "$1")
mkdir -p "$folder"
cd "$folder"
rm -f address
dotnet "$program" elasticsearch-stand-in > address 2> log < /dev/null &
echo $! > pid
for _ in $(seq 150); do
    [ -s address ] && break
    kill -0 "$(cat pid)" 2> /dev/null || break
    sleep 0.2
done
[ -s address ] || { cat log >&2; exit 1; }
cat address
