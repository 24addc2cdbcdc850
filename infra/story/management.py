"""What management sees: counts, by the name of each metric."""

from infra.story.visitor import Visitor


def figures(visitor: Visitor) -> dict[str, str]:
    """The values on the page as they are written there; `visitor` is signed in as management."""
    page = visitor.open("/management")
    rows = page.all("tr[data-metric]")
    return {
        row.attributes.get("data-metric") or "": row.css("td")[0].text(strip=True) for row in rows
    }
