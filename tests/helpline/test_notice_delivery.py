"""A notice reaches the mail server once, and what became of it is known or shown as not known."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from helpline.adapters.notice_mail import GROUND_NAMES, NoticeMail, NullNoticeMail, body_of
from helpline.domain.provider import NoticeRoute
from helpline.domain.removal_notice import LegalGround, NoticeLetter, NoticeState, message_id
from helpline.tables import Provider, RemovalNotice
from helpline.use_cases.notice_delivery import give_up_notice
from helpline.use_cases.provider import change_provider
from helpline.use_cases.removal_notice import SEND_NOTICE, send_notice
from shared.platform.mail import SmtpMailer
from shared.platform.outbox import Outcome

from infra.peers.mail_server import MailServer
from infra.ports import free_port
from tests.fakes import MONDAY_MORNING
from tests.helpline.inside import COORDINATOR, ONE, POLICY, REASONS, TWO, WORKER, Helpline
from tests.helpline.neighbours import Unreachable

pytestmark = pytest.mark.requirement("H-14")

MINUTE = timedelta(minutes=1)
LETTER = NoticeLetter(
    reference="V-7K3M-9QXT-2HWC",
    message_id="<0b5a1f2e@helpline.test>",
    recipient="abuse@social.example",
    provider="Beeldplein",
    route=NoticeRoute.ARTICLE_22,
    grounds=(LegalGround.SR_254BA, LegalGround.AW_21),
    addresses=(ONE, TWO),
    reasons=REASONS,
    written_at=MONDAY_MORNING,
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    server = MailServer(tmp_path / "mail")
    yield server
    server.close()


def mail_to(port: int) -> NoticeMail:
    smtp = SmtpMailer(f"smtp://127.0.0.1:{port}")
    return NoticeMail(smtp, organisation="Offlimits", sender=POLICY.sender)


@pytest.fixture
def posted(helpline: Helpline, server: MailServer) -> Helpline:
    """The helpline with that mail server."""
    helpline.bind(mail_to(server.port), Unreachable())
    return helpline


def the_notice(helpline: Helpline) -> RemovalNotice:
    (notice,) = helpline.rows(RemovalNotice)
    return notice


def test_the_letter_says_who_where_what_and_why_and_asks_for_an_answer() -> None:
    text = body_of(LETTER)
    for part in (
        "Aan Beeldplein,",
        "trusted flagger",
        "artikelen 16 en 22",
        f"1. {ONE}\n2. {TWO}",
        "artikel 254ba Sr",
        "article 254ba Sr",
        REASONS,
        "We believe in good faith",
        "where one can object",
        LETTER.reference,
    ):
        assert part in text
    assert text.count(REASONS) == 1


@pytest.mark.parametrize("route", [NoticeRoute.ARTICLE_16, NoticeRoute.TERMS])
def test_without_article_22_the_letter_claims_no_priority(route: NoticeRoute) -> None:
    grounds = () if route is NoticeRoute.TERMS else LETTER.grounds
    changed = NoticeLetter(
        **{name: getattr(LETTER, name) for name in LETTER.__slots__}
        | {"route": route, "grounds": grounds}
    )
    text = body_of(changed)
    assert "flagger" not in text
    assert ("Dutch law" in text) == bool(grounds)


def test_every_ground_has_a_name() -> None:
    assert set(GROUND_NAMES) == set(LegalGround)


def test_a_line_break_in_the_name_of_a_provider_adds_no_line() -> None:
    broken = "Beeld\r\nBcc: x@y.example"
    letter = NoticeLetter(
        **{name: getattr(LETTER, name) for name in LETTER.__slots__} | {"provider": broken}
    )
    assert "Aan Beeld Bcc: x@y.example," in body_of(letter)


def test_a_notice_reaches_the_mail_server_once(posted: Helpline, server: MailServer) -> None:
    notice_id = posted.queued(ONE, TWO)
    assert posted.run_outbox() == [Outcome.DONE]
    (mail,) = server.messages()
    assert mail["Message-ID"] == message_id(notice_id, POLICY.sender)
    assert mail["To"] == "abuse@social.example"
    assert "social" not in str(mail["Subject"])
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert ONE in text
    assert REASONS in " ".join(text.split())
    notice = the_notice(posted)
    assert (notice.state, notice.sent_at) == (NoticeState.SENT, posted.clock())
    assert notice.answer_due_at == posted.clock() + timedelta(days=10)
    assert posted.run_outbox() == []


@pytest.mark.requirement("SEC-R2")
def test_an_unknown_end_is_shown_and_tried_once_more_under_the_same_name(
    posted: Helpline, server: MailServer
) -> None:
    posted.queued()
    server.failures.hang_up_after_data = 2
    posted.run_outbox()
    assert the_notice(posted).state is NoticeState.UNCERTAIN
    assert posted.run_outbox() == []
    posted.clock.advance(POLICY.resend_after)
    assert posted.run_outbox() == [Outcome.REPEATED]
    notice = the_notice(posted)
    assert (notice.state, notice.repeat_count) == (NoticeState.UNCERTAIN, 1)
    assert server.count(notice.message_id or "") == 2
    assert SEND_NOTICE not in posted.waiting()
    first, second = server.messages()
    assert first.as_bytes() == second.as_bytes()


def test_a_server_that_does_not_take_it_yet_is_asked_again(
    posted: Helpline, server: MailServer
) -> None:
    posted.queued()
    server.failures.not_now = 1
    posted.run_outbox()
    assert the_notice(posted).state is NoticeState.QUEUED
    assert posted.waiting()[SEND_NOTICE] == posted.clock() + MINUTE
    posted.clock.advance(MINUTE)
    assert posted.run_outbox() == [Outcome.DONE]
    assert the_notice(posted).state is NoticeState.SENT
    assert the_notice(posted).repeat_count == 0


def test_a_server_that_is_not_there_loses_nothing(helpline: Helpline, server: MailServer) -> None:
    helpline.bind(mail_to(free_port()), Unreachable())
    helpline.queued()
    helpline.run_outbox()
    assert the_notice(helpline).state is NoticeState.QUEUED
    helpline.bind(mail_to(server.port), Unreachable())
    helpline.clock.advance(MINUTE)
    helpline.run_outbox()
    assert len(server.messages()) == 1


def test_what_comes_back_waits_for_another_mailbox(posted: Helpline, server: MailServer) -> None:
    notice_id = posted.queued()
    server.failures.never = 1
    posted.run_outbox()
    notice = the_notice(posted)
    assert notice.state is NoticeState.BOUNCED
    assert posted.row(Provider, notice.provider_id).is_usable is False
    kind = posted.row(Provider, notice.provider_id).kind
    posted.do(change_provider, notice.provider_id, "nu@social.example", kind, by=COORDINATOR)
    posted.do(send_notice, notice_id, by=WORKER, in_good_faith=True)
    posted.run_outbox()
    (mail,) = server.messages()
    assert mail["To"] == "nu@social.example"
    assert the_notice(posted).state is NoticeState.SENT


def test_a_repeat_that_comes_back_may_have_arrived_before(
    posted: Helpline, server: MailServer
) -> None:
    posted.queued()
    server.failures.hang_up_after_data = 1
    posted.run_outbox()
    server.failures.never = 1
    posted.clock.advance(POLICY.resend_after)
    posted.run_outbox()
    assert the_notice(posted).state is NoticeState.UNCERTAIN


def test_a_notice_that_is_given_up_is_shown_to_people(helpline: Helpline) -> None:
    notice_id = helpline.queued()
    helpline.do(give_up_notice, notice_id)
    assert the_notice(helpline).state is NoticeState.UNCERTAIN


def test_a_mailer_that_sends_nothing_says_so(helpline: Helpline) -> None:
    helpline.bind(NullNoticeMail(), Unreachable())
    helpline.queued()
    helpline.run_outbox()
    assert the_notice(helpline).state is NoticeState.BOUNCED
