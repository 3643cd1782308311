#!/usr/bin/env bash
# Tries notebooks 01 to 03 in Verso's command line, built from a checkout: bash tests/hosts/verso.sh CHECKOUT. The kit has to be built (Release).
# Verso takes no relative path in #r, so the notebooks are copied with the full one. It counts a cell with errors as succeeded, and marks all
# of the standard error as [error], progress and notes too: so errors of the compiler and exceptions are looked for in what it prints, and
# tables and charts in what it shows. Not part of CI: its packages are not on every feed.
set -euo pipefail
[ $# -eq 1 ] && [ -d "$1/src/Verso.Cli" ] || { echo "Expected the folder of a checkout of Verso: bash tests/hosts/verso.sh CHECKOUT" >&2; exit 2; }
verso=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
built() { find "$verso/src/Verso.Cli/bin/Release" -maxdepth 2 -name Verso.Cli.dll 2> /dev/null | head -1; }
[ -n "$(built)" ] || dotnet build "$verso/src/Verso.Cli" -c Release -m:1 --nologo -v q -p:GeneratePackageOnBuild=false
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/notebooks" "$place/artifacts"
ln -s "$PWD/data" "$place/data"
sed "s#\.\./src/CrossEncoders/bin#$PWD/src/CrossEncoders/bin#" -i.relative $(cp notebooks/*.ipynb "$place/notebooks" && ls "$place"/notebooks/*.ipynb)
dotnet "$(built)" --version
cd "$place/notebooks"
failed=0
table='(<|\\u003[Cc])table' # as JSON writes it
for notebook in 01-cross-encoders 02-chunking 03-question-generation; do
    timeout 600 dotnet "$(built)" run $notebook.ipynb --output Json > "$place/log" 2>&1 || true
    echo "$notebook: $(grep -o -E "$table" "$place/log" | wc -l) tables, $(grep -o 'data-chart=' "$place/log" | wc -l) charts"
    if ! grep -q -E "$table" "$place/log" || grep -m 3 -o -E '.{0,20}(error CS[0-9]+|Exception:).{0,200}' "$place/log"; then failed=1; fi
done
exit $failed
