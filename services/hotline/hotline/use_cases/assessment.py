"""The desk: claiming an address, deciding it, and telling the hash check service."""

from uuid import UUID

from shared.contracts.hashcheck import (
    DECISION_REVERSED,
    DecisionReversed,
    EntryWithdrawn,
    HashCandidate,
)
from shared.domain.errors import Invalid, Stale
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy import delete
from sqlmodel import col

from hotline.domain.assessment import (
    VERDICT_OF,
    BadTransition,
    Choice,
    DecidedBy,
    Decision,
    Verdict,
    check_decision,
    check_second_assessor,
    is_reversal,
)
from hotline.domain.policy import Policy
from hotline.domain.role import Permission
from hotline.domain.url import ReopenReason, UrlState
from hotline.queries.assessment import assessment, handed_over, reversal_of
from hotline.queries.url import (
    claimed_by,
    locked_url,
    next_claimable,
    pages_of_picture,
    pictures_on,
)
from hotline.tables import Assessment, EntryWithdrawal, HashMatch, Picture, Url
from hotline.use_cases.exposure import check_claim, check_exposure, close_views, is_held
from hotline.use_cases.hash_match import check_items
from hotline.use_cases.url import conclude, new_assessment

HASH_CANDIDATE = "hash.candidate"
HASHCHECK = "hashcheck"


def claim_next(work: UnitOfWork, policy: Policy) -> Url | None:
    """Hold the most urgent address for this person, or go on with the one they hold.

    Nobody else gets it until the lease ends. None when nothing waits. Raises TooMany when this
    person has seen enough.
    """
    work.require(Permission.CLAIM_URL)
    check_exposure(work, policy.budget)
    url = _held(work)
    if url is None:
        url = next_claimable(work.session, work.now, work.actor.id, _claimable(work))
        if url is None:
            return None
        work.record("url.claimed", url.id)
    url.claimed_by = work.actor.id
    url.claimed_until = work.now + policy.claim_lease
    return url


def release(work: UnitOfWork, url_id: UUID) -> None:
    """Give a claimed address back. Raises NotClaimed."""
    work.require(Permission.CLAIM_URL)
    url = locked_url(work.session, url_id)
    check_claim(work, url)
    close_views(work)
    url.claimed_by = url.claimed_until = None
    work.record("url.released", url.id)


def reopen(work: UnitOfWork, url_id: UUID, reason: ReopenReason) -> None:
    """Have a decided address judged once more, by another person and without the first opinion.

    Until then no new notice is written about it, and its pages wait. What a page is follows from
    its pictures: reopen these. Raises NotFound, BadTransition.
    """
    work.require(Permission.REOPEN_URL)
    url = locked_url(work.session, url_id)
    if url.state is not UrlState.DECIDED or pictures_on(work.session, url.id):
        raise BadTransition
    _take_verdict_back(url, UrlState.SECOND_OPINION)
    url.doubted_by, url.queued_at = work.actor.id, work.now
    for page in pages_of_picture(work.session, url.id, UrlState.DECIDED):
        _take_verdict_back(page, UrlState.FOLLOWS_PICTURES)
    work.record("url.reopened", url.id, reason=reason.value)


def _take_verdict_back(url: Url, state: UrlState) -> None:
    url.verdict, url.decided_by, url.decided_at = Verdict.UNDECIDED, None, None
    url.state = state
    url.version += 1


def decide(work: UnitOfWork, url_id: UUID, decision: Decision, version: int) -> Assessment:
    """Decide a claimed address, or pass a doubt to a second person.

    `version` is the one the person saw. Raises Stale, BadTransition, NotClaimed, SameAssessor,
    Invalid.
    """
    work.require(Permission.DECIDE_URL)
    check_decision(decision)
    url = locked_url(work.session, url_id)
    if url.state not in {UrlState.AWAITING_DECISION, UrlState.SECOND_OPINION}:
        raise BadTransition
    check_claim(work, url)
    if url.version != version:
        raise Stale
    close_views(work)
    made = _assessment(work, url, decision)
    work.record("url.decided", url.id, reason=decision.choice.value, by=made.decided_by.value)
    if decision.choice is Choice.DOUBT:
        _ask_second_person(work, url, made)
    else:
        conclude(work, url, made)
    _tell_hashcheck(work, made)
    return made


