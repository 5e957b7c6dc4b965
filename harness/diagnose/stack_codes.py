"""The codes of the stack and its configuration, of advice, and of the engine: BOOT4xx, BOOT5xx, BOOT9xx."""

from __future__ import annotations

from harness.diagnose.code import Code

STACK_CODES = (
    Code(
        "BOOT401",
        "a file or program of the service is missing or unusable",
        "The entry point, a module, an executable or a file that the service reads is not in its container, or "
        "may not be executed.",
        "The log or the engine says `no such file`, `not found` or `cannot find module`, or the exit code is "
        "126 or 127.",
        "Check the image's entry point, its working directory and the mounts that hide its files.",
        "python3: can't open file '/app/main.py': [Errno 2] No such file or directory",
    ),
    Code(
        "BOOT402",
        "a port is taken",
        "Another program or container listens on a host port that the service publishes, or a second process of "
        "the service on its own.",
        "The engine says `port is already allocated`, or the log `address already in use`.",
        "Free the port, or run without --keep-ports so that a free one is chosen; within one container look for "
        "a second server.",
        "listen tcp :8080: bind: address already in use",
    ),
    Code(
        "BOOT403",
        "the database cannot be reached",
        "The server found no database at the address that it was given, up to its last try.",
        "The log's last word is a connection that was refused, reset or not answered.",
        "Check host name, port and network of the database's URL (localhost is the service's own container), "
        "and wait for service_healthy.",
        "dial tcp 172.18.0.2:5432: connect: connection refused",
    ),
    Code(
        "BOOT404",
        "the database refuses the login",
        "User or password is wrong, or pg_hba.conf has no rule for them. A Postgres volume keeps the password "
        "of its first boot, whatever the environment says later.",
        "Postgres says 28P01 or 28000.",
        "Use the password that the volume was made with, change it there by ALTER ROLE, or remove the volume.",
        'FATAL:  password authentication failed for user "app"',
    ),
    Code(
        "BOOT405",
        "there is no space left",
        "A disk or a tmpfs that the database or the service writes to is full.",
        "The log says `no space left on device`, or Postgres says 53100.",
        "Free space, or make the volume larger.",
        "write /data/cache: no space left on device",
    ),
    Code(
        "BOOT406",
        "a program is made for another processor or shell",
        "The kernel does not know how to run the entry point: it was built for another processor, or it is a "
        "script whose first line is no `#!` with an interpreter that is there.",
        "The log says `exec format error`, or `cannot execute binary file`.",
        "Build the image for this machine's platform, or begin the script with its interpreter (`#!/bin/sh`) "
        "and end its lines without a carriage return.",
        "exec /app/entrypoint.sh: exec format error",
    ),
    Code(
        "BOOT407",
        "a host name is unknown",
        "A host name in the service's settings, mostly the database's, is no name on its networks: it is misspelt, "
        "its container is on another network, or does not run.",
        "The log's last word is a name that could not be resolved.",
        "Name the host as its compose service is called, and put both on one network.",
        'could not translate host name "postgers" to address: Name or service not known',
    ),
    Code(
        "BOOT408",
        "no secure connection to the database",
        "Server and database do not agree on TLS: one asks for it and the other has none, or the certificate is "
        "not trusted, has expired or is for another name.",
        "The log says that SSL is not supported or not enabled, or that a certificate could not be verified.",
        "Set sslmode to what the database offers (`disable` inside of a compose network), or give the server "
        "the certificate authority.",
        "pq: SSL is not enabled on the server",
    ),
    Code(
        "BOOT409",
        "the database does not exist",
        "Postgres answers, and has no database of this name. POSTGRES_DB is carried out on an empty volume alone.",
        "Postgres says 3D000.",
        "Create the database, or use the name that the volume was made with, or remove the volume.",
        'FATAL:  database "shop" does not exist',
    ),
    Code(
        "BOOT410",
        "the database has no connection left",
        "As many connections are open as max_connections allows: pools are larger than the database, replicas "
        "add theirs, or connections of former lives are still open.",
        "Postgres says 53300.",
        "Make the pools of all replicas together smaller than max_connections, or raise it.",
        "FATAL:  sorry, too many clients already",
    ),
    Code(
        "BOOT411",
        "the database does not finish its start",
        "Postgres listens, and up to the server's last try it was starting up, recovering or shutting down.",
        "Postgres says 57P03.",
        "See in Postgres's log how far it is, and let the server wait for service_healthy and try again.",
        "FATAL:  the database system is starting up",
    ),
    Code(
        "BOOT412",
        "an environment variable is missing",
        "The service reads a setting from its environment that is not there, or is empty.",
        "The log says so, in the words of a language, a framework or a library for settings.",
        "Set the variable in `environment` or an env_file of the service; a variable that is set in the shell "
        "alone does not get in.",
        "KeyError: 'DATABASE_URL'",
    ),
    Code(
        "BOOT413",
        "the service may not use a file or a port",
        "The user that the service runs as may not read or write a file, mostly in a volume that belongs to "
        "root, or may not listen on a port below 1024.",
        "The log says `permission denied`, EACCES or `operation not permitted`.",
        "Give the volume's folder to the user in the image (chown before VOLUME), or set `user`; listen on a "
        "port above 1023.",
        "PermissionError: [Errno 13] Permission denied: '/data/cache'",
    ),
    Code(
        "BOOT414",
        "the service writes to a read-only file system",
        "Its container, or a mount, is read-only, and it writes there.",
        "The log says `read-only file system` or EROFS.",
        "Give what it writes to a tmpfs or a volume, or take `read_only` or `:ro` away.",
        "OSError: [Errno 30] Read-only file system: '/app/tmp/pid'",
    ),
    Code(
        "BOOT415",
        "the service does not wait for its database",
        "It starts beside Postgres, finds no database that answers, and dies. On a faster or slower machine it "
        "may pass: nothing orders the two.",
        "Its log ends with a connection that failed, and Postgres was not ready when it ended, and its "
        "depends_on has no `service_healthy` for Postgres.",
        "Let it depend on Postgres with `condition: service_healthy`, or try again in the server.",
        "connection refused; postgres was not ready yet, and server does not wait for it",
    ),
    Code(
        "BOOT501",
        "the healthcheck's interval delays every boot",
        "The engine asks a healthcheck for the first time one interval after the start. A server that is ready "
        "sooner is reported only then, and whatever waits for it (depends_on, `up --wait`, a rolling update) "
        "waits, too.",
        "bootsmoke asks the same command at a finer pace; told is what lies 5 s or more before the engine's own "
        "pace.",
        "Give the healthcheck a start_period and `start_interval: 1s` (Engine 25 or later), or a shorter interval.",
        "server: ready at 3.0 s, reported at 30 s: its healthcheck's interval costs 27 s at every boot",
        fails=False,
    ),
    Code(
        "BOOT502",
        "the service ignores SIGTERM",
        "Asked to stop it went on, and was killed when its grace period was over: every recreate takes that "
        "long, and work that was under way is lost. A shell that is the first process passes no signal on.",
        "It was told to stop, its exit code is 137, and that took its stop_grace_period: 5 s or more.",
        "Handle SIGTERM in the server, start it with `exec` in the entry point's script, or set `init: true`.",
        "server ignores SIGTERM: 10.0 s lost at every recreate",
        fails=False,
    ),
    Code(
        "BOOT901",
        "the engine could not start the container",
        "The container engine refused before any process of the service ran.",
        "The engine answers the start with an error that is no other code's.",
        "See the engine's own words above.",
        "the engine could not start it: failed to create shim task: OCI runtime create failed",
    ),
)
