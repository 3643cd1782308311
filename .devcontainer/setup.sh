#!/usr/bin/env bash
# Run once in a new container: restores the tools, registers the notebook kernel, builds the library the notebooks refer to.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet tool restore
dotnet tool run dotnet-interactive jupyter install
dotnet build -c Release "$@" src/CrossEncoders
