#!/usr/bin/env bash
# Runs both job files of Slurm on a cluster of one node in a folder, kills and requeues tasks meanwhile, and compares with one process:
#   dotnet build -c Release && bash tests/servers/slurm.sh FOLDER
# Needs apt-get install slurm-wlm munge postgresql. The node claims more CPUs than there may be, so that two tasks run at once anywhere.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(realpath -m "${1:?a folder}")
for tool in munged slurmctld slurmd; do
    command -v "$tool" > /dev/null || { echo "$tool is missing: apt-get install slurm-wlm munge" >&2; exit 3; }
done
rm -rf "$folder"
mkdir -p "$folder"/{state,spool,parts}
cd "$folder"
user=$(id -un) node=$(hostname -s) port=$((20000 + RANDOM % 10000))
head -c 128 /dev/urandom > munge.key
chmod 400 munge.key
chmod 755 . # the user that PostgreSQL runs as goes through it
cat > slurm.conf << EOF
ClusterName=trial
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
SlurmUser=$user
SlurmdUser=$user
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=2,bf_interval=2
ReturnToService=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF
export SLURM_CONF=$folder/slurm.conf
daemons=()
stop() {
    kill "${daemons[@]}" 2> /dev/null || true
    [ ! -d "$folder/postgres" ] || bash "$root/tests/servers/postgres.sh" stop "$folder/postgres" || true
}
trap stop EXIT
munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munge.pid" \
    --log-file="$folder/munge.log" --seed-file="$folder/munge.seed" > munged.out 2>&1 &
daemons+=($!)
slurmctld -D -f "$SLURM_CONF" > slurmctld.out 2>&1 &
daemons+=($!)
slurmd -D -f "$SLURM_CONF" > slurmd.out 2>&1 &
daemons+=($!)
for _ in $(seq 100); do
    [ "$(sinfo -h -o %t 2> /dev/null)" = idle ] && break
    sleep 0.3
done
[ "$(sinfo -h -o %t)" = idle ] || { tail -5 ./*.log >&2; exit 1; }
sinfo --version

say() { printf '%s\n' "$*"; }
until_true() { # tries a condition for three minutes
    for _ in $(seq 900); do
        eval "$1" && return
        sleep 0.2
    done
    say "not reached: $1" && squeue -a >&2 && tail -n 5 ./*.out >&2 && exit 1
}
state() { scontrol show job "$1" | sed -n 's/^ *JobState=\([A-Z]*\).*/\1/p' | head -1; }
ended() { [ -z "$(squeue -h -j "$1" -t PD,R,CG,S 2> /dev/null)" ]; }
lines() { cat parts/part-0000"$1"-of-00004.jsonl 2> /dev/null | wc -l; }

export SCORE="dotnet $root/src/ScoreTool/bin/Release/net10.0/ScoreTool.dll"
export MODEL=$root/data/models/cross-encoder-small-enzh PAIRS=$folder/pairs.jsonl PARTS=$folder/parts OMP_NUM_THREADS=4
for i in $(seq 400); do
    printf '{"query":"Which pump stops above %d bar?","passage":"Pump %d of group %d stops above %d bar, and valve %d closes."}\n' \
        $((i % 29)) "$i" $((i % 17)) $((i % 31)) $((i * 7 % 1000))
done > pairs.jsonl
say "one process"
$SCORE score --model "$MODEL" --pairs "$PAIRS" --parts one --block 5 | tail -1
$SCORE merge --parts one --output one.jsonl

say "an array of 4 parts: the first is put back into the queue, the process of the second is killed, the third is cancelled"
job=$(sbatch --parsable --array=1-4 "$root/src/ScoreTool/jobs/slurm.sh" --block 5)
until_true '[ "$(lines 1)" -gt 2 ] && [ "$(lines 2)" -gt 2 ]'
scontrol requeue "${job}_1"
kill -KILL "$(pgrep -f -- "--parts $PARTS --shard 2/4")"
until_true '[ "$(lines 3)" -gt 2 ]'
scancel --signal=KILL "${job}_3"
until_true 'ended "$job"'
for i in 1 2 3 4; do say "  task $i: $(state "${job}_$i"), restarted $(scontrol show job "${job}_$i" | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p')"; done
$SCORE merge --parts parts --output array.jsonl 2> merge.out && say "a part that is not whole was merged" && exit 1
grep -q "Part 3/4" merge.out && say "  merge refuses: $(cat merge.out)"
again=$(OF=4 sbatch --parsable --array=3 "$root/src/ScoreTool/jobs/slurm.sh" --block 5)
until_true 'ended "$again"'
$SCORE merge --parts parts --output array.jsonl
cmp one.jsonl array.jsonl && say "  the same bytes as one process's"

say "a queue in PostgreSQL with 3 workers; one is killed"
DATABASE=$(bash "$root/tests/servers/postgres.sh" start "$folder/postgres")
export DATABASE
job=$(sbatch --parsable --array=1-3 "$root/src/ScoreTool/jobs/slurm-queue.sh" --block 5 --lease 5)
until_true 'grep -qs scor slurm-"${job}"_2.out'
sleep 1
scancel --signal=KILL "${job}_2"
until_true 'ended "$job"'
for i in 1 2 3; do say "  worker $i: $(state "${job}_$i"), $(tail -1 slurm-"${job}"_"$i".out)"; done
$SCORE collect --database "$DATABASE" --queue scores --output queue.jsonl
cmp one.jsonl queue.jsonl && say "  the same bytes as one process's"
