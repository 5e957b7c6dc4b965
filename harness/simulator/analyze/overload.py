"""Which of several functions or operators a call means (parse_func.c, "Type Conversion" in the documentation)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.simulator.analyze import kinds, polymorphic, types
from harness.simulator.analyze.builtin import Candidate
from harness.simulator.analyze.coercion import becomes
from harness.simulator.analyze.model import UNTYPED
from harness.simulator.catalog.objects import TypeName
from harness.simulator.session import Session

Types = Sequence[TypeName]


def fitting(session: Session, candidates: Sequence[Candidate], given: Types) -> list[Candidate]:
    """Return the candidates whose arguments the types can become (func_match_argtypes)."""
    return [each for each in candidates if fits(session, each, given) is not False]


def fits(session: Session, candidate: Candidate, given: Types) -> bool | None:
    """Whether the types can become a candidate's arguments; None where that cannot be told."""
    is_unsure = False
    for source, target in zip(given, candidate.arguments, strict=True):
        found = becomes(session, source, target, "implicit")
        if found is False:
            return False
        is_unsure = is_unsure or found is None
    is_open = any(map(kinds.is_polymorphic, candidate.arguments))
    if is_open and not polymorphic.agree(session, candidate.arguments, given):
        return False
    return None if is_unsure else True


def choose(session: Session, candidates: Sequence[Candidate], given: Types) -> list[Candidate]:
    """Return the candidate that a call means; several where none is best (func_select_candidate)."""
    based = [each if each == UNTYPED else types.bare(types.base_of(session, each)) for each in given]
    left = _most(candidates, lambda each: _exact(each, based))
    if len(left) > 1:
        categories = [kinds.category(session, each) for each in based]
        left = _most(left, lambda each: _preferred(session, each, based, categories))
    unknown = [place for place, each in enumerate(given) if each == UNTYPED]
    if len(left) > 1 and unknown:
        left = _by_category(session, left, unknown)
    if len(left) > 1 and 0 < len(unknown) < len(given):
        left = _by_the_others(session, left, based)
    return left


def _most(candidates: Sequence[Candidate], score: Callable[[Candidate], int]) -> list[Candidate]:
    scores = [score(each) for each in candidates]
    best = max(scores)
    return [each for each, its in zip(candidates, scores, strict=True) if its == best]


def _exact(candidate: Candidate, based: Types) -> int:
    pairs = zip(candidate.arguments, based, strict=True)
    return sum(wanted == given for wanted, given in pairs if given != UNTYPED)


def _preferred(session: Session, candidate: Candidate, based: Types, categories: Sequence[str]) -> int:
    score = 0
    for wanted, given, category in zip(candidate.arguments, based, categories, strict=True):
        if given != UNTYPED:
            is_preferred = kinds.is_preferred(wanted) and kinds.category(session, wanted) == category
            score += wanted == given or is_preferred
    return score


def _by_category(session: Session, candidates: list[Candidate], unknown: Sequence[int]) -> list[Candidate]:
    """Keep the candidates that take literals of no type as what most such functions take: strings above all."""
    slots: dict[int, tuple[str, bool]] = {}
    for place in unknown:
        slot = _slot(session, [each.arguments[place] for each in candidates])
        if slot is None:
            return candidates
        slots[place] = slot

    def is_kept(candidate: Candidate) -> bool:
        for place, (category, wants_preferred) in slots.items():
            wanted = candidate.arguments[place]
            if kinds.category(session, wanted) != category:
                return False
            if wants_preferred and not kinds.is_preferred(wanted):
                return False
        return True

    return [each for each in candidates if is_kept(each)] or candidates


def _slot(session: Session, wanted: Types) -> tuple[str, bool] | None:
    """Return the category of an argument and whether it is to be the preferred type; None where they differ."""
    categories = [kinds.category(session, each) for each in wanted]
    chosen = "S" if "S" in categories else categories[0]
    if any(each != chosen for each in categories) and chosen != "S":
        return None
    same = [each for each, category in zip(wanted, categories, strict=True) if category == chosen]
    return chosen, any(map(kinds.is_preferred, same))


def _by_the_others(session: Session, candidates: list[Candidate], based: Types) -> list[Candidate]:
    """Take literals of no type to be of the one type that all other arguments have."""
    known = {each for each in based if each != UNTYPED}
    if len(known) != 1:
        return candidates
    same = [known.copy().pop()] * len(based)
    left = [each for each in candidates if fits(session, each, same)]
    return left if len(left) == 1 else candidates
