#!/usr/bin/env bash
# A PostgreSQL of its own in a folder, for tests: postgres.sh start FOLDER prints a connection string; stop, kill and again (start anew
# with the data and the port it had) follow. Nothing it stores is meant to outlive the machine.
set -euo pipefail
action=$1 folder=$(realpath -m "$2")
bin=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)" 2> /dev/null) || { echo "PostgreSQL is not installed: apt-get install postgresql" >&2; exit 3; }
as=() # the server refuses to be run by root
[ "$(id -u)" -ne 0 ] || as=(runuser -u postgres --)
control() { (cd / && "${as[@]}" "$bin/pg_ctl" -D "$folder/data" "$@" 9>&- > "$folder/control.log" 2>&1) || { cat "$folder/control.log" "$folder/log" >&2; exit 1; }; }

case $action in
    start)
        mkdir -p "$folder"
        chmod 755 "$folder"
        [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
        (cd / && "${as[@]}" "$bin/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync) > "$folder/init.log" 2>&1 ||
            { cat "$folder/init.log" >&2; exit 1; }
        for _ in 1 2 3 4 5; do # a port may be taken
            port=$((20000 + RANDOM % 12000))
            printf '%s\n' "port=$port" "listen_addresses='127.0.0.1'" "unix_socket_directories=''" "fsync=off" "max_connections=60" \
                "maintenance_work_mem='256MB'" "max_wal_size='4GB'" > "$folder/own.conf"
            cat "$folder/own.conf" >> "$folder/data/postgresql.conf"
            (control -l "$folder/log" -w start) && break
        done
        echo "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"
        ;;
    again) control -l "$folder/log" -w start ;;
    stop) control -m fast -w stop ;;
    kill) control -m immediate -w stop ;;
    *) echo "usage: postgres.sh start|stop|kill|again FOLDER" >&2; exit 2 ;;
esac
