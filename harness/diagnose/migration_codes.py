"""The codes of migrations that fail at a boot: BOOT1xx."""

from __future__ import annotations

from harness.diagnose.code import Code

MIGRATION_CODES = (
    Code(
        "BOOT101",
        "a migration makes what already exists",
        "The server applies its migrations at every boot. One of them makes an object without looking whether "
        "it is there: the first boot passes, every later one stops at this statement.",
        "Postgres says `already exists`: 42710, 42P07, 42701, 42P06, 42723, 42P04, or 42P16 for a second key.",
        "Guard the statement so that it passes when the object is there already.",
        'ERROR:  relation "users" already exists\nSTATEMENT:  CREATE TABLE users (id int)',
    ),
    Code(
        "BOOT102",
        "ON CONFLICT names a key that is gone",
        "An INSERT names the columns of a unique key in ON CONFLICT. A later migration has replaced that key, "
        "so at the next boot Postgres finds no key of these columns and refuses the statement.",
        "Postgres says 42P10, `there is no unique or exclusion constraint matching the ON CONFLICT specification`.",
        "Use ON CONFLICT DO NOTHING without columns, or guard the INSERT with WHERE NOT EXISTS.",
        "ERROR:  there is no unique or exclusion constraint matching the ON CONFLICT specification\n"
        "STATEMENT:  INSERT INTO roles (name) VALUES ('admin') ON CONFLICT (name) DO NOTHING",
    ),
    Code(
        "BOOT103",
        "a migration leaves a NOT NULL column empty",
        "An INSERT or UPDATE gives no value to a column that must have one, or SET NOT NULL meets rows that "
        "have none.",
        "Postgres says 23502, `null value in column`.",
        "Give the column a value in this statement, or a DEFAULT in the table.",
        'ERROR:  null value in column "id" of relation "permissions" violates not-null constraint\n'
        "DETAIL:  Failing row contains (null, read).",
    ),
    Code(
        "BOOT104",
        "a migration inserts a row that is there already",
        "An INSERT without ON CONFLICT meets, at a later boot, the row that it wrote at the first one; or it "
        "writes one key twice.",
        "Postgres says 23505, `duplicate key value`, of a key that is no catalog's own.",
        "Add ON CONFLICT DO NOTHING on the key that the message names.",
        'ERROR:  duplicate key value violates unique constraint "roles_pkey"\n'
        "DETAIL:  Key (name)=(admin) already exists.",
    ),
    Code(
        "BOOT105",
        "a migration needs what is not there",
        "A statement names a table, column, type or function that does not exist at this point: a later file "
        "makes it, an earlier boot has dropped or renamed it, or its name is misspelt.",
        "Postgres says `does not exist` of a thing that a statement names: 42P01, 42703, 42704, 42883 or 3F000.",
        "Make the object before this statement, or skip the statement once the object is gone for good.",
        'ERROR:  column "nick" of relation "users" does not exist\n'
        "STATEMENT:  ALTER TABLE users RENAME COLUMN nick TO name",
    ),
    Code(
        "BOOT106",
        "the migration tool's table is marked dirty",
        "A former run stopped inside a migration. The tool refuses to go on until a person has looked.",
        "The migration tool says so: golang-migrate's `Dirty database version`, Flyway's failed migration, "
        "Prisma's P3009, sqlx's `partially applied`.",
        "Mend the half-applied migration, then set the version by hand (`migrate force VERSION`).",
        "error: Dirty database version 43. Fix and force version.",
    ),
    Code(
        "BOOT107",
        "existing rows break a migration's constraint",
        "A CHECK, foreign key or exclusion constraint is violated by rows that are there, or by the rows that "
        "the migration writes.",
        "Postgres says 23514, 23503 or 23P01, `violates check constraint` and its kin.",
        "Mend the rows before the constraint is added, or make the constraint NOT VALID first.",
        'ERROR:  check constraint "orders_total_check" of relation "orders" is violated by some row',
    ),
    Code(
        "BOOT108",
        "boots get in each other's way",
        "Several copies of the server, or a migration and something else, changed the same thing at the same "
        "time: a deadlock, a lock that was not given, or one object made twice at once.",
        "Postgres says 40P01, 40001, 55P03 or `tuple concurrently updated`, or one of its catalogs' own keys is "
        "met twice; with several replicas, who failed comes up when it boots alone.",
        "Let one boot migrate at a time: take pg_advisory_lock around the ladder.",
        'ERROR:  duplicate key value violates unique constraint "pg_type_typname_nsp_index"\n'
        "DETAIL:  Key (typname, typnamespace)=(users, 2200) already exists.",
    ),
    Code(
        "BOOT109",
        "a migration fails",
        "Postgres refused a statement of the ladder for the reason that the message gives.",
        "Postgres names a SQLSTATE that has no code of its own here.",
        "Mend the statement as Postgres's message says.",
        'ERROR:  syntax error at or near "CRATE"\nSTATEMENT:  CRATE TABLE users (id int)',
    ),
    Code(
        "BOOT110",
        "a boot changes the database",
        "Every statement of the ladder passes, and the database is not what it was before the boot: rows were "
        "added, removed or set back, or the schema changed.",
        "Schema and rows are read before and after the boot, and differ.",
        "Let the statement do its work once: guard it by what it has made, or by the rows that are there.",
        "public.settings: 3 rows before the boot, 4 rows after it",
    ),
)
