"""Notices as e-mail, through a real mail server on loopback that can fail."""

import json
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from hotline.adapters.notice_mail import NoticeMail, NullNoticeMail, body_of, defanged
from hotline.domain.address_text import addresses_in
from hotline.domain.takedown import MailOutcome
from hotline.domain.web_address import parse_address
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import Unavailable
from shared.platform.mail import SmtpMailer

from infra.peers.mail_server import MailServer
from infra.ports import free_port
from infra.story.mailbox import received_notices
from tests.hotline.adapters.letters import ONE, PAGE, item, letter
from tests.hotline.domain.addresses import canonical_addresses

SENDER = "notice@offlimits.test"
# source: RFC 5322, 2.1.1
LONGEST_LINE = 998


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    server = MailServer(tmp_path / "mail")
    yield server
    server.close()


def mailer(port: int) -> NoticeMail:
    smtp = SmtpMailer(f"smtp://127.0.0.1:{port}")
    return NoticeMail(smtp, organisation="Offlimits", sender=SENDER)


def composed(*args: object, **changes: object) -> EmailMessage:
    return mailer(1).compose(letter(*args, **changes))  # type: ignore[arg-type]


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.requirement("NT-4")
def test_the_subject_has_reference_and_deadline_and_the_text_ground_and_address() -> None:
    message = composed()
    subject, text = str(message["Subject"]), text_of(message)

    assert "B-7K3M-9QXT-2HWC" in subject
    assert "10:10" in subject  # of the next day, in Amsterdam
    assert str(message["To"]) == "abuse@hosting.test"
    assert str(message["From"]) == f"Offlimits <{SENDER}>"
    for told in ("Voorbeeld Hosting B.V.", "art. 252 Sr", "N-0000-0000-0001", "10:10"):
        assert told in text


@pytest.mark.requirement("NT-4")
def test_a_letter_says_everything_in_dutch_and_then_in_english() -> None:
    dutch, english = body_of(letter()).split("* * *")
    for text, words in ((dutch, "seksueel kindermisbruik"), (english, "sexual abuse")):
        assert words in text
        assert "art. 252 Sr" in text
        assert "10:10" in text
    assert body_of(letter()).count("hxxps://forum[.]example/a/1.png") == 1


@pytest.mark.requirement("NT-4")
def test_a_letter_in_one_language_has_no_other() -> None:
    assert "* * *" not in body_of(letter(languages=("nl",)))


@pytest.mark.requirement("NT-4")
def test_addresses_in_the_text_cannot_be_clicked() -> None:
    text = body_of(letter())
    assert "hxxps://forum[.]example/a/1.png?size=large" in text
    assert "hxxps://forum[.]example/thread/1" in text
    assert "://" not in text.replace("hxxps://", "")
    assert ONE.removeprefix("https://") not in text
    assert PAGE.removeprefix("https://") not in text


@pytest.mark.requirement("NT-4")
@given(canonical_addresses())
def test_a_defanged_address_can_be_read_back(address: str) -> None:
    assert "://" not in defanged(address).replace("hxxp://", "").replace("hxxps://", "")
    (back,) = addresses_in(defanged(address))
    assert parse_address(back).key == parse_address(address).key


@pytest.mark.requirement("HO-9")
def test_every_item_is_attached_for_machines_and_nothing_of_a_picture() -> None:
    message = composed(item(1), item(2, "https://forum.example/2.png"))
    attached = {part.get_filename(): part for part in message.iter_attachments()}

    assert set(attached) == {
        "B-7K3M-9QXT-2HWC.csv",
        "xarf-N-0000-0000-0001.json",
        "xarf-N-0000-0000-0002.json",
    }
    kinds = {part.get_content_type() for part in message.walk()} - {"multipart/mixed"}
    assert kinds == {"text/plain", "text/csv", "application/json"}
    report = json.loads(attached["xarf-N-0000-0000-0002.json"].get_content())
    assert report["url"] == "https://forum.example/2.png"


