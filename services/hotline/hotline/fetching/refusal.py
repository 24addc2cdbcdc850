"""Why an address was not read; carries a code and nothing of the foreign exception."""

from hotline.domain.fetch import FetchCode


class NotRead(Exception):
    """Nothing usable came from an address; `ips` are those it had passed the guard with."""

    def __init__(
        self, code: FetchCode, *, http_status: int | None = None, ips: tuple[str, ...] = ()
    ) -> None:
        self.code = code
        self.http_status = http_status
        self.ips = ips
        super().__init__(code.value)
