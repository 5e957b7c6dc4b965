"""The report that is one file: verdict, cause, timeline and logs, with nothing outside of it.

The page is a template beside this module, with its style and its script. All text in it that comes from elsewhere
is escaped, and its control characters stand there as symbols. The page forbids itself to load anything.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.journal import Record
from harness.outcome import Outcome
from harness.report.cause import known
from harness.report.drawing import Drawing
from harness.report.model import Run, Scenario
from harness.report.reading import read_run
from harness.report.summary import WORST_FIRST, as_expected, warnings_of
from harness.report.text import plural, shown, visible
from harness.report.trend import trend_of

if TYPE_CHECKING:
    from jinja2 import Template

_PAGE = Path(__file__).with_name("page")


def html(records: Iterable[Record]) -> str:
    """Return a run as an HTML page; the same records give the same page, and secrets are where they were: gone."""
    run = read_run(records)
    scenarios = sorted(run.scenarios, key=lambda scenario: WORST_FIRST.index(scenario.outcome))
    return _template().render(
        run=run,
        scenarios=scenarios,
        headline=_headline(run),
        began=time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(run.at)),
        shown=lambda path: shown(path, run.base),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only where it is asked for
    from markupsafe import Markup  # noqa: PLC0415

    def finalize(value: Any) -> Any:
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = Environment(
        loader=FileSystemLoader(_PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    environment.globals |= {
        "drawing_of": Drawing.of,
        "trend_of": trend_of,
        "known": known,
        "as_expected": as_expected,
        "warnings_of": lambda scenario: list(warnings_of(scenario)),
        "plural": plural,
        "style": Markup((_PAGE / "style.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        "script": Markup((_PAGE / "timeline.js").read_text(encoding="utf-8")),  # noqa: S704
    }
    return environment.get_template("report.html")


def _headline(run: Run) -> str:
    """Return the run's result in one sentence: of one scenario why, of several how many."""
    if len(run.scenarios) != 1:
        count = sum(scenario.outcome is Outcome.PASSED for scenario in run.scenarios)
        return f"{count} of {plural(len(run.scenarios), 'scenario')} passed"
    return headline_of(run.scenarios[0])


def headline_of(scenario: Scenario) -> str:
    """Return what became of a scenario in one sentence."""
    result = scenario.blamed
    if result is not None:
        said = f": {result.cause.message}" if result.cause else ""
        reason = result.reason.replace(said, "", 1)
        return f"{result.kind.capitalize()} boot: {result.label} {result.verdict}{reason and ', '}{reason}"
    message = scenario.message.partition("\n  help: ")[0]
    if message not in ("", scenario.outcome):
        return message
    if scenario.outcome is Outcome.PASSED:
        unchanged = ", and nothing has changed" if scenario.checked and not scenario.drift else ""
        return f"{plural(len(scenario.boots), 'boot')} as expected{unchanged}"
    return str(scenario.outcome)
