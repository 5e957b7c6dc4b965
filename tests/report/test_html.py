"""The page: what stands in it, and what never does."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from harness.journal import Record
from harness.report.html import html
from tests.report.golden import JOURNALS, records
from tests.report.journals import CAUSE, Tape, broken_check, failed_result, good_check

VOID = {"meta", "use", "rect", "circle", "path", "line", "br"}
EVIL = "</script><img src=http://evil.example/x onerror=alert(1)>\x1b[31m\u202e{{ 7*7 }}"


class Reader(HTMLParser):
    """Collects tags, attributes and text, and holds the page to closing what it opens."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag that opens."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag that closes itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Take in a tag that closes."""
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take in text."""
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all tags of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


def evil() -> list[Record]:
    """Return the journal of a failure in which every text is hostile."""
    about = {"scenario": EVIL, "service": EVIL, "number": 1}
    tape = Tape(EVIL)
    tape.begin(EVIL, about=EVIL, ladder=EVIL, style=EVIL, notes=[EVIL])
    tape.boot(EVIL, 1, "cold", 0.2, [EVIL])
    tape.starts(EVIL, EVIL, 0.3)
    tape.add(0.5, "probe.failed", **about, probe=EVIL, output=EVIL)
    tape.crash(EVIL, EVIL, 0.8, said=EVIL)
    tape.add(0.8, "service.failed", **about, verdict="failed", reason=EVIL)
    log = {"lines": [["stderr", EVIL]], "omitted": 0, "head": 40, "began_ago": 1.0, "ended_ago": 0.1}
    tape.add(0.9, "life.log", **about, life=1, of=1, **log)
    source = {"start": 1, "first": 1, "last": 1, "lines": [EVIL]}
    texts: dict[str, Any] = dict.fromkeys((*CAUSE, "fix", "repro"), EVIL)
    result = failed_result(**texts | {"line": 1, "latency_ms": 1.0, "evidence": [EVIL], "source": source})
    tape.booted(EVIL, 1, "cold", 1.0, result | {"service": EVIL, "reason": EVIL})
    tape.add(1.0, "warning", scenario=EVIL, text=EVIL)
    tape.add(1.0, "advice", scenario=EVIL, text=EVIL)
    tape.end(EVIL, "failed", 1.5, EVIL, left=(EVIL,))
    return tape.finish("failed", 1.6)


@pytest.mark.parametrize("name", JOURNALS)
def test_the_page_of_a_real_run_is_whole(name: str) -> None:
    """Every tag is closed, ids are there once, and every reference inside of the page leads somewhere."""
    page = Reader(html(records(name)))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    references = {str(attributes["href"]) for tag, attributes in page.tags if tag in ("use", "a")}
    assert {reference.removeprefix("#") for reference in references} <= set(ids)
    assert all(reference.startswith("#") for reference in references)


@pytest.mark.parametrize("records", [*map(records, JOURNALS), evil(), good_check(), broken_check(), []])
def test_nothing_is_loaded(records: list[Record]) -> None:
    """No tag and no attribute refers to anything outside, and the page forbids itself to try."""
    text = html(records)
    page = Reader(text)
    names = {tag for tag, _ in page.tags}
    assert not names & {"img", "link", "iframe", "object", "embed", "base", "form", "audio", "video", "source"}
    assert not {"src", "srcset", "action", "data", "poster"} & {key for _, each in page.tags for key in each}
    assert not re.search(r"url\((?!#)|@import", text.partition("</style>")[0])
    policy = [each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"]


def test_hostile_text_is_text() -> None:
    """No tag, no attribute, no template of its own, and no character that nobody sees."""
    text = html(evil())
    page = Reader(text)
    assert len(page.all("script")) == 1
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", text)
    assert page.text.count("\u241b[31m<U+202E>{{ 7*7 }}") > 20


def test_verdict_and_cause_come_first() -> None:
    """Then the timeline, then the logs: the order in which somebody reads at seven in the morning."""
    text = Reader(html(records("broken-check"))).text
    told = [
        "failed",
        "Warm boot: server failed",
        "BOOT101",
        "000043_actor_role_scope.up.sql:11",
        "Timeline",
        "Log of",
    ]
    places = [text.partition("</style>")[0].index(word, 200) for word in told]
    assert places == sorted(places)


def test_the_failing_statement_is_marked() -> None:
    """All its lines, and no others."""
    text = html(records("broken-check"))
    marked = re.findall(r'<div class="line it"><span class="number">(\d+)', text)
    assert marked == ["11", "12", "13"]


def test_the_timeline_can_be_read_without_seeing() -> None:
    """It has a title and a description, and a table says the same."""
    page = Reader(html(records("broken-check")))
    (drawing,) = [each for each in page.all("svg") if each.get("role") == "img"]
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert set(str(drawing["aria-labelledby"]).split()) <= ids
    assert "exited with code 1: constraint" in page.text
    assert "life 1 begins" in page.text


def test_only_what_failed_is_open_of_several_scenarios() -> None:
    """The worst first; what passed is one line each."""
    text = html(records("three-scenarios"))
    names = re.findall(r"<h2>.*?</span> ([\w-]+)</h2>", text)
    assert names == ["day-two", "tickets-looping", "crashloop-unguarded-check"]
    assert text.count('<details class="passed">') == 1


def test_times_and_seconds_do_not_depend_on_where_it_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone of the machine and its locale have no say."""
    before = html(records("good-check"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.chdir("/")
    assert html(records("good-check")) == before
