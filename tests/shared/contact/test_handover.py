"""Nothing crosses to another line unless the person agreed, and then only what they agreed to."""

from uuid import UUID

import pytest
from shared.contracts.chat import ChatConsent, ChatQuestion, ChatSend, HandoverOffer
from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import Conflict, Invalid, NotFound
from shared.domain.handover import OFFER_ENDS_AFTER, HandoverScope
from shared.platform.contact import conversation, handover, queue
from shared.platform.contact.news import read_news
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.tables import Arrival, Conversation, Handover
from shared.platform.tables import Outbox
from sqlmodel import select

from tests.fakes import FrozenClock
from tests.shared.contact.conftest import SYSTEM, Starts, WorkAs, new_id, worker

pytestmark = pytest.mark.requirement("N-01")

WORDS = "wat iemand in vertrouwen vertelt"
SUMMARY = "wat jullie samen opschreven"
HELPLINE = Actor(ActorKind.SERVICE, "helpline")


def proposed(
    work_as: WorkAs, answered: tuple[str, UUID], policy: ContactPolicy, scope: HandoverScope
) -> UUID:
    secret, conversation_id = answered
    with work_as() as work:
        message = ChatSend(secret=secret, client_id=new_id(), text=WORDS)
        conversation.send_as_visitor(work, message)
    with work_as(worker()) as work:
        found = conversation.of_worker(work, conversation_id)
        wish = HandoverOffer(id=new_id(), line="prevention", scope=scope, summary=SUMMARY)
        return handover.propose(work, found, wish, policy).id


def answers(work_as: WorkAs, secret: str, handover_id: UUID, *, agrees: bool) -> None:
    with work_as() as work:
        found = conversation.of_secret(work, secret, lock=True)
        given = ChatConsent(secret=secret, handover_id=handover_id, agrees=agrees)
        handover.answer(work, found, given)


def announced(work_as: WorkAs) -> list[str]:
    with work_as() as work:
        return list(work.session.exec(select(Outbox.task)).all())


def test_the_person_reads_what_would_go_before_they_answer(
    work_as: WorkAs, answered: tuple[str, UUID], policy: ContactPolicy
) -> None:
    proposed(work_as, answered, policy, HandoverScope.SUMMARY)
    with work_as() as work:
        offer = read_news(work, ChatQuestion(secret=answered[0])).handover
    assert offer
    assert (offer.line, offer.scope, offer.summary, offer.link) == (
        "prevention",
        HandoverScope.SUMMARY,
        SUMMARY,
        "",
    )
    assert announced(work_as) == []


@pytest.mark.parametrize("scope", HandoverScope)
def test_without_consent_there_is_nothing_to_send(
    work_as: WorkAs, answered: tuple[str, UUID], policy: ContactPolicy, scope: HandoverScope
) -> None:
    handover_id = proposed(work_as, answered, policy, scope)
    with work_as(SYSTEM) as work:
        assert handover.content(work, handover_id) is None
    answers(work_as, answered[0], handover_id, agrees=False)
    with work_as(SYSTEM) as work:
        assert handover.content(work, handover_id) is None
    assert announced(work_as) == []
    with work_as() as work:
        news = read_news(work, ChatQuestion(secret=answered[0]))
    assert (news.state.value, news.handover) == ("active", None)


@pytest.mark.parametrize(
    ("scope", "summary", "messages"),
    [
        (HandoverScope.NONE, "", []),
        (HandoverScope.SUMMARY, SUMMARY, []),
        (HandoverScope.TRANSCRIPT, "", [WORDS]),
    ],
)
def test_what_goes_is_what_was_agreed_to(
    work_as: WorkAs,
    answered: tuple[str, UUID],
    policy: ContactPolicy,
    scope: HandoverScope,
    summary: str,
    messages: list[str],
) -> None:
    handover_id = proposed(work_as, answered, policy, scope)
    answers(work_as, answered[0], handover_id, agrees=True)
    with work_as(SYSTEM) as work:
        content = handover.content(work, handover_id)
    assert content
    assert (content.summary, [message.text for message in content.transcript]) == (
        summary,
        messages,
    )
    assert announced(work_as) == ["announce:handover.consented:prevention"]


def test_a_repeated_answer_changes_nothing_and_a_contrary_one_is_refused(
    work_as: WorkAs, answered: tuple[str, UUID], policy: ContactPolicy
) -> None:
    handover_id = proposed(work_as, answered, policy, HandoverScope.NONE)
    answers(work_as, answered[0], handover_id, agrees=False)
    answers(work_as, answered[0], handover_id, agrees=False)
    with pytest.raises(Conflict, match="bad_transition"):
        answers(work_as, answered[0], handover_id, agrees=True)


def test_somebody_else_cannot_answer(
    work_as: WorkAs, answered: tuple[str, UUID], policy: ContactPolicy, starts: Starts
) -> None:
    handover_id = proposed(work_as, answered, policy, HandoverScope.TRANSCRIPT)
    with pytest.raises(NotFound):
        answers(work_as, starts(), handover_id, agrees=True)


def test_a_question_without_an_answer_is_taken_back(
    work_as: WorkAs, answered: tuple[str, UUID], policy: ContactPolicy, clock: FrozenClock
) -> None:
    handover_id = proposed(work_as, answered, policy, HandoverScope.NONE)
    clock.advance(OFFER_ENDS_AFTER * 1.1)
    with work_as(SYSTEM) as work:
        handover.end_unanswered(work)
        assert work.session.get_one(Handover, handover_id).state.value == "expired"
    with pytest.raises(Conflict, match="bad_transition"):
        answers(work_as, answered[0], handover_id, agrees=True)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (HandoverOffer(id=new_id(), line="hotline", scope=HandoverScope.NONE), "unknown_line"),
        (
            HandoverOffer(
                id=new_id(), line="prevention", scope=HandoverScope.SUMMARY, summary="  "
            ),
            "summary_missing",
        ),
    ],
    ids=["line", "summary"],
)
def test_a_proposal_that_cannot_be_is_refused(
    work_as: WorkAs,
    answered: tuple[str, UUID],
    policy: ContactPolicy,
    wish: HandoverOffer,
    code: str,
) -> None:
    with pytest.raises(Invalid, match=code), work_as(worker()) as work:
        handover.propose(work, conversation.of_worker(work, answered[1]), wish, policy)


def test_the_other_line_keeps_it_sealed_and_shows_it_to_who_accepts(
    work_as: WorkAs,
    answered: tuple[str, UUID],
    policy: ContactPolicy,
    starts: Starts,
) -> None:
    """Both lines share one database in this test; the journeys have two."""
    handover_id = proposed(work_as, answered, policy, HandoverScope.TRANSCRIPT)
    answers(work_as, answered[0], handover_id, agrees=True)
    with work_as() as work:
        offer = read_news(work, ChatQuestion(secret=answered[0])).handover
        content = handover.content(work, handover_id)
    assert offer
    assert content
    with work_as(HELPLINE) as work:
        handover.receive(work, content)
        arrival = work.session.exec(select(Arrival)).one()
        assert WORDS.encode() not in arrival.sealed_content
    starts(handover=offer.link)
    with work_as(worker(2)) as work:
        taken = queue.take_next(work)
        assert taken
        read = handover.read_arrival(work, taken)
        assert read
        assert [message.text for message in read[1]] == [WORDS]
    with work_as(worker(1)) as work:
        assert handover.read_arrival(work, conversation_of(work_as, taken.id)) is None


def conversation_of(work_as: WorkAs, conversation_id: UUID) -> Conversation:
    with work_as() as work:
        return work.session.get_one(Conversation, conversation_id)
