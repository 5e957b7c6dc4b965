"""What a SQLSTATE means for a ladder: its failure code, and advice that fits the thing it names.

The names of the states are those of Postgres's appendix "PostgreSQL Error Codes".
"""

from __future__ import annotations

from harness.diagnose.codes import CODES, Code

_CODES = {
    "BOOT101": ("42710", "42P07", "42701", "42P06", "42723", "42P04", "42P16"),
    "BOOT102": ("42P10",),
    "BOOT103": ("23502",),
    "BOOT104": ("23505",),
    "BOOT105": ("42P01", "42703", "42704", "42883", "3F000"),
    "BOOT107": ("23503", "23514", "23P01"),
    "BOOT108": ("40P01", "40001", "55P03", "XX000"),
    "BOOT403": ("57P01", "08000", "08001", "08003", "08004", "08006"),
    "BOOT404": ("28P01", "28000"),
    "BOOT405": ("53100",),
    "BOOT409": ("3D000",),
    "BOOT410": ("53300",),
    "BOOT411": ("57P03",),
}
_CODE_OF = {state: code for code, states in _CODES.items() for state in states}

_LISTED = """
08001 sqlclient_unable_to_establish_sqlconnection
08006 connection_failure
0A000 feature_not_supported
22001 string_data_right_truncation
22003 numeric_value_out_of_range
22007 invalid_datetime_format
22012 division_by_zero
22023 invalid_parameter_value
22P02 invalid_text_representation
23000 integrity_constraint_violation
23001 restrict_violation
23502 not_null_violation
23503 foreign_key_violation
23505 unique_violation
23514 check_violation
23P01 exclusion_violation
25001 active_sql_transaction
25006 read_only_sql_transaction
25P02 in_failed_sql_transaction
28000 invalid_authorization_specification
28P01 invalid_password
2BP01 dependent_objects_still_exist
3D000 invalid_catalog_name
3F000 invalid_schema_name
40001 serialization_failure
40P01 deadlock_detected
42501 insufficient_privilege
42601 syntax_error
42602 invalid_name
42611 invalid_column_definition
42701 duplicate_column
42702 ambiguous_column
42703 undefined_column
42704 undefined_object
42710 duplicate_object
42723 duplicate_function
42725 ambiguous_function
42804 datatype_mismatch
42809 wrong_object_type
42830 invalid_foreign_key
42846 cannot_coerce
42883 undefined_function
42939 reserved_name
42P01 undefined_table
42P04 duplicate_database
42P06 duplicate_schema
42P07 duplicate_table
42P10 invalid_column_reference
42P13 invalid_function_definition
42P16 invalid_table_definition
42P17 invalid_object_definition
53100 disk_full
53200 out_of_memory
53300 too_many_connections
55000 object_not_in_prerequisite_state
55006 object_in_use
55P03 lock_not_available
55P04 unsafe_new_enum_value_usage
57014 query_canceled
57P01 admin_shutdown
57P02 crash_shutdown
57P03 cannot_connect_now
"""
_NAMES = dict(row.split() for row in _LISTED.strip().splitlines())
_STATES = {name.replace("_", ""): state for state, name in _NAMES.items()} | {"postgressyntax": "42601"}

_ADVICE = {
    ("42710", "constraint"): (
        "Wrap it in a DO block that adds it only if pg_constraint has no row of this conname and conrelid."
    ),
    ("42710", "type"): "Wrap it in a DO block that makes the type only if pg_type has none of this name.",
    (
        "42710",
        "trigger",
    ): "Write CREATE OR REPLACE TRIGGER (Postgres 14 or later), or DROP TRIGGER IF EXISTS first.",
    ("42710", "policy"): "Put DROP POLICY IF EXISTS before it, in the same transaction.",
    ("42710", "rule"): "Write CREATE OR REPLACE RULE.",
    ("42710", "role"): "Wrap it in a DO block that makes the role only if pg_roles has none of this name.",
    ("42710", "extension"): "Write CREATE EXTENSION IF NOT EXISTS.",
    ("42710", "enum label"): "Write ALTER TYPE ... ADD VALUE IF NOT EXISTS.",
    ("42P07", "relation"): "Write IF NOT EXISTS (CREATE OR REPLACE for a view).",
    ("42701", "column"): "Write ADD COLUMN IF NOT EXISTS.",
    ("42P06", "schema"): "Write CREATE SCHEMA IF NOT EXISTS.",
    ("42723", "function"): "Write CREATE OR REPLACE FUNCTION.",
    ("42P16", "key"): "Wrap it in a DO block that adds the key only if pg_constraint has none of contype 'p'.",
    ("42P16", "column"): "DROP VIEW IF EXISTS first: CREATE OR REPLACE can only add columns at a view's end.",
    ("25001", ""): "Give the statement a file of its own: a file sent whole is one transaction.",
    ("42601", ""): "Mend the syntax at the place that the message names.",
}


def code_of(sqlstate: str) -> Code:
    """Return the failure code of an error with this SQLSTATE; BOOT109 for one that has none of its own."""
    return CODES[_CODE_OF.get(sqlstate, "BOOT109")]


def name_of(sqlstate: str) -> str:
    """Return Postgres's name of a state (duplicate_object), empty for one that is not listed."""
    return _NAMES.get(sqlstate, "")


def state_of(name: str) -> str:
    """Return the SQLSTATE of a condition as drivers call their errors (DuplicateTable, UniqueViolationError)."""
    plain = name.replace("_", "").lower()
    return _STATES.get(plain) or _STATES.get(plain.removesuffix("error"), "")


def advice_for(sqlstate: str, kind: str) -> str:
    """Return what to do about an error of this state that names a thing of this kind: one sentence."""
    return _ADVICE.get((sqlstate, kind)) or _ADVICE.get((sqlstate, "")) or code_of(sqlstate).advice
