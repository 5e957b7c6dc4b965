"""Whether the engine lives, as told by the calls that wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from harness.engine import pulse
from harness.engine.pulse import Pulse
from harness.errors import EngineUnavailableError


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "PATIENCE", 0.1)
    monkeypatch.setattr(pulse, "INTERVAL", 0.01)


def dead() -> bool:
    """Give no answer."""
    return False


def feel_until(pulse_: Pulse, enough: Callable[[], bool] = lambda: False) -> None:
    """Feel the pulse again and again."""
    while not enough():
        pulse_.feel()
        time.sleep(0.01)


def test_silence_is_borne_for_a_while_and_then_told() -> None:
    """The error says where the engine is, for how long it has been silent, and where to look."""
    began = time.monotonic()
    with pytest.raises(EngineUnavailableError, match="the engine at unix:///d has not answered for 0 s") as caught:
        feel_until(Pulse("unix:///d", dead))
    assert time.monotonic() - began >= 0.08
    assert "journalctl" in caught.value.help


def test_one_answer_is_enough_to_begin_anew() -> None:
    """A call may take as long as it needs while the engine lives: one ping that was lost is no silence."""
    answers = iter([False, True] * 15)
    feel_until(Pulse("unix:///d", lambda: next(answers)), lambda: next(answers, None) is None)


def test_an_answer_to_another_call_is_a_sign_of_life() -> None:
    """Whoever waits in vain learns from the others that the engine is well."""
    shared = Pulse("unix:///d", dead)
    over = threading.Event()

    def answer() -> None:
        while not over.wait(0.005):
            shared.beat()

    other = threading.Thread(target=answer)
    other.start()
    end = time.monotonic() + 0.3
    try:
        feel_until(shared, lambda: time.monotonic() > end)
    finally:
        over.set()
        other.join()


def test_once_lost_the_next_call_is_given_up_at_its_first_look() -> None:
    """Cleaning up after a lost engine does not wait for it all over again."""
    shared = Pulse("unix:///d", dead)
    with pytest.raises(EngineUnavailableError):
        feel_until(shared)
    with pytest.raises(EngineUnavailableError):
        shared.feel()
