import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from io import BytesIO
from ipaddress import ip_address, ip_network
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import httpx2
import pytest
import requests
from PIL import Image
from whoisit.bootstrap import Bootstrap
from whoisit.parser import parse
from whoisit.query import Query

from infra.peers.control import Peers
from infra.peers.mail_server import received
from infra.peers.pictures import GALLERY, NEARLY_KNOWN, UNDECIDED, listed_original, picture
from infra.peers.registry import ABUSE_EMAIL
from infra.peers.site import HOST, PAGE_PATH


@pytest.fixture
def peers(tmp_path: Path) -> Iterator[Peers]:
    with Peers(tmp_path / "mail") as peers:
        yield peers


def site(peers: Peers, path: str) -> httpx2.Response:
    return httpx2.get(f"http://127.0.0.1:{peers.site.port}{path}")


def notice(message_id: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "hotline@offlimits.test", ABUSE_EMAIL
    message["Message-ID"] = message_id
    message.set_content("Please remove this.")
    return message


def send(peers: Peers, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", peers.mail.port, timeout=5) as connection:
        connection.send_message(message)


@pytest.mark.requirement("PF-PEERS-1")
def test_every_picture_of_the_page_can_be_fetched_and_decoded(peers: Peers) -> None:
    page = site(peers, PAGE_PATH).text

    for name in GALLERY:
        assert f"/pictures/{name}" in page
        with Image.open(BytesIO(site(peers, f"/pictures/{name}").content)) as image:
            assert image.size == (640, 480)
    assert "srcset" in page


@pytest.mark.requirement("PF-PEERS-1")
def test_the_near_picture_is_another_file_than_the_listed_one() -> None:
    assert picture(NEARLY_KNOWN) != listed_original()


@pytest.mark.requirement("PF-PEERS-1")
def test_a_removed_picture_is_gone_from_the_site_and_its_page(peers: Peers) -> None:
    answer = httpx2.post(f"{peers.control_url}/__remove/{UNDECIDED}")

    assert answer.status_code == 200
    assert site(peers, f"/pictures/{UNDECIDED}").status_code == 404
    assert UNDECIDED not in site(peers, PAGE_PATH).text


@pytest.mark.requirement("PF-PEERS-1")
def test_a_polite_site_answers_200_for_what_is_gone(peers: Peers) -> None:
    for act in (f"remove/{UNDECIDED}", "soft-404"):
        httpx2.post(f"{peers.control_url}/__{act}")

    answer = site(peers, f"/pictures/{UNDECIDED}")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")


@pytest.mark.requirement("PF-PEERS-1")
@pytest.mark.parametrize("act", ["remove/other.png", "fail/everything", "forget-name/x", "dance"])
def test_the_owners_cannot_do_what_there_is_not(peers: Peers, act: str) -> None:
    assert httpx2.post(f"{peers.control_url}/__{act}").status_code == 404


@pytest.mark.requirement("PF-PEERS-1")
@pytest.mark.parametrize("ask", [dns.query.udp, dns.query.tcp], ids=["udp", "tcp"])
def test_the_name_server_knows_the_site_until_it_is_forgotten(
    peers: Peers, ask: Callable[..., dns.message.Message]
) -> None:
    def answer() -> dns.message.Message:
        question = dns.message.make_query(HOST, "A")
        return ask(question, "127.0.0.1", port=peers.names.port, timeout=5)

    assert str(answer().answer[0][0]) == "127.0.0.1"
    httpx2.post(f"{peers.control_url}/__forget-name/{HOST}")
    assert answer().rcode() == dns.rcode.NXDOMAIN


@pytest.mark.requirement("PF-PEERS-1")
def test_the_registry_names_the_abuse_contact_through_the_client_library(peers: Peers) -> None:
    bootstrap = httpx2.get(peers.registry.bootstrap_url).json()
    (prefixes, (base,)) = bootstrap["services"][0]
    with requests.Session() as session:
        answer = Query(session, "GET", f"{base}ip/127.0.0.1").request()
    network = parse(Bootstrap(), "ip network", "127.0.0.1", answer)

    assert ip_address("127.0.0.1") in ip_network(prefixes[0])
    assert [contact["email"] for contact in network["entities"]["abuse"]] == [ABUSE_EMAIL]


@pytest.mark.requirement("PF-PEERS-1")
def test_a_mail_is_kept_with_its_message_id(peers: Peers) -> None:
    send(peers, notice("<one@offlimits.test>"))

    assert peers.mail.count("<one@offlimits.test>") == 1
    assert [mail["To"] for mail in received(peers.mail.folder)] == [ABUSE_EMAIL]


@pytest.mark.requirement("PF-PEERS-1")
def test_a_server_that_hangs_up_after_data_has_kept_the_mail(peers: Peers) -> None:
    httpx2.post(f"{peers.control_url}/__fail/hang_up_after_data")

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(peers, notice("<two@offlimits.test>"))
    send(peers, notice("<two@offlimits.test>"))

    assert peers.mail.count("<two@offlimits.test>") == 2


@pytest.mark.requirement("PF-PEERS-1")
@pytest.mark.parametrize("kind", ["not_now", "never"])
def test_a_server_that_refuses_keeps_nothing(peers: Peers, kind: str) -> None:
    httpx2.post(f"{peers.control_url}/__fail/{kind}")

    with pytest.raises(smtplib.SMTPDataError):
        send(peers, notice("<three@offlimits.test>"))
    assert peers.mail.messages() == []
