"""The page in a real browser, opened from a file as somebody does who was sent it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from harness.report.html import html
from tests.report.chromium import find
from tests.report.golden import JOURNALS, records
from tests.report.test_html import evil

pytestmark = pytest.mark.browser

WIDE, PHONE = 1100, 360
CONTRAST = Path(__file__).with_name("contrast.js").read_text()
Open = Callable[..., "Opened"]


@dataclass(frozen=True)
class Box:
    """A rectangle on the screen, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


class Opened:
    """A page, with everything that it has asked for and complained about."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        page.goto(file.as_uri())

    def share(self) -> tuple[float, float]:
        """Return which part of the first timeline is shown: its width and its left edge, in percent."""
        inner = self.page.locator(".zoomed").first
        told = (inner.get_attribute(name) for name in ("width", "x"))
        width, left = (round(float(str(value).rstrip("%")), 3) for value in told)
        return width, left

    def boxes(self, selector: str) -> list[Box]:
        """Return where elements are on the screen."""
        rectangles = self.page.evaluate(
            "wanted => [...document.querySelectorAll(wanted)].map(each => each.getBoundingClientRect().toJSON())",
            selector,
        )
        return [Box(each["left"], each["top"], each["width"], each["height"]) for each in rectangles]

    def box(self, selector: str) -> Box:
        """Return where the one element is."""
        (box,) = self.boxes(selector)
        return box


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a headless Chromium; as root it runs without its sandbox, which refuses root."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find(), args=arguments)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open the page of a journal."""
    contexts = []

    def open_(name: str, width: int = WIDE, **options: Any) -> Opened:
        file = tmp_path / f"{name} #1.html"
        file.write_text(html(evil() if name == "evil" else records(name)), encoding="utf-8")
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, **options))
        return Opened(contexts[-1].new_page(), file)

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", [*JOURNALS, "evil"])
def test_the_page_asks_for_nothing_and_complains_of_nothing(opened: Open, name: str) -> None:
    """One request, for itself; no error, no warning, no dialog, also when everything is hostile."""
    shown = opened(name)
    shown.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    shown.page.locator("button[data-do=in]").first.click()
    assert len(shown.asked) == 1
    assert shown.asked[0].startswith("file:///")
    assert shown.said == []


def test_the_page_may_not_load_anything(opened: Open) -> None:
    """Should a reference get into it all the same, its own policy stops it."""
    shown = opened("broken-check")
    shown.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'file:///etc/passwd'}))")
    shown.page.wait_for_timeout(100)
    assert "Content Security Policy" in shown.said[0]
    assert shown.page.evaluate("document.images[0].naturalWidth") == 0


def test_the_timeline_is_drawn(opened: Open) -> None:
    """Bars and marks lie where they should, none without an extent, and a crash ends its life."""
    shown = opened("broken-check")
    for kind in ("rect.starting", "rect.ready", "rect.lost", "use.migration", "use.culprit", "use.crash", ".step"):
        boxes = shown.boxes(f".window {kind}")
        assert boxes
        assert all(box.height > 0 for box in boxes)
    lost, crash = shown.box(".window rect.lost"), shown.box(".window use.crash")
    assert abs(lost.x + lost.width - crash.center[0]) < 2
    starts = [box.x for box in shown.boxes(".window use.started")]
    assert lost.x in [pytest.approx(start, abs=3) for start in starts]


def test_zoom_by_buttons_and_keys(opened: Open) -> None:
    """In, out, left, right, to the failure, and back to all of it."""
    shown = opened("broken-check")
    page, window = shown.page, shown.page.locator(".window")
    assert shown.share() == (100, 0)
    page.click("button[data-do=in]")
    assert shown.share() == (200, -50)
    page.click("button[data-do=left]")
    assert shown.share() == (200, -10)
    window.press("+")
    assert shown.share()[0] == 400
    window.press("0")
    assert shown.share() == (100, 0)
    page.click("button[data-do=focus]")
    assert shown.share()[0] > 500
    outer = shown.box(".window")
    assert outer.x < shown.box(".window use.crash").x < outer.x + outer.width
    for _ in range(5):
        page.click("button[data-do=out]")
    assert shown.share() == (100, 0)


def test_zoom_by_wheel_and_drag(opened: Open) -> None:
    """The wheel scrolls the page until the timeline is chosen; then what is under the pointer stays there."""
    shown = opened("broken-check")
    page, crash = shown.page, ".window use.crash"
    page.locator(".timeline").scroll_into_view_if_needed()
    page.mouse.move(*shown.box(crash).center)
    page.mouse.wheel(0, -10)
    page.wait_for_timeout(100)
    assert shown.share() == (100, 0)
    page.locator(".window").focus()
    before = shown.box(crash)
    page.mouse.move(*before.center)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(100)
    after = shown.box(crash)
    assert shown.share()[0] == 125
    assert abs(after.x - before.x) < 2
    page.mouse.down()
    page.mouse.move(after.center[0] + 60, after.center[1], steps=4)
    page.mouse.up()
    assert abs(shown.box(crash).x - after.x - 60) < 2


def test_the_axis_gets_finer(opened: Open) -> None:
    """Its labels are as many as fit, with the digits that they need."""
    shown = opened("broken-check")
    shown.page.click("button[data-do=focus]")
    outer = shown.box(".window")
    seen = [box for box in shown.boxes(".ticks text") if outer.x < box.x < outer.x + outer.width]
    assert 3 <= len(seen) <= 14
    assert all("." in text for text in shown.page.locator(".ticks text").all_text_contents())


def test_without_its_script(opened: Open) -> None:
    """Everything can be read; what only the script can do is not offered."""
    page = opened("three-scenarios", java_script_enabled=False).page
    assert not page.locator(".tools").first.is_visible()
    assert page.locator(".window use.crash").first.is_visible()
    assert page.locator(".ticks text").first.is_visible()
    page.locator("summary", has_text="The same as a table").first.click()
    assert page.locator("td", has_text="exited with code 1").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("name", ["broken-check", "evil"])
def test_any_width_in_any_light(opened: Open, name: str, width: int, scheme: str) -> None:
    """Nothing is wider than the screen, and all text stands out from its ground (WCAG 2.2, 1.4.3: 4.5 to 1)."""
    page = opened(name, width, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    assert len(page.screenshot()) > 10_000


def test_print(opened: Open) -> None:
    """Paper is white whatever the screen is; it has what is folded on the screen, and no buttons."""
    page = opened("broken-check", color_scheme="dark").page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not page.locator(".tools").is_visible()
    assert page.locator("pre", has_text="INFO migration 000001").is_visible()
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF-")
