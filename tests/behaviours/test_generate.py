"""The generator: pure, complete, and with labels that follow the expert's rules."""

from __future__ import annotations

import re

import pytest

from harness.outcome import Verdict
from tests.behaviours.case import Case
from tests.behaviours.crashes import PERSISTENT, POLICIES, Crash, for_ever
from tests.behaviours.generate import MAKERS, case, cases

SEEDS = (1, 2, 3)
BUG = Crash("bug", "exit 1", 1, repeats=True)
SILENT = Crash("silent", "exit 1", 1)
FATAL = Crash("fatal", "exit 1", 1, is_fatal=True, repeats=True)
CLEAN = Crash("exit 0", "exit 0", 0, repeats=True)


def test_a_case_comes_again_by_its_seed_and_number_alone() -> None:
    """A mistake that a campaign finds can be played again, alone."""
    assert case(7, 12) == list(cases(7, 20).values())[12]
    assert case(7, 12) != case(8, 12 - 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_two_hundred_cases_have_everything(seed: int) -> None:
    """Each behaviour, restart policy and verdict, with and without a healthcheck, once and twice booted."""
    made = cases(seed, 200).values()
    assert {one.behaviour for one in made} == {maker_behaviour(index) for index in range(len(MAKERS))}
    assert {one.restart for one in made} >= set(POLICIES)
    assert {expected.verdict for one in made for expected in one.expected} == {
        *(Verdict.READY, Verdict.FAILED, Verdict.CRASHLOOP, Verdict.UNHEALTHY)
    }
    assert {bool(one.health) for one in made} == {True, False}
    assert {len(one.boots) for one in made} == {1, 2}


def maker_behaviour(index: int) -> str:
    """Return what one maker calls its cases."""
    return case(0, index).behaviour


@pytest.mark.parametrize("seed", SEEDS)
def test_no_life_ends_near_the_end_of_the_window(seed: int) -> None:
    """Green promises the window and not more: a crash soon after it would have no right answer."""
    for name, one in cases(seed, 200).items():
        for life in (life for lives in one.boots for life in lives if life.endswith(("exit 0", "exit 1"))):
            assert seconds(life) <= 0.85 * one.stability, name


def seconds(life: str) -> float:
    """Return how long a life sleeps that does not stay."""
    return sum(float(found) for found in re.findall(r"sleep ([\d.]+)", life.replace("sleep 600", "")))


@pytest.mark.parametrize(
    ("crash", "restart", "verdict", "exits"),
    [
        (FATAL, "always", Verdict.FAILED, 1),
        (BUG, "no", Verdict.FAILED, 1),
        (BUG, "on-failure:1", Verdict.FAILED, 2),
        (BUG, "on-failure:2", Verdict.CRASHLOOP, 2),
        (BUG, "always", Verdict.CRASHLOOP, 2),
        (SILENT, "on-failure:2", Verdict.FAILED, 3),
        (SILENT, "on-failure:5", Verdict.CRASHLOOP, 4),
        (CLEAN, "on-failure", Verdict.FAILED, 1),
        (CLEAN, "unless-stopped", Verdict.CRASHLOOP, 2),
    ],
)
def test_the_experts_rules(crash: Crash, restart: str, verdict: Verdict, exits: int) -> None:
    """The first exit that proves it decides: by what it says, by the policy's end, or by coming again."""
    expected = for_ever(crash, restart)
    assert (expected.verdict, expected.exits) == (verdict, exits)


def test_what_was_ready_before_it_died_is_not_hopeless_at_its_first_exit() -> None:
    """It had its ladder behind it: the message is one that it lived with."""
    assert for_ever(FATAL, "always", was_ready=True).exits == 2


def test_each_boot_has_its_verdict() -> None:
    """One label a boot, and only the last boot is expected to fail."""
    for one in cases(1, 200).values():
        assert len(one.expected) == len(one.boots)
        assert all(expected.is_green for expected in one.expected[:-1])


def test_a_recovery_is_asked_of_policies_that_grant_it() -> None:
    """What crashes once and stays is green where something brings it back."""
    greens = [one for one in cases(1, 200).values() if one.behaviour == "crash at the first boot only"]
    assert greens
    assert all(one.restart in PERSISTENT for one in greens)


def test_a_service_is_written_as_compose_reads_it() -> None:
    """Its dollar signs are doubled, and its two boots share a volume."""
    made = Case("x", "no", (("exit 1",), ("exit 2",)), ())
    keys = made.service("x-1", "image")
    assert "$$n" in keys["entrypoint"][2]
    assert keys["volumes"] == ["x-1:/state"]
