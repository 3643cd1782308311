#!/usr/bin/env bash
# Slurm: one task of the array a part. Its number and count come from the array, so that only --array has to be changed.
#   sbatch --array=1-16 --export=ALL,MODEL=/models/reranker,PAIRS=/data/pairs.parquet,PARTS=/data/parts src/ScoreTool/jobs/slurm.sh
# A task that is preempted, or whose node fails, is put back into the queue by Slurm; one whose process is killed (out of memory, kill -9)
# puts itself back, three times. It goes on where it was. For a part that failed or was cancelled: sbatch --array=7 with OF=16 in --export.
# When all are done: $SCORE merge --parts /data/parts --output /data/scores.jsonl
#SBATCH --job-name=score
#SBATCH --cpus-per-task=4
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail
: "${MODEL:?a folder or a hub id}" "${PAIRS:?the file of pairs}" "${PARTS:?the folder of the parts}"
SCORE=${SCORE:-dotnet src/ScoreTool/bin/Release/net10.0/ScoreTool.dll} # dotnet build -c Release src/ScoreTool
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-4}                        # the same in all tasks: last digits may depend on it
code=0
# shellcheck disable=SC2086 # the command and its first arguments are several words
$SCORE score --model "$MODEL" --pairs "$PAIRS" --parts "$PARTS" --shard "$SLURM_ARRAY_TASK_ID/${OF:-$SLURM_ARRAY_TASK_COUNT}" "$@" || code=$?
[ "$code" -ne 137 ] || [ "${SLURM_RESTART_COUNT:-0}" -ge 3 ] || scontrol requeue "$SLURM_JOB_ID"
exit "$code"
