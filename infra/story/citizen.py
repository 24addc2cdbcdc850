"""What a citizen does on the website, without JavaScript and without an account."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.story.telling import expect
from infra.story.visitor import Visitor

RECEIPT = "[data-receipt-code]"


@dataclass(frozen=True)
class Receipt:
    """What the website says after a report: the code, and the sentences with the counts."""

    code: str
    counts: tuple[str, ...]


def defanged(address: str) -> str:
    """As people write an address so that nobody can click on it."""
    return address.replace("http", "hxxp", 1).replace(".", "[.]")


def report(website: str, addresses: Sequence[str], note: str = "") -> Receipt:
    """Fill in the form, check the answers, send."""
    with Visitor(website) as citizen:
        form = citizen.open("/report/form")
        expect(form.status == 200, f"the report form answers {form.status}")  # noqa: PLR2004
        check = form.submit(
            danger="no", addresses="\n".join(addresses), note=note, contact="anonymous"
        )
        expect(
            check.all("dl.answers"), f"the report was not accepted for checking: {check.heading}"
        )
        receipt = check.submit()
        expect(receipt.all(RECEIPT), f"no receipt ({receipt.status}): {receipt.heading}")
        expect(not citizen.client.cookies, "the website set a cookie")
        counts = tuple(node.text(strip=True) for node in receipt.all("main ul")[0].css("li"))
        return Receipt(receipt.find(RECEIPT).text(strip=True), counts)


def progress(website: str, code: str) -> str:
    """The coarse status that the code tells."""
    with Visitor(website) as citizen:
        answer = citizen.open("/status").submit(code=code)
        expect(answer.status == 200, f"the code does not work: {answer.heading}")  # noqa: PLR2004
        return answer.heading
