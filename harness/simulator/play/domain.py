"""CREATE DOMAIN and ALTER DOMAIN."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.address import own_type
from harness.simulator.catalog.names import choose_constraint_name
from harness.simulator.catalog.objects import (
    Bond,
    Constraint,
    ConstraintKind,
    Dependency,
    Ref,
    Relation,
    RelationKind,
    Schema,
    Type,
    TypeKind,
    TypeName,
)
from harness.simulator.errors import Refused
from harness.simulator.execute.stored import check_domain
from harness.simulator.play import plays
from harness.simulator.play.making import check_type_is_free, depends, inside, new_name, normal, typed
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


@plays("CreateDomainStmt")
def create_domain(session: Session, node: Any) -> None:
    """Make a domain with its default and its constraints."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    schema, name = new_name(session, node.domainname)
    check_type_is_free(session, schema, name)
    base = analyze.type_name(session, node.type_name)
    _check_base(session, base)
    domain = session.store.put(
        Type(
            oid=session.store.new_oid(),
            name=name,
            schema=schema.oid,
            kind=TypeKind.DOMAIN,
            base=base,
            depends=inside(schema) | typed(base),
        )
    )
    for item in node.constraints:
        _constrain(session, domain.oid, item.constraint)


def _check_base(session: Session, base: TypeName) -> None:
    """Refuse what no domain can be made of: a shell, the row of a table (42804)."""
    found = session.store.get(base.oid) if base.oid and not base.is_array else None
    is_row = isinstance(found, Relation) and found.kind != RelationKind.COMPOSITE and not found.is_assumed
    is_shell = isinstance(found, Type) and found.kind == TypeKind.SHELL
    if is_row or is_shell:
        raise Refused("42804", f'"{base.name}" is not a valid base type for a domain', base.name)


def _constrain(session: Session, oid: int, node: Any) -> None:
    """Add what one constraint of CREATE DOMAIN says."""
    domain = session.store.of(oid, Type)
    match tree.enum(node, "contype"):
        case "CONSTR_DEFAULT":
            _set_default(session, domain, tree.inner(node.raw_expr))
        case "CONSTR_NOTNULL":
            session.store.put(replace(domain, not_null=True))
        case "CONSTR_CHECK":
            _add_check(session, domain, node)


def _set_default(session: Session, domain: Type, expression: Any) -> None:
    """Give a domain another default; None takes it away."""
    schema = session.store.of(domain.schema, Schema)
    used = _uses(session, expression, None)
    kept = inside(schema) | typed(domain.base) | used
    session.store.put(replace(domain, default=expression, depends=kept))


def _uses(session: Session, expression: Any, value: TypeName | None) -> frozenset[Dependency]:
    """Return what an expression depends on, in which VALUE has a type."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    if expression is None:
        return frozenset()
    scope = analyze.Scope.with_variables({} if value is None else {"value": value})
    return normal(analyze.expression(session, expression, scope).depends)


def _add_check(session: Session, domain: Type, node: Any) -> None:
    name = node.conname or choose_constraint_name(session, domain.schema, domain.name, label="check")
    if session.store.one(Constraint, "constraint", domain.oid, name):
        raise Refused("42710", f'constraint "{name}" for domain "{domain.name}" already exists', name, domain.name)
    expression = tree.inner(node.raw_expr)
    made = session.store.put(
        Constraint(
            oid=session.store.new_oid(),
            name=name,
            owner=domain.oid,
            schema=domain.schema,
            kind=ConstraintKind.CHECK,
            expression=expression,
            is_validated=not node.skip_validation,
            depends=depends(Ref(domain.oid), bond=Bond.AUTO) | _uses(session, expression, domain.base),
        )
    )
    if made.is_validated:
        check_domain(session, domain, made)


@plays("AlterDomainStmt")
def alter_domain(session: Session, node: Any) -> None:
    """Change a domain's default, NOT NULL or constraints."""
    domain = own_type(session, tree.strings(node.type_name))
    if isinstance(domain, Type) and domain.kind == TypeKind.BASE:
        return
    if isinstance(domain, Relation) or domain.kind != TypeKind.DOMAIN:
        raise Refused("42809", f"{domain.name} is not a domain", domain.name)
    match node.subtype:
        case "T":
            _set_default(session, domain, tree.inner(getattr(node, "def")))
        case "N" | "O":
            if node.subtype == "O":
                check_domain(session, domain, None)
            session.store.put(replace(domain, not_null=node.subtype == "O"))
        case "C":
            _constrain(session, domain.oid, tree.inner(getattr(node, "def")))
        case _:
            _drop_or_validate(session, domain, node)


def _drop_or_validate(session: Session, domain: Type, node: Any) -> None:
    constraint = session.store.one(Constraint, "constraint", domain.oid, node.name)
    if constraint is None:
        if node.missing_ok:
            return
        said = f'constraint "{node.name}" of domain "{domain.name}" does not exist'
        raise Refused("42704", said, node.name, domain.name)
    if node.subtype == "X":
        session.store.remove(constraint.oid)
    else:
        check_domain(session, domain, constraint)
        session.store.put(replace(constraint, is_validated=True))
