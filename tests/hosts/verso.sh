#!/usr/bin/env bash
# Tries notebooks in Verso's command line, built from a checkout: bash tests/hosts/verso.sh CHECKOUT [NOTEBOOK...]; 01 to 03 where none is named,
# 04, 05 and 06 by name where `artifacts/` has what the main command makes. The kit has to be built (Release).
# The notebooks are copied, for one is changed: Verso ignores cells tagged `parameters`, and what --param sets the first of these cells sets
# again, so a parameter is changed where a reader changes it, in that cell. It counts a cell with errors as
# succeeded: so errors of the compiler, exceptions and outputs marked as errors are looked for in what it prints, and tables and charts in
# what it shows. Not part of CI: its packages are not on every feed.
# Tried with v1.0.17: 01 to 06 pass. A5 does not: its packages ask for System.Reactive 6.0.0 and Microsoft.AspNetCore.Html.Abstractions 2.3.0,
# and Verso takes no later ones where a feed lacks these; with later ones put into its cache, the cells of C# ran up to the one that adds a
# kernel, which found no .NET Interactive, and cells of #!sqlite, #!share, #!fsharp, #!html and #!mermaid were taken for C#.
set -euo pipefail
[ $# -ge 1 ] && [ -d "$1/src/Verso.Cli" ] || { echo "Expected the folder of a checkout of Verso: bash tests/hosts/verso.sh CHECKOUT [NOTEBOOK...]" >&2; exit 2; }
verso=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/../.."
built() { find "$verso/src/Verso.Cli/bin/Release" -maxdepth 2 -name Verso.Cli.dll 2> /dev/null | head -1; }
[ -n "$(built)" ] || dotnet build "$verso/src/Verso.Cli" -c Release -m:1 --nologo -v q -p:GeneratePackageOnBuild=false
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cp -r notebooks "$place/notebooks"
mkdir "$place/artifacts"
[ ! -d artifacts/fine-tuned ] || cp -r artifacts/. "$place/artifacts"
ln -s "$PWD/data" "$PWD/src" "$place"
# a parameter, changed in the cell that sets it; the note below the model's cell says that it was asked for
sed -i 's/var device = \\"auto\\";/var device = \\"cpu\\";/' "$place/notebooks/01-cross-encoders.ipynb"
dotnet "$(built)" --version
failed=0
table='(<|\\u003[Cc])table' # as JSON writes it
for notebook in "${@:-01-cross-encoders 02-chunking 03-question-generation}"; do
    for name in $notebook; do
        path=$(find "$place/notebooks" -name "$name*.ipynb" | head -1)
        cd "$(dirname "$path")"
        timeout 1200 dotnet "$(built)" run "$path" --timeout 1200 --output Json > "$place/log" 2>&1 || true
        echo "$name: $(grep -o -E "$table" "$place/log" | wc -l) tables, $(grep -o 'data-chart=' "$place/log" | wc -l) charts"
        if ! grep -q -E "$table" "$place/log" || grep -m 3 -o -E '.{0,20}(error (CS|FS)[0-9]+|Exception:|"isError": true).{0,200}' "$place/log"; then failed=1; fi
        if [[ $name == 01* ]] && ! grep -q 'threads, as asked' "$place/log"; then
            echo "$name: the parameter that was changed in its cell is not seen"
            failed=1
        fi
    done
done
exit $failed
