"""What staff read about how fetching an address ended."""

from collections.abc import Mapping

from shared.ui.translations import phrase

from hotline.domain.fetch import FetchCode
from hotline.domain.web_address import Obstacle

_WORDS: Mapping[str, str] = {
    FetchCode.OK: phrase("Fetched"),
    FetchCode.MALFORMED_ADDRESS: phrase("The address cannot be read"),
    FetchCode.SCHEME_NOT_SUPPORTED: phrase("Leads to something else than a website"),
    FetchCode.USERINFO_NOT_ALLOWED: phrase("Leads to an address with a name and password in it"),
    FetchCode.NOT_PUBLIC: phrase("Not on the public internet"),
    FetchCode.PORT_NOT_ALLOWED: phrase("On a port that we do not fetch from"),
    FetchCode.REDIRECT_REFUSED: phrase("Forwards to where we do not go"),
    FetchCode.TOO_MANY_REDIRECTS: phrase("Forwards without end"),
    FetchCode.TOO_LARGE: phrase("Too large"),
    FetchCode.INFLATES_TOO_MUCH: phrase("Much larger when unpacked than it says"),
    FetchCode.ENCODING_NOT_SUPPORTED: phrase("Packed in a way that we do not read"),
    FetchCode.HEADER_TOO_LARGE: phrase("The answer of the site is not normal"),
    FetchCode.NOT_READABLE: phrase("Neither a page nor a picture"),
    FetchCode.NAME_UNKNOWN: phrase("The name of the site does not exist"),
    FetchCode.NAME_LOOKUP_FAILED: phrase("The name of the site could not be looked up"),
    FetchCode.CONNECT_FAILED: phrase("The site does not answer"),
    FetchCode.TLS_FAILED: phrase("The certificate of the site is not right"),
    FetchCode.TOO_SLOW: phrase("The site is too slow"),
    FetchCode.BROKEN_ANSWER: phrase("The answer of the site broke off"),
    FetchCode.HTTP_GONE: phrase("The site says that it is gone"),
    FetchCode.HTTP_RESTRICTED: phrase("The site asks for a password or refuses us"),
    FetchCode.HTTP_ERROR: phrase("The site has a fault"),
    FetchCode.PAGE_CAP_REACHED: phrase("More pictures than we fetch of one page"),
    Obstacle.LOCAL_NAME: phrase("A name inside an organisation"),
    Obstacle.PORT_NEEDS_EXEMPTION: phrase("On a port that we do not fetch from"),
    "fetcher_unavailable": phrase("Our fetcher did not answer"),
}


def fetch_words(code: str) -> str:
    """How fetching ended; before the first fetch the code is empty."""
    return _WORDS.get(code, phrase("Not fetched yet"))
