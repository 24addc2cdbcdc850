"""What a partner, a hosting company and two stewards did at the Hash Check Service.

Everything goes through pages, the command that imports, and the API of the company.
"""

import secrets
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from playwright.sync_api import Page

from infra.story.company import Partner
from infra.story.hosting import import_signed
from infra.story.telling import wait_for
from tests.browser.people import origin_of
from tests.browser.stage import Stage

NAME = "partner-met-een-lange-naam"
PROVENANCE = "Een verzonnen partner, die elke maand een ondertekende lijst stuurt"
# More than half of so many that no program would send is unusual.
UNREADABLE = 600


@cache
def _partner() -> Partner:
    return Partner(f"{NAME}-{secrets.token_hex(3)}", Path(tempfile.mkdtemp()))


@cache
def partner_list(stage: Stage) -> str:
    """The path of the imports of a list: one taken, one undone, one refused, and a second key."""
    partner = _partner()
    page = stage.work("hashcheck", "lena", "/lists")
    page.fill("#name", partner.list_name)
    page.fill("#provenance", PROVENANCE)
    page.select_option("#list_class", "illegal")
    page.locator("form[action='/lists'] button").click()
    page.wait_for_url("**/lists?told=*")
    page.locator("tbody a", has_text=partner.list_name).click()
    page.wait_for_url("**/lists/*-*")
    imports = page.url.removeprefix(origin_of(stage.platform, "hashcheck")) + "/imports"
    _propose_key(stage, page, imports, partner)
    _agree(stage, imports)
    first = {f"A-{number}": secrets.token_bytes(16) for number in range(40)}
    for version, pictures in ((1, first), (2, first | {"B-1": b"mistaken"}), (2, first)):
        import_signed(stage.platform, partner, version, pictures)
    page.goto(origin_of(stage.platform, "hashcheck") + imports)
    page.locator("form[action$='/roll-back'] button").click()
    page.wait_for_url("**/imports?told=*")
    _propose_key(stage, page, imports, Partner(partner.list_name, partner.folder))
    page.close()
    return imports


@cache
def false_match(stage: Stage) -> None:
    """A company calls a match with an entry of the partner false."""
    partner_list(stage)
    key = _key(stage)
    item = {"type": "sha256", "value": _partner().agreed_entry}

    def entry_id() -> str | None:
        matches = _ask(stage, key, [item])["results"][0]["matches"]
        return matches[0]["entry_id"] if matches else None

    found = wait_for("the partner's entry to be known", entry_id)
    report = {"id": str(uuid4()), "entry_id": found, "outcome": "false"}
    answer = httpx2.post(
        f"{stage.platform.installation.address('hashcheck')}/v1/hits",
        json={"reports": [report | {"because": "other_picture"}]},
        headers={"Authorization": f"Bearer {key}"},
        trust_env=False,
    )
    assert answer.is_success, answer.text


@cache
def unusual_questions(stage: Stage) -> None:
    """A company sends what no program would; the alarm is there when this returns."""
    _ask(stage, _key(stage), [{"type": "sha256", "value": "none"}] * UNREADABLE)
    page = stage.work("hashcheck", "kim", "/alarms")

    def raised() -> bool:
        page.reload()
        return bool(page.locator("[data-alarm]").count())

    wait_for("the alarm", raised)
    page.close()


def _propose_key(stage: Stage, page: Page, imports: str, partner: Partner) -> None:
    page.goto(origin_of(stage.platform, "hashcheck") + imports)
    page.fill("#public_key", partner.public_key)
    page.fill("#honeypots", partner.agreed_entry)
    page.locator("form[action$='/keys'] button").click()
    page.wait_for_url("**/imports?told=*")


def _agree(stage: Stage, imports: str) -> None:
    page = stage.work("hashcheck", "omar", imports)
    page.locator("form[action$='/confirm'] button").click()
    page.wait_for_url("**/imports?told=*")
    page.close()


def _key(stage: Stage) -> str:
    """Of a new client that may ask the real lists."""
    page = stage.work("hashcheck", "kim", "/clients")
    page.fill("[name=name]", f"Voorbeeld Opslag en Hosting B.V. {secrets.token_hex(3)}")
    page.press("[name=name]", "Enter")
    page.wait_for_url("**/clients/*")
    page.locator('form[action$="/keys"] button').click()
    key = page.locator("code.secret").inner_text().strip()
    page.close()
    return key


def _ask(stage: Stage, key: str, items: list[dict[str, str]]) -> dict[str, Any]:
    answer = httpx2.post(
        f"{stage.platform.installation.address('hashcheck')}/v1/check",
        json={"items": items},
        headers={"Authorization": f"Bearer {key}"},
        trust_env=False,
    )
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told
