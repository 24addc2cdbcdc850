"""What machines read of a notice: XARF that the specification accepts, and a table."""

import csv
import io
import json
import random
from dataclasses import replace
from typing import Any

import pytest
import xarf
from hotline.adapters.notice_attachment import csv_table, xarf_report
from hotline.domain.takedown import NoticeItem, NoticeLetter
from hypothesis import given
from hypothesis import strategies as st
from xarf import ContactInfo, SchemaValidator

from tests.hotline.adapters.letters import ONE, WRITTEN, item, letter
from tests.hotline.domain.test_labels import XARF

REPORTER = ContactInfo(org="Offlimits", contact="notice@offlimits.test", domain="offlimits.test")


def report(of: NoticeLetter, about: NoticeItem) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(xarf_report(of, about, REPORTER))
    return found


@pytest.mark.requirement("HO-9")
def test_a_report_is_valid_xarf_and_reads_back_as_written() -> None:
    written = report(letter(), item())
    parsed = xarf.parse(json.dumps(written))

    assert (parsed.errors, parsed.warnings) == ([], [])
    assert SchemaValidator().validate(written) == []
    assert parsed.report is not None
    assert (parsed.report.category, parsed.report.type) == ("content", "csam")


@pytest.mark.requirement("HO-9")
def test_a_report_says_what_was_found_where_and_by_which_hash() -> None:
    about = item()
    written = report(letter(about), about)
    assert written["xarf_version"] == "4.2.0"
    assert written["url"] == ONE
    assert written["source_identifier"] == "192.0.2.10"
    assert (written["classification"], written["detection_method"]) == ("A2", "manual_review")
    assert written["hash_values"] == about.hashes
    assert written["timestamp"] == WRITTEN.isoformat()
    assert written["media_type"] == "image"
    assert written["tags"] == ["reference:n-0000-0000-0001"]
    assert "evidence" not in written


@pytest.mark.requirement("HO-9")
@pytest.mark.parametrize(
    "about",
    [
        replace(item(), hashes={}, media_type="", ip="", country="", asn=0, seen_on=()),
        replace(item(), detection_method="hash_match", classification="baseline"),
        replace(item(), ip="2001:db8::10"),
        replace(item(), address="https://xn--exmple-cua.example/%C3%A9?q=%22"),
        replace(item(), address="https://forum.example/" + "a" * 8000),
        replace(item(), address="http://[2001:db8::1]:8080/x"),
    ],
    ids=["bare", "by hash", "IPv6", "international", "long", "numeric host"],
)
def test_every_kind_of_item_gives_valid_xarf(about: NoticeItem) -> None:
    assert xarf.parse(xarf_report(letter(about), about, REPORTER).decode()).errors == []


@pytest.mark.requirement("HO-9")
@pytest.mark.parametrize("classification", sorted({classification for _, classification in XARF}))
def test_every_class_that_labels_give_is_one_that_xarf_knows(classification: str) -> None:
    about = replace(item(), classification=classification)
    assert xarf.parse(xarf_report(letter(about), about, REPORTER).decode()).errors == []


@pytest.mark.requirement("SEC-R2")
def test_the_same_letter_gives_the_same_report_and_another_letter_another() -> None:
    about = item()
    once = xarf_report(letter(about), about, REPORTER)
    assert once == xarf_report(letter(about), about, REPORTER)
    other = report(letter(about, message_id="<other@offlimits.test>"), about)
    assert other["report_id"] != json.loads(once)["report_id"]


@pytest.mark.requirement("NT-5")
@given(st.integers(2, 12), st.randoms(use_true_random=False))
def test_a_report_does_not_depend_on_what_else_is_in_its_mail(
    count: int, chance: random.Random
) -> None:
    items = [item(number, f"https://forum.example/{number}.png") for number in range(count)]
    alone = {about.reference: report(letter(about), about) for about in items}
    chance.shuffle(items)
    batch = letter(*items)
    assert {about.reference: report(batch, about) for about in batch.items} == alone


@pytest.mark.requirement("UR-5")
def test_the_table_has_every_address_whole_and_in_order() -> None:
    long = "https://forum.example/" + "a" * 4000
    items = (item(1, long), item(2))
    rows = list(csv.DictReader(io.StringIO(csv_table(items).decode())))
    assert [row["url"] for row in rows] == [long, ONE]
    assert rows[1] == {
        "reference": items[1].reference,
        "url": ONE,
        "seen_on": "https://forum.example/thread/1",
        "ip": "192.0.2.10",
        "country": "NL",
        "asn": "64500",
        "sha256": items[1].hashes["sha256"],
    }


@pytest.mark.requirement("SEC-S1")
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40))
def test_no_cell_is_a_formula_and_none_is_lost(text: str) -> None:
    about = replace(item(), address=text, reference=f"={text}")
    (row,) = csv.DictReader(io.StringIO(csv_table((about,)).decode(), newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    assert row["url"].removeprefix("'") == text.removeprefix("'")
