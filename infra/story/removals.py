"""What the hotline's page of removals says."""

from infra.story.visitor import Visitor


def closed_case(visitor: Visitor, name: str) -> str | None:
    """The line of a closed case about the address that ends with `name`, as it stands there."""
    for row in visitor.open("/removals?show=closed").all("tbody tr"):
        text = " ".join(row.text(separator=" ").split())
        if name in text:
            return text
    return None
