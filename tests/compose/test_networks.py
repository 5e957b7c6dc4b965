"""Networks, ports and links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.compose.body import container_body
from harness.compose.model import Project
from harness.compose.naming import Naming
from harness.compose.networks import extra_endpoints, network_body

MakeProject = Callable[..., Project]
PORTS = [
    {"target": 80, "published": "8080", "protocol": "tcp"},
    {"target": 80, "published": "8081", "protocol": "tcp"},
    {"target": 53, "host_ip": "10.0.0.1", "published": "53", "protocol": "udp"},
    {"target": 9, "protocol": "tcp"},
]


def _body(project: Project, name: str, naming: Naming | None = None) -> Mapping[str, Any]:
    return container_body(project, project.services[name], 1, naming or Naming("run"))


def test_ports_go_to_free_ones_on_the_loopback(make_project: MakeProject) -> None:
    """Whatever the file publishes, and wherever, nobody outside reaches it and no two runs collide."""
    body = _body(make_project({"a": {"ports": PORTS}}), "a")
    free = [{"HostIp": "127.0.0.1", "HostPort": ""}]
    assert body["HostConfig"]["PortBindings"] == {"80/tcp": free, "53/udp": free, "9/tcp": free}
    assert set(body["ExposedPorts"]) == {"80/tcp", "53/udp", "9/tcp"}


def test_ports_can_be_kept(make_project: MakeProject) -> None:
    """With `keep_ports` the addresses and ports are the file's."""
    body = _body(make_project({"a": {"ports": PORTS}}), "a", Naming("run", keep_ports=True))
    bindings = body["HostConfig"]["PortBindings"]
    assert bindings["80/tcp"] == [{"HostIp": "", "HostPort": "8080"}, {"HostIp": "", "HostPort": "8081"}]
    assert bindings["53/udp"] == [{"HostIp": "10.0.0.1", "HostPort": "53"}]
    assert bindings["9/tcp"] == [{"HostIp": "", "HostPort": ""}]


def test_exposed_ranges_are_single_ports(make_project: MakeProject) -> None:
    """A range is every port in it; the protocol is tcp unless it is named."""
    body = _body(make_project({"a": {"expose": ["70-72", "9/udp"], "ports": PORTS[:1]}}), "a")
    assert set(body["ExposedPorts"]) == {"70/tcp", "71/tcp", "72/tcp", "9/udp", "80/tcp"}


def test_the_main_network_is_given_at_create_and_the_others_afterwards(make_project: MakeProject) -> None:
    """The network of the highest priority is the main one; the others follow by name."""
    networks = {"z": None, "b": {"priority": 5, "aliases": ["pg"], "ipv4_address": "10.0.0.9"}, "c": {}}
    project = make_project(
        {"a": {"networks": networks, "container_name": "old", "mac_address": "02:00:00:00:00:01"}},
        networks={"z": {}, "b": {}, "c": {}},
    )
    body = _body(project, "a")
    assert body["HostConfig"]["NetworkMode"] == "run_b"
    assert body["MacAddress"] == "02:00:00:00:00:01"
    assert body["NetworkingConfig"]["EndpointsConfig"] == {
        "run_b": {
            "Aliases": ["run-a-1", "a", "old", "pg"],
            "IPAMConfig": {"IPv4Address": "10.0.0.9"},
            "MacAddress": "02:00:00:00:00:01",
        }
    }
    extra = extra_endpoints(project, project.services["a"], 1, Naming("run"))
    assert list(extra) == ["run_c", "run_z"]
    assert extra["run_z"] == {"Aliases": ["run-a-1", "a", "old"]}


def test_without_any_network_there_is_none(make_project: MakeProject) -> None:
    """A service that no network is left for is alone, as with Compose; one with a mode has no endpoints."""
    project = make_project({"a": {}, "b": {"network_mode": "host"}})
    assert _body(project, "a")["HostConfig"]["NetworkMode"] == "none"
    assert "NetworkingConfig" not in _body(project, "b")
    assert extra_endpoints(project, project.services["b"], 1, Naming("run")) == {}


def test_links_name_each_replica(make_project: MakeProject) -> None:
    """A link reaches every replica under the alias and under the names that Compose gives."""
    project = make_project({"a": {"links": ["db:pg"]}, "db": {"scale": 2}})
    assert _body(project, "a")["HostConfig"]["Links"] == [
        "run-db-1:pg",
        "run-db-1:db-1",
        "run-db-1:run-db-1",
        "run-db-2:pg",
        "run-db-2:db-1",
        "run-db-2:run-db-1",
    ]


def test_an_external_network_is_replaced_by_a_plain_one(make_project: MakeProject) -> None:
    """The run joins no foreign network; it makes one with its own name and labels, and says so."""
    project = make_project({"a": {}}, networks={"n": {"name": "corp", "external": True, "driver": "overlay"}})
    assert network_body(project, "n", Naming("run", {"mine": "1"})) == {
        "Labels": {
            "com.docker.compose.project": "run",
            "com.docker.compose.network": "n",
            "com.docker.compose.version": "2.40.3",
            "mine": "1",
        }
    }
    assert any("network n is external" in note for note in project.notes)


def test_address_pools_are_carried_out(make_project: MakeProject) -> None:
    """Subnets are the file's, and the notes say that two runs of them collide."""
    ipam = {"config": [{"subnet": "10.9.0.0/24", "aux_addresses": {"r": "10.9.0.2"}}]}
    project = make_project({"a": {}}, networks={"n": {"ipam": ipam}, "plain": {"ipam": {}}})
    pools = network_body(project, "n", Naming("run"))["IPAM"]["Config"]
    assert pools == [{"Subnet": "10.9.0.0/24", "AuxiliaryAddresses": {"r": "10.9.0.2"}}]
    assert "IPAM" not in network_body(project, "plain", Naming("run"))
    assert any("fixed subnet (10.9.0.0/24)" in note for note in project.notes)
