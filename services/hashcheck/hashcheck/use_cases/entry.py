"""Entries: two people put one on a list, and any steward takes it off at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from shared.contracts.hashcheck import (
    ENTRY_WITHDRAWN,
    CheckItem,
    DecisionReversed,
    EntryClassification,
    EntryWithdrawn,
    HashCandidate,
    WithdrawnBecause,
)
from shared.domain.actor import ActorKind
from shared.domain.content_hash import ContentHash, HashType
from shared.domain.errors import Conflict, NotFound, NotPermitted
from shared.platform.unit_of_work import UnitOfWork

from hashcheck import queries
from hashcheck.domain.entry import (
    DECISIONS_OF_A_LISTED_ENTRY,
    Decision,
    EntryState,
    Labels,
    RefusalReason,
    WithdrawalReason,
    check_labels,
    check_second_person,
    check_withdrawal,
    listable_hashes,
)
from hashcheck.domain.list_change import ListChange
from hashcheck.domain.role import Permission
from hashcheck.tables import Entry, EntryHashes
from hashcheck.use_cases.list_version import list_changed

OWN_SERVICE = "hashcheck"
HOTLINE = "hotline"

# Where what the hotline judged is listed; made when the service is set up.
HOTLINE_LIST = "offlimits"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A picture for the list named `list_name`, by its hashes."""

    list_name: str
    items: Sequence[CheckItem]
    labels: Labels
    source_id: UUID | None = None


def propose_entry(work: UnitOfWork, proposal: Proposal) -> UUID:
    """Put a picture before a second person.

    Raises Invalid, NotFound `list_unknown`, Conflict `entry_already_known`.
    """
    work.require(Permission.PROPOSE_ENTRIES)
    entry_id = _propose(work, proposal, _decision_of(work), work.now)
    if entry_id is None:
        raise Conflict("entry_already_known")
    return entry_id


def take_candidate(work: UnitOfWork, candidate: HashCandidate) -> None:
    """Event `hash.candidate`: an analyst of the hotline is the first of the two people.

    A picture that is known already is not proposed again.
    """
    if queries.entry_of_source(work.session, candidate.assessment_id) is not None:
        return
    proposal = Proposal(
        HOTLINE_LIST,
        candidate.hashes,
        Labels(
            candidate.ai_involvement,
            candidate.gender,
            candidate.self_generated,
            candidate.age_min,
            candidate.age_max,
        ),
        candidate.assessment_id,
    )
    first = Decision(candidate.decided_by, HOTLINE)
    if _propose(work, proposal, first, candidate.decided_at) is None:
        work.record("entry.already_known", candidate.assessment_id)


def approve_entry(work: UnitOfWork, entry_id: UUID) -> None:
    """List a proposed picture: the second of two people agrees.

    Raises NotFound, NotPermitted `second_person_needed`, Conflict `not_awaiting_decision`.
    """
    entry = _decide(work, entry_id, EntryState.LISTED)
    version = list_changed(work, ListChange.ENTRY_LISTED, entry.id)
    entry.listed_version = version
    work.record("entry.listed", entry.id, list_version=version)


def refuse_entry(work: UnitOfWork, entry_id: UUID, reason: RefusalReason) -> None:
    """Do not list a proposed picture: the second of two people does not agree."""
    entry = _decide(work, entry_id, EntryState.REFUSED)
    entry.refusal = reason
    work.record("entry.refused", entry.id, reason=reason.value)


def withdraw_entry(work: UnitOfWork, entry_id: UUID, reason: WithdrawalReason) -> None:
    """Take a picture off its list; one person is enough, for a wrong match harms somebody.

    Raises NotFound, Conflict `not_listed`.
    """
    work.require(Permission.DECIDE_ENTRIES)
    _withdraw(work, queries.locked_entry(work.session, entry_id), reason)


def take_back(work: UnitOfWork, reversed_: DecisionReversed) -> None:
    """Event `decision.reversed`: the hotline judges otherwise what it had handed over.

    A listed picture is off at once; one that still waits is refused on the word of the later
    assessment, whose id stands where the second person's would.
    """
    known = queries.entry_of_source(work.session, reversed_.assessment_id)
    if known is None:
        return
    entry = queries.locked_entry(work.session, known.id)
    if entry.state is EntryState.PROPOSED:
        entry.state, entry.refusal = EntryState.REFUSED, RefusalReason.NOT_ILLEGAL
        entry.decided_by, entry.decided_at = reversed_.reversed_by, work.now
        work.record("entry.refused", entry.id, reason=RefusalReason.NOT_ILLEGAL.value)
    elif entry.state in (EntryState.LISTED, EntryState.QUARANTINED):
        _withdraw(work, entry, WithdrawalReason.DECISION_REVERSED)


