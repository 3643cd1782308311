#!/usr/bin/env bash
# Holds every request that the client of Elasticsearch sends in the tests, and every answer of their server, against the published OpenAPI
# description: no field that it does not know, no value that it does not allow, no field missing that it promises.
#   git clone https://github.com/elastic/elasticsearch-specification
#   dotnet build -c Release && bash tests/servers/elasticsearch-spec.sh FOLDER .../output/openapi/elasticsearch-serverless-openapi.json
# Needs npm and Node 20. (The description that is not serverless has the same calls.)
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(realpath -m "${1:?a folder}") description=$(realpath "${2:?the OpenAPI description}")
mkdir -p "$folder"
rm -f "$folder/wire.jsonl"
cp "$root/tests/servers/elasticsearch-spec.mjs" "$folder"
cd "$folder"
[ -d node_modules/ajv ] || npm install --silent --no-audit --no-fund --ignore-scripts ajv@8.20.0
(cd "$root" && CROSS_ENCODERS_WIRE=$folder dotnet tests/CrossEncoders.Tests/bin/Release/net10.0/CrossEncoders.Tests.dll \
    --filter-class '*ElasticIndexTests' --filter-class '*ElasticFaultTests') > "$folder/tests.log" || { tail -20 "$folder/tests.log" >&2; exit 1; }
node elasticsearch-spec.mjs "$description" wire.jsonl
