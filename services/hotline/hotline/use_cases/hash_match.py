"""Asking the hash check service about a picture, and deciding what is known without a viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.contracts.hashcheck import (
    LISTED_AS_ILLEGAL,
    CheckAnswer,
    CheckItem,
    DistanceBand,
    EntryClassification,
    Match,
)
from shared.domain.classification import AGE_STEPS
from shared.domain.content_hash import HashType
from shared.domain.errors import NotFound
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.assessment import DecidedBy, KnownPicture, Verdict, may_decide_unseen
from hotline.domain.labels import Labels
from hotline.domain.url import UrlState
from hotline.queries.url import locked_url, match_of, picture_of
from hotline.tables import HashMatch, Picture, Url
from hotline.use_cases.ports import HashChecker
from hotline.use_cases.url import Ruling, await_decision, rule

# A match on more entries than this tells nothing more.
MOST_ENTRIES = 10


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """A listed entry that a picture matches, with what people decided about it."""

    match: Match
    classification: EntryClassification

    @property
    def as_known(self) -> KnownPicture:
        return KnownPicture(
            entry_id=self.match.entry_id,
            is_same_file=self.match.hash_type is HashType.SHA256
            and self.match.band is DistanceBand.EXACT,
            decision_count=self.classification.decision_count,
            is_listed_as_illegal=self.match.classification == LISTED_AS_ILLEGAL,
        )


def claim_match(work: UnitOfWork, url_id: UUID) -> list[CheckItem] | None:
    """The hashes to ask about; None when the address is past that."""
    url = locked_url(work.session, url_id)
    picture = picture_of(work.session, url)
    if url.state is not UrlState.TO_MATCH or picture is None:
        return None
    return check_items(picture)


def check_items(picture: Picture) -> list[CheckItem]:
    """Every hash of a picture as the hash check service takes it."""
    return [
        CheckItem(type=HashType.SHA256, value=picture.sha256),
        CheckItem(type=HashType.SHA1, value=picture.sha1),
        CheckItem(type=HashType.MD5, value=picture.md5),
        CheckItem(type=HashType.PDQ, value=picture.pdq, quality=picture.pdq_quality),
        CheckItem(type=HashType.PHASH, value=picture.phash),
    ]


def ask_about(checker: HashChecker, items: list[CheckItem]) -> list[KnownEntry]:
    """What is listed as illegal with these hashes; called outside any transaction."""
    found = (_asked(checker, match) for match in _distinct(checker.check(items)))
    return [entry for entry in found if entry is not None]


def settle_match(work: UnitOfWork, url_id: UUID, known: Sequence[KnownEntry]) -> None:
    """Decide what is the same file as a listed one; queue the rest for a person (HA-1)."""
    url = locked_url(work.session, url_id)
    if url.state is not UrlState.TO_MATCH:
        return
    best = max(known, key=_strength, default=None)
    if best is not None and url.picture_id is not None:
        _remember(work, url.picture_id, best)
    if best is not None and may_decide_unseen(best.as_known):
        labels = labels_of_entry(best.classification)
        rule(work, url, Ruling(Verdict.ILLEGAL, DecidedBy.HASH_EXACT, labels, best.match.entry_id))
        return
    work.record("url.queued", url.id, reason="near_match" if best else "no_match")
    await_decision(work, url)


def give_up_match(work: UnitOfWork, url_id: UUID) -> None:
    """Queue an address for a person when the hash check service did not answer for too long."""
    url = locked_url(work.session, url_id)
    if url.state is UrlState.TO_MATCH:
        work.record("url.queued", url.id, reason="hash_check_unavailable")
        await_decision(work, url)


def prefill(work: UnitOfWork, url: Url) -> Labels | None:
    """The labels of the listed picture that this one looks like; None when it looks like none."""
    found = match_of(work.session, url)
    if found is None:
        return None
    return Labels(
        age=_age_step(found.age_min, found.age_max),
        gender=found.gender,
        self_generated=found.self_generated,
        ai_involvement=found.ai_involvement,
    )


def labels_of_entry(entry: EntryClassification) -> Labels:
    """The labels people gave a listed entry; what the list does not carry stays unknown (HA-2)."""
    return Labels(
        age=_age_step(entry.age_min, entry.age_max),
        gender=entry.gender,
        self_generated=entry.self_generated,
        ai_involvement=entry.ai_involvement,
    )


def _age_step(youngest: int | None, oldest: int | None) -> tuple[int, int] | None:
    step = (youngest, oldest)
    return next((known for known in AGE_STEPS if known == step), None)


def _asked(checker: HashChecker, match: Match) -> KnownEntry | None:
    """None when the entry was withdrawn since the check."""
    try:
        return KnownEntry(match, checker.entry(match.entry_id))
    except NotFound:
        return None


def _distinct(answer: CheckAnswer) -> list[Match]:
    """One match per entry that is listed as illegal, the strongest hash first, as was sent."""
    matches: dict[UUID, Match] = {}
    for result in answer.results:
        for match in result.matches:
            if match.classification == LISTED_AS_ILLEGAL:
                matches.setdefault(match.entry_id, match)
    return list(matches.values())[:MOST_ENTRIES]


def _strength(known: KnownEntry) -> tuple[bool, bool, int]:
    return (
        known.as_known.is_same_file,
        known.match.band is DistanceBand.EXACT,
        known.classification.decision_count,
    )


def _remember(work: UnitOfWork, picture_id: UUID, best: KnownEntry) -> None:
    entry = best.classification
    values = HashMatch(
        picture_id=picture_id,
        entry_id=best.match.entry_id,
        list_name=entry.list_name,
        is_same_file=best.as_known.is_same_file,
        decision_count=entry.decision_count,
        age_min=entry.age_min,
        age_max=entry.age_max,
        gender=entry.gender,
        self_generated=entry.self_generated,
        ai_involvement=entry.ai_involvement,
        matched_at=work.now,
    ).model_dump()
    put = insert(HashMatch).values(values)
    work.session.exec(put.on_conflict_do_update(index_elements=["picture_id"], set_=values))
