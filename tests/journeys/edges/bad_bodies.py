"""Bodies that no route takes, with the answer each of them gets.

source: security research, section 4 "All HTTP APIs". `{canary}` stands where somebody typed.
"""

from dataclasses import dataclass

CANARY = "canary-9b3e"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
DEEP = 21
# More than any route takes: 8 MB, of a conversation that is handed over.
OVER_EVERY_LIMIT = 8 * 2**20 + 1


@dataclass(frozen=True)
class Bad:
    """A body with its content type (None is none), and the status and code that refuse it."""

    body: bytes
    status: int
    code: str
    kind: str | None = JSON
    coding: str | None = None


def text(body: str, status: int, code: str) -> Bad:
    return Bad(body.replace("{canary}", CANARY).encode(), status, code)


def bad_json(body: str) -> Bad:
    return text(body, 400, "bad_json")


def bad_characters(body: str) -> Bad:
    return text(body, 422, "bad_characters")


OTHER_KIND = (415, "unsupported_media_type")
MULTIPART = (
    "--x\r\nContent-Disposition: form-data; name=file; filename=a.png\r\n"
    f"Content-Type: image/png\r\n\r\n{CANARY}\r\n--x--\r\n"
).encode()

# Whoever is asked and whatever is wanted, these say what is wrong with the body itself.
BAD_JSON = {
    "too large": Bad(b'{"a": "' + b"a" * OVER_EVERY_LIMIT + b'"}', 413, "body_too_large"),
    "no content type": Bad(f'{{"a": "{CANARY}"}}'.encode(), *OTHER_KIND, kind=None),
    "plain text": Bad(f'{{"a": "{CANARY}"}}'.encode(), *OTHER_KIND, kind="text/plain"),
    "XML": Bad(f"<a>{CANARY}</a>".encode(), *OTHER_KIND, kind="application/xml"),
    "files": Bad(MULTIPART, *OTHER_KIND, kind="multipart/form-data; boundary=x"),
    "a form": Bad(f"a={CANARY}".encode(), *OTHER_KIND, kind=FORM),
    "packed": Bad(b"\x1f\x8b\x08\x00", 415, "unsupported_content_encoding", coding="gzip"),
    "not UTF-8": Bad(b'{"a": "' + CANARY.encode() + b'\xff"}', 400, "not_utf8"),
    "overlong UTF-8": Bad(b'{"a": "\xc0\xaf"}', 400, "not_utf8"),
    "UTF-16": Bad(f'{{"a": "{CANARY}"}}'.encode("utf-16"), 400, "not_utf8"),
    "UTF-16 without a mark": Bad('{"a": "b"}'.encode("utf-16-le"), 400, "not_utf8"),
    "a byte order mark": Bad(b'\xef\xbb\xbf{"a": 1}', 400, "not_utf8"),
    "lists in lists": bad_json('{"a": ' + "[" * DEEP + '"{canary}"' + "]" * DEEP + "}"),
    "very deep": bad_json("[" * 60_000),
    "a name given twice": bad_json('{"a": "{canary}", "a": 1}'),
    "no number": bad_json('{"a": NaN, "b": "{canary}"}'),
    "infinity": bad_json('{"a": -Infinity, "b": "{canary}"}'),
    "a number without an end": bad_json('{"a": 1e999, "b": "{canary}"}'),
    "beyond 2^53": bad_json('{"a": 9007199254740993, "b": "{canary}"}'),
    "21 digits": bad_json('{"a": 100000000000000000000, "b": "{canary}"}'),
    "5000 digits": bad_json('{"a": ' + "9" * 5000 + "}"),
    "something behind it": bad_json('{"a": 1} {canary}'),
    "cut off": bad_json('{"a": "{canary}'),
    "nothing but spaces": bad_json("   "),
    "single quotes": bad_json("{'a': '{canary}'}"),
    "a comment": bad_json('{"a": 1 /* {canary} */}'),
    "a NUL": bad_characters('{"a": "{canary}\\u0000"}'),
    "a NUL in a name": bad_characters('{"{canary}\\u0000": 1}'),
    "half of a pair": bad_characters('{"a": "{canary}\\ud800"}'),
    "a control character": bad_characters('{"a": "{canary}\\u001b[31m"}'),
    "a C1 control": bad_characters('{"a": ["{canary}\\u0085"]}'),
}

# Well-formed, and still not what any contract takes.
WRONG_SHAPES = {
    "an unknown field": f'{{"unknown_{CANARY}": 1}}',
    "a list": f'["{CANARY}"]',
    "a text": f'"{CANARY}"',
    "a number": "7",
    "nothing": "null",
    "true": "true",
    "a field as an object": '{"addresses": {"a": 1}, "items": {"a": 1}, "query": {"a": 1}}',
    "numbers for texts": '{"addresses": [7], "items": [7], "query": 7, "code": 7, "type": 7}',
    "texts for numbers": '{"version": "1", "count": "1", "anonymous": "yes", "position": "x"}',
}

BAD_FORMS = {
    "too large": Bad(b"a=" + b"a" * OVER_EVERY_LIMIT, 413, "body_too_large", FORM),
    "no content type": Bad(f"name={CANARY}".encode(), *OTHER_KIND, kind=None),
    "plain text": Bad(f"name={CANARY}".encode(), *OTHER_KIND, kind="text/plain"),
    "files": Bad(MULTIPART, *OTHER_KIND, kind="multipart/form-data; boundary=x"),
    "packed": Bad(b"\x1f\x8b\x08\x00", 415, "unsupported_content_encoding", FORM, "gzip"),
    "not UTF-8": Bad(f"name={CANARY}%ff".encode(), 400, "not_utf8", FORM),
    "bytes that are not UTF-8": Bad(b"name=\xff" + CANARY.encode(), 400, "not_utf8", FORM),
    "overlong UTF-8": Bad(f"name={CANARY}%c0%af".encode(), 400, "not_utf8", FORM),
    "half of a pair": Bad(f"name={CANARY}%ed%a0%80".encode(), 400, "not_utf8", FORM),
    "a NUL": Bad(f"name={CANARY}%00".encode(), 400, "not_utf8", FORM),
    "a NUL in a name": Bad(f"{CANARY}%00=a".encode(), 400, "not_utf8", FORM),
}

# Odd, and for each route to take or to refuse; never to fail on.
ODD_FORMS = {
    "nothing": "",
    "only signs": "&&&=&=",
    "very many fields": "&".join(f"f{number}=1" for number in range(5000)),
    "one field very often": "&".join(["name=a"] * 5000),
    "a very long value": "name=" + "a" * 60_000,
    "controls": f"name={CANARY}%01%1b&code=%7f&password=%c2%85&reason=%0b",
    "line breaks": "name=a%0d%0aBcc:%20b&display_name=%0a&code=%0d%0a",
    "direction overrides": "name=%e2%80%ae&code=%e2%80%8b&role=%ef%bb%bf",
    "markup": "name=%3Cscript%3Ealert(1)%3C/script%3E&code=%3Csvg%3E&role=%27--",
    "numbers of other scripts": "code=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96",
    "not an id": "contact_id=7&version=x&profile=7&allowed=7&reason=7&list_class=7&ai_confidence=x",
    "far numbers": "version=99999999999999999999&ai_confidence=-99999999999&pdq_quality=999",
}
