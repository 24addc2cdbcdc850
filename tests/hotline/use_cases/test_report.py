"""Taking a report: every address once, every mention counted, nothing kept about who sent it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hotline.domain.report import Origin, ReportState
from hotline.domain.url import Priority, UrlState
from hotline.queries.url import next_claimable
from hotline.tables import Report, ReportUrl, Url
from hotline.use_cases.report import read_reporter, receive_report, report_status
from hotline.use_cases.url import FETCH_URL
from shared.contracts.hotline import (
    ReportIntake,
    ReportProgress,
    ReportReceipt,
    ReportStatusQuestion,
)
from shared.domain.errors import Invalid, NotFound, NotPermitted
from shared.platform.database import DatabaseFault
from shared.platform.tables import Outbox

from tests.hotline.inside import Hotline, staff

PAGE = "https://forum.example/thread/1"


def intake(*addresses: str, **more: Any) -> ReportIntake:
    return ReportIntake.model_validate({"addresses": list(addresses or (PAGE,))} | more)


def receive(hotline: Hotline, *addresses: str, **more: Any) -> ReportReceipt:
    return hotline.do(receive_report, intake(*addresses, **more))


def progress(hotline: Hotline, code: str) -> ReportProgress:
    return hotline.do(report_status, ReportStatusQuestion(code=code)).progress


@pytest.mark.requirement("IN-3")
def test_report_addresses_and_occurrences_are_counted_apart(hotline: Hotline) -> None:
    """One report with three addresses, one of which is named twice."""
    receipt = receive(
        hotline, PAGE, "hxxps://forum[.]example/thread/1", "http://b.example/", "http://c.example/"
    )

    assert (receipt.occurrence_count, receipt.address_count) == (4, 3)
    assert (len(hotline.rows(Report)), len(hotline.rows(ReportUrl))) == (1, 4)
    assert len(hotline.rows(Url)) == 3


def test_each_address_is_put_on_the_outbox_by_its_id_alone(hotline: Hotline) -> None:
    receive(hotline, PAGE, "http://b.example/")

    ids = {url.id for url in hotline.rows(Url)}
    assert set(hotline.waiting()) == {(FETCH_URL, url_id) for url_id in ids}
    columns = {row.task for row in hotline.rows(Outbox)}
    assert columns == {FETCH_URL}


def test_receiving_is_recorded_with_counts_and_without_a_text(hotline: Hotline) -> None:
    receive(hotline, PAGE, PAGE, "ftp://b.example/", note="canary")

    (event,) = hotline.acts("report.received")
    assert event.object_id == hotline.rows(Report)[0].id
    assert event.facts == {"occurrences": 2, "addresses": 1, "refused": 1}


@pytest.mark.requirement("SEC-P2")
@pytest.mark.requirement("IN-1")
def test_what_was_typed_is_sealed_apart(hotline: Hotline) -> None:
    receive(hotline, PAGE, note=" een canary ", contact_email="ann@site.example", anonymous=False)

    report = hotline.rows(Report)[0]
    for sealed in (report.sealed_addresses, report.sealed_note, report.sealed_contact):
        assert sealed
        assert b"canary" not in sealed
        assert b"site.example" not in sealed
        assert b"forum" not in sealed
    assert hotline.do(read_reporter, report.id, by=staff("intake_officer")) == (
        "een canary",
        "ann@site.example",
    )


def test_reading_the_reporter_is_recorded_with_who_did(hotline: Hotline) -> None:
    receive(hotline)
    officer, report = staff("intake_officer"), hotline.rows(Report)[0]
    assert hotline.do(read_reporter, report.id, by=officer) == ("", "")

    (event,) = hotline.acts("report.reporter_read")
    assert (event.actor_id, event.object_id) == (officer.id, report.id)


@pytest.mark.parametrize("role", ["analyst", "senior_analyst", "ntd_officer", "admin", "auditor"])
def test_who_judges_pictures_does_not_read_reporters(hotline: Hotline, role: str) -> None:
    receive(hotline)
    report = hotline.rows(Report)[0]
    with pytest.raises(NotPermitted):
        hotline.do(read_reporter, report.id, by=staff(role))
    assert hotline.acts("report.reporter_read") == []


@pytest.mark.requirement("IN-4")
def test_an_origin_outside_the_list_cannot_be_stored(hotline: Hotline) -> None:
    receive(hotline)

    def invent() -> None:
        with hotline.work() as work:
            report = work.session.get_one(Report, hotline.rows(Report)[0].id)
            work.session.connection().exec_driver_sql(
                "UPDATE report SET origin = 'invented' WHERE id = %s", (report.id,)
            )

    with pytest.raises(DatabaseFault) as refused:
        invent()
    assert refused.value.constraint == "origin"
    assert hotline.rows(Report)[0].origin is Origin.PUBLIC_WEB


def test_a_report_without_an_address_leaves_nothing(hotline: Hotline) -> None:
    with pytest.raises(Invalid):
        receive(hotline, "ftp://b.example/")
    assert (hotline.rows(Report), hotline.acts(), hotline.waiting()) == ([], [], {})


@pytest.mark.requirement("IN-10")
def test_what_cannot_be_taken_is_told_by_its_place_and_counted(hotline: Hotline) -> None:
    receipt = receive(hotline, "http://aaaa.onion/", PAGE)

    assert [(r.position, r.code) for r in receipt.refused] == [(0, "onion_address")]
    assert hotline.rows(Report)[0].refused_count == 1


@pytest.mark.requirement("UR-3")
def test_fifty_reports_of_one_address_make_one_task(hotline: Hotline) -> None:
    receipts = [receive(hotline) for _ in range(50)]

    assert [r.already_known_count for r in receipts] == [0] + [1] * 49
    assert len(hotline.waiting()) == 1
    assert (len(hotline.rows(Url)), len(hotline.rows(ReportUrl))) == (1, 50)


@pytest.mark.requirement("UR-3")
def test_all_reports_of_an_address_end_with_its_decision(hotline: Hotline) -> None:
    cases = hotline.cases()
    url_id = cases.awaiting("https://forum.example/a.png")
    codes = [receive(hotline, "https://forum.example/a.png").code for _ in range(3)]
    assert {progress(hotline, code) for code in codes} == {ReportProgress.RECEIVED}

    cases.ignore(url_id)
    assert {report.state for report in hotline.rows(Report)} == {ReportState.PROCESSED}
    assert {progress(hotline, code) for code in codes} == {ReportProgress.ASSESSED}


def test_a_report_waits_for_its_last_address(hotline: Hotline) -> None:
    cases = hotline.cases()
    first = cases.awaiting("https://forum.example/a.png")
    code = receive(hotline, "https://forum.example/a.png", "https://forum.example/b.png").code

    cases.ignore(first)
    assert progress(hotline, code) is not ReportProgress.ASSESSED
    second = cases.awaiting("https://forum.example/b.png")
    cases.ignore(second)
    assert progress(hotline, code) is ReportProgress.ASSESSED


@pytest.mark.requirement("IN-11")
def test_a_child_in_danger_comes_first(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.awaiting("https://forum.example/older.png")
    hotline.clock.advance(timedelta(minutes=5))
    known = cases.awaiting("https://forum.example/newer.png")

    receive(hotline, "https://forum.example/newer.png", child_in_danger=True)
    url = hotline.ask(next_claimable, hotline.clock(), None, [UrlState.AWAITING_DECISION])
    assert url is not None
    assert (url.id, url.priority) == (known, Priority.DANGER)


@pytest.mark.requirement("IN-11")
def test_the_pictures_of_a_known_page_come_first_too(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.awaiting("https://forum.example/older.png")
    hotline.clock.advance(timedelta(minutes=5))
    cases.page(PAGE, "https://forum.example/1.png", "https://forum.example/2.png")

    receive(hotline, PAGE, child_in_danger=True)
    url = hotline.ask(next_claimable, hotline.clock(), None, [UrlState.AWAITING_DECISION])
    assert url is not None
    assert url.priority == Priority.DANGER
    assert url.address in {"https://forum.example/1.png", "https://forum.example/2.png"}


def test_an_ordinary_report_does_not_lower_a_priority(hotline: Hotline) -> None:
    receive(hotline, PAGE, child_in_danger=True)
    receive(hotline, PAGE)
    assert hotline.rows(Url)[0].priority == Priority.DANGER


@pytest.mark.requirement("IN-2")
def test_the_code_tells_a_day_and_a_coarse_progress_only(hotline: Hotline) -> None:
    code = receive(hotline).code
    status = hotline.do(report_status, ReportStatusQuestion(code=code.lower()))

    assert status.model_dump() == {
        "progress": ReportProgress.RECEIVED,
        "received_on": date(2026, 3, 2),
    }


@pytest.mark.requirement("IN-2")
@pytest.mark.parametrize("code", ["x", "0" * 28, "not a code", "'; DROP TABLE report; --"])
def test_a_code_that_is_none_and_one_that_is_mistyped_are_not_told_apart(
    hotline: Hotline, code: str
) -> None:
    receive(hotline)
    with pytest.raises(NotFound) as refused:
        progress(hotline, code)
    assert refused.value.code == "not_found"


def test_what_may_not_be_fetched_waits_for_a_person(hotline: Hotline) -> None:
    receive(hotline, "http://192.168.1.1/a.png")

    (url,) = hotline.rows(Url)
    assert (url.state, url.fetch_code) == (UrlState.AWAITING_DECISION, "not_public")
    assert hotline.waiting() == {}


@pytest.mark.requirement("UR-5")
def test_an_address_of_four_thousand_signs_is_kept_whole(hotline: Hotline) -> None:
    address = "https://forum.example/" + "a" * 4000
    receive(hotline, address)
    assert hotline.rows(Url)[0].address == address
