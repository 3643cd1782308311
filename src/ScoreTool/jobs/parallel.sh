#!/usr/bin/env bash
# GNU parallel: all parts on one machine, a few at a time; a part that fails is tried again, and goes on where it was.
#   MODEL=… PAIRS=… PARTS=… src/ScoreTool/jobs/parallel.sh PARTS_IN_ALL AT_A_TIME [more options of score]
# Several GPUs, one process each: as many at a time as there are GPUs, and --gpus as the last argument.
set -euo pipefail
: "${MODEL:?a folder or a hub id}" "${PAIRS:?the file of pairs}" "${PARTS:?the folder of the parts}"
SCORE=${SCORE:-dotnet src/ScoreTool/bin/Release/net10.0/ScoreTool.dll} # dotnet build -c Release src/ScoreTool
all=${1:?how many parts}
at_a_time=${2:?how many at a time}
shift 2
device=()
if [ "${*: -1}" = --gpus ]; then
    set -- "${@:1:$#-1}"
    device=(--device "cuda:{= \$_ = slot() - 1 =}")
else
    export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$((($(nproc) + at_a_time - 1) / at_a_time))}
fi
# shellcheck disable=SC2086 # the command and its first arguments are several words
seq "$all" | parallel --jobs "$at_a_time" --retries 3 --line-buffer \
    $SCORE score --model "$MODEL" --pairs "$PAIRS" --parts "$PARTS" --shard "{}/$all" "${device[@]}" "$@"
