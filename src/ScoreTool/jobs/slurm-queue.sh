#!/usr/bin/env bash
# Slurm: workers that come and go, with a queue in PostgreSQL. All tasks are alike, so add some at any time by the same command.
#   sbatch --array=1-8 --export=ALL,DATABASE="Host=db;Database=scores",MODEL=/models/reranker,PAIRS=/data/pairs.parquet \
#       src/ScoreTool/jobs/slurm-queue.sh
# A password stands in ~/.pgpass or PGPASSWORD. A task that is preempted, or whose node fails, is put back into the queue of Slurm; the
# block of one that is gone goes to another worker when the lease ends, so a task that is killed or cancelled need not come again.
# When all are done: $SCORE collect --database … --queue scores --output /data/scores.jsonl
#SBATCH --job-name=score-queue
#SBATCH --cpus-per-task=4
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail
: "${DATABASE:?how PostgreSQL is reached}" "${MODEL:?a folder or a hub id}" "${PAIRS:?the file of pairs}"
SCORE=${SCORE:-dotnet src/ScoreTool/bin/Release/net10.0/ScoreTool.dll} # dotnet build -c Release src/ScoreTool
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-4}                        # the same in all tasks: last digits may depend on it
# shellcheck disable=SC2086 # the command and its first arguments are several words
exec $SCORE work --database "$DATABASE" --queue "${QUEUE:-scores}" --model "$MODEL" --pairs "$PAIRS" "$@"
