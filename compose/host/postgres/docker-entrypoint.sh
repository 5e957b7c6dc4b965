#!/usr/bin/env bash
# Starts Postgres as the documentation of the official image promises it; the first start, on an empty
# PGDATA, makes the database on a server that answers on the unix socket alone.
# In bash, because a script of initdb.d without the executable bit is sourced, and people write those in bash.
set -Eeo pipefail

fail() {
    printf 'docker-entrypoint: error: %s\n' "$@" >&2
    exit 1
}

# setting NAME DEFAULT: exports NAME from itself, from the file that NAME_FILE names, or as DEFAULT.
setting() {
    local name=$1 file=$1_FILE value=$2
    if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
        fail "both $name and $file are set (but are exclusive)"
    elif [ -n "${!name:-}" ]; then
        value=${!name}
    elif [ -n "${!file:-}" ]; then
        value=$(<"${!file}")
    fi
    export "$name=$value"
    unset "$file"
}

settings() {
    setting POSTGRES_PASSWORD ''
    setting POSTGRES_USER postgres
    setting POSTGRES_DB "$POSTGRES_USER"
    setting POSTGRES_INITDB_ARGS ''
}

# As root: the folders are given to the database's user. As `--user`: they are made where that is allowed.
folders() {
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 00700 "$PGDATA" 2>/dev/null || :
    chmod 03775 /var/run/postgresql 2>/dev/null || :
    if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
        mkdir -p "$POSTGRES_INITDB_WALDIR"
        chmod 700 "$POSTGRES_INITDB_WALDIR"
    fi
    if [ "$(id -u)" = 0 ]; then
        find "$PGDATA" /var/run/postgresql ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} \
            \! -user postgres -exec chown postgres '{}' +
    fi
}

refuse_no_password() {
    if [ -z "$POSTGRES_PASSWORD" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
        fail 'Database is uninitialized and superuser password is not specified.' \
            'Set POSTGRES_PASSWORD to a value that is not empty, or POSTGRES_HOST_AUTH_METHOD=trust to let' \
            'everybody in without one.'
    fi
}

# From 18 on PGDATA is a folder of its own for each major version: data where former images kept it would be
# left aside in silence, and so would a volume that is still mounted there.
refuse_misplaced_data() {
    [ "$PGDATA" = "/var/lib/postgresql/$PG_MAJOR/docker" ] || return 0
    local place
    for place in /var/lib/postgresql /var/lib/postgresql/data /var/lib/postgresql/*/docker; do
        if [ -s "$place/PG_VERSION" ]; then
            fail "in 18+ the database is kept in $PGDATA, but there is PostgreSQL data in $place"
        fi
    done
    if grep -q ' /var/lib/postgresql/data ' /proc/self/mountinfo; then
        fail "in 18+ the database is kept in $PGDATA: mount the volume at /var/lib/postgresql," \
            'not at /var/lib/postgresql/data'
    fi
}

# Gives a user without an account (`--user 1234`) one in the eyes of initdb, which asks for its name.
name_user() {
    if ! grep -q "^[^:]*:[^:]*:$(id -u):" /etc/passwd; then
        NSS_WRAPPER_PASSWD=$(mktemp)
        NSS_WRAPPER_GROUP=$(mktemp)
        printf 'postgres:x:%s:%s::%s:/bin/false\n' "$(id -u)" "$(id -g)" "$PGDATA" >"$NSS_WRAPPER_PASSWD"
        printf 'postgres:x:%s:\n' "$(id -g)" >"$NSS_WRAPPER_GROUP"
        export NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP LD_PRELOAD=libnss_wrapper.so
    fi
}

unname_user() {
    if [ -n "${NSS_WRAPPER_PASSWD:-}" ]; then
        rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
        unset NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP LD_PRELOAD
    fi
}

# init_database [ARGUMENT]...: initdb, and the rule of pg_hba.conf that lets clients in over TCP.
init_database() {
    if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
        set -- --waldir "$POSTGRES_INITDB_WALDIR" "$@"
    fi
    # eval, because POSTGRES_INITDB_ARGS is documented as words in shell quoting.
    eval 'initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD")' \
        "$POSTGRES_INITDB_ARGS" '"$@"'
    local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}
    printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

# docker_process_sql [PSQL ARGUMENT]...: psql on the temporary server; scripts of initdb.d may call it.
docker_process_sql() {
    PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc \
        --dbname "$POSTGRES_DB" "$@"
}

create_database() {
    local found
    found=$(POSTGRES_DB='' docker_process_sql --dbname postgres --set db="$POSTGRES_DB" --tuples-only \
        <<<"SELECT 1 FROM pg_database WHERE datname = :'db';")
    if [ -z "$found" ]; then
        POSTGRES_DB='' docker_process_sql --dbname postgres --set db="$POSTGRES_DB" \
            <<<'CREATE DATABASE :"db";'
    fi
}

run_init_scripts() {
    local script
    shopt -s nullglob
    for script in /docker-entrypoint-initdb.d/*; do
        printf '%s: running %s\n' "$0" "$script"
        case $script in
            *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
            *.sql) docker_process_sql -f "$script" ;;
            *.sql.gz) gunzip -c "$script" | docker_process_sql ;;
            *.sql.xz) xzcat "$script" | docker_process_sql ;;
            *) printf '%s: ignoring %s\n' "$0" "$script" ;;
        esac
    done
}

# temporary_server ACTION [SERVER ARGUMENT]...: on the unix socket only, so that no client takes it for ready.
temporary_server() {
    local action=$1
    shift
    PGUSER=$POSTGRES_USER pg_ctl --pgdata="$PGDATA" --wait --mode=fast "$action" \
        --options="$(printf '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}")"
}

first_start() {
    refuse_no_password
    refuse_misplaced_data
    ls /docker-entrypoint-initdb.d/ >/dev/null # unreadable scripts are an error now, not after initdb
    name_user
    init_database
    unname_user
    export PGPASSWORD="${PGPASSWORD:-$POSTGRES_PASSWORD}"
    temporary_server start "$@"
    create_database
    run_init_scripts
    temporary_server stop
    unset PGPASSWORD
    printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

asks_only() {
    local argument
    for argument; do
        case $argument in
            -'?' | --help | --describe-config | -V | --version | -C) return 0 ;;
        esac
    done
    return 1
}

main() {
    if [ "${1#-}" != "${1:-}" ]; then
        set -- postgres "$@"
    fi
    if [ "${1:-}" = postgres ] && ! asks_only "$@"; then
        settings
        folders
        if [ "$(id -u)" = 0 ]; then
            exec gosu postgres "$0" "$@"
        fi
        if [ -s "$PGDATA/PG_VERSION" ]; then
            printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
        else
            first_start "${@:2}"
        fi
    fi
    exec "$@"
}

main "$@"
