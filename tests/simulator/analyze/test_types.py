"""Names of types."""

from __future__ import annotations

import pytest

from harness.simulator import analyze
from harness.simulator.catalog.objects import TypeName
from harness.simulator.errors import Refused
from harness.simulator.session import Session
from harness.sql import parse


def named(session: Session, text: str) -> TypeName:
    """Return the type that a text names."""
    return analyze.type_name(
        session, parse.nodes(f"SELECT NULL::{text}")[0].target_list[0].res_target.val.type_cast.type_name
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("int", "integer"),
        ("bigint[]", "bigint[]"),
        ("varchar(20)", "character varying(20)"),
        ("char", "character(1)"),
        ("numeric(10)", "numeric(10,0)"),
        ("decimal(10, 2)[][]", "numeric(10,2)[]"),
        ("timestamp(3) with time zone", "timestamp(3) with time zone"),
        ("time", "time without time zone"),
        ("double precision", "double precision"),
        ("_text", "text[]"),
        ("pg_catalog.int8", "bigint"),
        ("information_schema.sql_identifier", "information_schema.sql_identifier"),
        ("mood", "mood"),
        ("public.mood[]", "mood[]"),
        ("_mood", "mood[]"),
        ("a", "a"),
    ],
)
def test_a_type_is_found_and_written_as_postgres_does(written: str, shown: str, session: Session) -> None:
    """Aliases, modifiers, arrays, schemas, the rows of tables."""
    assert analyze.format_type(session, named(session, written)) == shown


def test_a_type_in_another_schema_is_written_with_it(session: Session) -> None:
    """Where the search path does not find it."""
    mood = named(session, "mood")
    session.search_path = ("nowhere",)
    assert analyze.format_type(session, mood) == "public.mood"


@pytest.mark.parametrize("written", ["nope", "public.nope", "pg_catalog.nope", "nope[]"])
def test_a_type_that_is_not_there_is_refused(written: str, session: Session) -> None:
    """With its name (42704)."""
    with pytest.raises(Refused, match=r'type "(.*)nope" does not exist') as caught:
        named(session, written)
    assert caught.value.sqlstate == "42704"


def test_a_missing_type_is_taken_as_given_in_the_first_boot(session: Session) -> None:
    """From then on it is there, and nothing is known of it."""
    session.is_cold = True
    made = named(session, "nope")
    session.is_cold = False
    assert named(session, "nope") == made
    assert session.assumed == ["type nope"]
    assert analyze.can_cast(session, made, TypeName("int4"), "explicit") is None


def test_a_serial_is_known_by_its_name_alone(session: Session) -> None:
    """It stands for an integer in a column's definition only."""
    assert analyze.SERIALS[named(session, "bigserial").name] == TypeName("int8")
