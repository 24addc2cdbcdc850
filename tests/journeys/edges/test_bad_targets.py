"""Every odd path, query and parameter, sent to every face."""

import pytest

from tests.journeys.edges.access_table import AN_ID, PLACEHOLDER, Route
from tests.journeys.edges.asking import FACES, Visit, http_routes, typed_parameters
from tests.journeys.edges.listening import Heard

CANARY = "canary-2d8a"
every_face = pytest.mark.parametrize("name", FACES)
LIVEZ = Route("GET", "/livez")

# source: security research, section 4 "All HTTP APIs", path tricks. Each leads nowhere.
TRICKS = {
    "a path that is none": f"/{CANARY}",
    "an encoded way up": f"/static/..%2f..%2f{CANARY}",
    "a way up": f"/static/../../{CANARY}",
    "a way up to something real": "/static/../livez",
    "an encoded dot": "/static/%2e%2e/livez",
    "an overlong dot": "/static/%c0%ae%c0%ae/livez",
    "an overlong slash": "/static%c0%aflivez",
    "an encoded slash": "/static%2flivez",
    "a slash encoded twice": "/static%252flivez",
    "a backslash": "/static\\..\\livez",
    "an encoded backslash": "/static%5c..%5clivez",
    "a NUL": "/livez%00",
    "a NUL before an ending": f"/static/{CANARY}.css%00.png",
    "a line break": "/livez%0d%0aSet-Cookie:%20a=b",
    "a parameter of a segment": "/livez;jsessionid=1",
    "a parameter after a way up": "/static/..;/livez",
    "two slashes": "//livez",
    "a slash behind": "/livez/",
    "capitals": "/LIVEZ",
    "an escape that is none": "/livez%",
    "an escape of another language": "/%u006civez",
    "a direction override": "/livez%E2%80%AE",
    "a full-width letter": "/%EF%BD%8Civez",
    "half of a pair": "/livez%ED%A0%80",
    "bytes that are no UTF-8": "/livez%FF",
    "the description of the API": "/openapi.json",
    "the documentation": "/docs",
    "a hidden file": "/.env",
    "the repository": "/.git/config",
    "an administration": "/admin",
    "a long path": "/" + "a" * 8000,
    "the whole address": f"http://{CANARY}.example/nowhere",
}


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@every_face
@pytest.mark.parametrize("target", TRICKS.values(), ids=TRICKS)
def test_a_path_trick_finds_nothing(visit: Visit, heard: Heard, name: str, target: str) -> None:
    answer = visit.ask(name, LIVEZ, target=target)
    assert (answer.status, answer.code) == (404, "not_found")
    assert CANARY not in answer.everything() + heard.text


QUERIES = {
    "a parameter twice": (f"a={CANARY}&a=2", 400, "repeated_parameter"),
    "a parameter twice, once encoded": (f"a={CANARY}&%61=2", 400, "repeated_parameter"),
    "a parameter twice, once with plus": (f"a+b={CANARY}&a%20b=2", 400, "repeated_parameter"),
    "a NUL": (f"a={CANARY}%00", 422, "bad_characters"),
    "a NUL in a name": (f"{CANARY}%00=1", 422, "bad_characters"),
    "a control character": (f"a={CANARY}%1b", 422, "bad_characters"),
    "bytes that are no UTF-8": (f"a={CANARY}%ff", 400, "not_utf8"),
    "overlong UTF-8": (f"a={CANARY}%c0%af", 400, "not_utf8"),
    "half of a pair": (f"a={CANARY}%ed%a0%80", 400, "not_utf8"),
}


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@every_face
@pytest.mark.parametrize(("query", "status", "code"), QUERIES.values(), ids=QUERIES)
def test_a_query_that_can_be_read_in_two_ways_is_refused(
    visit: Visit, heard: Heard, name: str, query: str, status: int, code: str
) -> None:
    for route in http_routes(name):
        target = f"{PLACEHOLDER.sub(AN_ID, route.path)}?{query}"
        answer = visit.ask(name, route, target=target)
        assert (answer.status, answer.code) == (status, code), str(route)
        assert CANARY not in answer.everything()
    assert CANARY not in heard.text


# What a parameter of any type could be given: each is taken or refused, none makes a route fail.
VALUES = (
    "",
    "%20",
    "-1",
    "0",
    "1e9",
    "NaN",
    "99999999999999999999",
    "-99999999999999999999",
    "null",
    "true",
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "20260301",
    "2026-W10",
    "2026-03-01T00:00:00",
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "9999-12-31T23:59:59.999999Z",
    "253402300800",
    "-62135596801",
    "%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%96-01-01",
    "%27%3B--",
    "%25",
    "%5C",
    "%E2%80%AE",
    "%F0%9F%98%80",
    "%3Cscript%3E",
    f"{CANARY}{'a' * 3000}",
)


@pytest.mark.requirement("SEC-S1")
@every_face
def test_no_value_of_a_parameter_makes_a_route_fail(visit: Visit, heard: Heard, name: str) -> None:
    """A period needs both ends, so every parameter of a route gets the same value as well."""
    parameters: dict[Route, list[str]] = {}
    for route, parameter in typed_parameters(visit.faces[name]):
        parameters.setdefault(route, []).append(parameter)
    for route, names in parameters.items():
        path = PLACEHOLDER.sub(AN_ID, route.path)
        for value in VALUES:
            for given in [[one] for one in names] + [names] * (len(names) > 1):
                query = "&".join(f"{one}={value}" for one in given)
                answer = visit.ask(name, route, target=f"{path}?{query}")
                assert answer.status < 500, f"{route}?{query}"
                if answer.is_problem:
                    assert CANARY not in answer.everything()
    assert CANARY not in heard.text


NOT_IDS = ("7", "0", "-1", "null", "undefined", "%20", f"{AN_ID}0", "a" * 300)


@pytest.mark.requirement("SEC-S1")
@every_face
@pytest.mark.parametrize("value", NOT_IDS)
def test_what_cannot_be_an_id_is_the_id_of_nothing(visit: Visit, name: str, value: str) -> None:
    for route in http_routes(name):
        if PLACEHOLDER.search(route.path):
            answer = visit.ask(name, route, target=PLACEHOLDER.sub(value, route.path))
            assert answer.status == 404, str(route)
            assert answer.code in {"not_found", "link_ended"}, str(route)
