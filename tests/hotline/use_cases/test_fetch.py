"""From a fetched address to its verdict: pages follow their pictures, what came back is seen."""

from datetime import timedelta
from uuid import UUID

import pytest
from hotline.domain.assessment import DecidedBy, Verdict
from hotline.domain.fetch import FetchCode, FetchOutcome, FetchResult
from hotline.domain.removal import RemovalState
from hotline.domain.report import ReportState
from hotline.domain.url import FETCH_RETRIES, UrlRole, UrlState
from hotline.queries.removal import cases_of
from hotline.queries.url import pages_showing, pictures_on
from hotline.tables import Assessment, PageLink, Picture, RemovalCase, Report, Url
from hotline.use_cases.fetch import MATCH_PICTURE, claim_fetch, give_up_fetch, settle_fetch
from hotline.use_cases.hash_match import claim_match
from hotline.use_cases.imagery import FORGET_IMAGERY
from hotline.use_cases.removal import LOOK_UP_HOSTING
from hotline.use_cases.url import FETCH_URL

from tests.hotline.inside import Hotline
from tests.hotline.pages.cases import FOREIGN_IP, HOME_IP, fetched_picture

PAGE = "https://forum.example/thread/1"
ONE, TWO = "https://forum.example/1.png", "https://images.example/2.png"


def gone() -> FetchOutcome:
    return FetchOutcome(FetchResult.GONE, FetchCode.HTTP_GONE, http_status=404)


def seen_page(*pictures: str) -> FetchOutcome:
    return FetchOutcome(
        FetchResult.PAGE,
        FetchCode.OK,
        ips=(HOME_IP,),
        pictures=tuple(fetched_picture(address) for address in pictures),
        page_fingerprint="f" * 64,
    )


def seen_picture(address: str, content: str = "") -> FetchOutcome:
    """A picture; another `content` is another file."""
    picture = fetched_picture(content or address)
    return FetchOutcome(FetchResult.PICTURE, FetchCode.OK, ips=(HOME_IP,), pictures=(picture,))


def settle(hotline: Hotline, url_id: UUID, outcome: FetchOutcome) -> Url:
    hotline.do(settle_fetch, url_id, outcome, hotline.policy)
    return hotline.row(Url, url_id)


def closed(hotline: Hotline, address: str) -> UUID:
    """An illegal picture whose removal ended an hour ago. Returns its address."""
    cases = hotline.cases()
    case_id = cases.known_illegal(address)
    cases.gone(case_id)
    hotline.clock.advance(timedelta(hours=1))
    return hotline.row(RemovalCase, case_id).url_id


