"""The codes of services that end, or run and are not healthy: BOOT2xx, BOOT3xx."""

from __future__ import annotations

from harness.diagnose.code import Code

SERVICE_CODES = (
    Code(
        "BOOT201",
        "the service crashes again and again",
        "It exits soon after each start, and its log names no cause that bootsmoke knows.",
        "The crashes have one exit code and one last line, or are more than the crash budget allows.",
        "Read the last lines of its log; they are the same at each crash.",
        "panic: config: invalid mode\nexited with code 2, twice for the same reason",
    ),
    Code(
        "BOOT202",
        "the service ended although it should stay",
        "It exited with code 0, or for no known reason, and nothing restarts it.",
        "Its restart policy leaves it ended, and no service waits for its completion.",
        "Keep the server in the foreground; a service that is done when it ends needs "
        "`service_completed_successfully` in its dependents.",
        "exited with code 0, and nothing restarts it",
    ),
    Code(
        "BOOT203",
        "the service ran out of memory",
        "The kernel killed it because its container's memory limit, or the machine, was exhausted.",
        "The engine's inspect says OOMKilled, or it sent an `oom` event; a guess where signal 9 killed it under "
        "a memory limit, as some engines are not told.",
        "Raise the memory limit, or lower what the service uses at start.",
        "killed by the kernel: out of memory",
    ),
    Code(
        "BOOT204",
        "the program's own memory limit is reached",
        "Its runtime gave up: the heap that it may use is full, or the system refused to give it more. The "
        "kernel has killed nothing.",
        "The log ends with the runtime's own words: Java's OutOfMemoryError, Node's `heap out of memory`, Go's "
        "`fatal error: out of memory`, Rust's `memory allocation failed`, Python's MemoryError and others.",
        "Raise the runtime's limit within the container's (-Xmx, --max-old-space-size, GOMEMLIMIT), or see what "
        "it loads at start.",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    ),
    Code(
        "BOOT205",
        "a signal ended the service",
        "Its process was killed, or crashed in machine code. SIGKILL is all that is left to see where memory "
        "ran out and the engine was not told; SIGSEGV, SIGABRT, SIGILL and SIGBUS are bugs, or code for another "
        "processor; SIGTERM comes from inside of the container.",
        "Its exit code is 128 and a signal's number: 134, 135, 137, 139, 143; and its log says nothing better.",
        "For signal 9 look at memory (`dmesg`, the memory limit); for others take the core dump, or the image "
        "of another version or platform.",
        "exited with code 139, twice for the same reason",
    ),
    Code(
        "BOOT301",
        "the service runs and is unhealthy",
        "Its process lives, and its healthcheck failed as often as its retries allow.",
        "The engine has counted the failures of the healthcheck, and what it printed tells no more.",
        "See the healthcheck's own output below: wrong path or port, a missing command, or a server in trouble.",
        "the healthcheck gave up: migrations pending",
    ),
    Code(
        "BOOT302",
        "the service was not ready in time",
        "Its process lives, and it was not ready within the deadline that its healthcheck's numbers add up to.",
        "The deadline has passed without an exit and without a healthcheck that passed.",
        "See what it still waits for in its log, or give it a longer start_period.",
        "not ready within 63 s: no answer from health",
    ),
    Code(
        "BOOT303",
        "the healthcheck's command is not in the image",
        "The healthcheck runs inside of the container, and the program that it names is not there: slim images "
        "have no curl and often no wget. Such a probe can never pass, however well the server does.",
        "The probe's output is the engine's or the shell's `not found`.",
        "Use what the image has (the server's own binary, its interpreter, `wget`), or install the program.",
        'OCI runtime exec failed: exec failed: exec: "curl": executable file not found in $PATH\n'
        "/bin/sh: 1: curl: not found",
    ),
    Code(
        "BOOT304",
        "the healthcheck asks for a path that is not there",
        "The server answers, but with status 404: the healthcheck's path is misspelt, has another prefix, or "
        "belongs to another version of the server.",
        "The probe's output tells of status 404.",
        "Give the healthcheck the path that the server has; ask it once by hand with `docker exec`.",
        "curl: (22) The requested URL returned error: 404",
    ),
    Code(
        "BOOT305",
        "the healthcheck gives up too soon",
        "The server becomes ready, but only after its healthcheck has failed as often as its retries allow: "
        "start_period + retries x interval is less than the server needs.",
        "The same healthcheck, asked on after the engine gave up, passes in the same life.",
        "Give it a start_period that is well above the time that it needs; failures in it are not counted.",
        "ready at 3.1 s, gave up at 3.0 s",
    ),
    Code(
        "BOOT306",
        "nobody listens where the healthcheck asks",
        "The process lives, and the address that the healthcheck connects to refuses: the server listens on "
        "another port or on one address alone (127.0.0.1, ::1), or has not come so far.",
        "The probe's output is a refused connection.",
        "Compare the healthcheck's address with the one that the server's log names, and use 127.0.0.1 rather "
        "than localhost where it listens on IPv4 alone.",
        "curl: (7) Failed to connect to localhost port 8080: Connection refused",
    ),
    Code(
        "BOOT307",
        "the healthcheck takes longer than its timeout",
        "The probe was begun, and had no answer in the time that the healthcheck's timeout gives it: the server "
        "hangs, is overloaded at start, or the probe is slow by itself.",
        "The engine says that the healthcheck exceeded its timeout, or our own probe ended so.",
        "Let the healthcheck do less, raise its timeout, or see in the log what the server waits for.",
        "Health check exceeded timeout (1s)",
    ),
)
