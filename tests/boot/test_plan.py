"""Plans, by the text that they print."""

from __future__ import annotations

from pathlib import Path

from harness.boot import Observed, plan_boot
from harness.compose.model import Condition, Dependency, Project, Service
from harness.health import Instance


def service(name: str, *needs: tuple[str, Condition], replicas: int = 1) -> Service:
    """Make a service with its dependencies."""
    depends_on = tuple(Dependency(other, condition) for other, condition in needs)
    return Service(name, f"{name}:1", {}, "hash", depends_on=depends_on, replicas=replicas)


def project(*services: Service) -> Project:
    """Make a project with one network and one volume."""
    return Project(
        name="shop",
        files=(Path("compose.yml"),),
        directory=Path(),
        services={each.name: each for each in services},
        networks={"default": {}},
        volumes={"data": {}},
        secrets={},
        configs={},
    )


SHOP = project(
    service("server", ("migrate", Condition.COMPLETED), ("postgres", Condition.HEALTHY)),
    service("migrate", ("postgres", Condition.HEALTHY)),
    service("postgres"),
    service("cache"),
)
EVERYTHING = Observed(
    frozenset({"default"}),
    frozenset({"data"}),
    {Instance("postgres"): "p", Instance("migrate"): "m", Instance("server"): "s", Instance("cache"): "c"},
)


def test_a_cold_boot_makes_everything_and_starts_each_service_behind_what_it_needs() -> None:
    """Images first, so that a missing one is found before anything is made; no wait is asked for twice."""
    assert str(plan_boot(SHOP, Observed(), SHOP.services)).splitlines() == [
        "provide image of cache",
        "provide image of postgres",
        "provide image of migrate",
        "provide image of server",
        "create network default",
        "create volume data",
        "create container cache",
        "create container postgres",
        "create container migrate",
        "create container server",
        "start container cache",
        "start container postgres",
        "wait for postgres: service_healthy",
        "start container migrate",
        "wait for migrate: service_completed_successfully",
        "start container server",
    ]


def test_a_warm_boot_retires_dependents_first_and_leaves_the_rest_and_the_volumes_alone() -> None:
    """The database and its volume stay as they are."""
    assert str(plan_boot(SHOP, EVERYTHING, ["server", "migrate"])).splitlines() == [
        "provide image of migrate",
        "provide image of server",
        "retire container server (save its log, stop, remove, keep its volumes)",
        "retire container migrate (save its log, stop, remove, keep its volumes)",
        "create container migrate",
        "create container server",
        "wait for postgres: service_healthy",
        "start container migrate",
        "wait for migrate: service_completed_successfully",
        "start container server",
    ]


def test_replicas_are_containers_of_their_own() -> None:
    """They are numbered from 1, as Compose numbers them."""
    lines = str(plan_boot(project(service("web", replicas=2)), Observed(), ["web"])).splitlines()
    assert lines[-4:] == [
        "create container web",
        "create container web 2",
        "start container web",
        "start container web 2",
    ]


def test_an_optional_dependency_of_a_profile_that_is_off_is_not_waited_for() -> None:
    """It is not in the project at all."""
    alone = project(service("server", ("mailer", Condition.HEALTHY)))
    assert "wait" not in str(plan_boot(alone, Observed(), ["server"]))
