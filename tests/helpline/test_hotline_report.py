"""Addresses go to the hotline once, and nothing else of a contact does."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from helpline.adapters.notice_mail import NullNoticeMail
from helpline.tables import HotlineReport
from helpline.use_cases.hotline_report import KEPT_AFTER_DELIVERY, erase_hotline_reports, hand_in
from hotline.domain.report import Origin
from hotline.main import create_app
from hotline.settings import HotlineSettings
from shared.contracts.hotline import HandedInAddresses
from shared.domain.errors import Invalid, NotFound, NotPermitted
from shared.platform.database import close_pool
from shared.platform.outbox import Outcome

from infra.databases import ServiceDatabases
from tests.applications import NOWHERE, kept, settings_for
from tests.conftest import OwnDatabase
from tests.helpline.inside import WORKER, Helpline, staff
from tests.helpline.neighbours import Neighbour

pytestmark = pytest.mark.requirement("H-15")

FOUND = ("https://gallery.example/a/1", "https://gallery.example/a/2")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def databases(own_database: OwnDatabase) -> ServiceDatabases:
    return own_database("hotline")


@pytest.fixture
def hotline(databases: ServiceDatabases) -> Iterator[Neighbour]:
    settings = settings_for(
        HotlineSettings,
        databases,
        service="hotline",
        hashcheck_url=NOWHERE,
        fetcher_url=NOWHERE,
        smtp_url="smtp://127.0.0.1:1",
    )
    app = kept(create_app, settings)
    yield Neighbour("hotline", app)
    close_pool(app.state.sessions)
    app.state.vault.close()


@pytest.fixture
def reporting(helpline: Helpline, hotline: Neighbour) -> Helpline:
    """The helpline with that hotline beside it."""
    helpline.bind(NullNoticeMail(), hotline)
    return helpline


def hands_in(helpline: Helpline, *addresses: str) -> HotlineReport:
    contact = helpline.contact()
    given = addresses or FOUND
    return helpline.do(hand_in, contact.id, given, uuid4(), by=WORKER, agreed=True)


def told(databases: ServiceDatabases) -> tuple[list[tuple[object, ...]], list[str]]:
    """The reports of the hotline (origin, mentions, note, contact), and its addresses."""
    with psycopg.connect(databases.app) as connection:
        reports = connection.execute(
            "SELECT origin, occurrence_count, sealed_note, sealed_contact FROM report"
        ).fetchall()
        addresses = connection.execute("SELECT address FROM url ORDER BY address").fetchall()
    return reports, [address for (address,) in addresses]


@pytest.mark.requirement("PF-EVENTS-3")
def test_the_hotline_gets_the_addresses_as_a_report_of_the_helpline(
    reporting: Helpline, databases: ServiceDatabases
) -> None:
    report = hands_in(reporting)
    assert reporting.run_outbox() == [Outcome.DONE]
    assert told(databases) == ([(Origin.HELPLINE.value, 2, b"", b"")], list(FOUND))
    assert reporting.row(HotlineReport, report.id).taken_at == reporting.clock()


def test_nothing_else_of_the_contact_is_in_the_hotlines_databases(
    reporting: Helpline, databases: ServiceDatabases, postgres: str
) -> None:
    report = hands_in(reporting)
    reporting.run_outbox()
    names = [urlsplit(url).path for url in (databases.app, databases.keys)]
    stored = b"".join(dumped(urlsplit(postgres)._replace(path=name).geturl()) for name in names)
    assert FOUND[0].encode() in stored
    for secret in (str(report.id), str(report.contact_id), str(WORKER.id), "sextortion"):
        assert secret.encode() not in stored


def dumped(url: str) -> bytes:
    """Every row of every table, as text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        rows = [
            str(row)
            for (table,) in tables
            for row in connection.execute(f"SELECT t::text FROM {table} t").fetchall()  # noqa: S608
        ]
    return "\n".join(rows).encode()


def test_while_the_hotline_is_down_nothing_is_lost(
    reporting: Helpline, hotline: Neighbour, databases: ServiceDatabases
) -> None:
    hotline.loses_question = True
    report = hands_in(reporting)
    assert reporting.run_outbox() == [Outcome.LATER]
    assert told(databases) == ([], [])
    assert reporting.row(HotlineReport, report.id).taken_at is None
    hotline.loses_question = False
    reporting.clock.advance(timedelta(hours=2))
    assert reporting.run_outbox() == [Outcome.REPEATED]
    assert len(told(databases)[0]) == 1


@pytest.mark.requirement("PF-EVENTS-1")
def test_an_answer_that_got_lost_brings_no_second_report(
    reporting: Helpline, hotline: Neighbour, databases: ServiceDatabases
) -> None:
    hotline.loses_answer = True
    report = hands_in(reporting)
    reporting.run_outbox()
    hotline.loses_answer = False
    reporting.clock.advance(timedelta(hours=2))
    reporting.run_outbox()
    assert len(hotline.heard) == 2
    assert len(set(hotline.heard)) == 1
    assert len(told(databases)[0]) == 1
    assert reporting.row(HotlineReport, report.id).taken_at is not None


@pytest.mark.requirement("PF-EVENTS-3")
def test_what_the_hotline_cannot_take_is_taken_in_no_part_and_shown(
    reporting: Helpline, databases: ServiceDatabases
) -> None:
    report = hands_in(reporting, FOUND[0], "https://user@gallery.example/a")
    assert reporting.run_outbox() == [Outcome.PARKED]
    assert told(databases) == ([], [])
    found = reporting.row(HotlineReport, report.id)
    assert (found.taken_at, found.refused_at) == (None, reporting.clock())


def test_pressing_twice_hands_in_once(reporting: Helpline, databases: ServiceDatabases) -> None:
    contact, report_id = reporting.contact(), uuid4()
    for _ in range(2):
        reporting.do(hand_in, contact.id, FOUND, report_id, by=WORKER, agreed=True)
    reporting.run_outbox()
    assert len(told(databases)[0]) == 1


def test_the_person_agrees_first(helpline: Helpline) -> None:
    contact = helpline.contact()
    with pytest.raises(Invalid, match="agreement_missing"):
        helpline.do(hand_in, contact.id, FOUND, uuid4(), by=WORKER, agreed=False)
    with pytest.raises(NotPermitted):
        helpline.do(hand_in, contact.id, FOUND, uuid4(), by=staff("admin"), agreed=True)
    assert helpline.waiting() == {}


def test_there_is_no_field_for_a_text_or_a_person() -> None:
    assert set(HandedInAddresses.model_fields) == {"addresses"}


@pytest.mark.requirement("SEC-P3")
def test_the_addresses_are_erased_a_day_after_the_hotline_has_them(reporting: Helpline) -> None:
    report = hands_in(reporting)
    reporting.clock.advance(KEPT_AFTER_DELIVERY * 30)
    reporting.do(erase_hotline_reports)
    assert reporting.row(HotlineReport, report.id).erased_at is None
    reporting.run_outbox()
    reporting.clock.advance(KEPT_AFTER_DELIVERY + MINUTE)
    reporting.do(erase_hotline_reports)
    found = reporting.row(HotlineReport, report.id)
    assert (found.sealed_addresses, found.address_count) == (b"", len(FOUND))
    with pytest.raises(NotFound):
        reporting.vault.open(report.id, "any", report.id, report.sealed_addresses)
