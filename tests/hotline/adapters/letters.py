"""Notice letters for tests: invented addresses, hashes of nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import md5, sha256

from hotline.domain.takedown import LEGAL_BASIS, NoticeItem, NoticeLetter

WRITTEN = datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
ONE = "https://forum.example/a/1.png?size=large"
PAGE = "https://forum.example/thread/1"


def item(number: int = 1, address: str = ONE) -> NoticeItem:
    content = f"{address} {number}".encode()
    return NoticeItem(
        reference=f"N-0000-0000-{number:04}",
        address=address,
        seen_on=(PAGE,),
        classification="A2",
        detection_method="manual_review",
        decided_at=WRITTEN - timedelta(minutes=10),
        media_type="image/png",
        hashes={
            "sha256": sha256(content).hexdigest(),
            "md5": md5(content, usedforsecurity=False).hexdigest(),
        },
        ip="192.0.2.10",
        country="NL",
        asn=64500,
    )


def letter(*items: NoticeItem, **changes: object) -> NoticeLetter:
    usual = NoticeLetter(
        reference="B-7K3M-9QXT-2HWC",
        message_id="<0b5a1f2e-8a4e-4d5c-9d6d-1f2e3a4b5c6d@offlimits.test>",
        recipient="abuse@hosting.test",
        hoster="Voorbeeld Hosting B.V.",
        languages=("nl", "en"),
        legal_basis=LEGAL_BASIS,
        written_at=WRITTEN,
        deadline_at=WRITTEN + timedelta(hours=24),
        items=items or (item(),),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]
