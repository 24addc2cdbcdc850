"""A hosting company comes by itself: a mailed link, a sandbox key, its own page."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest
from hashcheck.adapters.access_mail import AccessMail
from hashcheck.domain.access import MOST_LINKS, SESSION_LIFE
from hashcheck.tables import AccessLink, ClientSession
from imaging.sample import SAMPLE_NAMES, sample_picture
from shared.platform.mail import SmtpMailer
from sqlmodel import select

from infra.story.visitor import Page, Visitor
from tests.hashcheck.api.test_hits import hit, report, send
from tests.hashcheck.hashes import picture
from tests.hashcheck.pages.conftest import Desk
from tests.hashcheck.service import Hoster, Service, eventually
from tests.shared.test_mail import PostOffice
from tests.visitors import visitor_of

LINK = re.compile(r"https?://\S+(/connect/link/\S+)")
Company = Callable[..., Visitor]


@pytest.fixture
def post(service: Service) -> Iterator[PostOffice]:
    office = PostOffice()
    service.app.state.access_mail = AccessMail(
        SmtpMailer(office.url),
        organisation="Offlimits",
        sender="hashcheck@offlimits.example",
        origin=service.public_url,
    )
    yield office
    service.app.state.access_mail = None
    office.close()


@pytest.fixture
def company(service: Service) -> Company:
    """The browser of somebody at a hosting company who is not known yet."""

    def browser(language: str = "en") -> Visitor:
        return visitor_of(service.app, service.public_url, language)

    return browser


def mailbox() -> str:
    return f"abuse-{uuid4()}@hoster.example"


def text_of(post: PostOffice) -> str:
    message = message_from_bytes(post.taken[-1], policy=default)
    body = message.get_body()
    assert body
    return str(body.get_content())


def link_in(post: PostOffice) -> str:
    """In both languages the same."""
    found = set(LINK.findall(text_of(post)))
    assert len(found) == 1
    return str(found.pop())


def get_sandbox(visitor: Visitor, post: PostOffice, to: str) -> Page:
    """The page that shows the key."""
    asked = visitor.open("/connect/sandbox").submit(company="Voorbeeld Hosting", mailbox=to)
    assert "Look in your mail" in asked.text or "Kijk in je mail" in asked.text
    return visitor.open(link_in(post)).submit()


def key_on(page: Page) -> str:
    return page.find("code.secret").text(strip=True)


@pytest.mark.requirement("HC-SANDBOX-1")
def test_a_company_gets_a_sandbox_key_by_itself_and_it_matches_the_test_pictures_only(
    service: Service, post: PostOffice, company: Company
) -> None:
    page = get_sandbox(company(), post, mailbox())
    hoster = Hoster(uuid4(), key_on(page), service.browser)
    name = uuid4()
    service.listed(picture(name))
    assert {each["outcome"] for each in hoster.check(*picture(name))} == {"no_match"}
    assert hoster.send(sample_picture(SAMPLE_NAMES[0]), "image/png").status_code == 403

    own = page.visitor.open("/connect/client")
    assert "sandbox: matches public-test only" in own.text
    assert hoster.key.split("_")[1] in own.text
    assert hoster.key not in own.visitor.client.get(own.url).text
    assert hoster.key.split("_", 2)[2][:43] not in service.dump()


@pytest.mark.requirement("HC-SANDBOX-1")
def test_a_link_works_once_and_a_program_that_opens_it_uses_nothing_up(
    post: PostOffice, company: Company
) -> None:
    visitor = company()
    visitor.open("/connect/sandbox").submit(company="Voorbeeld", mailbox=mailbox())
    link = link_in(post)
    opened = visitor.open(link)
    assert visitor.open(link).status == 200
    assert key_on(opened.submit())
    for again in (visitor.open(link), company().open(link)):
        assert again.status == 404
        assert "This link was used or is older than an hour" in again.text


@pytest.mark.requirement("HC-SANDBOX-1")
def test_a_link_that_is_older_than_an_hour_works_no_more(
    service: Service, post: PostOffice, company: Company
) -> None:
    visitor, to = company(), mailbox()
    visitor.open("/connect/sandbox").submit(company="Voorbeeld", mailbox=to)
    with service.lists.sessions() as session, session.begin():
        row = session.exec(select(AccessLink).where(AccessLink.mailbox == to)).one()
        row.expires_at = row.created_at
    assert visitor.open(link_in(post)).status == 404


@pytest.mark.requirement("HC-SANDBOX-1")
@pytest.mark.requirement("SEC-P6")
def test_nobody_learns_whether_a_mailbox_is_known(post: PostOffice, company: Company) -> None:
    known = mailbox()
    get_sandbox(company(), post, known)
    mails = len(post.taken)
    pages = [
        company().open("/connect/sign-in").submit(mailbox=to).text for to in (known, mailbox())
    ]
    assert pages[0] == pages[1]
    assert len(post.taken) == mails + 1
    # Asked for a key again, one that is known gets the way to its page and no second client.
    page = get_sandbox(company(), post, known)
    assert page.url.endswith("/connect/client")


@pytest.mark.requirement("HC-SANDBOX-1")
def test_nobody_can_fill_the_mailbox_of_somebody_else(post: PostOffice, company: Company) -> None:
    visitor, to = company(), mailbox()
    for _ in range(MOST_LINKS):
        visitor.open("/connect/sandbox").submit(company="Voorbeeld", mailbox=to)
    refused = visitor.open("/connect/sandbox").submit(company="Voorbeeld", mailbox=to.upper())
    assert refused.status == 429
    assert "We sent three links within an hour." in refused.text
    assert len(post.taken) == MOST_LINKS


@pytest.mark.requirement("HC-SANDBOX-1")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"company": "x", "mailbox": "a@hoster.example"}, "2 to 120 characters"),
        ({"company": "Voorbeeld", "mailbox": "nobody"}, "This is no e-mail address"),
        ({"company": "Voorbeeld", "mailbox": "a@b.example\r\nBcc: c@d.example"}, "no e-mail"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    post: PostOffice, company: Company, typed: dict[str, str], words: str
) -> None:
    page = company().open("/connect/sandbox").submit(**typed)
    assert page.status == 422
    assert words in page.text
    assert page.find("[name=company]").attributes["value"] == typed["company"]
    assert post.taken == []


@pytest.mark.requirement("HC-SANDBOX-1")
def test_without_mail_the_page_says_so(company: Company) -> None:
    page = company().open("/connect/sandbox").submit(company="Voorbeeld", mailbox=mailbox())
    assert page.status == 503
    assert "No mail leaves this installation" in page.text


@pytest.mark.requirement("HC-SANDBOX-1")
@pytest.mark.requirement("HC-KEY-1")
def test_a_company_replaces_and_withdraws_its_own_keys(
    service: Service, post: PostOffice, company: Company
) -> None:
    page = get_sandbox(company(), post, mailbox())
    first = Hoster(uuid4(), key_on(page), service.browser)
    own = page.visitor.open("/connect/client")
    second = Hoster(uuid4(), key_on(own.submit('form[action$="/replace"]')), service.browser)
    assert second.send(b'{"items": []}').status_code == 422
    assert first.send(b'{"items": []}').status_code == 422

    own = page.visitor.open("/connect/client")
    third = own.submit(f'form[action$="/keys/{second.key.split("_")[1]}/replace"]')
    assert third.status == 409
    assert "Two keys work already" in third.text
    own = own.submit(f'form[action$="/keys/{first.key.split("_")[1]}/revoke"]')
    assert "The key stops working within a second." in own.text
    assert eventually(lambda: first.send(b'{"items": []}').status_code == 401)
    assert second.send(b'{"items": []}').status_code == 422


@pytest.mark.requirement("HC-SANDBOX-1")
@pytest.mark.requirement("SEC-P5")
def test_a_company_touches_no_key_of_another_one(
    service: Service, post: PostOffice, company: Company
) -> None:
    page = get_sandbox(company(), post, mailbox())
    other = service.hoster()
    own = page.visitor.open("/connect/client")
    token = own.find("input[name=csrf]").attributes["value"]
    for act in ("revoke", "replace"):
        path = f"/connect/client/keys/{other.key.split('_')[1]}/{act}"
        assert own.visitor.client.post(path, data={"csrf": token}).status_code in {404, 409}
    assert other.send(b'{"items": []}').status_code == 422
    path = f"/connect/client/keys/{key_on(page).split('_')[1]}/revoke"
    assert own.visitor.client.post(path, data={"csrf": "x"}).status_code == 403


@pytest.mark.requirement("HC-SANDBOX-1")
def test_a_contact_that_a_manager_added_sees_the_figures_and_reports_of_its_company(
    service: Service, post: PostOffice, company: Company, desk: Desk
) -> None:
    hoster, to = service.hoster(), mailbox()
    entry_id, _ = hit(service, hoster)
    send(hoster, report(entry_id, "blocked"))
    assert eventually(lambda: sum(service.counts(hoster.caller).values()) > 0)
    page = desk("mila").open(f"/clients/{hoster.id}")
    page = page.submit('form[action$="/contacts"]', mailbox=to)
    assert to in page.text
    again = page.submit('form[action$="/contacts"]', mailbox=to)
    assert again.status == 409

    visitor = company()
    visitor.open("/connect/sign-in").submit(mailbox=to)
    own = visitor.open(link_in(post)).submit()
    assert own.url.endswith("/connect/client")
    assert str(entry_id) in own.text
    assert "Blocked" in own.text
    assert len(own.all("svg.bars rect")) == 12

    page.submit('form[action$="/remove"]')
    assert visitor.open("/connect/client").url.endswith("/connect/sign-in")


@pytest.mark.requirement("HC-SANDBOX-1")
def test_a_session_ends_by_itself_and_by_signing_out(
    service: Service, post: PostOffice, company: Company
) -> None:
    visitor = get_sandbox(company(), post, mailbox()).visitor
    [row] = sessions_since(service)
    assert row.expires_at - row.created_at == SESSION_LIFE
    out = visitor.open("/connect/client").submit('form[action="/connect/sign-out"]')
    assert "You are signed out." in out.text
    assert visitor.open("/connect/client").url.endswith("/connect/sign-in")


def sessions_since(service: Service) -> list[ClientSession]:
    newest = select(ClientSession).order_by(ClientSession.created_at.desc()).limit(1)  # type: ignore[attr-defined]
    with service.lists.sessions() as session:
        return list(session.exec(newest))


@pytest.mark.requirement("HC-SANDBOX-1")
def test_the_pages_and_the_mail_are_in_dutch_too(post: PostOffice, company: Company) -> None:
    visitor = company("nl")
    assert "Controleer wat je host" in visitor.open("/connect").text
    page = get_sandbox(visitor, post, mailbox())
    assert "Je sleutel" in page.text
    assert text_of(post).index("Iemand, waarschijnlijk jij") < text_of(post).index("Somebody")


@pytest.mark.requirement("HC-TEST-1")
def test_the_test_pictures_are_there_for_everybody(company: Company) -> None:
    page = company().open("/connect")
    for name in SAMPLE_NAMES:
        assert page.visitor.client.get(f"/connect/pictures/{name}").content == sample_picture(name)
    assert page.visitor.client.get("/connect/pictures/other.png").status_code == 404


@pytest.mark.requirement("HC-SANDBOX-1")
@pytest.mark.requirement("SEC-P7")
def test_a_form_of_another_site_mails_nobody(post: PostOffice, company: Company) -> None:
    answer = company().client.post(
        "/connect/sign-in",
        data={"mailbox": mailbox()},
        headers={"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert post.taken == []
    assert timedelta(hours=8) == SESSION_LIFE
