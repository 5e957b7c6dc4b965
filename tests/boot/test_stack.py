"""Carrying out boots, on the scripted engine in real time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.boot import Settings, Stack
from harness.cancellation import Cancellation
from harness.clock import SystemClock
from harness.compose.model import Condition, Dependency, Project, RestartPolicy, Service
from harness.compose.naming import Naming
from harness.engine.fake import FakeEngine, Life
from harness.engine.model import ExecResult, ImageState
from harness.errors import BootsmokeError, CancelledError, ComposeError, NotFoundError
from harness.health import Instance, Watch
from harness.journal import Journal, read
from harness.outcome import Verdict
from harness.redact import Redactor

LABELS = {"dev.bootsmoke.run": "r1"}
JOB = Service("migrate", "migrate:1", {}, "h")
SERVER = Service(
    "server",
    "server:1",
    {"restart": "always", "environment": {"MODE": "plain"}},
    "h",
    restart=RestartPolicy("always"),
    depends_on=(Dependency("migrate", Condition.COMPLETED),),
    environment={"MODE": "plain"},
)


class Bench:
    """A stack of a job and a server on the scripted engine."""

    def __init__(self, folder: Path) -> None:
        self.engine = FakeEngine(SystemClock())
        self.engine.script("migrate:1", [Life(seconds=0.05)])
        self.engine.script("server:1", [Life()])
        self.cancellation = Cancellation()
        self.path = folder / "journal.jsonl"
        self.journal = Journal(self.path, SystemClock(), Redactor(["hunter22"]))
        self.stack = self.make(folder)

    def make(self, folder: Path) -> Stack:
        """Make the stack."""
        services = {service.name: service for service in (JOB, SERVER)}
        project = Project("shop", (), folder, services, {}, {}, {}, {})
        watch = Watch(self.engine, LABELS, SystemClock(), self.journal, self.cancellation)
        return Stack(
            engine=self.engine,
            project=project,
            naming=Naming("run-1", LABELS),
            watch=watch,
            journal=self.journal,
            clock=SystemClock(),
            settings=Settings(stability=0.2),
            files={"server": {"/etc/extra.sql": b"SELECT 1"}},
            log_folder=folder,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a bench, and leave no thread behind."""
    made = Bench(tmp_path)
    yield made
    made.stack.watch.close()
    with made.journal:
        pass


def calls(bench: Bench, *kinds: str) -> list[tuple[str, str]]:
    """Return the engine's calls of some kinds."""
    return [call for call in bench.engine.calls if call[0] in kinds]


def test_a_cold_boot_waits_for_the_job_and_is_green_after_the_window(bench: Bench) -> None:
    """The server is started when the job has ended with code 0, and judged through the stability window."""
    assert bench.stack.boot(["migrate", "server"]) is None
    assert bench.stack.settle() is None
    kinds = [(record.kind, record.data.get("service")) for record in read(bench.path)]
    assert kinds.index(("service.ready", "migrate")) < kinds.index(("container.start", "server"))


def test_files_are_in_the_container_before_its_first_start(bench: Bench) -> None:
    """That needs no mount, so it works with an engine on another machine."""
    bench.stack.boot(["migrate", "server"])
    container = bench.stack.inspect("server").id
    assert bench.engine.files(container)["/etc/extra.sql"] == b"SELECT 1"
    assert [call for call, subject in calls(bench, "put_files", "start") if subject == container] == [
        "put_files",
        "start",
    ]


def test_a_failed_job_ends_the_boot_before_the_server_starts(bench: Bench) -> None:
    """Nothing restarts the job: waiting on would be waiting for nothing."""
    bench.engine.script("migrate:1", [Life(seconds=0.05, exit_code=3)])
    failure = bench.stack.boot(["migrate", "server"])
    assert failure is not None
    assert (failure.instance, failure.state.failure) == (Instance("migrate"), Verdict.FAILED)
    assert len(calls(bench, "start")) == 1


def test_a_force_recreate_keeps_the_old_log_and_brings_the_changed_environment(bench: Bench) -> None:
    """The log of the replaced container is gone with it, so it is saved first, without secrets."""
    bench.engine.script("server:1", [Life(log=[(0.0, "token is hunter22")])], [Life()])
    bench.stack.boot(["migrate", "server"])
    old = bench.stack.inspect("server").id
    bench.stack.change("server", environment={"TOKEN": "fresh"}, image=None)
    assert bench.stack.boot(["server"]) is None
    new = bench.stack.inspect("server")
    assert new.id != old
    assert new.environment == {"MODE": "plain", "TOKEN": "fresh"}
    saved = next(bench.path.parent.glob("server-1-*.log")).read_text()
    assert "token is ***" in saved


def test_an_images_volume_is_kept_over_a_force_recreate(bench: Bench) -> None:
    """It has a name of the run's own, and the run's labels."""
    image = bench.engine.images["server:1"]
    bench.engine.images["server:1"] = ImageState(image.id, volumes=("/data",))
    bench.stack.boot(["migrate", "server"])
    before = bench.stack.inspect("server").volumes
    bench.stack.boot(["server"])
    assert bench.stack.inspect("server").volumes == before
    assert [found.name for found in bench.engine.list_resources(LABELS) if found.kind == "volume"] == list(
        before.values()
    )


