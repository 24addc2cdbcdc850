"""A takedown notice for machines: one XARF v4 report per address, and all addresses as CSV.

Hashes and references only; a notice never carries anything of a picture.
"""

import csv
import io
from uuid import NAMESPACE_URL, uuid5

from xarf import ContactInfo, CsamReport

from hotline.domain.takedown import NoticeItem, NoticeLetter

# source: XARF specification v4.2
XARF_VERSION = "4.2.0"
# source: XARF v4.2, content-csam.json, hash_values
_XARF_HASHES = ("md5", "sha1", "sha256")
_CSV_COLUMNS = ("reference", "url", "seen_on", "ip", "country", "asn", "sha256")


def xarf_report(letter: NoticeLetter, item: NoticeItem, reporter: ContactInfo) -> bytes:
    """JSON; the same letter gives the same bytes, so a repeated mail is recognised."""
    hashes = {name: item.hashes[name] for name in _XARF_HASHES if item.hashes.get(name)}
    report = CsamReport(
        xarf_version=XARF_VERSION,
        report_id=str(uuid5(NAMESPACE_URL, f"{letter.message_id} {item.reference}")),
        timestamp=letter.written_at.isoformat(),
        reporter=reporter,
        sender=reporter,
        source_identifier=item.ip or item.address,
        category="content",
        type="csam",
        url=item.address,
        classification=item.classification,
        detection_method=item.detection_method,
        verified_at=item.decided_at.isoformat(),
        media_type="image" if item.media_type.startswith("image/") else None,
        hash_values=hashes or None,
        # A tag is in lower case; a reference reads the same in either.
        tags=[f"reference:{item.reference.lower()}"],
    )
    return report.model_dump_json(by_alias=True, exclude_none=True, indent=1).encode()


def csv_table(items: tuple[NoticeItem, ...]) -> bytes:
    """Every address whole, in the order of the letter."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_CSV_COLUMNS)
    for item in items:
        table.writerow(
            _harmless(value)
            for value in (
                item.reference,
                item.address,
                " ".join(item.seen_on),
                item.ip,
                item.country,
                str(item.asn or ""),
                item.hashes.get("sha256", ""),
            )
        )
    return text.getvalue().encode()


def _harmless(value: str) -> str:
    """A spreadsheet takes a cell that begins like this for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
