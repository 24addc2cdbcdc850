"""The story in acts: what people and clocks do, and what has to follow from it.

Every act goes through pages or outside servers; nothing looks into a database.
"""

from datetime import datetime

from shared.ui.formats import HOUSE_ZONE

from infra.peers.pictures import (
    EXACTLY_KNOWN,
    GALLERY,
    MADE_BY_AI,
    NEARLY_KNOWN,
    NOT_ILLEGAL,
    UNDECIDED,
)
from infra.peers.registry import ABUSE_EMAIL
from infra.peers.site import HOST, PAGE_PATH, PICTURES_PATH
from infra.startup import Platform
from infra.story import (
    analyst,
    citizen,
    helpline,
    hoster,
    lines,
    mailbox,
    management,
    removals,
)
from infra.story.hosting import Hosting
from infra.story.staff import signed_in
from infra.story.telling import Teller, expect, wait_for
from infra.story.visitor import Visitor

ILLEGAL = {
    NEARLY_KNOWN: analyst.ILLEGAL_LIKE_KNOWN,
    MADE_BY_AI: analyst.ILLEGAL_AI,
}
TOLD = "Iemand dreigt een foto van mij te delen."
ANSWERED = "Goed dat je het vertelt. Ben je nu veilig?"
SUMMARY = "Wil praten over eigen gevoelens."


