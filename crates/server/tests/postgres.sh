#!/bin/sh
# A PostgreSQL cluster of its own in a temporary folder, until standard input closes.
#
# Prints "ready URL" (of a superuser) when it listens, on a free port of this machine. Takes the
# lines "stop" (answers "stopped") and "start" (answers "ready URL"). Prints "error SENTENCE" when
# it cannot. Whoever starts it need not clean up, not even when killed: the pipe closes by itself.
set -u

fail() {
    echo "error $*"
    exit 1
}

find_programs() {
    for folder in "$(dirname "$(command -v initdb || echo /nowhere/initdb)")" \
        /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
            echo "$folder"
            return
        fi
    done
}

# PostgreSQL refuses to run as root; its Debian package made a user for it.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

start() {
    as_owner "$programs/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --wait --silent \
        --options="-c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
-c max_connections=400 -c fsync=${TEST_POSTGRES_FSYNC:-off} -c log_statement=none" \
        start >/dev/null 2>&1
}

stop() {
    as_owner "$programs/pg_ctl" --pgdata="$folder/data" --mode=immediate --silent stop \
        >/dev/null 2>&1
}

clean_up() {
    stop
    rm -rf "$folder"
}

programs=$(find_programs)
[ -n "$programs" ] || fail "PostgreSQL is not installed: apt-get install postgresql"
if [ "$(id -u)" = 0 ] && ! id postgres >/dev/null 2>&1; then
    fail "PostgreSQL does not run as root, and there is no user postgres to run it as"
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/wechat-checkout-postgres.XXXXXX") || fail "no temporary folder"
[ "$(id -u)" != 0 ] || chown postgres "$folder"
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

as_owner "$programs/initdb" --pgdata="$folder/data" --username=checkout --auth=trust \
    --encoding=UTF8 --locale=C --no-sync >"$folder.log" 2>&1 || {
    reason=$(tail -n 1 "$folder.log")
    rm -f "$folder.log"
    fail "initdb: $reason"
}
rm -f "$folder.log"

# Nobody can reserve a port for it, so a taken one shows at the start.
attempt=0
port=$((20000 + $$ % 10000))
until start; do
    attempt=$((attempt + 1))
    [ "$attempt" -lt 20 ] || fail "PostgreSQL does not start: $(tail -n 1 "$folder/log")"
    port=$((20000 + (port + 1237) % 10000))
done

echo "ready postgres://checkout@127.0.0.1:$port/postgres"
while read -r command; do
    case $command in
    stop) stop && echo stopped ;;
    start) start && echo "ready postgres://checkout@127.0.0.1:$port/postgres" ;;
    *) echo "error takes stop and start" ;;
    esac
done
