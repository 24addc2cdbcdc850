from datetime import timedelta
from uuid import UUID

import pytest
from shared.contracts.chat import ChatLeave, ChatQuestion, ChatSend
from shared.domain.errors import NotFound
from shared.platform.contact import conversation
from shared.platform.contact.news import read_news
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.retention import erase_content
from shared.platform.contact.tables import Conversation, Message
from shared.platform.contact.texts import open_messages
from sqlmodel import select

from tests.fakes import FrozenClock
from tests.shared.contact.conftest import SYSTEM, WorkAs, new_id


@pytest.mark.requirement("SEC-P10")
@pytest.mark.requirement("SEC-P3")
def test_content_goes_after_its_term_and_an_old_backup_cannot_be_read(
    answered: tuple[str, UUID], work_as: WorkAs, clock: FrozenClock, policy: ContactPolicy
) -> None:
    secret, conversation_id = answered
    with work_as() as work:
        message = ChatSend(secret=secret, client_id=new_id(), text="hallo")
        conversation.send_as_visitor(work, message)
        conversation.leave(work, ChatLeave(secret=secret))
        backup = list(work.session.exec(select(Message)).all())
    clock.advance(policy.content_kept - timedelta(minutes=1))
    with work_as(SYSTEM) as work:
        erase_content(work, policy)
        assert len(work.session.exec(select(Message)).all()) == 1
    clock.advance(timedelta(minutes=2))
    for _ in range(2):
        with work_as(SYSTEM) as work:
            erase_content(work, policy)
    with work_as(SYSTEM) as work:
        assert work.session.exec(select(Message)).all() == []
        assert work.session.exec(select(Conversation)).one().erased_at == clock.now
        with pytest.raises(NotFound, match="erased"):
            open_messages(work, conversation_id, backup)
    with pytest.raises(NotFound), work_as() as work:
        read_news(work, ChatQuestion(secret=secret))
