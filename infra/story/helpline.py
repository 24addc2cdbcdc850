"""What the helpline does after a conversation: a notice to a platform, a report to the hotline."""

from pathlib import Path

from infra.peers.mail_server import received
from infra.story.telling import expect, wait_for
from infra.story.visitor import Page, Visitor

PROVIDER, ABUSE_DESK = "Beeldplein", "abuse@beeldplein.example"
POSTED_AT = "https://beeldplein.example/p/4711"
REASONS = (
    "At this address stands an intimate picture of an adult who did not consent to it. It was "
    "posted to press them for money."
)


def lists_provider(coordinator: Visitor) -> None:
    page = coordinator.open("/providers").submit(
        'form[action="/providers"]', name=PROVIDER, email=ABUSE_DESK, kind="very_large"
    )
    expect(PROVIDER in page.text, "the provider is not on the list")


def newest_contact(worker: Visitor) -> Page:
    """The page of the contact that was registered last."""
    return worker.open(worker.open("/contacts").link("tbody tr a"))


def sends_notice(worker: Visitor) -> str:
    """A notice about the newest contact, read over and sent; its reference."""
    form = worker.open(newest_contact(worker).link('a[href$="/notices/new"]'))
    listed = form.all("#provider_id option")
    provider = next(one for one in listed if PROVIDER in one.text())
    letter = form.submit(
        provider_id=provider.attributes.get("value") or "",
        route="article_22",
        ground="sr_254ba",
        addresses=POSTED_AT,
        reasons=REASONS,
    )
    sent = letter.submit('form[action$="/send"]', good_faith="true")
    problem = " ".join(node.text(strip=True) for node in sent.all(".error-summary li"))
    expect(not problem, f"the notice does not go out: {problem}")
    return sent.heading


def notice_arrived(folder: Path, reference: str) -> str:
    """Who got the mail with this reference, and its subject."""
    mail = wait_for(
        f"the notice {reference}",
        lambda: next((one for one in received(folder) if reference in str(one["Subject"])), None),
    )
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    expect(mail["To"] == ABUSE_DESK, f"it went to {mail['To']}")
    expect(POSTED_AT in text, "the notice does not name the address")
    return f"{mail['To']}: {mail['Subject']}"


def awaits_answer(worker: Visitor, reference: str) -> str:
    """How the notice stands on the list of those without an answer, once it went out."""

    def listed() -> str | None:
        rows = worker.open("/notices").all("tbody tr")
        texts = [" ".join(row.text(separator=" ").split()) for row in rows]
        return next((text for text in texts if reference in text and "sent" in text), None)

    return wait_for("the notice on the list of those without an answer", listed)


def hands_in(worker: Visitor, address: str) -> None:
    """One address to the hotline, and wait until it is there."""
    contact = newest_contact(worker).submit(
        'form[action$="/hotline"]', addresses=address, agreed="true"
    )
    path = contact.url.partition("?")[0]
    wait_for(
        "the hotline to have the address",
        lambda: worker.open(path).all("main ul .state.done"),
    )
