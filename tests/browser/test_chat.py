"""Both sides of a chat in a browser: with script and without, cut off and back, and left."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.conversing import ANSWER, FIRST_WORDS, begin, heard, replies, take, waiting
from tests.browser.stage import Stage

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]

AWAY = "https://www.buienradar.nl/"
QUESTION = "Heb je iets gestuurd? Hoeft niet hoor."
WRITTEN_OFFLINE = "Sorry, mijn internet viel weg."
STILL_HERE = "Geeft niet. Ik ben er nog."
LAST = "Dank je wel."
SAID = ".message.visitor:not(.sending):not(.failed)"
STORED = "() => [Object.keys({...sessionStorage}), Object.keys({...localStorage})]"
every_line = pytest.mark.parametrize("line", ["helpline", "prevention"])


class Cable:
    """The connection of one tab; what goes through it is the real thing, until it is pulled out."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.is_out = False
        page.route_web_socket("**/graphql", self._connect)
        page.route("**/graphql", self._ask)

    def pull_out(self) -> None:
        self.is_out = True
        for socket in self.sockets:
            socket.close()

    def put_back(self) -> None:
        self.is_out = False

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_out:
            socket.close()
        else:
            socket.connect_to_server()
            self.sockets.append(socket)

    def _ask(self, route: Route) -> None:
        if self.is_out:
            route.abort("internetdisconnected")
        else:
            route.continue_()


@contextmanager
def at_the_desk(stage: Stage, line: str) -> Iterator[Page]:
    """The worker, who took the conversation that begins with FIRST_WORDS."""
    worker = stage.work(line, "worker", "/chats")
    take(worker)
    with closing(worker):
        yield worker
        if worker.locator("form[action$='/close'] button").count():
            worker.locator("form[action$='/close'] button").click()
            worker.wait_for_url("**/registration*")


def write(visitor: Page, text: str) -> None:
    visitor.fill("#message", text)
    visitor.keyboard.press("Enter")


@every_line
@pytest.mark.requirement("PF-CHAT-WS-1")
def test_what_one_side_writes_the_other_sees_at_once_over_a_websocket(
    stage: Stage, line: str
) -> None:
    stage.open_line(line)
    context = stage.people.browser()
    visitor = context.new_page()
    opened: list[str] = []
    visitor.on("websocket", lambda socket: opened.append(socket.url))
    begin(stage, visitor, line)
    write(visitor, FIRST_WORDS)
    expect(visitor.locator(SAID)).to_have_count(1)
    with at_the_desk(stage, line) as worker:
        replies(worker, ANSWER)
        expect(visitor.locator(".message.worker")).to_have_count(1)
        write(visitor, LAST)
        expect(worker.locator(".message.visitor")).to_have_count(2)
        assert heard(visitor) == heard(worker) == [FIRST_WORDS, ANSWER, LAST]
        assert opened == [stage.website.replace("http", "ws") + "/graphql"]
        assert context.cookies() == []
        assert stage.people.watch.complaints.pop(visitor, []) == []
    context.close()


@every_line
@pytest.mark.requirement("PF-CHAT-LOSS-1")
def test_nothing_is_lost_or_doubled_when_the_visitor_is_cut_off_and_comes_back(
    stage: Stage, line: str
) -> None:
    stage.open_line(line)
    context = stage.people.browser()
    visitor = context.new_page()
    cable = Cable(visitor)
    begin(stage, visitor, line)
    write(visitor, FIRST_WORDS)
    expect(visitor.locator(SAID)).to_have_count(1)
    with at_the_desk(stage, line) as worker:
        cable.pull_out()
        replies(worker, ANSWER)
        expect(worker.locator(".message.worker")).to_have_count(1)
        replies(worker, QUESTION)
        write(visitor, WRITTEN_OFFLINE)
        expect(visitor.locator(".message.visitor.failed")).to_have_count(1)
        expect(worker.locator(".message.worker")).to_have_count(2)
        assert heard(visitor) == [FIRST_WORDS, WRITTEN_OFFLINE]
        cable.put_back()
        expect(visitor.locator(SAID)).to_have_count(2, timeout=20_000)
        expect(visitor.locator(".message.worker")).to_have_count(2)
        expect(worker.locator(".message.visitor")).to_have_count(2)
        said = [FIRST_WORDS, ANSWER, QUESTION, WRITTEN_OFFLINE]
        assert heard(worker) == said
        assert sorted(heard(visitor)) == sorted(said)
        visitor.reload()
        visitor.wait_for_selector("[data-chat]:not([hidden])")
        expect(visitor.locator(".message")).to_have_count(4)
        assert heard(visitor) == said
    context.close()


