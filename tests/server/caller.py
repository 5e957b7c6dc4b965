"""A caller of the reference server's API: a base address and a key."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from tests.server.running import Running

API = "/api/v1/auth"
FAR = "2099-01-01T00:00:00Z"
Answer = tuple[int, Any]


@dataclass(frozen=True)
class Caller:
    """Somebody with a key."""

    server: Running
    key: str
    id: str = ""

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """Return the status and the JSON of one request; the path is below /api/v1/auth."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            connection.request(method, API + path, data, headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        finally:
            connection.close()

    def on(self, server: Running) -> Caller:
        """Return the same caller at another server."""
        return Caller(server, self.key, self.id)

    def allowed(self, permission: str, scope_type: str = "global", scope_id: str = "") -> bool:
        """Whether the key has a permission in a scope."""
        scope = f"&scope_id={scope_id}" if scope_id else ""
        status, body = self.ask("GET", f"/check?permission={permission}&scope_type={scope_type}{scope}")
        assert status == 200, body
        return bool(body["allowed"])

    def account(self, email: str) -> str:
        """Make an account, and return its id."""
        status, body = self.ask("POST", "/accounts", {"email": email, "display_name": email})
        assert status == 201, body
        return str(body["id"])

    def issue(self, name: str, account: str | None = None) -> Caller:
        """Issue a key, and return who has it."""
        status, body = self.ask("POST", "/keys", {"name": name, "account_id": account})
        assert status == 201, body
        return Caller(self.server, body["key"], body["id"])

    def grant(self, to: Caller, role: str, **terms: object) -> Answer:
        """Grant a role."""
        return self.ask("POST", f"/keys/{to.id}/roles", {"role_id": role, **terms})

    def offer(self, account: str, role: str = "r-operator", **terms: object) -> Answer:
        """Offer a role."""
        return self.ask("POST", "/offers", {"to_account_id": account, "role": role, "expires_at": FAR, **terms})


def admin(server: Running) -> Caller:
    """Return the day-0 admin of a server that has just booted for the first time."""
    status, minted = server.bootstrap()
    assert status == 201, minted
    return Caller(server, minted["key"], minted["id"])
