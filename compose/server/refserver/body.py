"""What requests may carry: their shapes, read strictly. A value that does not fit is a 400 that says why."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from starlette.exceptions import HTTPException

MAX_BODY = 64 * 1024
"""Bytes that a request's body may have."""

_T = TypeVar("_T")

Text = Annotated[str, Meta(min_length=1, max_length=200, pattern="^[^\x00]*$")]
"""A name or an identifier: Postgres's text takes no NUL."""
LongText = Annotated[str, Meta(max_length=2000, pattern="^[^\x00]*$")]
Email = Annotated[str, Meta(min_length=3, max_length=200, pattern=r"^[^\x00\s@]+@[^\x00\s@]+$")]
Moment = Annotated[datetime, Meta(tz=True)]
"""RFC 3339 with an offset."""
ScopeType = Literal["global", "profile", "issuer"]


class NewAccount(Struct, forbid_unknown_fields=True, frozen=True):
    """An account to be made."""

    email: Email
    display_name: Text


class NewKey(Struct, forbid_unknown_fields=True, frozen=True):
    """A key to be issued, on its own or for an account."""

    name: Text
    account_id: UUID | None = None


class NewGrant(Struct, forbid_unknown_fields=True, frozen=True):
    """A role for a key; without `expires_at` it stands until it is revoked."""

    role_id: Text
    scope_type: ScopeType = "global"
    scope_id: Text | None = None
    expires_at: Moment | None = None

    def __post_init__(self) -> None:
        _paired(self.scope_type, self.scope_id)
        _within_the_calendar(self.expires_at)


class NewOffer(Struct, forbid_unknown_fields=True, frozen=True):
    """A role that is offered to an account; without a scope it is for all of them."""

    to_account_id: UUID
    role: Text
    expires_at: Moment
    to_actor_id: Text | None = None
    scope_kind: Literal["profile", "issuer"] | None = None
    scope_id: UUID | None = None
    message: LongText | None = None

    def __post_init__(self) -> None:
        if (self.scope_kind is None) != (self.scope_id is None):
            raise ValueError("scope_kind and scope_id go together")
        _within_the_calendar(self.expires_at)


class Decline(Struct, forbid_unknown_fields=True, frozen=True):
    """A refusal, with or without a reason."""

    reason: LongText | None = None


class Question(Struct, forbid_unknown_fields=True, frozen=True):
    """Whether a permission is held in a scope."""

    permission: Text
    scope_type: ScopeType = "global"
    scope_id: Text | None = None

    def __post_init__(self) -> None:
        _paired(self.scope_type, self.scope_id)


BODIES: tuple[type[Struct], ...] = (NewAccount, NewKey, NewGrant, NewOffer, Decline)


def read(data: bytes, shape: type[_T]) -> _T:
    """Return a body's value; an empty one is an empty object."""
    if len(data) > MAX_BODY:
        raise HTTPException(413, f"the body has more than {MAX_BODY} bytes")
    try:
        return msgspec.json.decode(data or b"{}", type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HTTPException(400, str(error)) from error


def convert(value: Any, shape: type[_T]) -> _T:
    """Return a query's or a path's value."""
    try:
        return msgspec.convert(value, type=shape)
    except msgspec.ValidationError as error:
        raise HTTPException(400, str(error)) from error


def _paired(scope_type: str, scope_id: str | None) -> None:
    if scope_type == "global" and scope_id is not None:
        raise ValueError("a global scope takes no scope_id")
    if scope_type != "global" and scope_id is None:
        raise ValueError(f"scope_id is required for {scope_type}")


def _within_the_calendar(moment: datetime | None) -> None:
    """Refuse what in another time zone is a year that Python cannot read back."""
    if moment is not None and not 2 <= moment.year <= 9998:
        raise ValueError("expires_at has to be in the years 2 to 9998")