@pytest.mark.requirement("PF-CHAT-LOSS-1")
def test_nothing_is_lost_when_the_worker_is_cut_off_and_comes_back(stage: Stage) -> None:
    visitor = waiting(stage, "helpline")
    write(visitor, FIRST_WORDS)
    with at_the_desk(stage, "helpline") as worker:
        worker.context.set_offline(True)
        replies(worker, ANSWER)
        write(visitor, LAST)
        expect(visitor.locator(SAID)).to_have_count(2)
        expect(worker.locator("[data-sending]")).not_to_be_empty()
        worker.context.set_offline(False)
        expect(visitor.locator(".message.worker")).to_have_count(1, timeout=20_000)
        expect(worker.locator(".message")).to_have_count(3, timeout=20_000)
        assert heard(worker) == heard(visitor) == [FIRST_WORDS, LAST, ANSWER]
    stage.people.watch.complaints.pop(worker, None)
    visitor.context.close()


@every_line
@pytest.mark.requirement("PF-CHAT-NOJS-1")
def test_without_javascript_a_chat_is_a_form_and_leaving_it_takes_the_cookie(
    stage: Stage, line: str
) -> None:
    visitor = waiting(stage, line, javascript=False)
    visitor.fill("[name=text]", FIRST_WORDS)
    visitor.locator("form[action$='/chat/messages'] button").click()
    with at_the_desk(stage, line) as worker:
        replies(worker, ANSWER)
        expect(worker.locator(".message.worker")).to_have_count(1)
        visitor.goto(f"{stage.website}/chat")
        assert heard(visitor) == heard(worker) == [FIRST_WORDS, ANSWER]
        with visitor.expect_navigation():
            visitor.locator("form[action$='/chat/leave'] button").click()
        assert visitor.context.cookies() == []
        visitor.go_back()
        assert FIRST_WORDS not in visitor.content()
    visitor.context.close()


def leaves_quickly(visitor: Page) -> None:
    """To a page that no browser here finds; what it shows instead is nothing of ours."""
    with visitor.expect_event("requestfailed", lambda request: request.url == AWAY):
        visitor.locator("[data-quick-exit]").click()
    visitor.wait_for_url(lambda url: not url.startswith(("http://localhost", "http://127")))


def nothing_is_left(stage: Stage, visitor: Page) -> None:
    """Whatever the browser still has of ours has no word of the conversation and no key to it."""
    assert visitor.context.cookies() == []
    visitor.go_back()
    assert FIRST_WORDS not in visitor.content()
    visitor.unroute_all()
    visitor.goto(f"{stage.website}/chat")
    assert FIRST_WORDS not in visitor.content()
    assert visitor.locator(".message").count() == 0


@pytest.mark.requirement("PF-CHAT-EXIT-1")
def test_leaving_quickly_leaves_no_content_cookie_or_storage_and_back_shows_no_chat(
    stage: Stage,
) -> None:
    stage.open_line("helpline")
    visitor = stage.people.browser().new_page()
    visitor.goto(stage.website)
    begin(stage, visitor, "helpline")
    write(visitor, FIRST_WORDS)
    expect(visitor.locator(SAID)).to_have_count(1)
    with at_the_desk(stage, "helpline") as worker:
        expect(visitor.locator("body")).to_contain_text(FIRST_WORDS)
        assert visitor.evaluate(STORED) == [["conversation"], []]
        leaves_quickly(visitor)
        expect(worker.locator("[data-ended]")).to_contain_text("Snel weg")
        nothing_is_left(stage, visitor)
        visitor.goto(f"{stage.website}/chat/helpline")
        assert visitor.evaluate(STORED) == [[], []]
        expect(visitor.locator("[data-chat]")).to_be_hidden()
        expect(visitor.locator("main")).to_contain_text("lijst met bezochte pagina's")
    visitor.context.close()


@pytest.mark.requirement("PF-CHAT-EXIT-1")
def test_without_javascript_leaving_quickly_takes_the_cookie_and_back_shows_no_chat(
    stage: Stage,
) -> None:
    visitor = waiting(stage, "helpline", javascript=False)
    visitor.fill("[name=text]", FIRST_WORDS)
    visitor.locator("form[action$='/chat/messages'] button").click()
    with at_the_desk(stage, "helpline") as worker:
        assert [cookie.get("name") for cookie in visitor.context.cookies()] == ["__Host-chat"]
        leaves_quickly(visitor)
        expect(worker.locator("[data-ended]")).to_be_visible()
        nothing_is_left(stage, visitor)
    visitor.context.close()
