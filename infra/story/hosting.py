"""The Hash Check Service: a hosting company connects by itself, and lists change while it asks.

The company uses the command `hashcheck`, as on its own machines; staff use their pages.
"""

import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from infra.peers.pictures import EXACTLY_KNOWN, NOT_ILLEGAL, UNDECIDED, picture
from infra.startup import Platform
from infra.story.company import Company, Partner, mailed_link
from infra.story.staff import signed_in
from infra.story.telling import Teller, expect, wait_for
from infra.story.visitor import Page, Visitor

COMPANY, MAILBOX = "Voorbeeld Opslag", "noc@opslag.example"
PARTNER_LIST = "voorbeeld-partner"
# What the partner calls its pictures: one it is right about, and one it listed by mistake.
ITS_OWN, A_MISTAKE = "A-17", "A-18"


class Hosting:
    """Plays on a platform that runs; raises StoryFailed where something is not as promised."""

    def __init__(self, platform: Platform, teller: Teller) -> None:
        self._platform = platform
        self._teller = teller
        self._origin = platform.installation.public_url("hashcheck")
        self._url = platform.installation.address("hashcheck")

    def play(self) -> None:
        with Visitor(self._origin, "en") as visitor, tempfile.TemporaryDirectory() as folder:
            uploads = Path(folder) / "uploads"
            uploads.mkdir()
            for name in (EXACTLY_KNOWN, UNDECIDED, NOT_ILLEGAL):
                (uploads / name).write_bytes(picture(name))
            self._tries_with_a_sandbox_key(visitor, uploads)
            company = Company(self._url, self._key_for_the_real_lists(), uploads)
            self._scans(company)
            self._a_partner_joins(company, Partner(PARTNER_LIST, Path(folder)))
            self._looks_at_its_page(visitor)

    def _tries_with_a_sandbox_key(self, visitor: Visitor, uploads: Path) -> None:
        self._teller.act("A hosting company gets a sandbox key by itself, and tries it")
        visitor.open("/connect/sandbox").submit(company=COMPANY, mailbox=MAILBOX)
        link = wait_for("the mailed link", lambda: mailed_link(self._platform.mail, MAILBOX))
        key = _secret(visitor.open(link).submit())
        self._teller.tell(f"the link that came to {MAILBOX} leads to the key {key[:12]}…")
        for line in Company(self._url, key, uploads).tries().splitlines():
            self._teller.tell(f"hashcheck test: {line}")

    def _key_for_the_real_lists(self) -> str:
        self._teller.act("Kim knows the company by now, and makes it a key for the real lists")
        with self._staff("kim") as kim:
            key = _secret(_named(kim, "/clients", COMPANY).submit('form[action$="/keys"]'))
        self._teller.tell(f"{COMPANY} gets {key[:12]}… and sets it on its machine")
        return key

    def _scans(self, company: Company) -> None:
        self._teller.act("The company scans a folder where it is; no picture leaves its machine")
        self._knows(company, EXACTLY_KNOWN)
        (match,) = company.scans()[EXACTLY_KNOWN]["matches"]
        company.tells(match["entry_id"], "removed")
        self._teller.tell(f"it removes {EXACTLY_KNOWN} and says so")

    def _a_partner_joins(self, company: Company, partner: Partner) -> None:
        tell = self._teller.tell
        self._teller.act("A partner has a list: Lena proposes its key, Omar has to agree")
        right, mistake = {ITS_OWN: picture(UNDECIDED)}, {A_MISTAKE: picture(NOT_ILLEGAL)}
        with self._staff("lena") as lena, self._staff("omar") as omar:
            imports = self._proposes(lena, partner)
            tell(f"too early: {import_signed(self._platform, partner, 1, right)}")
            omar.open(imports).submit('form[action$="/confirm"]')
            tell(f"Omar agrees: {import_signed(self._platform, partner, 1, right)}")
            self._knows(company, EXACTLY_KNOWN, UNDECIDED)
            self._teller.act("The partner lists a picture by mistake; Lena goes back a version")
            tell(import_signed(self._platform, partner, 2, right | mistake))
            self._knows(company, EXACTLY_KNOWN, UNDECIDED, NOT_ILLEGAL)
            lena.open(imports).submit('form[action$="/roll-back"]')
            self._knows(company, EXACTLY_KNOWN, UNDECIDED)
            self._teller.act("The company calls a match false; Omar looks, and takes it off")
            (match,) = company.scans()[UNDECIDED]["matches"]
            company.tells(match["entry_id"], "false", because="not_illegal")
            omar.open("/feedback").submit(f'[data-entry="{match["entry_id"]}"] form')
            self._knows(company, EXACTLY_KNOWN)
            told = omar.client.get(imports.replace("/imports", "/taken-off")).text
            expect(f'"{ITS_OWN}"' in told, f"the partner is told {told!r}")
            tell(f"the partner is told: {told.strip()}")

    def _proposes(self, lena: Visitor, partner: Partner) -> str:
        """The path of the imports of the partner's list."""
        lena.open("/lists").submit(
            'form[action="/lists"]',
            name=partner.list_name,
            provenance="An invented partner",
            list_class="illegal",
        )
        imports = f"{_named(lena, '/lists', partner.list_name).url}/imports"
        lena.open(imports).submit(
            'form[action$="/keys"]',
            public_key=partner.public_key,
            honeypots=partner.agreed_entry,
        )
        return imports

    def _knows(self, company: Company, *names: str) -> None:
        """The company scans until these files are known and no others: lists change in seconds."""
        wanted = set(names)
        wait_for(f"{wanted} to be known", lambda: company.scans().keys() == wanted)
        self._teller.tell(f"hashcheck scan: known are {', '.join(names)}")

    def _looks_at_its_page(self, visitor: Visitor) -> None:
        self._teller.act("The company looks at its own page: keys, checks, what it told")
        for row in visitor.open("/connect/client").all("table tbody tr"):
            self._teller.tell(" ".join(row.text(separator=" ").split()))

    def _staff(self, name: str) -> AbstractContextManager[Visitor]:
        return signed_in(self._origin, name, self._platform.credentials)


def import_signed(
    platform: Platform, partner: Partner, version: int, pictures: dict[str, bytes]
) -> str:
    """What the command says to a file of the partner, whether it imported it or refused."""
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "hashcheck", "import", partner.list_name),
            str(partner.signs(version, pictures)),
        ],
        env=platform.installation.environment("hashcheck"),
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout or done.stderr).strip()


def _secret(page: Page) -> str:
    return page.find("code.secret").text(strip=True)


def _named(staff: Visitor, path: str, name: str) -> Page:
    """What the row of a list leads to whose link begins with `name`."""
    links = [n for n in staff.open(path).all("tbody a") if n.text(strip=True).startswith(name)]
    expect(links, f"{name} is not on {path}")
    return staff.open(links[0].attributes.get("href") or "")
