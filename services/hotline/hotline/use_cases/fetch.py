"""Fetching a reported address: what to fetch, and what follows from what was seen."""

from dataclasses import dataclass
from uuid import UUID

from shared.domain.errors import DomainError
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.assessment import DecidedBy, Verdict
from hotline.domain.fetch import FetchCode, FetchedPicture, FetchOutcome
from hotline.domain.labels import Labels
from hotline.domain.policy import Policy
from hotline.domain.url import FetchStep, Priority, UrlRole, UrlState, after_fetch, retry_after
from hotline.domain.web_address import parse_address
from hotline.queries.assessment import last_assessment
from hotline.queries.url import locked_url, picture_by_sha256
from hotline.tables import PageLink, Picture, Url
from hotline.use_cases.url import (
    FETCH_URL,
    Ruling,
    await_decision,
    begin_reports,
    conclude,
    conclude_page,
    is_to_be_looked_at,
    look_again,
    rule,
    take_urls,
)

MATCH_PICTURE = "hotline.match_picture"


@dataclass(frozen=True, slots=True)
class ToFetch:
    address: str
    url_id: UUID


def claim_fetch(work: UnitOfWork, url_id: UUID) -> ToFetch | None:
    """What to fetch; None when the address is past that."""
    url = locked_url(work.session, url_id)
    if url.state is not UrlState.TO_FETCH:
        return None
    begin_reports(work, url.id)
    return ToFetch(url.address, url.id)


def settle_fetch(work: UnitOfWork, url_id: UUID, outcome: FetchOutcome, policy: Policy) -> None:
    """Store what was seen at an address and send it where that leads."""
    url = locked_url(work.session, url_id)
    if url.state is not UrlState.TO_FETCH:
        return
    url.fetch_count += 1
    url.fetch_code = outcome.code.value
    url.fetched_at = work.now
    url.ips = list(outcome.ips) or url.ips
    step = after_fetch(outcome, url.fetch_count, policy.fetch_retries)
    work.record("url.fetched", url.id, reason=outcome.code.value, step=step.value)
    match step:
        case FetchStep.RETRY:
            pause = retry_after(url.fetch_count, policy.fetch_retries)
            work.enqueue(FETCH_URL, url.id, next_at=work.now + pause)
        case FetchStep.FOLLOW_PICTURES:
            _follow_pictures(work, url, outcome)
        case FetchStep.MATCH:
            _see_picture(work, url, outcome.pictures[0])
        case FetchStep.CLOSE_NOT_FOUND:
            rule(work, url, Ruling(Verdict.NOT_FOUND, DecidedBy.SYSTEM_RULE, Labels()))
        case FetchStep.LOOK_BY_HAND:
            await_decision(work, url)


def give_up_fetch(work: UnitOfWork, url_id: UUID) -> None:
    """Hand an address to a person when the fetcher could not be reached for too long."""
    url = locked_url(work.session, url_id)
    if url.state is UrlState.TO_FETCH:
        url.fetch_code = "fetcher_unavailable"
        await_decision(work, url)


def _follow_pictures(work: UnitOfWork, page: Url, outcome: FetchOutcome) -> None:
    """Take each picture of a page as an address of its own, hashed already."""
    page.role = UrlRole.PAGE
    page.page_fingerprint = outcome.page_fingerprint
    seen = _readable(outcome.pictures)
    taken = take_urls(
        work,
        (parse_address(address) for address in seen),
        Priority(page.priority),
        UrlState.TO_MATCH,
    )
    page.state = UrlState.FOLLOWS_PICTURES
    for address, picture in seen.items():
        key = parse_address(address).key
        media = taken.by_key[key]
        if media.id == page.id:
            continue
        _link(work, page, media)
        if key in taken.new_keys:
            _meet_picture(work, media, picture)
        elif is_to_be_looked_at(work, media):
            look_again(work, media)
            _meet_picture(work, media, picture)
    work.session.flush()
    conclude_page(work, page)


def _link(work: UnitOfWork, page: Url, media: Url) -> None:
    link = insert(PageLink).values(page_id=page.id, media_id=media.id, seen_at=work.now)
    work.session.exec(
        link.on_conflict_do_update(
            index_elements=["page_id", "media_id"], set_={"seen_at": work.now}
        )
    )


def _meet_picture(work: UnitOfWork, media: Url, seen: FetchedPicture) -> None:
    """What was fetched with a page needs no fetch of its own."""
    media.fetch_code = FetchCode.OK.value
    media.ips = list(seen.ips)
    media.fetched_at = work.now
    _see_picture(work, media, seen)


def _readable(pictures: tuple[FetchedPicture, ...]) -> dict[str, FetchedPicture]:
    """By address; a page can name addresses that no report could."""
    readable: dict[str, FetchedPicture] = {}
    for picture in pictures:
        try:
            readable.setdefault(parse_address(picture.address).canonical, picture)
        except DomainError:
            continue
    return readable


def _see_picture(work: UnitOfWork, url: Url, seen: FetchedPicture) -> None:
    """Remember the hashes of what is at an address and ask whether it is known.

    What was decided here before and is the same file keeps its verdict; what was illegal came
    back, and its next removal begins (UR-4).
    """
    picture = _picture(work, seen)
    url.role, url.picture_id, url.imagery_id = UrlRole.PICTURE, picture.id, seen.imagery_id
    earlier = last_assessment(work.session, url.id, picture.id)
    if earlier is not None:
        work.record("url.verdict_stands", url.id, reason=earlier.verdict.value)
        conclude(work, url, earlier)
        return
    url.state = UrlState.TO_MATCH
    work.enqueue(MATCH_PICTURE, url.id)


def _picture(work: UnitOfWork, seen: FetchedPicture) -> Picture:
    row = Picture(
        sha256=seen.sha256,
        sha1=seen.sha1,
        md5=seen.md5,
        phash=seen.phash,
        pdq=seen.pdq,
        pdq_quality=seen.pdq_quality,
        width=seen.width,
        height=seen.height,
        media_type=seen.media_type,
        first_seen_at=work.now,
    )
    work.session.exec(
        insert(Picture).values(row.model_dump()).on_conflict_do_nothing(index_elements=["sha256"])
    )
    return picture_by_sha256(work.session, seen.sha256)
