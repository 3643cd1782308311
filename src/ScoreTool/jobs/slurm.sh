#!/usr/bin/env bash
# Slurm: one task of the array a part. Its number and count come from the array, so that only --array has to be changed.
#   sbatch --array=1-16 --export=ALL,MODEL=/models/reranker,PAIRS=/data/pairs.parquet,PARTS=/data/parts src/ScoreTool/jobs/slurm.sh
# A task that is preempted or killed is put back into the queue and goes on where it was. For a part that failed: sbatch --array=7 with
# OF=16. When all are done: $SCORE merge --parts /data/parts --output /data/scores.jsonl
#SBATCH --job-name=score
#SBATCH --cpus-per-task=4
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail
: "${MODEL:?a folder or a hub id}" "${PAIRS:?the file of pairs}" "${PARTS:?the folder of the parts}"
SCORE=${SCORE:-dotnet src/ScoreTool/bin/Release/net10.0/ScoreTool.dll} # dotnet build -c Release src/ScoreTool
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-4}                        # the same in all tasks: last digits may depend on it
# shellcheck disable=SC2086 # the command and its first arguments are several words
exec $SCORE score --model "$MODEL" --pairs "$PAIRS" --parts "$PARTS" --shard "$SLURM_ARRAY_TASK_ID/${OF:-$SLURM_ARRAY_TASK_COUNT}" "$@"
