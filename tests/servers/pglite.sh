#!/usr/bin/env bash
# PostgreSQL with pgvector and pg_textsearch as PGlite, in memory, for tests: pglite.sh FOLDER installs it there, starts it in the
# background and prints a connection string; its process id is in FOLDER/pid.
set -euo pipefail
folder=$(realpath -m "$1")
mkdir -p "$folder"
cp "$(dirname "$0")"/pglite/* "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts >&2
node serve.mjs > address 2> log < /dev/null &
echo $! > pid
for _ in $(seq 300); do
    [ -s address ] && break
    kill -0 "$(cat pid)" 2> /dev/null || break
    sleep 0.2
done
[ -s address ] || { cat log >&2; exit 1; }
cat address