def hash_candidate(work: UnitOfWork, assessment_id: UUID) -> HashCandidate | None:
    """The content of the event `hash.candidate`; None when there is no picture to list."""
    made = assessment(work.session, assessment_id)
    picture = work.session.get(Picture, made.picture_id) if made.picture_id else None
    if picture is None or made.analyst_id is None or reversal_of(work.session, made) is not None:
        return None
    return HashCandidate(
        assessment_id=made.id,
        decided_by=made.analyst_id,
        decided_at=made.decided_at,
        hashes=check_items(picture),
        ai_involvement=made.ai_involvement,
        age_min=made.age_min,
        age_max=made.age_max,
        gender=made.gender,
        self_generated=made.self_generated,
    )


def decision_reversed(work: UnitOfWork, assessment_id: UUID) -> DecisionReversed | None:
    """The content of the event `decision.reversed`; None when that was reversed again."""
    later = reversal_of(work.session, assessment(work.session, assessment_id))
    if later is None:
        return None
    return DecisionReversed(
        assessment_id=assessment_id, reversed_by=later.id, reversed_at=later.decided_at
    )


def keep_withdrawal(work: UnitOfWork, told: EntryWithdrawn) -> None:
    """Event `entry.withdrawn`: what an assessment put on a list is listed no longer."""
    made = work.session.get(Assessment, told.assessment_id)
    if made is None:
        raise Invalid("bad_event", fields=("payload",))
    work.session.add(EntryWithdrawal(**told.model_dump(), told_at=work.now))
    # Found again, the picture is judged anew and not by what was taken back.
    work.session.exec(delete(HashMatch).where(col(HashMatch.entry_id) == told.entry_id))
    work.record("entry.withdrawal_told", made.url_id, reason=told.reason.value)


def _tell_hashcheck(work: UnitOfWork, made: Assessment) -> None:
    """Hand over what is illegal; take back what was handed over and is judged otherwise now."""
    if made.picture_id is None:
        return
    if made.verdict is Verdict.ILLEGAL:
        work.announce(HASH_CANDIDATE, HASHCHECK, made.id)
    if not is_reversal(made.verdict, made.not_illegal_reason):
        return
    work.session.flush()
    for earlier in handed_over(work.session, made.picture_id):
        work.announce(DECISION_REVERSED, HASHCHECK, earlier.id)
        work.record("assessment.reversed", earlier.url_id, reason=made.verdict.value)


def _held(work: UnitOfWork) -> Url | None:
    """What this person holds; not what they decided in another window meanwhile."""
    held = claimed_by(work.session, work.actor.id, work.now)
    url = locked_url(work.session, held[0].id) if held else None
    return url if url is not None and is_held(work, url) else None


def _claimable(work: UnitOfWork) -> list[UrlState]:
    gives_opinions = work.actor.may(Permission.GIVE_SECOND_OPINION)
    second = [UrlState.SECOND_OPINION] if gives_opinions else []
    return [UrlState.AWAITING_DECISION, *second]


def _assessment(work: UnitOfWork, url: Url, decision: Decision) -> Assessment:
    is_second = url.state is UrlState.SECOND_OPINION
    if is_second:
        work.require(Permission.GIVE_SECOND_OPINION)
        check_second_assessor(url.doubted_by, work.actor.id)
    made = new_assessment(url, decision.labels, work.now)
    made.verdict = VERDICT_OF[decision.choice]
    made.decided_by = DecidedBy.HUMAN_TWO if is_second else DecidedBy.HUMAN
    made.analyst_id = work.actor.id
    made.not_illegal_reason = decision.not_illegal_reason
    made.difference_reason = decision.difference_reason
    return made


def _ask_second_person(work: UnitOfWork, url: Url, doubt: Assessment) -> None:
    if url.state is UrlState.SECOND_OPINION:
        raise BadTransition
    work.session.add(doubt)
    url.state = UrlState.SECOND_OPINION
    url.doubted_by = work.actor.id
    url.queued_at = work.now
    url.claimed_by = url.claimed_until = None
    url.version += 1
