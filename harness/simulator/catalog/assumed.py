"""What a ladder needs and does not make: taken to be there in the cold boot, and there ever after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Extension, Other

if TYPE_CHECKING:
    from harness.simulator.session import Session


def is_taken(session: Session, kind: str, name: str) -> bool:
    """Whether something that was not made may be taken to be there; in the cold boot it is, from then on.

    It is if the cold boot took it to be there, or an extension may have brought it.
    """
    if session.store.one(Other, "other", f"assumed {kind}", 0, name) is not None:
        return True
    if session.may_assume:
        session.assumed.append(f"{kind} {name}")
        session.store.put(Other(oid=session.store.new_oid(), kind=f"assumed {kind}", name=name))
        return True
    return any(extension.is_open for extension in session.store.all(Extension, "extensions"))
