"""Addresses for tests: all of example hosts, none of them real."""

from hypothesis import strategies as st

SEGMENT = st.text("abXY01-~", min_size=1, max_size=6).map(lambda text: f"p{text}q")
HOSTS = st.text("abxy01", min_size=1, max_size=12).map(lambda label: f"{label}.example")


@st.composite
def canonical_addresses(draw: st.DrawFn) -> str:
    """An address with a path and perhaps a query, as nobody has to change it."""
    scheme = draw(st.sampled_from(["http", "https"]))
    path = "/".join(draw(st.lists(SEGMENT, max_size=3)))
    query = draw(st.lists(st.tuples(SEGMENT, SEGMENT), max_size=2))
    asked = "?" + "&".join(f"{name}={value}" for name, value in query) if query else ""
    return f"{scheme}://{draw(HOSTS)}/{path}{asked}"
