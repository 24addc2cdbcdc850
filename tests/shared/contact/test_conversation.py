from datetime import timedelta
from uuid import UUID

import pytest
from shared.contracts.chat import Admission, ChatLeave, ChatQuestion, ChatSend, ChatStart
from shared.domain.conversation import (
    LONGEST_MESSAGE,
    Author,
    ClosedBy,
    ConversationState,
    MissedReason,
)
from shared.domain.errors import Conflict, Invalid, NotFound, TooMany
from shared.platform.contact import conversation
from shared.platform.contact.news import read_news
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.return_code import ReturnCodes
from shared.platform.contact.tables import Conversation, Message, MissedContact
from shared.platform.contact.texts import padded, unpadded
from sqlmodel import select

from tests.fakes import FrozenClock
from tests.shared.contact.conftest import SYSTEM, Starts, WorkAs, new_id, worker

# Every character arrives as typed: an address is the evidence here.
TYPED = "Kijk op <b>https://example.org/a;b?c=1&d</b> 🙂"


@pytest.mark.requirement("H-01")
def test_a_chat_starts_with_nothing_asked(starts: Starts, work_as: WorkAs) -> None:
    secret = starts()
    with work_as() as work:
        found = conversation.of_secret(work, secret)
        assert (found.state, found.language, found.topic) == (ConversationState.WAITING, "nl", "")


@pytest.mark.requirement("SEC-P6")
def test_the_secret_is_not_stored(starts: Starts, work_as: WorkAs) -> None:
    secret = starts()
    with work_as() as work:
        found = conversation.of_secret(work, secret)
        assert secret not in str(found.model_dump())
        assert len(found.secret_hash) == 32


@pytest.mark.requirement("H-06")
def test_messages_are_counted_without_a_gap_and_read_back_as_typed(
    answered: tuple[str, UUID], work_as: WorkAs
) -> None:
    secret, conversation_id = answered
    with work_as() as work:
        first = ChatSend(secret=secret, client_id=new_id(), text=TYPED)
        assert conversation.send_as_visitor(work, first).seq == 1
    with work_as(worker()) as work:
        assert conversation.send_as_worker(work, conversation_id, new_id(), "Dag") == 2
    with work_as() as work:
        news = read_news(work, ChatQuestion(secret=secret))
        assert [(m.seq, m.author, m.text) for m in news.messages] == [
            (1, Author.VISITOR, TYPED),
            (2, Author.WORKER, "Dag"),
        ]
        assert [
            m.seq for m in read_news(work, ChatQuestion(secret=secret, after_seq=1)).messages
        ] == [2]


@pytest.mark.requirement("SEC-R3")
def test_the_same_message_again_is_the_same_message(
    answered: tuple[str, UUID], work_as: WorkAs
) -> None:
    message = ChatSend(secret=answered[0], client_id=new_id(), text="hallo")
    with work_as() as work:
        assert conversation.send_as_visitor(work, message).seq == 1
    with work_as() as work:
        assert conversation.send_as_visitor(work, message).seq == 1
        assert len(work.session.exec(select(Message)).all()) == 1


@pytest.mark.requirement("SEC-P2")
def test_a_message_is_sealed_and_its_length_tells_little(
    answered: tuple[str, UUID], work_as: WorkAs
) -> None:
    for text in ("ja", "nee, dat wil ik liever niet", TYPED):
        with work_as() as work:
            message = ChatSend(secret=answered[0], client_id=new_id(), text=text)
            conversation.send_as_visitor(work, message)
    with work_as() as work:
        sealed = [row.sealed_text for row in work.session.exec(select(Message)).all()]
    assert len({len(text) for text in sealed}) == 1
    assert not any(TYPED.encode() in text or b"liever" in text for text in sealed)


@pytest.mark.parametrize("text", ["", "a", "€" * LONGEST_MESSAGE, "ends in a space ", TYPED])
def test_padding_can_be_taken_off_again(text: str) -> None:
    assert unpadded(padded(text)) == text
    assert len(padded(text).encode()) % 512 == 0


@pytest.mark.requirement("H-02")
def test_times_of_a_visitor_are_to_the_minute(
    answered: tuple[str, UUID], work_as: WorkAs, clock: FrozenClock
) -> None:
    clock.advance(timedelta(seconds=37))
    with work_as() as work:
        message = ChatSend(secret=answered[0], client_id=new_id(), text="hallo")
        conversation.send_as_visitor(work, message)
        conversation.leave(work, ChatLeave(secret=answered[0]))
        sent = work.session.exec(select(Message)).one()
        ended = conversation.of_secret(work, answered[0])
    assert ended.ended_at
    times = (sent.sent_at, ended.ended_at, ended.enqueued_at, ended.visitor_seen_at)
    assert all(moment.second == 0 for moment in times)


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\u200b\u2060", "message_empty"),
        (" \n\t ", "message_empty"),
        ("a" + "\u0301" * 301, "bad_characters"),
        ("hallo\x00", "bad_characters"),
        ("\x1b[31mrood", "bad_characters"),
    ],
    ids=["invisible", "blank", "marks", "nul", "control"],
)
def test_what_cannot_be_a_message_is_refused(
    answered: tuple[str, UUID], work_as: WorkAs, text: str, code: str
) -> None:
    message = ChatSend(secret=answered[0], client_id=new_id(), text=text)
    with pytest.raises(Invalid, match=code), work_as() as work:
        conversation.send_as_visitor(work, message)


