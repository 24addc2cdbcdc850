"""Passwords, codes and cookies that open nothing, at the door of a line."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from shared.domain.actor import SYSTEM
from shared.platform.second_factor import code_at, new_seed
from shared.platform.staff import NewAccount, StaffDesk
from shared.platform.unit_of_work import open_work

from tests.applications import PASSWORD
from tests.journeys.edges.asking import Visit
from tests.journeys.edges.bad_bodies import FORM
from tests.journeys.edges.listening import Heard
from tests.journeys.edges.wire import Answer

CANARY = "canary-3c0d"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass
class Person:
    """Somebody with an account at the helpline, and their browser."""

    visit: Visit
    desk: StaffDesk
    name: str
    seed: str
    cookie: str = ""

    def send(self, path: str, **fields: str) -> Answer:
        headers = {"Host": self.visit.faces["helpline"].host, "Content-Type": FORM}
        if self.cookie:
            headers["Cookie"] = f"{self.desk.cookie}={self.cookie}"
            found = self.desk.signed_in(self.cookie)
            headers["X-CSRF-Token"] = found.csrf_token if found else ""
        answer = self.visit.wire("helpline").ask("POST", path, headers, urlencode(fields).encode())
        given = answer.headers.get("set-cookie", "").partition(";")[0]
        self.cookie = given.partition("=")[2] or self.cookie
        return answer

    def code(self) -> str:
        return code_at(self.seed, datetime.now(UTC))

    def enter(self) -> None:
        self.send("/sign-in", name=self.name, password=PASSWORD)
        assert self.send("/sign-in/code", code=self.code()).status == 303


@pytest.fixture
def person(visit: Visit) -> Person:
    desk = visit.faces["helpline"].desk
    assert desk
    name, seed = f"p{secrets.token_hex(6)}", new_seed()
    with open_work(desk.sessions, SYSTEM) as work:
        desk.create_account(work, NewAccount(name, "Test", min(desk.roles), PASSWORD, seed))
    return Person(visit, desk, name, seed)


@pytest.mark.requirement("SEC-S6")
@pytest.mark.requirement("SEC-P4")
def test_only_the_code_of_this_moment_opens_and_only_once(person: Person, heard: Heard) -> None:
    person.send("/sign-in", name=person.name, password=PASSWORD)
    code = person.code()
    for wrong in (code + "0", code[:-1], f"{CANARY}{code}", ""):
        answer = person.send("/sign-in/code", code=wrong)
        assert answer.status == 401
        assert CANARY not in answer.text
    assert person.send("/sign-in/code", code=f" {code[:3]} {code[3:]} ").status == 303

    again = Person(person.visit, person.desk, person.name, person.seed)
    again.send("/sign-in", name=person.name, password=PASSWORD)
    assert again.send("/sign-in/code", code=code.translate(FULL_WIDTH)).status == 401
    assert CANARY not in heard.text


@pytest.mark.requirement("SEC-S7")
def test_a_cookie_that_was_there_before_is_not_the_one_that_signs_in(person: Person) -> None:
    person.cookie = planted = secrets.token_urlsafe(32)
    person.enter()
    assert person.desk.signed_in(planted) is None
    assert person.cookie != planted


@pytest.mark.requirement("SEC-S6")
@pytest.mark.parametrize("name", ["next", "return_to", "redirect", "url"])
def test_signing_in_leads_nowhere_else(person: Person, name: str) -> None:
    target = f"//{CANARY}.example/"
    fields = {"name": person.name, "password": PASSWORD, name: target}
    answer = person.send(f"/sign-in?{name}=https:{target}", **fields)
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in/code")


WEAK = ("fourteen chars", "Welkom-Welkom-2026")
STRONG = "a new long sentence 7"


@pytest.mark.requirement("SEC-S6")
@pytest.mark.requirement("SEC-P4")
def test_a_weak_password_is_refused_and_the_old_one_stays(person: Person, heard: Heard) -> None:
    person.enter()
    for weak in (*WEAK, f"{person.name}1234567"):
        answer = person.send("/account/password", current=PASSWORD, password=weak)
        assert answer.status == 422, weak
        assert weak not in answer.text + heard.text
    wrong = person.send("/account/password", current=CANARY, password=STRONG)
    assert wrong.status in {401, 422}
    assert CANARY not in wrong.text + heard.text
    assert person.send("/account/password", current=PASSWORD, password=STRONG).status == 303


@pytest.mark.requirement("SEC-S6")
def test_the_sixth_guess_waits_whatever_is_guessed(person: Person) -> None:
    for _ in range(5):
        assert person.send("/sign-in", name=person.name, password=CANARY).status == 401
    last = person.send("/sign-in", name=person.name, password=PASSWORD)
    assert last.status == 429
    assert int(last.headers["retry-after"]) > 0
