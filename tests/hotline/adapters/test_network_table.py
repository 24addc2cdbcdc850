"""The file that says which country and network an address belongs to."""

import pytest
from hotline.adapters.network_table import LineError, read_networks
from hotline.domain.hosting import NetworkFacts
from hypothesis import given
from hypothesis import strategies as st

GOOD = "192.0.2.0/24\tNL\t64500\tVoorbeeld Hosting B.V.\n"


@pytest.mark.requirement("HO-3")
def test_each_line_is_a_network_and_the_rest_is_skipped() -> None:
    lines = ["# prefix, country, ASN, name\n", "\n", GOOD, "  \n", "2001:db8::/32\tDE\t1\tB\r\n"]
    assert list(read_networks(lines)) == [
        NetworkFacts("192.0.2.0/24", "NL", 64500, "Voorbeeld Hosting B.V."),
        NetworkFacts("2001:db8::/32", "DE", 1, "B"),
    ]


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("192.0.2.0/24 NL 64500 A", "wrong_number_of_columns"),
        ("192.0.2.0/24\tNL\t64500", "wrong_number_of_columns"),
        ("192.0.2.0/24\tNL\t64500\tA\tB", "wrong_number_of_columns"),
        ("192.0.2.1/24\tNL\t64500\tA", "prefix_not_valid"),
        ("canary\tNL\t64500\tA", "prefix_not_valid"),
        ("192.0.2.0/33\tNL\t64500\tA", "prefix_not_valid"),
        ("192.0.2.0/24\tnl\t64500\tA", "country_not_valid"),
        ("192.0.2.0/24\tNLD\t64500\tA", "country_not_valid"),
        ("192.0.2.0/24\t\t64500\tA", "country_not_valid"),
        ("192.0.2.0/24\tNL\tAS64500\tA", "asn_not_valid"),
        ("192.0.2.0/24\tNL\t0\tA", "asn_not_valid"),
        ("192.0.2.0/24\tNL\t4294967296\tA", "asn_not_valid"),
        ("192.0.2.0/24\tNL\t²\tA", "asn_not_valid"),
        ("192.0.2.0/24\tNL\t64500\t", "name_not_valid"),
        ("192.0.2.0/24\tNL\t64500\t" + "A" * 201, "name_not_valid"),
        ("192.0.2.0/24\tNL\t64500\tA\x00B", "name_not_valid"),
    ],
)
def test_a_wrong_line_is_named_by_its_number_and_never_repeated(line: str, code: str) -> None:
    found = list(read_networks(["# head\n", GOOD.replace("192.0.2", "198.51.100"), line + "\n"]))
    assert found[1] == LineError(3, code)
    assert "canary" not in repr(found)


def test_a_prefix_that_comes_twice_is_told() -> None:
    assert list(read_networks([GOOD, GOOD]))[1] == LineError(2, "prefix_repeated")


@pytest.mark.requirement("SEC-S1")
@given(st.lists(st.text(max_size=60), max_size=8))
def test_no_file_makes_reading_fail(lines: list[str]) -> None:
    for found in read_networks(lines):
        assert isinstance(found, NetworkFacts | LineError)
