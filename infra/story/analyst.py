"""What an analyst does at the desk: take the next address, uncover its picture, decide."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from infra.story.telling import expect
from infra.story.visitor import Page, Visitor

WORK_LIST = "/urls"
TAKE_NEXT = 'form[action="/urls/next"]'
DECISION = 'form[action$="/decision"]'
PICTURE = 'img[src$="/picture.png"]'
COVER = 'img[src$="/cover.png"]'

# A synthetic, photo-like picture of an apparent child: illegal since 1 July 2024.
ILLEGAL_AI = {
    "verdict": "illegal",
    "person_shown": "appears_child",
    "depiction": "synthetic_photorealistic",
    "ai_involvement": "ai_generated",
    "ai_confidence": "3",
    "age": "12-13",
    "gender": "female",
    "sexual_focus": "suggestive_posing",
    "activity": "none",
    "self_generated": "no",
}
# Labels that a look-alike has filled in already stay as they are.
ILLEGAL_LIKE_KNOWN = {
    "verdict": "illegal",
    "person_shown": "child",
    "depiction": "real",
    "sexual_focus": "suggestive_posing",
    "activity": "none",
}
IGNORED = {"verdict": "ignore"}
NOT_ILLEGAL = {"verdict": "not_illegal", "not_illegal_reason": "minor_non_sexual"}


@dataclass(frozen=True)
class Row:
    """A line of the work list as it stands there."""

    path: str
    address: str
    text: str


@dataclass(frozen=True)
class Desk:
    """The screen of one address that is held by the analyst."""

    page: Page

    @property
    def address(self) -> str:
        return self.page.find("h1.subject").text(strip=True)

    @property
    def picture_name(self) -> str:
        """Which picture it is, from the last part of the address."""
        return self.address.rpartition("/")[2]

    def has_picture(self) -> bool:
        return bool(self.page.all(COVER))

    def is_uncovered(self) -> bool:
        return bool(self.page.all(PICTURE))

    def filled_in(self) -> dict[str, str]:
        """What is known of a picture that looks alike and stands in the form already."""
        marked = {node.attributes.get("id") for node in self.page.all("fieldset:has(.tag)")}
        fields = self.page.form(DECISION).fields
        return {name: values[0] for name, values in fields.items() if name in marked}

    def uncover(self, profile: str) -> "Desk":
        """The same desk with the picture in sight; the look is written down before."""
        page = self.page.press(f'button[name="profile"][value="{profile}"]')
        source = page.find(PICTURE).attributes.get("src") or ""
        picture = page.visitor.client.get(source)
        is_picture = picture.headers.get("content-type", "").startswith("image/")
        expect(is_picture, f"no picture comes ({picture.status_code})")
        return Desk(page)

    def decide(self, answers: dict[str, str]) -> Page:
        """The page after the decision; StoryFailed when the form comes back."""
        page = self.page.submit(DECISION, **answers)
        problem = " ".join(node.text(strip=True) for node in page.all(".error-summary li"))
        expect(urlsplit(page.url).path == WORK_LIST, f"not decided: {problem or page.heading}")
        return page


def rows(visitor: Visitor, show: str) -> list[Row]:
    """The lines of the work list: `waiting` or `decided`."""
    found = visitor.open(f"{WORK_LIST}?show={show}").all("tbody tr")
    return [
        Row(
            path=row.css("a")[0].attributes.get("href") or "",
            address=row.css("code.address")[0].text(strip=True),
            text=" ".join(row.text(separator=" ").split()),
        )
        for row in found
    ]


def take_next(visitor: Visitor) -> Desk | None:
    """The most urgent address, held for this analyst; None when nothing waits."""
    page = visitor.open(WORK_LIST).submit(TAKE_NEXT)
    return None if urlsplit(page.url).path == WORK_LIST else Desk(page)


def look_count(visitor: Visitor, path: str) -> int:
    """How often somebody looked at the picture of an address, covered looks included."""
    node = visitor.open(path).find("[data-look-count]")
    return int(node.attributes.get("data-look-count") or "")