def test_fetching_begins_the_reports_that_name_the_address(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.report(PAGE)
    order = hotline.do(claim_fetch, cases.url_id(PAGE))
    assert order is not None
    assert (order.address, order.url_id) == (PAGE, cases.url_id(PAGE))
    assert hotline.rows(Report)[0].state is ReportState.IN_PROGRESS


def test_a_picture_is_hashed_and_asked_about(hotline: Hotline) -> None:
    url_id = hotline.cases().fetched(ONE)

    url, (picture,) = hotline.row(Url, url_id), hotline.rows(Picture)
    assert (url.role, url.state, url.picture_id) == (
        UrlRole.PICTURE,
        UrlState.TO_MATCH,
        picture.id,
    )
    assert (MATCH_PICTURE, url_id) in hotline.waiting()
    assert hotline.acts("url.fetched")[0].reason == "ok"


@pytest.mark.requirement("HA-3")
def test_a_file_is_one_picture_wherever_it_is_found(hotline: Hotline) -> None:
    cases = hotline.cases()
    for address in (ONE, TWO):
        cases.report(address)
        settle(hotline, cases.url_id(address), seen_picture(address, content="one file"))
    assert len(hotline.rows(Picture)) == 1


@pytest.mark.requirement("UR-7")
def test_a_page_becomes_its_pictures_and_waits_for_them(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.report(PAGE)
    page = settle(hotline, cases.url_id(PAGE), seen_page(ONE, TWO, ONE))

    assert (page.role, page.state) == (UrlRole.PAGE, UrlState.FOLLOWS_PICTURES)
    assert [url.address for url in hotline.ask(pictures_on, page.id)] == [ONE, TWO]
    assert {url.state for url in hotline.ask(pictures_on, page.id)} == {UrlState.TO_MATCH}
    assert len(hotline.rows(PageLink)) == 2


@pytest.mark.requirement("HO-1")
def test_a_picture_on_another_host_has_its_own_addresses(hotline: Hotline) -> None:
    """Otherwise the company that shows a picture would get the notice of the one that keeps it."""
    cases = hotline.cases()
    cases.report(PAGE)
    page = settle(
        hotline,
        cases.url_id(PAGE),
        FetchOutcome(
            FetchResult.PAGE,
            FetchCode.OK,
            ips=(HOME_IP,),
            pictures=(fetched_picture(ONE, ip=HOME_IP), fetched_picture(TWO, ip=FOREIGN_IP)),
        ),
    )
    found = {url.address: url.ips for url in hotline.ask(pictures_on, page.id)}
    assert found == {ONE: [HOME_IP], TWO: [FOREIGN_IP]}


def test_a_page_names_itself_as_picture_without_harm(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.report(PAGE)
    page = settle(hotline, cases.url_id(PAGE), seen_page(PAGE, ONE))
    assert [url.address for url in hotline.ask(pictures_on, page.id)] == [ONE]


@pytest.mark.requirement("UR-7")
def test_a_page_without_pictures_waits_for_a_person(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.report(PAGE)
    assert settle(hotline, cases.url_id(PAGE), seen_page()).state is UrlState.AWAITING_DECISION


@pytest.mark.parametrize("tries", [1, 2])
def test_what_cannot_be_reached_is_tried_again_after_the_published_wait(
    hotline: Hotline, tries: int
) -> None:
    cases = hotline.cases()
    cases.report(ONE)
    url_id = cases.url_id(ONE)
    hotline.finish_outbox()
    for _ in range(tries):
        hotline.finish_outbox()
        url = settle(hotline, url_id, FetchOutcome(FetchResult.UNREACHABLE, FetchCode.TOO_SLOW))
    assert (url.state, url.fetch_count) == (UrlState.TO_FETCH, tries)
    assert hotline.waiting()[FETCH_URL, url_id] == hotline.clock() + FETCH_RETRIES[tries - 1]


def test_what_stays_unreachable_goes_to_a_person(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.report(ONE)
    for _ in range(3):
        url = settle(
            hotline, cases.url_id(ONE), FetchOutcome(FetchResult.UNREACHABLE, FetchCode.TOO_SLOW)
        )
    assert (url.state, url.fetch_code) == (UrlState.AWAITING_DECISION, "too_slow")


def test_gone_is_believed_the_second_time(hotline: Hotline) -> None:
    cases = hotline.cases()
    report_id = cases.report(ONE)
    assert settle(hotline, cases.url_id(ONE), gone()).state is UrlState.TO_FETCH
    url = settle(hotline, cases.url_id(ONE), gone())

    assert (url.state, url.verdict) == (UrlState.DECIDED, Verdict.NOT_FOUND)
    assert url.decided_by is DecidedBy.SYSTEM_RULE
    assert hotline.row(Report, report_id).state is ReportState.PROCESSED


def test_a_late_answer_of_the_fetcher_changes_nothing(hotline: Hotline) -> None:
    cases = hotline.cases()
    url_id = cases.awaiting(ONE)
    before = hotline.row(Url, url_id)
    assert settle(hotline, url_id, gone()) == before
    assert hotline.do(claim_fetch, url_id) is None
    assert hotline.do(claim_match, url_id) is None
    hotline.do(give_up_fetch, url_id)
    assert hotline.row(Url, url_id) == before


def test_when_the_fetcher_is_down_too_long_a_person_looks(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.report(ONE)
    hotline.do(give_up_fetch, cases.url_id(ONE))
    url = hotline.row(Url, cases.url_id(ONE))
    assert (url.state, url.fetch_code) == (UrlState.AWAITING_DECISION, "fetcher_unavailable")


@pytest.mark.requirement("CL-17")
def test_one_illegal_picture_of_many_starts_its_removal_while_the_rest_wait(
    hotline: Hotline,
) -> None:
    cases = hotline.cases()
    pictures = [f"https://forum.example/{number}.png" for number in range(30)]
    page_id = cases.page(PAGE, *pictures)
    cases.judge_illegal(cases.url_id(pictures[7]))

    (case,) = hotline.rows(RemovalCase)
    assert case.url_id == cases.url_id(pictures[7])
    assert (LOOK_UP_HOSTING, case.id) in hotline.waiting()
    assert hotline.row(Url, page_id).state is UrlState.FOLLOWS_PICTURES
    assert hotline.rows(Report)[0].state is not ReportState.PROCESSED


def test_a_page_is_as_illegal_as_one_of_its_pictures(hotline: Hotline) -> None:
    cases = hotline.cases()
    page_id = cases.page(PAGE, ONE, "https://forum.example/3.png")
    cases.judge_illegal(cases.url_id(ONE))
    cases.ignore(cases.url_id("https://forum.example/3.png"))

    page = hotline.row(Url, page_id)
    assert (page.verdict, page.decided_by) == (Verdict.ILLEGAL, DecidedBy.SYSTEM_RULE)
    assert hotline.rows(Report)[0].state is ReportState.PROCESSED
    assert [case.url_id for case in hotline.rows(RemovalCase)] == [cases.url_id(ONE)]


def test_a_page_whose_illegal_picture_is_kept_elsewhere_is_removed_too(hotline: Hotline) -> None:
    cases = hotline.cases()
    page_id = cases.page(PAGE, TWO)
    cases.judge_illegal(cases.url_id(TWO))
    assert {case.url_id for case in hotline.rows(RemovalCase)} == {page_id, cases.url_id(TWO)}


def test_what_was_decided_is_forgotten_a_day_later(hotline: Hotline) -> None:
    cases = hotline.cases()
    url_id = cases.awaiting(ONE)
    cases.ignore(url_id)
    assert hotline.waiting()[FORGET_IMAGERY, url_id] == hotline.clock() + timedelta(hours=24)


@pytest.mark.requirement("UR-4")
def test_what_was_removed_and_is_back_gets_its_next_removal_without_anybody_looking(
    hotline: Hotline,
) -> None:
    url_id = closed(hotline, ONE)
    hotline.cases().report(ONE)
    assert hotline.row(Url, url_id).verdict is Verdict.UNDECIDED
    decided = len(hotline.rows(Assessment))
    hotline.clock.advance(timedelta(minutes=1))
    url = settle(hotline, url_id, seen_picture(ONE))

    assert (url.state, url.verdict) == (UrlState.DECIDED, Verdict.ILLEGAL)
    assert [case.round for case in hotline.ask(cases_of, url_id)] == [1, 2]
    assert hotline.ask(cases_of, url_id)[1].state is RemovalState.OPEN
    assert len(hotline.rows(Assessment)) == decided
    assert hotline.acts("url.verdict_stands")[-1].object_id == url_id
    assert {report.state for report in hotline.rows(Report)} == {ReportState.PROCESSED}


@pytest.mark.requirement("UR-4")
def test_another_picture_at_a_known_address_is_judged_anew(hotline: Hotline) -> None:
    url_id = closed(hotline, ONE)
    hotline.cases().report(ONE)
    url = settle(hotline, url_id, seen_picture(ONE, content="another file"))

    assert (url.state, url.verdict) == (UrlState.TO_MATCH, Verdict.UNDECIDED)
    assert len(hotline.ask(cases_of, url_id)) == 1


@pytest.mark.requirement("UR-4")
def test_a_known_address_that_is_still_gone_is_not_found(hotline: Hotline) -> None:
    url_id = closed(hotline, ONE)
    hotline.cases().report(ONE)
    settle(hotline, url_id, gone())
    url = settle(hotline, url_id, gone())

    assert (url.state, url.verdict) == (UrlState.DECIDED, Verdict.NOT_FOUND)
    assert len(hotline.ask(cases_of, url_id)) == 1
    assert {report.state for report in hotline.rows(Report)} == {ReportState.PROCESSED}


@pytest.mark.requirement("UR-4")
def test_a_known_address_that_cannot_be_reached_goes_to_a_person(hotline: Hotline) -> None:
    url_id = closed(hotline, ONE)
    hotline.cases().report(ONE)
    url = settle(hotline, url_id, FetchOutcome(FetchResult.REFUSED, FetchCode.HTTP_RESTRICTED))
    assert (url.state, url.verdict) == (UrlState.AWAITING_DECISION, Verdict.UNDECIDED)
    assert url.picture_id is None


@pytest.mark.requirement("UR-4")
def test_a_picture_that_was_not_illegal_stays_so_while_it_is_the_same(hotline: Hotline) -> None:
    cases = hotline.cases()
    url_id = cases.awaiting(ONE)
    cases.ignore(url_id)
    decided_at = hotline.row(Url, url_id).decided_at
    hotline.clock.advance(timedelta(days=1))
    cases.report(ONE)
    url = settle(hotline, url_id, seen_picture(ONE))

    assert (url.state, url.verdict, url.decided_at) == (
        UrlState.DECIDED,
        Verdict.IGNORED,
        decided_at,
    )
    hotline.clock.advance(timedelta(days=1))
    cases.report(ONE)
    changed = settle(hotline, url_id, seen_picture(ONE, content="another file"))
    assert changed.state is UrlState.TO_MATCH


@pytest.mark.requirement("UR-4")
def test_a_picture_that_came_back_is_found_through_its_page(hotline: Hotline) -> None:
    cases = hotline.cases()
    page_id = cases.page(PAGE, ONE)
    case_id = cases.judge_illegal(cases.url_id(ONE))
    cases.gone(case_id)
    hotline.clock.advance(timedelta(days=1))

    cases.report(PAGE)
    settle(hotline, page_id, seen_page(ONE))
    assert [case.round for case in hotline.ask(cases_of, cases.url_id(ONE))] == [1, 2]
    assert hotline.row(Url, page_id).verdict is Verdict.ILLEGAL


@pytest.mark.requirement("UR-4")
def test_a_page_is_judged_by_the_pictures_that_stand_there_now(hotline: Hotline) -> None:
    cases = hotline.cases()
    other = "https://forum.example/3.png"
    page_id = cases.page(PAGE, ONE, other)
    case_id = cases.judge_illegal(cases.url_id(ONE))
    cases.ignore(cases.url_id(other))
    cases.gone(case_id)
    hotline.clock.advance(timedelta(days=1))

    cases.report(PAGE)
    settle(hotline, page_id, seen_page(other))
    assert hotline.row(Url, page_id).verdict is Verdict.NOT_ILLEGAL
    assert [url.address for url in hotline.ask(pictures_on, page_id)] == [other]
    assert hotline.ask(pages_showing, cases.url_id(ONE)) == []


def test_an_address_that_is_being_removed_is_not_fetched_again(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.known_illegal(ONE)
    hotline.finish_outbox()
    cases.report(ONE)
    assert hotline.waiting() == {}
    assert hotline.rows(Report)[-1].state is ReportState.PROCESSED


@pytest.mark.requirement("OC-8")
def test_the_time_online_of_what_came_back_begins_with_the_report_that_says_so(
    hotline: Hotline,
) -> None:
    url_id = closed(hotline, ONE)
    hotline.clock.advance(timedelta(days=30))
    reported_at = hotline.clock()
    hotline.cases().report(ONE)
    hotline.clock.advance(timedelta(hours=3))
    settle(hotline, url_id, seen_picture(ONE))

    assert hotline.ask(cases_of, url_id)[1].first_reported_at == reported_at


@pytest.mark.requirement("OC-8")
def test_the_time_online_does_not_count_while_nothing_was_found(hotline: Hotline) -> None:
    """Reported, not found, reported again a year later and illegal then."""
    cases = hotline.cases()
    cases.report(ONE)
    for _ in range(2):
        settle(hotline, cases.url_id(ONE), gone())
    hotline.clock.advance(timedelta(days=365))
    reported_at = hotline.clock()
    case_id = cases.known_illegal(ONE)

    assert hotline.row(RemovalCase, case_id).first_reported_at == reported_at
