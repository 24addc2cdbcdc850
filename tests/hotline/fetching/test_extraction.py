"""What a page shows: every place where HTML and CSS put a picture."""

import time

import pytest
from hotline.fetching.extraction import PageContent, read_page, read_sheet
from hotline.fetching.fingerprint import fingerprint, is_same_page

HERE = "http://site.test/dir/page.html"


def pictures(html: str, address: str = HERE) -> list[str]:
    found = read_page(html.encode(), address).pictures
    return [picture.removeprefix("http://site.test") for picture in found]


@pytest.mark.requirement("UR-7")
@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="a.jpg">', ["/dir/a.jpg"]),
        ("<IMG SRC=/a.jpg>", ["/a.jpg"]),
        ('<img src=" a.jpg\n">', ["/dir/a.jpg"]),
        ('<img data-src="late.jpg" src="a.jpg">', ["/dir/a.jpg", "/dir/late.jpg"]),
        ('<img srcset="a.jpg 1x, b.jpg 2x">', ["/dir/a.jpg", "/dir/b.jpg"]),
        ('<img srcset="a.jpg,b.jpg 2x">', ["/dir/a.jpg,b.jpg"]),
        ('<img srcset="a.jpg, b.jpg 100w,c.jpg">', ["/dir/a.jpg", "/dir/b.jpg", "/dir/c.jpg"]),
        ('<img srcset="data:image/png;base64,AA,BB 1x, b.png 2x">', ["/dir/b.png"]),
        (
            '<picture><source srcset="a.webp"><img src="a.png"></picture>',
            ["/dir/a.webp", "/dir/a.png"],
        ),
        ('<video poster="p.jpg" src="v.mp4"></video>', ["/dir/p.jpg"]),
        ("<p style=\"background:url('b.gif')\">", ["/dir/b.gif"]),
        ("<style>p{background:url( b.gif )}</style>", ["/dir/b.gif"]),
        ('<a href="full.JPEG?x=1#y">', ["/dir/full.JPEG?x=1"]),
        ('<a href="other.html">', []),
        ('<a href="picture.jpg.html">', []),
        ('<link rel="image_src" href="s.jpg">', ["/dir/s.jpg"]),
        ('<base href="/b/"><img src="a.jpg">', ["/b/a.jpg"]),
        ('<base href="file:///etc/"><img src="a.jpg">', ["/dir/a.jpg"]),
        ('<img src="data:image/png;base64,AAAA"><img src=""><img>', []),
        ('<img src="javascript:alert(1)"><img src="file:///x"><img src="http://[">', []),
        ('<img src="http://user@site.test/a.jpg"><img src="http://localhost/a.jpg">', []),
        ('<img src="a.jpg#1"><img src="./a.jpg#2"><img src="../dir/a.jpg">', ["/dir/a.jpg"]),
        ('<!-- <img src="a.jpg"> --><script>"<img src=b.jpg>"</script>', []),
        ('<img src="é.jpg">', ["/dir/%C3%A9.jpg"]),
    ],
)
def test_a_picture_is_found_wherever_a_page_puts_it(html: str, expected: list[str]) -> None:
    assert pictures(html) == expected


@pytest.mark.requirement("UR-7")
def test_parts_and_videos_are_kept_apart_from_pictures() -> None:
    page = read_page(
        b"<title> My  page </title><link rel=stylesheet href=s.css><iframe src=f.html></iframe>"
        b"<video><source src=v.mp4></video><p>Hello <b>you</b></p><script>no()</script>",
        HERE,
    )
    assert page == PageContent(
        title="My  page",
        text="Hello you",
        pictures=(),
        frames=("http://site.test/dir/f.html",),
        sheets=("http://site.test/dir/s.css",),
        videos=("http://site.test/dir/v.mp4",),
    )


@pytest.mark.requirement("UR-7")
def test_a_style_sheet_paints_relative_to_itself() -> None:
    sheet = b'@font-face{src:url(f.woff)} a{background:URL("../a.png")} b{background:url()}'
    assert read_sheet(sheet, "http://site.test/css/s.css") == (
        "http://site.test/css/f.woff",
        "http://site.test/a.png",
    )


@pytest.mark.requirement("UR-7", "SEC-S1")
@pytest.mark.parametrize(
    "hostile",
    [
        b"<b>" * 700_000,
        b"<div style='background:url(" + b" " * 1_000_000 + b"x" * 1_000_000,
        b'<style>url("' * 150_000,
        b"<style>" + b"url(" * 500_000,
        b"<img srcset='" + b"a," * 1_000_000 + b"'>",
        b"\xff\xfe\x00\xd8" * 500_000,
    ],
    ids=["deep", "spaces", "quotes", "open", "commas", "bytes"],
)
def test_a_hostile_page_is_read_in_bounded_time(hostile: bytes) -> None:
    begun = time.monotonic()
    read_page(hostile, HERE)
    assert time.monotonic() - begun < 5.0


def page(words: list[str], pictures_: int = 5) -> str:
    addresses = tuple(f"http://site.test/{n}.jpg" for n in range(pictures_))
    return fingerprint(PageContent("Gallery", " ".join(words), addresses))


WORDS = [f"word{n}" for n in range(200)]


@pytest.mark.requirement("OC-4")
def test_a_fingerprint_survives_a_clock_and_not_another_page() -> None:
    known = page(WORDS)
    assert len(known) == 64
    assert page(WORDS) == known
    assert is_same_page(known, page([*WORDS[:100], "12:34", *WORDS[101:]]))
    assert not is_same_page(known, page(["this", "content", "was", "removed"], 0))
    assert not is_same_page(known, page([f"other{n}" for n in range(200)]))
