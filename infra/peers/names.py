"""A name server for `.test` names, over UDP and TCP on one port."""

from dnslib import QTYPE, RCODE, RR, A, DNSRecord
from dnslib.server import BaseResolver, DNSHandler, DNSLogger, DNSServer

from infra.ports import free_port

TTL_SECONDS = 1


class NameServer(BaseResolver):  # type: ignore[misc]  # dnslib has no types
    """Knows the names of `addresses`, which may change while it runs; all others do not exist."""

    def __init__(self, addresses: dict[str, str], port: int = 0) -> None:
        self.addresses = addresses
        self.port = port or free_port()
        self._servers: list[DNSServer] = []
        for tcp in (False, True):
            server = DNSServer(
                self,
                address="127.0.0.1",
                port=self.port,
                tcp=tcp,
                logger=DNSLogger("", logf=_nothing),
            )
            self._servers.append(server)
            server.start_thread()

    def close(self) -> None:
        for server in self._servers:
            server.stop()
            server.server.server_close()
            server.thread.join()

    def resolve(self, request: DNSRecord, handler: DNSHandler) -> DNSRecord:
        reply = request.reply()
        address = self.addresses.get(str(request.q.qname).rstrip(".").lower())
        if address is None:
            reply.header.rcode = RCODE.NXDOMAIN
        elif request.q.qtype == QTYPE.A:
            reply.add_answer(RR(request.q.qname, QTYPE.A, rdata=A(address), ttl=TTL_SECONDS))
        return reply


def _nothing(_: str) -> None:
    """dnslib logs every question; names of material belong in no log."""
