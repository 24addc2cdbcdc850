"""A real line behind a real gateway, each on its own server, without the rest of the platform."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID, uuid4

from fastapi import FastAPI
from gateway.clients import Peers
from gateway.deps import Pace
from gateway.main import create_website
from gateway.settings import GatewaySettings
from helpline.main import create_app
from helpline.settings import HelplineSettings
from shared.domain.actor import SYSTEM, Actor, ActorKind
from shared.domain.conversation import Channel, ClosedBy, MissedReason
from shared.domain.opening_hours import Rule
from shared.platform.composition import signer_of
from shared.platform.contact import conversation, queue
from shared.platform.contact.opening import plan_opening
from shared.platform.peer import peer_http_client
from shared.platform.unit_of_work import open_work

from infra.databases import ServiceDatabases
from tests.applications import NOWHERE, settings_for
from tests.journeys.edges.wire import Address, serving

WORKER = Actor(ActorKind.STAFF, "worker", uuid4())


class EveryPace:
    """Nobody is slowed."""

    def pace_of(self, address: str) -> Pace:
        async def pace(name: str) -> None: ...

        return pace


@dataclass(frozen=True)
class ChatSite:
    """Where the website listens, and the line behind it."""

    address: Address
    line: FastAPI

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    def accepts(self) -> UUID:
        """A worker takes the next conversation."""
        with open_work(self.line.state.sessions, WORKER, vault=self.line.state.vault) as work:
            taken = queue.take_next(work)
            assert taken
            return taken.id

    def empties(self) -> None:
        """Nobody waits any more, so that the next test begins with an empty queue."""
        with open_work(self.line.state.sessions, SYSTEM, vault=self.line.state.vault) as work:
            for one in queue.waiting(work.session):
                conversation.leave_queue(work, one, MissedReason.LEFT_QUEUE, ClosedBy.SYSTEM)

    def writes(self, conversation_id: UUID, text: str) -> None:
        with open_work(self.line.state.sessions, WORKER, vault=self.line.state.vault) as work:
            conversation.send_as_worker(work, conversation_id, uuid4(), text)


@contextmanager
def chat_site(
    helpline: ServiceDatabases, gateway: ServiceDatabases, *, is_open: bool = True
) -> Iterator[ChatSite]:
    line = create_app(settings_for(HelplineSettings, helpline, service="helpline"))
    if is_open:
        with open_work(line.state.sessions, SYSTEM) as work:
            for weekday in range(7):
                rule = Rule(weekday, time(0), time(23, 59, 59), date(2026, 1, 1))
                plan_opening(work, Channel.CHAT, rule, "plan_opening")
    with serving(line) as (host, port):
        settings = settings_for(
            GatewaySettings,
            gateway,
            service="gateway",
            hotline_url=NOWHERE,
            helpline_url=f"http://{host}:{port}",
            prevention_url=NOWHERE,
            hashcheck_url=NOWHERE,
        )
        client = peer_http_client()
        peers = Peers.at(settings.peer_addresses, signer_of(settings, "gateway"), client)
        website = create_website(settings, peers, EveryPace(), [client.aclose])
        with serving(website) as address:
            yield ChatSite(address, line)