def entry_withdrawn(work: UnitOfWork, entry_id: UUID) -> EntryWithdrawn | None:
    """The content of the event `entry.withdrawn`."""
    entry = queries.entry(work.session, entry_id)
    if entry.source_id is None or entry.withdrawal is None or entry.withdrawn_at is None:
        return None
    return EntryWithdrawn(
        assessment_id=entry.source_id,
        entry_id=entry.id,
        reason=WithdrawnBecause(entry.withdrawal.value),
        withdrawn_at=entry.withdrawn_at,
    )


def classification_of(work: UnitOfWork, entry_id: UUID) -> EntryClassification:
    """What people saw in a listed picture. Raises NotFound for anything not listed now."""
    entry = queries.entry(work.session, entry_id)
    if entry.state is not EntryState.LISTED:
        raise NotFound
    is_imported = entry.import_id is not None
    return EntryClassification(
        entry_id=entry.id,
        list_name=queries.hash_list(work.session, entry.list_id).name,
        # A partner's word is not two decisions of people here.
        decision_count=0 if is_imported else DECISIONS_OF_A_LISTED_ENTRY,
        decided_at=entry.decided_at or entry.proposed_at,
        ai_involvement=entry.ai_involvement,
        age_min=entry.age_min,
        age_max=entry.age_max,
        gender=entry.gender,
        self_generated=entry.self_generated,
    )


def _withdraw(work: UnitOfWork, entry: Entry, reason: WithdrawalReason) -> None:
    check_withdrawal(entry.state)
    entry.state = EntryState.WITHDRAWN
    entry.withdrawal = reason
    entry.withdrawn_at = work.now
    version = list_changed(work, ListChange.ENTRY_WITHDRAWN, entry.id)
    work.record("entry.withdrawn", entry.id, reason=reason.value, list_version=version)
    if entry.proposed_in == HOTLINE:
        work.announce(ENTRY_WITHDRAWN, HOTLINE, entry.id)


def _propose(
    work: UnitOfWork, proposal: Proposal, first: Decision, decided_at: datetime
) -> UUID | None:
    """None when the list has this very file already."""
    check_labels(proposal.labels)
    hashes = listable_hashes(
        (ContentHash.parse(item.type, item.value), item.quality) for item in proposal.items
    )
    target = queries.locked_list_named(work.session, proposal.list_name)
    sha256 = next(value.digest for value in hashes if value.type is HashType.SHA256)
    if queries.entry_of_file(work.session, target.id, sha256) is not None:
        return None
    entry = _new_entry(target.id, proposal, first, decided_at)
    work.session.add(entry)
    work.session.flush()
    work.session.add(
        EntryHashes(entry_id=entry.id, **{value.type.value: value.digest for value in hashes})
    )
    work.record("entry.proposed", entry.id, by=str(first.person), service=first.service)
    return entry.id


def _new_entry(list_id: UUID, proposal: Proposal, first: Decision, decided_at: datetime) -> Entry:
    labels = proposal.labels
    return Entry(
        id=uuid4(),
        list_id=list_id,
        state=EntryState.PROPOSED,
        source_id=proposal.source_id,
        proposed_by=first.person,
        proposed_in=first.service,
        proposed_at=decided_at,
        ai_involvement=labels.ai_involvement,
        gender=labels.gender,
        self_generated=labels.self_generated,
        age_min=labels.age_min,
        age_max=labels.age_max,
    )


def _decide(work: UnitOfWork, entry_id: UUID, outcome: EntryState) -> Entry:
    work.require(Permission.DECIDE_ENTRIES)
    entry = queries.locked_entry(work.session, entry_id)
    first = Decision(entry.proposed_by, entry.proposed_in)
    second = _decision_of(work)
    check_second_person(entry.state, first, second)
    entry.state = outcome
    entry.decided_by = second.person
    entry.decided_at = work.now
    return entry


def _decision_of(work: UnitOfWork) -> Decision:
    """A decision is a person's; a clock or a service makes none. Raises NotPermitted."""
    if work.actor.kind is not ActorKind.STAFF or work.actor.id is None:
        raise NotPermitted
    return Decision(work.actor.id, OWN_SERVICE)
