"""DO and CALL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.simulator import plpgsql
from harness.simulator.errors import Unsure
from harness.simulator.execute.env import EMPTY
from harness.simulator.play import plays
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


@plays("DoStmt")
def do(session: Session, node: Any) -> None:
    """Run a block of PL/pgSQL; Unsure for one in another language."""
    options = {item.def_elem.defname: tree.inner(item.def_elem.arg).sval for item in node.args}
    language = options.get("language", "plpgsql")
    if language.lower() != "plpgsql":
        raise Unsure(f"it is written in {language}, which is not followed")
    plpgsql.run_block(session, options["as"])


@plays("CallStmt")
def call(session: Session, node: Any) -> None:
    """Call a procedure (42883, 42809)."""
    plpgsql.call_procedure(session, node, EMPTY)
