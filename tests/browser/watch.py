"""What no page of ours may do: complain in the console, break its own policy, ask another host."""

from collections import defaultdict
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

# What Chromium writes when the page that was asked for on purpose has such a status.
STATUS_MESSAGE = "Failed to load resource: the server responded with a status of"


class Watch:
    """Notes by tab what went wrong and who else was asked."""

    def __init__(self) -> None:
        self.complaints: dict[Page, list[str]] = defaultdict(list)
        self.foreign_requests: dict[Page, list[str]] = defaultdict(list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("request", self._look)

    def _hear(self, message: ConsoleMessage) -> None:
        page = message.page
        if page is None or message.type not in {"error", "warning"}:
            return
        is_own_status = message.text.startswith(STATUS_MESSAGE)
        if not (is_own_status and message.location["url"] == page.url):
            self.complaints[page].append(message.text)

    def _catch(self, error: WebError) -> None:
        if error.page:
            self.complaints[error.page].append(str(error.error))

    def _look(self, request: Request) -> None:
        """A page is reached by an address, so only what it asks for itself can be foreign."""
        if request.is_navigation_request():
            return
        page = request.frame.page
        if urlsplit(request.url).netloc != urlsplit(page.url).netloc:
            self.foreign_requests[page].append(request.url)