@pytest.mark.requirement("IN-13")
def test_a_flood_of_messages_is_slowed(answered: tuple[str, UUID], work_as: WorkAs) -> None:
    def send() -> None:
        with work_as() as work:
            message = ChatSend(secret=answered[0], client_id=new_id(), text="x")
            conversation.send_as_visitor(work, message)

    for _ in range(60):
        send()
    with pytest.raises(TooMany, match="slow_down"):
        send()


@pytest.mark.requirement("SEC-S1")
def test_unknown_and_erased_secrets_are_refused_alike(work_as: WorkAs) -> None:
    with pytest.raises(NotFound, match="chat_unknown"), work_as() as work:
        read_news(work, ChatQuestion(secret="x" * 43))


def test_a_conversation_that_ended_takes_no_message(
    answered: tuple[str, UUID], work_as: WorkAs
) -> None:
    with work_as() as work:
        conversation.leave(work, ChatLeave(secret=answered[0], by_exit=True))
    message = ChatSend(secret=answered[0], client_id=new_id(), text="nog iets")
    with pytest.raises(Conflict, match="conversation_ended"), work_as() as work:
        conversation.send_as_visitor(work, message)
    with work_as() as work:
        news = read_news(work, ChatQuestion(secret=answered[0]))
        assert (news.state, news.closed_by) == (ConversationState.CLOSED, ClosedBy.EXIT_BUTTON)


def test_only_who_accepted_it_may_write_and_close(
    answered: tuple[str, UUID], work_as: WorkAs
) -> None:
    with pytest.raises(Conflict, match="not_yours"), work_as(worker(2)) as work:
        conversation.send_as_worker(work, answered[1], new_id(), "dag")
    with pytest.raises(Conflict, match="not_yours"), work_as(worker(2)) as work:
        conversation.close_as_worker(work, answered[1])


@pytest.mark.requirement("H-03")
@pytest.mark.parametrize(("seconds", "rows"), [(9, 0), (10, 1)])
def test_who_leaves_the_queue_after_ten_seconds_was_missed(
    starts: Starts, work_as: WorkAs, clock: FrozenClock, seconds: int, rows: int
) -> None:
    secret = starts()
    clock.advance(timedelta(seconds=seconds))
    with work_as() as work:
        conversation.leave(work, ChatLeave(secret=secret))
    with work_as() as work:
        conversation.leave(work, ChatLeave(secret=secret))
        found = work.session.exec(select(MissedContact)).all()
        assert [(row.reason, row.within_opening) for row in found] == [
            (MissedReason.LEFT_QUEUE, True)
        ] * rows


@pytest.mark.requirement("H-03")
def test_a_closed_line_says_when_it_opens_and_counts_the_attempt(
    work_as: WorkAs, policy: ContactPolicy, codes: ReturnCodes
) -> None:
    with work_as() as work:
        answer = conversation.start(work, ChatStart(), policy, codes)
        assert (answer.admission, answer.secret) == (Admission.CLOSED, "")
        missed = work.session.exec(select(MissedContact)).one()
        assert (missed.reason, missed.within_opening) == (MissedReason.CLOSED_REGULAR, False)


@pytest.mark.requirement("H-05")
def test_a_full_queue_says_so(work_as: WorkAs, starts: Starts, codes: ReturnCodes) -> None:
    small = ContactPolicy("helpline", most_waiting=1)
    starts()
    with work_as() as work:
        answer = conversation.start(work, ChatStart(), small, codes)
        assert answer.admission is Admission.FULL
        assert work.session.exec(select(MissedContact)).one().reason is MissedReason.QUEUE_FULL


def test_who_leaves_without_a_word_is_let_go(
    starts: Starts, work_as: WorkAs, clock: FrozenClock, policy: ContactPolicy
) -> None:
    secret = starts()
    clock.advance(timedelta(minutes=4))
    with work_as() as work:
        read_news(work, ChatQuestion(secret=secret))
    clock.advance(timedelta(minutes=4))
    with work_as(SYSTEM) as work:
        conversation.end_abandoned(work, policy)
        assert work.session.exec(select(Conversation)).one().state is ConversationState.WAITING
    clock.advance(timedelta(minutes=3))
    with work_as(SYSTEM) as work:
        conversation.end_abandoned(work, policy)
        ended = work.session.exec(select(Conversation)).one()
        assert (ended.state, ended.closed_by) == (ConversationState.MISSED, ClosedBy.TIMEOUT)
