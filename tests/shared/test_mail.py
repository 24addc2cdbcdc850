import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from shared.domain.errors import Unavailable
from shared.platform.mail import MailOutcome, MailReceipt, NullMailer, SmtpMailer

HANGS_UP = ""


class PostOffice:
    """A mail server that says what the test tells it to say; `HANGS_UP` breaks off instead.

    `answers` is command → reply; "content" is what comes after DATA and "connect" the greeting.
    """

    def __init__(self, **answers: str) -> None:
        usual = {
            "connect": "220 ready",
            "ehlo": "250 here",
            "mail": "250 ok",
            "rcpt": "250 ok",
            "data": "354 go on",
            "content": "250 taken",
            "quit": "221 bye",
        }
        self.answers = usual | answers
        self.commands: list[str] = []
        self.taken: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        # Closing alone would not wake the thread that waits for a connection.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: Iterator[bytes]) -> None:
        if not self._say(connection, "connect"):
            return
        for line in lines:
            command = line[:4].strip().lower().decode()
            self.commands.append(command)
            if not self._say(connection, command):
                return
            if command == "quit":
                return
            if command == "data" and self.answers["data"].startswith("354"):
                self._read(lines)
                if not self._say(connection, "content"):
                    return

    def _read(self, lines: Iterator[bytes]) -> None:
        content = b""
        for line in lines:
            if line == b".\r\n":
                break
            content += line
        self.taken.append(content)

    def _say(self, connection: socket.socket, what: str) -> bool:
        reply = self.answers[what]
        if reply != HANGS_UP:
            connection.sendall(reply.encode() + b"\r\n")
        return reply != HANGS_UP


@contextmanager
def office(**answers: str) -> Iterator[PostOffice]:
    office = PostOffice(**answers)
    try:
        yield office
    finally:
        office.close()


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Hotline <hotline@example.org>"
    message["To"] = "Abuse desk <abuse@hoster.example>"
    message["Subject"] = "Notice"
    message["Message-ID"] = "<one@hotline.example>"
    message.set_content("first line\n.a line that begins with a dot\nlast line\n")
    return message


@pytest.mark.requirement("PF-MAIL-1")
def test_a_mail_that_is_taken_is_accepted_with_its_code() -> None:
    with office() as server:
        receipt = SmtpMailer(server.url).send(letter())
    assert receipt == MailReceipt(MailOutcome.ACCEPTED, 250)
    assert server.commands == ["ehlo", "mail", "rcpt", "data", "quit"]
    (content,) = server.taken
    assert b"Message-ID: <one@hotline.example>" in content


@pytest.mark.requirement("PF-MAIL-1")
def test_lines_end_as_the_protocol_says_and_a_dot_ends_nothing() -> None:
    with office() as server:
        SmtpMailer(server.url).send(letter())
    (content,) = server.taken
    assert content.count(b"\n") == content.count(b"\r\n") > 5
    assert b"\r\n..a line that begins with a dot\r\nlast line" in content


@pytest.mark.requirement("PF-MAIL-1")
@pytest.mark.parametrize(
    "answers",
    [
        {"connect": HANGS_UP},
        {"connect": "421 not now"},
        {"ehlo": HANGS_UP},
        {"mail": "450 later"},
        {"mail": HANGS_UP},
        {"rcpt": "451 greylisted"},
        {"rcpt": HANGS_UP},
        {"data": "452 full"},
        {"content": "451 later"},
    ],
)
def test_what_was_surely_not_taken_may_be_tried_again(answers: dict[str, str]) -> None:
    with office(**answers) as server, pytest.raises(Unavailable) as refused:
        SmtpMailer(server.url).send(letter())
    assert refused.value.code == "mail_server_unavailable"


@pytest.mark.requirement("PF-MAIL-1")
@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "content"])
def test_a_lasting_refusal_is_told_with_its_code(step: str) -> None:
    with office(**{step: "550 no such desk"}) as server:
        receipt = SmtpMailer(server.url).send(letter())
    assert receipt == MailReceipt(MailOutcome.REFUSED, 550)


@pytest.mark.requirement("SEC-R2")
def test_a_server_that_breaks_off_after_the_content_leaves_it_uncertain() -> None:
    with office(content=HANGS_UP) as server:
        receipt = SmtpMailer(server.url).send(letter())
    assert receipt == MailReceipt(MailOutcome.UNCERTAIN)
    assert len(server.taken) == 1


@pytest.mark.requirement("SEC-R2")
@pytest.mark.parametrize("parting", ["500 what?", "421 closing", HANGS_UP])
def test_what_a_server_says_at_the_end_takes_nothing_back(parting: str) -> None:
    with office(quit=parting) as server:
        receipt = SmtpMailer(server.url).send(letter())
    assert receipt == MailReceipt(MailOutcome.ACCEPTED, 250)


@pytest.mark.requirement("PF-MAIL-1")
def test_a_server_that_is_not_there_may_be_tried_again() -> None:
    with pytest.raises(Unavailable):
        SmtpMailer("smtp://127.0.0.1:1").send(letter())


@pytest.mark.requirement("PF-START-1")
@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://a:b@mail.example"]
)
def test_an_address_that_is_none_or_tells_a_password_to_everybody_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        SmtpMailer(url)


def test_a_process_that_must_not_mail_sends_nothing() -> None:
    assert NullMailer().send(letter()).outcome is MailOutcome.ACCEPTED
