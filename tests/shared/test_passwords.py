import pytest
from shared.platform.passwords import is_guessable

NAME = "sanne"


@pytest.mark.requirement("SEC-S6")
@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Welkom-Welkom-2026",
        "Offlimits Hotline 2026",
        "qwertyuiop asdfghjkl",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnopqrst",
        "zyxwvutsrqponmlkjihg",
        "123456789012345678",
        "een zin, een zin, een zin, ",
        "Sanne1234567890",
        "sanne sanne wachtwoord",
        "                    ",
        "................",
    ],
)
def test_a_password_that_only_looks_long_is_guessable(password: str) -> None:
    assert is_guessable(password, NAME)


@pytest.mark.requirement("SEC-S6")
@pytest.mark.parametrize(
    "password",
    [
        "a long sentence to remember",
        "een lange zin om te onthouden",
        "welkom is geen goed wachtwoord hier",
        "vier5 blauwe olifanten",
        "ÿ漢字かな交じり文は長い文です",
        "k7Tq-x2mP-v9Wd-r4Zb",
    ],
)
def test_a_sentence_or_a_random_text_is_not(password: str) -> None:
    assert not is_guessable(password, NAME)
