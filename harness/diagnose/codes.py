"""The one table of failure codes: what each means and what to do. `bootsmoke explain CODE` prints it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One failure code; it never changes its meaning once released."""

    code: str
    title: str
    meaning: str
    advice: str
    """What to do: one sentence."""


_ALL = (
    Code(
        "BOOT101",
        "a migration makes what already exists",
        "The server applies its migrations at every boot. One of them makes an object without looking whether "
        "it is there: the first boot passes, every later one stops at this statement.",
        "Guard the statement so that it passes when the object is there already.",
    ),
    Code(
        "BOOT102",
        "ON CONFLICT names a key that is gone",
        "An INSERT names the columns of a unique key in ON CONFLICT. A later migration has replaced that key, so "
        "at the next boot Postgres finds no key of these columns and refuses the statement.",
        "Use ON CONFLICT DO NOTHING without columns, or guard the INSERT with WHERE NOT EXISTS.",
    ),
    Code(
        "BOOT103",
        "a migration leaves a NOT NULL column empty",
        "An INSERT or UPDATE gives no value to a column that must have one, or SET NOT NULL meets rows that "
        "have none.",
        "Give the column a value in this statement, or a DEFAULT in the table.",
    ),
    Code(
        "BOOT104",
        "a migration inserts a row that is there already",
        "An INSERT without ON CONFLICT meets, at a later boot, the row that it wrote at the first one; or it "
        "writes one key twice.",
        "Add ON CONFLICT DO NOTHING on the key that the message names.",
    ),
    Code(
        "BOOT105",
        "a migration needs what is not there",
        "A statement names a table, column, type or function that does not exist at this point: a later file "
        "makes it, an earlier boot has dropped or renamed it, or its name is misspelt.",
        "Make the object before this statement, or skip the statement once the object is gone for good.",
    ),
    Code(
        "BOOT106",
        "the migration tool's table is marked dirty",
        "A former run stopped inside a migration. The tool refuses to go on until a person has looked.",
        "Mend the half-applied migration, then set the version by hand (`migrate force VERSION`).",
    ),
    Code(
        "BOOT107",
        "existing rows break a migration's constraint",
        "A CHECK, foreign key or exclusion constraint is violated by rows that are there, or by the rows that "
        "the migration writes.",
        "Mend the rows before the constraint is added, or make the constraint NOT VALID first.",
    ),
    Code(
        "BOOT108",
        "boots get in each other's way",
        "Several copies of the server, or a migration and something else, changed the same thing at the same "
        "time: a deadlock, a lock that was not given, or one object made twice at once.",
        "Let one boot migrate at a time: take pg_advisory_lock around the ladder.",
    ),
    Code(
        "BOOT109",
        "a migration fails",
        "Postgres refused a statement of the ladder for the reason that the message gives.",
        "Mend the statement as Postgres's message says.",
    ),
    Code(
        "BOOT110",
        "a boot changes the database",
        "Every statement of the ladder passes, and the database is not what it was before the boot: rows were "
        "added, removed or set back, or the schema changed.",
        "Let the statement do its work once: guard it by what it has made, or by the rows that are there.",
    ),
    Code(
        "BOOT201",
        "the service crashes again and again",
        "It exits soon after each start, and its log names no cause that bootsmoke knows.",
        "Read the last lines of its log; they are the same at each crash.",
    ),
    Code(
        "BOOT202",
        "the service ended although it should stay",
        "It exited with code 0, or for no known reason, and nothing restarts it.",
        "Keep the server in the foreground; a service that is done when it ends needs "
        "`service_completed_successfully` in its dependents.",
    ),
    Code(
        "BOOT203",
        "the service ran out of memory",
        "The kernel killed it because its container's memory limit, or the machine, was exhausted.",
        "Raise the memory limit, or lower what the service uses at start.",
    ),
    Code(
        "BOOT301",
        "the service runs and is unhealthy",
        "Its process lives, and its healthcheck failed as often as its retries allow.",
        "See the healthcheck's own output below: wrong path or port, a missing command, or a server in trouble.",
    ),
    Code(
        "BOOT302",
        "the service was not ready in time",
        "Its process lives, and it was not ready within the deadline that its healthcheck's numbers add up to.",
        "See what it still waits for in its log, or give it a longer start_period.",
    ),
    Code(
        "BOOT401",
        "a file or program of the service is missing or unusable",
        "The entry point, a module or an executable is not in the image, is not executable, or was built for "
        "another processor.",
        "Check the image's entry point, its platform and the mounts that hide its files.",
    ),
    Code(
        "BOOT402",
        "a port is taken",
        "Another program or container listens on a host port that the service publishes.",
        "Free the port, or run without --keep-ports so that a free one is chosen.",
    ),
    Code(
        "BOOT403",
        "the database cannot be reached",
        "The server found no database at the address that it was given, up to its last try.",
        "Check host name, port and network of the database's URL, and wait for service_healthy.",
    ),
    Code(
        "BOOT404",
        "the database refuses the login",
        "User or password is wrong. A Postgres volume keeps the password of its first boot, whatever the "
        "environment says later.",
        "Use the password that the volume was made with, or remove the volume.",
    ),
    Code(
        "BOOT405",
        "there is no space left",
        "A disk or a tmpfs that the database or the service writes to is full.",
        "Free space, or make the volume larger.",
    ),
    Code(
        "BOOT901",
        "the engine could not start the container",
        "The container engine refused before any process of the service ran.",
        "See the engine's own words above.",
    ),
)

CODES = {code.code: code for code in _ALL}
"""All codes, by code."""