@pytest.mark.requirement("UR-5")
def test_a_long_address_arrives_whole_in_lines_that_mail_can_carry(server: MailServer) -> None:
    address = "https://forum.example/" + "a" * 4000
    assert mailer(server.port).send(letter(item(1, address))) is MailOutcome.ACCEPTED

    (notice,) = received_notices(server.folder)
    assert notice.addresses == [address]
    assert defanged(address) in notice.text.replace("\r\n", "\n").replace("\n", "")
    (raw,) = server.folder.glob("*.eml")
    assert max(map(len, raw.read_bytes().split(b"\r\n"))) <= LONGEST_LINE


@pytest.mark.requirement("SEC-R2")
def test_the_same_letter_is_the_same_mail_to_the_last_byte() -> None:
    assert composed().as_bytes() == composed().as_bytes()
    assert composed()["Message-ID"] == letter().message_id


@pytest.mark.requirement("NT-6")
@pytest.mark.requirement("SEC-R2")
def test_an_unknown_end_is_said_and_a_second_try_has_the_same_message_id(
    server: MailServer,
) -> None:
    server.failures.hang_up_after_data = 1
    assert mailer(server.port).send(letter()) is MailOutcome.UNCERTAIN
    assert mailer(server.port).send(letter()) is MailOutcome.ACCEPTED

    assert server.count(letter().message_id) == 2
    first, second = sorted(path.read_bytes() for path in server.folder.glob("*.eml"))
    assert first == second


@pytest.mark.requirement("NT-6")
def test_each_answer_of_the_mail_server_has_its_outcome(server: MailServer) -> None:
    assert mailer(server.port).send(letter()) is MailOutcome.ACCEPTED
    server.failures.never = 1
    assert mailer(server.port).send(letter()) is MailOutcome.REFUSED
    server.failures.not_now = 1
    with pytest.raises(Unavailable):
        mailer(server.port).send(letter())
    assert server.count(letter().message_id) == 1


@pytest.mark.requirement("NT-6")
def test_without_a_mail_server_it_surely_was_not_taken() -> None:
    with pytest.raises(Unavailable):
        mailer(free_port()).send(letter())


@pytest.mark.requirement("NT-6")
@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "nobody",
        "a@b.example, all@b.example",
        "a@b.example\r\nBcc: all@b.example",
        "a@b.example\nX: y",
        "A <a@b.example>",
    ],
)
def test_what_is_no_mailbox_is_refused_before_anything_is_sent(
    server: MailServer, recipient: str
) -> None:
    assert mailer(server.port).send(letter(recipient=recipient)) is MailOutcome.REFUSED
    assert server.messages() == []


@pytest.mark.requirement("SEC-S1")
def test_a_providers_name_cannot_add_lines_or_headers() -> None:
    message = composed(hoster="Host\r\nBcc: all@b.example\n\n-- \nSigned by another")
    assert "Bcc" not in message
    assert "Host Bcc: all@b.example -- Signed by another" in text_of(message)


def test_a_provider_without_a_name_is_addressed_by_its_mailbox() -> None:
    assert "abuse@hosting.test" in body_of(letter(hoster=" "))


@pytest.mark.requirement("NT-5")
@given(st.permutations(range(5)))
def test_each_item_of_a_batch_reads_as_it_would_alone(order: list[int]) -> None:
    items = [
        replace(item(number, f"https://forum.example/{number}.png"), seen_on=()) for number in order
    ]
    alone = {line for about in items for line in body_of(letter(about)).splitlines()}
    assert set(body_of(letter(*items)).splitlines()) == alone


def test_two_hundred_addresses_fit_into_one_mail(server: MailServer) -> None:
    items = [item(number, f"https://forum.example/{number}.png") for number in range(200)]
    assert mailer(server.port).send(letter(*items)) is MailOutcome.ACCEPTED
    (notice,) = received_notices(server.folder)
    assert len(notice.reports) == 200


def test_who_mails_nothing_says_that_nobody_took_it() -> None:
    assert NullNoticeMail().send(letter()) is MailOutcome.REFUSED
