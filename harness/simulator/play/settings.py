"""What a connection is told: settings, transactions, and statements that leave the database as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Constraint, Index, Relation
from harness.simulator.errors import Refused
from harness.simulator.execute.env import EMPTY, Env
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.play import execute, plays
from harness.simulator.session import DEFAULT_SEARCH_PATH, OWNER, TEMPORARY
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.catalog.objects import Function
    from harness.simulator.session import Session

_ROLES = ("role", "session_authorization")


@plays("VariableSetStmt")
def set_(session: Session, node: Any) -> None:
    """SET, SET LOCAL, RESET."""
    kind = tree.enum(node, "kind")
    name = node.name.lower()
    if kind == "VAR_RESET_ALL":
        session.search_path = DEFAULT_SEARCH_PATH
        session.settings.clear()
    elif kind == "VAR_SET_VALUE":
        assign(session, name, [value_text(argument) for argument in node.args], is_local=node.is_local)
    elif kind in ("VAR_RESET", "VAR_SET_DEFAULT"):
        assign(session, name, None, is_local=node.is_local)


def value_text(argument: Any) -> str:
    """Return one of SET's values as text; an interval of SET TIME ZONE is a cast."""
    content = tree.inner(argument)
    constant = content if content.DESCRIPTOR.name == "A_Const" else tree.inner(content.arg)
    which = constant.WhichOneof("val")
    if which == "boolval":
        return "on" if constant.boolval.boolval else "off"
    return str({"ival": constant.ival.ival, "fval": constant.fval.fval}.get(which, constant.sval.sval))


def assign(session: Session, name: str, values: list[str] | None, *, is_local: bool = False) -> None:
    """Give a setting its values, or its default when there are none; LOCAL ones go back when the transaction ends.

    22023 for a role that does not exist.
    """
    if is_local:
        session.at_end.append(_restorer(session, name))
    if name == "search_path":
        session.search_path = DEFAULT_SEARCH_PATH if values is None else tuple(values)
    elif name in _ROLES:
        session.role = OWNER if values is None or values[0] in ("none", "default") else _role(session, values[0])
    elif values is None:
        session.settings.pop(name, None)
    else:
        session.settings[name] = ", ".join(values)


@contextmanager
def within(session: Session, function: Function) -> Iterator[None]:
    """Run what a function does, with the settings of its own; they are back afterwards."""
    own = [(key.removeprefix("set "), value) for key, value in function.settings if key.startswith("set ")]
    restore = [_restorer(session, name) for name, _ in own]
    for name, value in own:
        if isinstance(value, tuple):
            assign(session, name, list(value))
    try:
        yield
    finally:
        for each in restore:
            each()


def _role(session: Session, name: str) -> str:
    if session.find_role(name) is None and not session.may_assume:
        raise Refused("22023", f'role "{name}" does not exist', name)
    return session.require_role(name).name


def _restorer(session: Session, name: str) -> Any:
    path, role, value = session.search_path, session.role, session.settings.get(name)

    def restore() -> None:
        if name == "search_path":
            session.search_path = path
        elif name in _ROLES:
            session.role = role
        elif value is None:
            session.settings.pop(name, None)
        else:
            session.settings[name] = value

    return restore


@plays("TransactionStmt")
def transaction(session: Session, node: Any) -> None:
    """BEGIN, COMMIT, ROLLBACK and savepoints.

    That a savepoint is missing is not looked at: the statement that made it may have been taken alone.
    """
    kind = tree.enum(node, "kind").removeprefix("TRANS_STMT_")
    if kind in ("BEGIN", "START"):
        session.savepoints[:] = [("", session.store.mark())]
    elif kind == "SAVEPOINT":
        session.savepoints.append((node.savepoint_name, session.store.mark()))
    elif kind in ("ROLLBACK", "ROLLBACK_TO"):
        _roll_back(session, node.savepoint_name)
    if kind in ("COMMIT", "ROLLBACK", "PREPARE"):
        session.savepoints.clear()
        session.end_transaction()


def _roll_back(session: Session, name: str) -> None:
    """Undo what came after a savepoint, which stays, or after BEGIN."""
    places = [place for place, (each, _) in enumerate(session.savepoints) if each == name]
    if places:
        session.store.rollback(session.savepoints[places[-1]][1])
        del session.savepoints[places[-1] + 1 :]


@plays("ConstraintsSetStmt")
def set_constraints(session: Session, node: Any) -> None:
    """SET CONSTRAINTS: those that are named have to be there (42704)."""
    for item in node.constraints:
        name = item.range_var.relname
        if not session.may_assume and not any(each.name == name for each in session.store.each(Constraint)):
            raise Refused("42704", f'constraint "{name}" does not exist', name)


