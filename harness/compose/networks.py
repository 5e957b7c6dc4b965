"""How a container is reached: networks, aliases, ports, links (Compose's defaultNetworkSettings)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.compose.fragment import Fragment, Scope
from harness.compose.labels import resource_labels
from harness.compose.model import Project, Service
from harness.compose.naming import Naming

_INTERFACE_NAME = "com.docker.network.endpoint.ifname"


def by_priority(service: Service) -> list[str]:
    """Return the keys of a service's networks, the main one first: by priority, then by name."""
    networks: Mapping[str, Any] = service.config.get("networks") or {}
    return sorted(networks, key=lambda key: (-(networks[key] or {}).get("priority", 0), key))


def networks(_: Mapping[str, Any], scope: Scope) -> Fragment:
    """Carry out the main network; the others are `extra_endpoints`."""
    main = by_priority(scope.service)[0]
    name = scope.naming.network(main)
    made: Fragment = {
        "HostConfig": {"NetworkMode": name},
        "NetworkingConfig": {"EndpointsConfig": {name: _endpoint(scope, main)}},
    }
    # Engines before 25 know one MAC address, the container's own; later ones read the endpoint's.
    address = made["NetworkingConfig"]["EndpointsConfig"][name].get("MacAddress")
    return {**made, "MacAddress": address} if address else made


def extra_endpoints(project: Project, service: Service, number: int, naming: Naming) -> dict[str, Fragment]:
    """Return the EndpointSettings, by network name, of all networks but the main one.

    They are connected between create and start, in this order: engines before 25 (API 1.44) take one at create.
    """
    if service.config.get("network_mode"):
        return {}
    scope = Scope(project, service, number, naming)
    return {naming.network(key): _endpoint(scope, key) for key in by_priority(service)[1:]}


def _endpoint(scope: Scope, key: str) -> Fragment:
    settings = (scope.service.config.get("networks") or {}).get(key) or {}
    made: Fragment = {"Aliases": _aliases(scope, settings)}
    addresses = {
        "IPv4Address": settings.get("ipv4_address"),
        "IPv6Address": settings.get("ipv6_address"),
        "LinkLocalIPs": settings.get("link_local_ips"),
    }
    optional = {
        "Links": _links(scope),
        "IPAMConfig": {name: value for name, value in addresses.items() if value},
        "MacAddress": settings.get("mac_address") or _own_address(scope, key),
        "DriverOpts": _driver_options(settings),
        "GwPriority": settings.get("gw_priority"),
    }
    return made | {name: value for name, value in optional.items() if value}


def _aliases(scope: Scope, settings: Mapping[str, Any]) -> list[str]:
    """Return the names that peers dial; `container_name` is one, so that they still reach what they named."""
    own = scope.naming.container(scope.service.name, scope.number)
    given = [scope.service.config.get("container_name"), *settings.get("aliases", [])]
    return [own, scope.service.name, *(name for name in given if name)]


def _own_address(scope: Scope, key: str) -> str | None:
    address: str | None = scope.service.config.get("mac_address")
    return address if key == by_priority(scope.service)[0] else None


def _driver_options(settings: Mapping[str, Any]) -> dict[str, str]:
    interface = settings.get("interface_name")
    return ({_INTERFACE_NAME: interface} if interface else {}) | dict(settings.get("driver_opts") or {})


def network_mode(value: str, scope: Scope) -> Fragment:
    """Carry out host, none, bridge, `service:NAME` and `container:NAME`."""
    return {"HostConfig": {"NetworkMode": scope.peer(value)}}


def links(_: Sequence[str], scope: Scope) -> Fragment:
    """Carry out `links`: each replica of the other service, under the alias and under its own names."""
    return {"HostConfig": {"Links": _links(scope)}}


def _links(scope: Scope) -> list[str]:
    made = []
    for link in scope.service.config.get("links") or []:
        name, _, alias = link.partition(":")
        peer = scope.project.services.get(name)
        for number in range(1, (peer.replicas if peer else 0) + 1):
            container = scope.naming.container(name, number)
            names = (alias or name, f"{name}-{scope.number}", scope.naming.container(name, scope.number))
            made += [f"{container}:{known}" for known in names]
    return made


def ports(value: Sequence[Mapping[str, Any]], scope: Scope) -> Fragment:
    """Publish ports: on a free port of 127.0.0.1 each, or as the file says with `keep_ports`."""
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in value:
        own = bindings.setdefault(f"{port['target']}/{port.get('protocol', 'tcp')}", [])
        binding = _as_written(port) if scope.naming.keep_ports else {"HostIp": "127.0.0.1", "HostPort": ""}
        if binding not in own:
            own.append(binding)
    return {"ExposedPorts": {port: {} for port in bindings}, "HostConfig": {"PortBindings": bindings}}


def _as_written(port: Mapping[str, Any]) -> dict[str, str]:
    return {"HostIp": port.get("host_ip", ""), "HostPort": str(port.get("published", ""))}


def expose(value: Sequence[str], _: Scope) -> Fragment:
    """Expose single ports and ranges (`70-72/udp`) without publishing them."""
    exposed = {}
    for text in value:
        numbers, _slash, protocol = str(text).partition("/")
        first, _dash, last = numbers.partition("-")
        for number in range(int(first), int(last or first) + 1):
            exposed[f"{number}/{protocol or 'tcp'}"] = dict[str, str]()
    return {"ExposedPorts": exposed}


def extra_hosts(value: Sequence[str], _: Scope) -> Fragment:
    """Carry out `extra_hosts`; the resolved model writes `host=ip`, the engine wants a colon."""
    return {"HostConfig": {"ExtraHosts": [host.replace("=", ":", 1) for host in value]}}


def network_body(project: Project, key: str, naming: Naming) -> Fragment:
    """Return the body of POST /networks/create; an external network is replaced by a plain one of the run's own."""
    network = {} if project.networks[key].get("external") else project.networks[key]
    made: Fragment = {
        "Labels": {**(network.get("labels") or {}), **resource_labels("network", key, project, naming)},
        "Driver": network.get("driver"),
        "Options": network.get("driver_opts"),
        "Internal": network.get("internal"),
        "Attachable": network.get("attachable"),
        "EnableIPv4": network.get("enable_ipv4"),
        "EnableIPv6": network.get("enable_ipv6"),
        "IPAM": _address_pools(network.get("ipam") or {}),
    }
    return {name: value for name, value in made.items() if value is not None}


def _address_pools(ipam: Mapping[str, Any]) -> Fragment | None:
    if not any(ipam.values()):
        return None
    names = {"subnet": "Subnet", "gateway": "Gateway", "ip_range": "IPRange", "aux_addresses": "AuxiliaryAddresses"}
    pools = [{names[key]: value for key, value in pool.items()} for pool in ipam.get("config") or []]
    return {"Driver": ipam.get("driver") or "default", "Config": pools, "Options": ipam.get("options")}
