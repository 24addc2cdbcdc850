"""A hosting company in the drill: asks the processes of the service one by one."""

import http.client
import json
from collections.abc import Sequence

from shared.contracts.hashcheck import CheckItem

from tests.hashcheck.replicas import Replica

JSON = "application/json"


class Hoster:
    """Asks one process at a time over a connection of its own."""

    def __init__(self, key: str) -> None:
        self._headers = {"Authorization": f"Bearer {key}"}
        self._connections: dict[int, http.client.HTTPConnection] = {}

    def send(self, replica: Replica, body: bytes, kind: str = JSON) -> tuple[int, bytes]:
        """Status and body; OSError or HTTPException when there is no answer."""
        host = f"hashcheck.localhost:{replica.port}"
        pid = replica.pid
        connection = self._connections.setdefault(
            pid, http.client.HTTPConnection("127.0.0.1", replica.port, timeout=30)
        )
        headers = {**self._headers, "Content-Type": kind, "Host": host}
        try:
            connection.request("POST", "/v1/check", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._connections.pop(pid).close()
            raise

    def check(self, replica: Replica, items: Sequence[CheckItem]) -> tuple[int, list[bool]]:
        """The version, and which of them matched."""
        status, body = self.send(replica, question(items))
        assert status == 200, status
        told = json.loads(body)
        return told["list_version"], [each["outcome"] == "match" for each in told["results"]]


def question(items: Sequence[CheckItem]) -> bytes:
    return b'{"items":[' + b",".join(each.model_dump_json().encode() for each in items) + b"]}"
