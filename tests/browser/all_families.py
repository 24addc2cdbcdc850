"""Every family of every face."""

from collections.abc import Sequence

from tests.browser.chat_families import CHAT
from tests.browser.family import Family
from tests.browser.hashcheck_families import HASHCHECK
from tests.browser.hotline_families import HOTLINE
from tests.browser.other_families import MANAGEMENT
from tests.browser.registration_families import LINES
from tests.browser.website_families import WEBSITE

FACES = (WEBSITE, CHAT, HOTLINE, HASHCHECK, MANAGEMENT, *LINES)
ALL: Sequence[Family] = [family for face in FACES for family in face]