@plays("LockStmt")
def lock(session: Session, node: Any) -> None:
    """LOCK: the tables have to be there."""
    for item in node.relations:
        session.ranged(item.range_var)


@plays("VacuumStmt")
def vacuum(session: Session, node: Any) -> None:
    """VACUUM and ANALYZE: what they name has to be there."""
    for item in node.rels:
        if item.vacuum_relation.HasField("relation"):
            relation = session.ranged(item.vacuum_relation.relation)
            for name in tree.strings(item.vacuum_relation.va_cols):
                session.column(relation, name)


@plays("ClusterStmt")
def cluster(session: Session, node: Any) -> None:
    """CLUSTER: the table has to be there, and its index (42704)."""
    if not node.HasField("relation"):
        return
    table = session.ranged(node.relation)
    indexes = session.store.all(Index, "indexes", table.oid)
    is_missing = node.indexname and not any(index.name == node.indexname for index in indexes)
    if is_missing and not (session.may_assume or table.is_assumed):
        message = f'index "{node.indexname}" for table "{table.name}" does not exist'
        raise Refused("42704", message, node.indexname, table.name)


@plays("ReindexStmt")
def reindex(session: Session, node: Any) -> None:
    """REINDEX: what it names has to be there."""
    if node.HasField("relation"):
        session.ranged(node.relation)
    elif tree.enum(node, "kind") == "REINDEX_OBJECT_SCHEMA":
        session.schema(node.name)


@plays("PrepareStmt")
def prepare(session: Session, node: Any) -> None:
    """PREPARE (42P05 when the name is taken)."""
    if node.name in session.prepared:
        raise Refused("42P05", f'prepared statement "{node.name}" already exists', node.name)
    session.prepared[node.name] = tree.inner(node.query)


@plays("ExecuteStmt")
def execute_prepared(session: Session, node: Any) -> None:
    """EXECUTE of a prepared statement (26000 without one)."""
    from harness.simulator.execute import run_statement  # noqa: PLC0415 - it calls this room

    query = session.prepared.get(node.name)
    if query is None:
        raise Refused("26000", f'prepared statement "{node.name}" does not exist', node.name)
    values = [evaluate(session, argument, EMPTY) for argument in node.params]
    run_statement(session, query, Env(variables={f"${n}": value for n, value in enumerate(values, start=1)}))


@plays("DeallocateStmt")
def deallocate(session: Session, node: Any) -> None:
    """DEALLOCATE of one, or of all (26000)."""
    if not node.name:
        session.prepared.clear()
    elif session.prepared.pop(node.name, None) is None:
        raise Refused("26000", f'prepared statement "{node.name}" does not exist', node.name)


@plays("ExplainStmt")
def explain(session: Session, node: Any) -> None:
    """EXPLAIN: the query is analyzed; ANALYZE runs it too."""
    from harness.simulator import analyze  # noqa: PLC0415 - it calls this room

    query = tree.inner(node.query)
    if any(item.def_elem.defname == "analyze" for item in node.options):
        execute(session, query)
    elif query.DESCRIPTOR.name.endswith(("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt")):
        analyze.statement(session, query)


@plays("DeclareCursorStmt")
def declare(session: Session, node: Any) -> None:
    """DECLARE of a cursor: its query is analyzed."""
    from harness.simulator import analyze  # noqa: PLC0415 - it calls this room

    analyze.query(session, tree.inner(node.query))


@plays("DiscardStmt")
def discard(session: Session, node: Any) -> None:
    """DISCARD: temporary tables go; of ALL, settings too."""
    from harness.simulator.catalog.drop import drop  # noqa: PLC0415 - it calls this room
    from harness.simulator.catalog.objects import Ref  # noqa: PLC0415

    kind = tree.enum(node, "target")
    if kind == "DISCARD_ALL":
        session.search_path = DEFAULT_SEARCH_PATH
        session.settings.clear()
        session.prepared.clear()
        session.role = OWNER
    if kind in ("DISCARD_ALL", "DISCARD_TEMP"):
        temporary = session.schema(TEMPORARY).oid
        own = [Ref(each.oid) for each in session.store.each(Relation) if each.schema == temporary]
        for ref in own:
            if session.store.get(ref.oid):
                drop(session, [ref], cascade=True)


@plays("VariableShowStmt", "CheckPointStmt", "NotifyStmt", "ListenStmt", "UnlistenStmt", "LoadStmt",
       "FetchStmt", "ClosePortalStmt")  # fmt: skip
def nothing(_session: Session, _node: Any) -> None:
    """Leave everything as it is."""
