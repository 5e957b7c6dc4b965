"""From the text of a Postgres message to its SQLSTATE and to the thing that it names.

Most servers print Postgres's message and leave the SQLSTATE out. The texts are those of Postgres's own source
(`ereport` calls of versions 10 to 18); a server with another `lc_messages` translates them, and then only a
SQLSTATE in the log helps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one message of Postgres says; empty strings for what it does not name."""

    sqlstate: str
    message: str
    """Postgres's own words, without what the program put around them."""
    kind: str = ""
    """constraint, relation, column, type, function, ...: what `name` is."""
    name: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape of message; `needle` stands in every text that `pattern` matches, in lower case."""

    sqlstate: str
    kind: str
    needle: str
    pattern: re.Pattern[str]


_NAME = r'"(?P<name>[^"]{1,200})"'
_TABLE = r'"(?P<table>[^"]{1,200})"'
_PLAIN = (("PLAIN", r"(?P<name>\S{1,200})"), ("OWNER", r"(?P<table>\S{1,200})"))
_OBJECT = (
    r"(?P<kind>type|role|extension|language|collation|conversion|publication|subscription|server|enum label"
    r"|event trigger|access method|statistics object|foreign-data wrapper|tablespace|text search \w{1,20})"
)

_TABLE_OF_RULES = r"""
42710 -          (?P<kind>constraint|trigger|rule) NAME for relation TABLE already «exist»s
42710 policy     policy NAME for table TABLE already «exist»s
42701 column     column NAME of relation TABLE already «exist»s
42P07 relation   relation NAME already «exist»s
42P06 schema     schema NAME already «exist»s
42P04 database   database NAME already «exist»s
42723 function   (?:function|procedure) NAME already «exist»s with same argument types
42723 operator   operator (?P<name>\S{1,200}) already «exist»s
42710 -          OBJECT NAME already «exist»s
42701 column     column NAME «specified more than once»
42P16 key        «multiple primary keys» for table TABLE are not allowed
42P16 column     cannot change (?:name|data type) of «view» column NAME
42P16 column     cannot drop columns from «view»
42P10 -          there is no «unique» or exclusion constraint matching the ON CONFLICT specification
42830 -          there is no «unique» constraint matching given keys for referenced table TABLE
23505 constraint duplicate key value violates «unique» constraint NAME
23505 index      could not create «unique» index NAME
23502 column     null value in column NAME(?: of relation TABLE)? «violates» not-null constraint
23502 column     column NAME(?: of relation TABLE)? «contains null values»
23503 constraint (?:insert or update|update or delete) on table TABLE «violates» foreign key constraint NAME
23514 constraint new row for relation TABLE «violates» check constraint NAME
23514 constraint check constraint NAME (?:of relation TABLE )?is «violated by some row»
23514 relation   no partition of relation TABLE «found for row»
23P01 constraint conflicting key value «violates» exclusion constraint NAME
42703 column     column NAME(?: of relation TABLE)? does not «exist»
42703 column     column NAME referenced in foreign key constraint does not «exist»
42703 column     column (?P<table>\w{1,63})\.(?P<name>\w{1,63}) does not «exist»
42704 constraint constraint NAME of relation TABLE does not «exist»
42704 -          (?P<kind>trigger|policy|rule) NAME for (?:relation|table) TABLE does not «exist»
42P01 relation   (?:relation|table|view|materialized view|sequence) NAME does not «exist»
3F000 schema     schema NAME does not «exist»
3D000 database   database NAME does not «exist»
42704 index      index NAME does not «exist»
42704 -          OBJECT NAME does not «exist»
42883 operator   operator does not «exist»: (?P<name>.{1,200})
42883 function   (?:function|procedure|aggregate) (?P<name>["\w.]{1,200})\([^()]{0,400}\) does not «exist»
0A000 extension  extension NAME «is not available»
0A000 column     cannot «alter type of a column» used by [\w ]{1,60}
2BP01 -          cannot drop (?P<kind>[a-z]{1,12}) PLAIN o[fn] [a-z ]{1,20} OWNER because «other objects»
2BP01 -          cannot drop (?P<kind>[a-z ]{1,30}) PLAIN because other «objects depend on it»
42P13 function   cannot «change return type» of existing function
42601 -          «syntax error at» (?:end of input|or near "(?P<name>.{1,200}?)")
42601 -          «unterminated» (?:dollar-quoted string|quoted string|quoted identifier|/\* comment) at or near
42601 -          cannot insert «multiple commands» into a prepared statement
42804 column     column NAME is of type .{1,60} but «expression is of type»
42804 column     column NAME «cannot be cast automatically» to type
22001 -          «value too long» for type .{1,60}
25006 -          cannot execute [A-Z ]{1,40} in a «read-only transaction»
42501 -          «permission denied for» (?P<kind>[a-z -]{1,30}) (?P<name>[\w.]{1,200})
42501 -          «must be owner of» (?P<kind>[a-z -]{1,30}) (?P<name>[\w.]{1,200})
22P02 value      «invalid input» (?:syntax for type|value for enum) [\w. ]{1,100}: NAME
22P02 -          «invalid input» (?:syntax for type|value for enum) .{1,200}
55P04 enum_label «unsafe use of new value» NAME of enum type
25001 -          [A-Z][\w. ]{1,60} cannot run inside a «transaction» block
25001 -          [A-Z][\w. ]{1,60} «cannot be executed» (?:within a pipeline|from a function)
25P02 -          current «transaction» is aborted, commands ignored
28P01 role       password «authentication failed» for user NAME
28000 -          no pg_«hba»\.conf entry for .{1,200}
57P03 -          the «database system is» (?:starting up|shutting down|in recovery|not yet accepting)
57P01 -          terminating «connection» due to administrator command
53300 -          sorry, «too many clients» already
53300 -          remaining «connection» slots are reserved
53100 -          could not (?:extend|write to|create) file .{1,300} «No space left» on device
40P01 -          «deadlock detected»
40001 -          could not «serialize access»
XX000 -          «tuple concurrently» (?:updated|deleted)
55P03 -          canceling statement due to lock «timeout»
57014 -          canceling statement due to statement «timeout»
"""


def _rule(row: str) -> Rule:
    """Read one row of the table: SQLSTATE, kind or -, pattern with its needle between guillemets."""
    sqlstate, kind, shape = row.split(maxsplit=2)
    needle = shape[shape.index("«") + 1 : shape.index("»")]
    pattern = re.sub("[«»]", "", shape)
    for word, group in (("OBJECT", _OBJECT), ("NAME", _NAME), ("TABLE", _TABLE), *_PLAIN):
        pattern = pattern.replace(word, group)
    return Rule(sqlstate, kind.strip("-").replace("_", " "), needle.lower(), re.compile(pattern))


RULES = tuple(_rule(row) for row in _TABLE_OF_RULES.strip().splitlines())
"""Every shape that is known; the first one that matches decides."""


def unescaped(line: str) -> str:
    r"""Return the line with the quotes of a JSON log (`\"`) made plain."""
    return line.replace('\\"', '"')


def match(rule: Rule, line: str) -> Complaint | None:
    """Return what `line` says if it has the shape of `rule`; `line` has plain quotes."""
    found = rule.pattern.search(line)
    if found is None:
        return None
    groups = found.groupdict(default="")
    return Complaint(
        sqlstate=rule.sqlstate,
        message=found.group(),
        kind=(rule.kind or groups.get("kind", "")).lower(),
        name=groups.get("name", ""),
        table=groups.get("table", ""),
    )


def complaint(line: str) -> Complaint | None:
    """Return what a line says if a message of Postgres stands in it, in English."""
    plain = unescaped(line)
    lower = plain.lower()
    matches = (match(rule, plain) for rule in RULES if rule.needle in lower)
    return next((found for found in matches if found is not None), None)


_KINDS = {
    **dict.fromkeys(("42P07", "42P01"), "relation"),
    **dict.fromkeys(("42701", "42703", "23502"), "column"),
    **dict.fromkeys(("42P06", "3F000"), "schema"),
    **dict.fromkeys(("42723", "42883"), "function"),
    **dict.fromkeys(("23503", "23505", "23514", "23P01"), "constraint"),
}
_QUOTED = re.compile(r"""(?P<of>[^\s"]{0,20})\s?[«»"„“]\s?(?P<name>[^«»"„“”\n]{1,200}?)\s?[«»"“”]""")
_TABLE_WORDS = ("リレーション", "テーブル", "关系", "表")
"""Languages in which the table may stand before what belongs to it say so in the word before its name."""
_TABLE_FIRST = ("23503", "23514")


def foreign(sqlstate: str, message: str) -> Complaint:
    """Return what a message in any language says: its SQLSTATE tells what the names in quotes are.

    Postgres's translations keep the order of the English names, but for those that name the table's kind.
    """
    named = [(found["of"], found["name"]) for found in _QUOTED.finditer(message)][:2]
    if len(named) == 2 and (sqlstate in _TABLE_FIRST or named[0][0].endswith(_TABLE_WORDS)):
        named.reverse()
    if len(named) == 1 and sqlstate in _TABLE_FIRST:
        named.insert(0, ("", ""))
    name, table = ([text for _, text in named] + ["", ""])[:2]
    return Complaint(sqlstate, message, _KINDS.get(sqlstate, ""), name, table)