class Story:
    """Plays on a fresh platform; raises StoryFailed where something is not as promised."""

    def __init__(self, platform: Platform, teller: Teller) -> None:
        self._platform = platform
        self._teller = teller
        installation = platform.installation
        self._website = installation.public_url("gateway")
        self._hotline = installation.public_url("hotline")
        self._site = f"http://{HOST}:{installation.ports['site']}"
        self._neighbour = f"http://{HOST}:{installation.ports['control']}/"

    def play(self) -> None:
        code = self._a_citizen_reports()
        with signed_in(self._hotline, "ada", self._platform.credentials) as ada:
            self._teller.act("Ada, analyst, signs in with her password and a second factor")
            self._the_hotline_fetches_and_matches(ada)
            self._ada_decides(ada)
            self._notices_arrive()
            self._the_site_removes(ada)
        self._the_citizen_asks(code)
        self._somebody_chats()
        Hosting(self._platform, self._teller).play()
        self._management_looks()

    def _a_citizen_reports(self) -> str:
        tell = self._teller.tell
        self._teller.act("A citizen without JavaScript and without an account reports")
        page, picture = self._site + PAGE_PATH, self._address_of(EXACTLY_KNOWN)
        addresses = [page, picture, citizen.defanged(page), self._neighbour]
        for address in addresses:
            tell(f"types {address}")
        receipt = citizen.report(self._website, addresses)
        for sentence in receipt.counts:
            tell(sentence)
        tell(
            f"the receipt code is {receipt.code}; the code says: "
            f"{citizen.progress(self._website, receipt.code)!r}"
        )
        return receipt.code

    def _the_hotline_fetches_and_matches(self, ada: Visitor) -> None:
        tell = self._teller.tell
        self._teller.act("The hotline fetches through its guard, hashes, and asks the hash check")

        def all_queued() -> list[analyst.Row] | None:
            found = analyst.rows(ada, "waiting")
            names = {row.address.rpartition("/")[2] for row in found}
            return found if names >= set(GALLERY) - {EXACTLY_KNOWN} else None

        for row in wait_for("the pictures on the work list", all_queued, 60):
            tell(f"waits: {row.text}")
        known = wait_for(
            "the exactly known picture to be decided",
            lambda: next(
                (row for row in analyst.rows(ada, "decided") if EXACTLY_KNOWN in row.address), None
            ),
        )
        tell(f"decided: {known.text}")
        looks = analyst.look_count(ada, known.path)
        expect(looks == 0, f"the exactly known picture was looked at {looks} times")
        tell("nobody looked at it: its page counts 0 looks")

    def _ada_decides(self, ada: Visitor) -> None:
        self._teller.act("Ada takes one address after another, uncovers, and decides")
        while desk := analyst.take_next(ada):
            self._teller.tell(f"takes {desk.address}: {self._decided(desk)}")

    def _decided(self, desk: analyst.Desk) -> str:
        if not desk.has_picture():
            expect(
                desk.address.endswith(f":{self._platform.installation.ports['control']}/"),
                f"{desk.address} has no picture",
            )
            desk.decide(analyst.IGNORED)
            return "the guard refused this neighbouring port, so there is nothing to see; ignored"
        name = desk.picture_name
        expect(not desk.is_uncovered(), f"{name} is uncovered before anybody asked")
        filled_in = desk.filled_in()
        expect(bool(filled_in) == (name == NEARLY_KNOWN), f"{name} has {filled_in} filled in")
        open_desk = desk.uncover("blurred" if filled_in else "full")
        open_desk.decide(ILLEGAL.get(name, analyst.NOT_ILLEGAL))
        known = f"looks like a known one, filled in: {filled_in}; " if filled_in else ""
        return f"{known}{'illegal' if name in ILLEGAL else 'not illegal'}"

    def _notices_arrive(self) -> None:
        tell = self._teller.tell
        self._teller.act("The hosting company gets the notices by e-mail")
        for name in (EXACTLY_KNOWN, *ILLEGAL):
            address = self._address_of(name)
            notice = wait_for(
                f"the notice about {name}",
                lambda address=address: mailbox.notice_about(self._platform.mail, address),  # type: ignore[misc]
            )
            expect(ABUSE_EMAIL in notice.recipient, f"it went to {notice.recipient}")
            reference = next(r for r, report in notice.reports.items() if report["url"] == address)
            report = notice.reports[reference]
            tell(f"{reference} to {notice.recipient}: {notice.subject}")
            tell(
                f"  XARF {report['xarf_version']}: {report['type']}, {report['classification']}, "
                f"{report['detection_method']}, {report['source_identifier']}"
            )
        innocent = [self._address_of(name) for name in (NOT_ILLEGAL, UNDECIDED)]
        named = [a for n in mailbox.received_notices(self._platform.mail) for a in n.addresses]
        expect(not set(innocent) & set(named), "a notice names what was not illegal")

    def _the_site_removes(self, ada: Visitor) -> None:
        self._teller.act("The site removes the pictures; the online check confirms it by its rule")
        for name in (EXACTLY_KNOWN, *ILLEGAL):
            hoster.take_down(self._platform.installation.address("control"), name)
        for name in (EXACTLY_KNOWN, *ILLEGAL):
            closed = wait_for(
                f"{name} to be confirmed as gone",
                lambda name=name: removals.closed_case(ada, name),  # type: ignore[misc]
                60,
            )
            self._teller.tell(closed)

    def _the_citizen_asks(self, code: str) -> None:
        self._teller.act("The citizen asks with the code")
        self._teller.tell(citizen.progress(self._website, code))

    def _somebody_chats(self) -> None:
        tell, credentials = self._teller.tell, self._platform.credentials
        public_url = self._platform.installation.public_url
        self._teller.act("Somebody without JavaScript chats with the helpline; Hanna is there")
        with (
            Visitor(self._website) as visitor,
            signed_in(public_url("helpline"), "hanna", credentials) as hanna,
            signed_in(public_url("prevention"), "pim", credentials) as pim,
        ):
            chat = lines.begins_chat(visitor, "helpline")
            tell(f"the page says: {chat.page.find('[role=status]').text(strip=True)}")
            desk = lines.takes_next(hanna)
            chat.says(TOLD)
            wait_for("the message at the desk", lambda: desk.heard() == [TOLD])
            desk.says(ANSWERED)
            wait_for("the answer", lambda: chat.heard() == [TOLD, ANSWERED])
            tell("both read the same two messages, in the same order")
            self._teller.act("Hanna proposes the prevention line: first refused, then agreed to")
            desk.proposes("prevention", "transcript")
            chat.answers("no")
            desk.proposes("prevention", "summary", SUMMARY)
            chat.answers("yes")
            desk.ends(category="sextortion", sextortion_form="financial", platform="Instagram")
            tell(f"registered: {lines.first_row(hanna, '/contacts')}")
            self._hanna_asks_for_removal(hanna)
            chat.goes_on()
            self._the_prevention_line_goes_on(lines.takes_next(pim), pim)
            left = visitor.open("/chat").submit('form[action$="/chat/leave"]')
            lines.goes_away(hanna)
            lines.goes_away(pim)
            expect(not visitor.client.cookies, "a cookie is left after the chat")
            tell(f"the visitor ends the chat: {left.heading}")

    def _hanna_asks_for_removal(self, hanna: Visitor) -> None:
        tell, credentials = self._teller.tell, self._platform.credentials
        public_url = self._platform.installation.public_url
        self._teller.act("Hanna writes to the platform, and hands one address in to the hotline")
        with signed_in(public_url("helpline"), "joost", credentials) as joost:
            helpline.lists_provider(joost)
        reference = helpline.sends_notice(hanna)
        tell(f"a notice to {helpline.notice_arrived(self._platform.mail, reference)}")
        tell(f"the list of notices: {helpline.awaits_answer(hanna, reference)}")
        helpline.hands_in(hanna, f"{self._address_of(NOT_ILLEGAL)}?seen=elsewhere")
        with signed_in(self._hotline, "noor", credentials) as noor:
            desk = wait_for("the address at a desk", lambda: analyst.take_next(noor))
            desk.uncover("full").decide(analyst.NOT_ILLEGAL)
            came = wait_for("the report of the helpline", lambda: _processed(noor))
        tell(f"the hotline has it as a report: {came}")

    def _the_prevention_line_goes_on(self, desk: lines.Desk, pim: Visitor) -> None:
        along = wait_for(
            "the summary that was agreed to",
            lambda: pim.open(desk.path).all(".along > .typed"),
        )
        expect([node.text() for node in along] == [SUMMARY], "something else came along")
        expect(TOLD not in pim.open(desk.path).text, "words crossed that nobody agreed to")
        self._teller.tell(f"Pim reads what was agreed to, and nothing else: {SUMMARY!r}")
        desk.ends(
            subgroup="sexual_feelings",
            risk_level="thoughts",
            risk_action="referred_113",
            appointment="true",
        )
        self._teller.tell(f"registered: {lines.first_row(pim, '/moments')}")
        said = lines.moves_appointment(pim, "called", "intends")
        self._teller.tell(f"the appointment: {said}")

    def _management_looks(self) -> None:
        self._teller.act("Mila, management, signs in and sees counts only")
        origin = self._platform.installation.management_url
        with signed_in(origin, "mila", self._platform.credentials) as mila:
            self._figures_are_counts(mila)
            year = datetime.now(HOUSE_ZONE).year
            management.Oversight(self._platform, self._teller, self._site, year).play(mila)

    def _figures_are_counts(self, mila: Visitor) -> None:
        figures = management.figures(mila)
        for metric, value in figures.items():
            self._teller.tell(f"{metric}: {value}")
        expected = {"reportsReceived": "2", "reportsProcessed": "2", "urlsIllegal": "4"}
        wrong = {
            name: figures.get(name) for name in expected if figures.get(name) != expected[name]
        }
        expect(not wrong, f"management sees {wrong} instead of {expected}")

    def _address_of(self, picture: str) -> str:
        return self._site + PICTURES_PATH + picture


def _processed(reader: Visitor) -> str | None:
    """The newest report, once it is of the helpline and every address of it is decided."""
    row = lines.first_row(reader, "/reports")
    return row if "Helpline" in row and "processed" in row.lower() else None
