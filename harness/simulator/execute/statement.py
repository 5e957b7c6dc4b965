"""A whole statement: analyzed, then carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.simulator.errors import Unsure
from harness.simulator.execute import views
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.insert import insert
from harness.simulator.execute.merge import merge
from harness.simulator.execute.query import run_query, with_tables
from harness.simulator.execute.update import delete, update
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_STATEMENTS: dict[str, Callable[[Session, Any, Env], Result]] = {
    "InsertStmt": insert,
    "UpdateStmt": update,
    "DeleteStmt": delete,
    "MergeStmt": merge,
}


def run_statement(session: Session, node: Any, env: Env) -> Result:
    """Analyze a SELECT, INSERT, UPDATE, DELETE or MERGE and carry it out; Refused as Postgres would."""
    from harness.simulator import analyze  # noqa: PLC0415 - it stands on this room

    if node.DESCRIPTOR.name == "Node":
        node = tree.inner(node)
    analyze.statement(session, node, scope_in(env))
    return run_unchecked(session, node, env)


def scope_in(env: Env) -> Any:
    """Return the scope of the names in sight; variables without a scope are of no known type."""
    from harness.simulator.analyze import Scope  # noqa: PLC0415 - as above
    from harness.simulator.catalog.objects import NO_TYPE  # noqa: PLC0415 - as above

    scope = next((each.scope for each in env.chain() if each.scope is not None), None)
    if scope is not None:
        return scope
    names = [name for each in env.chain() for name in (*each.variables, *each.rows)]
    return Scope.with_variables(dict.fromkeys(names, NO_TYPE), conflict="use_column") if names else None


def run_unchecked(session: Session, node: Any, env: Env) -> Result:
    """Carry out a statement that was analyzed before."""
    name = node.DESCRIPTOR.name
    if name == "SelectStmt":
        return run_query(session, node, env)
    view = views.written_to(session, node)
    if view is not None:
        done = views.run_triggers(session, view, node, env)
        return run_unchecked(session, views.on_table(session, view, node), env) if done is None else done
    handler = _STATEMENTS.get(name)
    if handler is None:
        raise Unsure(f"{name} is not understood here")
    return handler(session, node, with_tables(session, node, env))
