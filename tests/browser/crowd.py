"""Fills the platform for pictures: many reports, long addresses, pictures that wait."""

from infra.peers.pictures import MADE_BY_AI, NOT_ILLEGAL, UNDECIDED
from infra.peers.site import PAGE_PATH
from infra.story import citizen
from tests.browser.stage import NOTE, Stage

REPORTS = 12
ADDRESSES_EACH = 20
LONG_PATH = (
    "/albums/2026/zomervakantie-met-een-heel-lange-naam-zonder-enige-spatie/foto_{:014}.html"
)


def fill(stage: Stage) -> None:
    """Reports beyond one screen, among them pictures that were fetched."""
    for number in range(REPORTS):
        host = f"https://fotosite-{number}.voorbeeld-van-een-lange-naam.example.com"
        addresses = [host + LONG_PATH.format(1000 * number + n) for n in range(ADDRESSES_EACH)]
        citizen.report(stage.website, addresses, NOTE)
    pictures = [stage.new_address_of(name) for name in (MADE_BY_AI, NOT_ILLEGAL, UNDECIDED)]
    citizen.report(stage.website, [stage.site + PAGE_PATH, *pictures])