def test_a_loop_is_stopped_when_it_is_proven(bench: Bench) -> None:
    """It does not go on burning while the report is written."""
    crash = Life(seconds=0.05, exit_code=1, log=[(0.0, "panic: index out of range")])
    bench.engine.script("server:1", [crash])
    failure = bench.stack.boot(["migrate", "server"])
    assert failure is not None
    assert failure.state.failure is Verdict.CRASHLOOP
    bench.stack.halt(failure)
    assert bench.stack.inspect("server").status == "exited"


def test_a_crash_after_readiness_is_found_when_the_window_is_waited_for(bench: Bench) -> None:
    """The window runs under the steps that follow, and is settled at the end."""
    crash = Life(seconds=0.3, exit_code=1, log=[(0.0, "panic: index out of range")])
    bench.engine.script("server:1", [crash])
    bench.stack.settings = Settings(stability=1.0)
    services = bench.stack.project.services
    alone = {"server": replace(services["server"], depends_on=(), restart=RestartPolicy("no"))}
    bench.stack.project = replace(bench.stack.project, services=alone)
    failure = bench.stack.boot(["server"])
    assert failure is not None
    assert failure.state.failure is Verdict.FAILED


def test_a_window_is_waited_for_before_a_recreate_would_cut_it(bench: Bench) -> None:
    """A server that crashes in it fails, although its warm boot would have begun by then."""
    crash = Life(seconds=1.0, exit_code=1, log=[(0.0, "panic: index out of range")])
    bench.engine.script("server:1", [crash])
    bench.engine.answer("server:1", ("check",), ExecResult(0, ""))
    config = {"healthcheck": {"test": ["CMD", "check"]}}
    once = replace(SERVER, depends_on=(), restart=RestartPolicy("no"), config=config)
    bench.stack.project = replace(bench.stack.project, services={"server": once})
    bench.stack.settings = Settings(stability=5)
    assert bench.stack.boot(["server"]) is None
    failure = bench.stack.outlast(["server"])
    assert failure is not None
    assert failure.state.failure is Verdict.FAILED


def test_what_is_not_ready_has_no_window_to_wait_for(bench: Bench) -> None:
    """A server that is held up on purpose may be recreated as it is."""
    bench.stack.settings = Settings(stability=60)
    bench.stack.boot(["migrate", "server"], wait=False)
    began = time.monotonic()
    assert bench.stack.outlast(["server"]) is None
    assert time.monotonic() - began < 5


def test_a_boot_of_nothing_is_refused(bench: Bench) -> None:
    """Where every service is scaled to 0 nothing runs, and nothing is proved."""
    bench.stack.scale("migrate", 0)
    bench.stack.scale("server", 0)
    with pytest.raises(BootsmokeError, match="nothing ran: migrate, server scaled to 0"):
        bench.stack.boot(["migrate", "server"])


def test_a_cancelled_run_does_not_wait_for_its_pull(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An image may take minutes to come."""

    def slow(*_: object, **__: object) -> None:
        bench.cancellation.cancel()
        time.sleep(3)

    monkeypatch.setattr(bench.engine, "pull", slow)
    bench.engine.images.clear()
    began = time.monotonic()
    with pytest.raises(CancelledError):
        bench.stack.boot(["migrate", "server"])
    assert time.monotonic() - began < 2


def test_a_pull_that_fails_is_told(bench: Bench) -> None:
    """With the engine's words."""
    bench.engine.images.clear()
    with pytest.raises(NotFoundError, match="no such image"):
        bench.stack.boot(["migrate"])


def test_nobody_can_wait_for_the_health_of_a_service_without_a_healthcheck(bench: Bench) -> None:
    """Compose refuses to start such a stack, so it must not pass here."""
    services = bench.stack.project.services
    waits = replace(SERVER, depends_on=(Dependency("migrate", Condition.HEALTHY),))
    bench.stack.project = replace(bench.stack.project, services={**services, "server": waits})
    bench.engine.script("migrate:1", [Life()])
    with pytest.raises(ComposeError, match="migrate has no healthcheck"):
        bench.stack.boot(["migrate", "server"])


def test_another_image_for_a_built_service_may_be_pulled(bench: Bench) -> None:
    """What is built is never pulled, but what takes its place is in a registry; `never` of the file's own stays."""
    built = replace(SERVER, depends_on=(), pull_policy="never", build={"context": "."})
    bench.stack.project = replace(bench.stack.project, services={"server": built})
    bench.stack.change("server", environment={}, image="server:2")
    assert bench.stack.project.services["server"].pull_policy == "missing"
    own = replace(built, build=None, config={"pull_policy": "never"})
    bench.stack.project = replace(bench.stack.project, services={"server": own})
    bench.stack.change("server", environment={}, image="server:2")
    assert bench.stack.project.services["server"].pull_policy == "never"
