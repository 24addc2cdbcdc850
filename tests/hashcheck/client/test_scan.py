"""`hashcheck scan`, `watch` and `test` against the running service, with its key and its lists."""

import json
import threading
from collections.abc import Callable, Sequence
from io import BufferedWriter
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hashcheck.adapters.picture_hasher import check_items
from hashcheck.domain.key_terms import Quota
from hashcheck.use_cases.client import set_key_terms
from hashcheck_client.__main__ import main
from hashcheck_client.cache import Cache
from hashcheck_client.output import CannotWrite
from hashcheck_client.scan import Scan, WantedScan, exit_code, scan_files
from hashcheck_client.service import MOST_TRIES, TEST_TEXT, CannotCheck, Service, packed
from hashcheck_client.trying import try_connection
from imaging import ImageHashes, ImageRefused, ImageWorker, hash_image

from tests.hashcheck.client.conftest import lines
from tests.hashcheck.service import Hoster, eventually
from tests.hashcheck.service import Service as Running
from tests.imaging.pictures import encoded, picture


class CountingWorker:
    """The isolated worker; counts what it is given."""

    def __init__(self, worker: ImageWorker) -> None:
        self._worker = worker
        self.pictures = 0

    def hash_images(
        self, pictures: Sequence[bytes], *, fast: bool = False
    ) -> list[ImageHashes | ImageRefused]:
        self.pictures += len(pictures)
        return self._worker.hash_images(pictures, fast=fast)


def client_of(running: Running, hoster: Hoster, **more: Any) -> Service:
    return Service(running.public_url, hoster.key, transport=hoster.browser._transport, **more)


class Desk:
    """A hosting company's machine: scans of the same folder, with one cache."""

    def __init__(self, running: Running, worker: ImageWorker, folder: Path) -> None:
        self.hoster = running.hoster()
        self.service = client_of(running, self.hoster)
        self.worker = CountingWorker(worker)
        self.cache, self.folder, self.runs = folder / "cache", folder, 0

    def scan(self, *paths: Path) -> tuple[int, list[dict[str, Any]]]:
        """Exit code and lines of one run."""
        self.runs += 1
        output = self.folder / f"hits-{self.runs}.ndjson"
        wanted = WantedScan([str(path) for path in paths], cache=self.cache, quiet=True)
        cache = Cache(self.cache)
        with output.open("wb") as out:
            scan = Scan(wanted, self.service, cache, out)
            scan.run(self.worker, at_once=2)
        cache.close()
        return exit_code(scan.totals, is_cut_short=False), lines(output)


@pytest.fixture
def desk(service: Running, worker: ImageWorker, tmp_path: Path) -> Desk:
    return Desk(service, worker, tmp_path)


def list_picture(service: Running, path: Path) -> str:
    return str(service.listed(check_items(hash_image(path.read_bytes()))))


def draw(path: Path, seed: int) -> Path:
    path.write_bytes(encoded(picture(90, 70, seed), "PNG"))
    return path


@pytest.mark.requirement("HC-SCAN-1")
def test_a_known_picture_is_told_with_its_file_and_the_exit_code_says_so(
    service: Running, desk: Desk, uploads: Path
) -> None:
    known = draw(uploads / "known.png", 4001)
    entry_id = list_picture(service, known)
    (uploads / "notes.txt").write_text("no picture")

    code, told = desk.scan(uploads)

    assert code == 3
    [line] = told
    assert line["path"] == str(known)
    [match] = line["matches"]
    assert (match["entry_id"], match["band"]) == (entry_id, "exact")
    assert line["list_version"] == service.version_seen_by(desk.hoster)


@pytest.mark.requirement("HC-SCAN-1")
def test_where_nothing_is_known_nothing_is_told_and_what_cannot_be_read_is(
    desk: Desk, uploads: Path
) -> None:
    assert desk.scan(uploads) == (0, [])
    code, told = desk.scan(uploads, uploads / "gone.png")
    assert (code, [line["error"] for line in told]) == (2, ["not_found"])


@pytest.mark.requirement("HC-SCAN-2")
def test_an_unchanged_file_is_not_read_again_and_a_changed_one_is(
    desk: Desk, uploads: Path
) -> None:
    desk.scan(uploads)
    assert desk.worker.pictures == 6
    assert desk.scan(uploads) == (0, [])
    assert desk.worker.pictures == 6
    draw(uploads / "a" / "0.png", 4100)
    desk.scan(uploads)
    assert desk.worker.pictures == 7


@pytest.mark.requirement("HC-SCAN-2")
@pytest.mark.requirement("HC-SINCE-1")
def test_what_is_listed_later_is_found_without_reading_the_file_again(
    service: Running, desk: Desk, uploads: Path
) -> None:
    late = draw(uploads / "late.png", 4200)
    assert desk.scan(uploads) == (0, [])
    read = desk.worker.pictures
    entry_id = list_picture(service, late)

    code, told = desk.scan(uploads)

    assert (code, desk.worker.pictures) == (3, read)
    assert [match["entry_id"] for match in told[0]["matches"]] == [entry_id]
    # A hit is told by every run, until the file is gone.
    assert desk.scan(uploads)[0] == 3


@pytest.mark.requirement("HC-SCAN-2")
def test_a_run_that_ended_early_goes_on_where_it_was(desk: Desk, uploads: Path) -> None:
    desk.scan(uploads / "a")
    asked = desk.worker.pictures
    desk.scan(uploads)
    assert (asked, desk.worker.pictures) == (2, 6)


@pytest.mark.requirement("HC-SCAN-2")
def test_a_cache_that_is_in_use_or_something_else_is_not_touched(tmp_path: Path) -> None:
    used = tmp_path / "cache"
    cache = Cache(used)
    with pytest.raises(CannotWrite):
        Cache(used)
    cache.close()
    Cache(used).close()
    other = tmp_path / "other"
    other.write_bytes(b"something else" * 100)
    with pytest.raises(CannotWrite):
        Cache(other)
    assert other.read_bytes() == b"something else" * 100


class Flaky(httpx2.BaseTransport):
    """Fails in each of these ways, and then answers."""

    def __init__(self, real: Any, faults: Sequence[Callable[[], httpx2.Response]]) -> None:
        self._real = real
        self.faults = list(faults)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.faults:
            return self.faults.pop(0)()
        answer: httpx2.Response = self._real.handle_request(request)
        return answer


def unreachable() -> httpx2.Response:
    raise httpx2.ConnectError("nobody there")


def broken_off() -> httpx2.Response:
    raise httpx2.ReadError("cut off")


def busy() -> httpx2.Response:
    return httpx2.Response(429, headers={"Retry-After": "7"}, json={"code": "busy"})


def away() -> httpx2.Response:
    return httpx2.Response(503, text="down")


FILE = packed(
    {"md5": "0" * 32, "sha1": "0" * 40, "sha256": "0" * 64, "pdq": "f" * 64, "quality": 9}
)


def flaky(
    running: Running, faults: Sequence[Callable[[], httpx2.Response]]
) -> tuple[Service, list[float]]:
    waits: list[float] = []
    hoster = running.hoster()
    transport = Flaky(hoster.browser._transport, faults)
    return Service(running.public_url, hoster.key, transport=transport, wait=waits.append), waits


@pytest.mark.requirement("HC-SCAN-3")
def test_what_fails_on_the_way_is_asked_again_later_and_later(service: Running) -> None:
    asking, waits = flaky(service, [unreachable, broken_off, busy, away])
    assert asking.check([FILE]).matches == {}
    assert len(waits) == 4
    assert waits[2] == 7
    assert 0 < waits[0] < waits[1] < waits[3]


@pytest.mark.requirement("HC-SCAN-3")
def test_a_service_that_stays_away_is_given_up(service: Running) -> None:
    asking, waits = flaky(service, [unreachable] * MOST_TRIES)
    with pytest.raises(CannotCheck, match="ConnectError"):
        asking.check([FILE])
    assert len(waits) == MOST_TRIES - 1


@pytest.mark.requirement("HC-SCAN-3")
def test_a_refusal_is_told_at_once(service: Running) -> None:
    hoster = service.hoster()
    waits: list[float] = []
    hoster.key = hoster.key[:-6] + "000000"
    asking = client_of(service, hoster, wait=waits.append)
    with pytest.raises(CannotCheck, match="not_authenticated"):
        asking.check([FILE])
    assert not waits


@pytest.mark.requirement("HC-SCAN-3")
@pytest.mark.parametrize("content", [b"", b"{}", bytes(10), bytes(200)])
def test_an_answer_that_makes_no_sense_is_not_taken_for_no_match(content: bytes) -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=content))
    with pytest.raises(CannotCheck, match="not understood"):
        Service("https://check.example", "key", transport=transport).check([FILE])


@pytest.mark.requirement("HC-SCAN-4")
@pytest.mark.parametrize("url", ["http://check.example", "ftp://localhost", "check.example", ""])
def test_a_key_is_sent_over_no_open_wire(url: str) -> None:
    with pytest.raises(CannotCheck, match="https"):
        Service(url, "key")


@pytest.mark.requirement("HC-SCAN-4")
def test_nothing_but_hashes_leaves_the_machine(worker: ImageWorker, tmp_path: Path) -> None:
    sent: list[bytes] = []
    name = draw(tmp_path / "canary-name.png", 4300)

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.content + str(request.headers).encode())
        return httpx2.Response(200, content=bytes(8) + (4).to_bytes(2) + bytes(4))

    asking = Service("https://check.example", "key", transport=httpx2.MockTransport(answer))
    hashes = hash_image(name.read_bytes())
    asking.check([packed(vars_of(hashes))])
    assert b"canary" not in b"".join(sent)
    assert len(sent[0]) < 1000
    assert bytes.fromhex(hashes.sha256) in sent[0]


def vars_of(hashes: ImageHashes) -> dict[str, Any]:
    names = ("md5", "sha1", "sha256", "pdq", "quality")
    return {name: getattr(hashes, name) for name in names}


@pytest.mark.requirement("HC-SCAN-5")
def test_watching_tells_a_new_file_once_and_ends_when_it_is_stopped(
    service: Running, worker: ImageWorker, tmp_path: Path
) -> None:
    folder, output = tmp_path / "in", tmp_path / "hits.ndjson"
    folder.mkdir()
    entry_id = list_picture(service, draw(tmp_path / "known.png", 4400))
    out: BufferedWriter = output.open("wb")
    asking = client_of(service, service.hoster())
    scan = Scan(
        WantedScan([str(folder)], quiet=True, watch=True, pause=0.05), asking, Cache(None), out
    )
    watching = threading.Thread(target=scan.watch, args=[worker, 2])
    watching.start()
    draw(folder / "other.png", 4401)
    draw(folder / "found.png", 4400)
    assert eventually(lambda: b"found.png" in output.read_bytes())
    draw(folder / "again.png", 4400)
    assert eventually(lambda: b"again.png" in output.read_bytes())
    scan.stopped.set()
    watching.join(20)
    out.close()

    assert not watching.is_alive()
    told = lines(output)
    assert [Path(line["path"]).name for line in told] == ["found.png", "again.png"]
    assert {match["entry_id"] for line in told for match in line["matches"]} == {entry_id}


@pytest.mark.requirement("HC-TEST-1")
def test_the_harmless_test_hashes_are_known_everywhere(
    service: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    assert try_connection(client_of(service, service.hoster())) == 0
    assert "known, as they should be" in capsys.readouterr().out


@pytest.mark.requirement("HC-SANDBOX-1")
def test_a_sandbox_key_is_called_one_by_the_command_too(
    service: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    assert try_connection(client_of(service, service.hoster(scope="hash:test"))) == 0
    told = capsys.readouterr().out
    assert "This is a sandbox key" in told
    assert "known, as they should be" in told


@pytest.mark.requirement("HC-QUOTA-1")
def test_nobody_waits_for_a_quota_that_comes_back_at_midnight(service: Running) -> None:
    hoster = service.hoster()
    used_up = Quota(per_day=1, per_minute=1_000)
    service.lists.do(
        service.manager,
        lambda work: set_key_terms(work, hoster.id, hoster.key.split("_")[1], (), used_up),
    )
    with pytest.raises(CannotCheck, match="quota_day_used"):
        client_of(service, hoster).check([FILE])


@pytest.mark.requirement("HC-TEST-1")
def test_a_test_file_that_anybody_can_make_is_a_hit_of_the_test_list(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "test.txt").write_bytes(TEST_TEXT)
    code, [line] = desk.scan(tmp_path / "test.txt")
    assert code == 3
    [match] = line["matches"]
    assert (match["list_name"], match["classification"]) == ("public-test", "test")


@pytest.mark.requirement("HC-SCAN-1")
def test_without_an_address_or_a_key_nothing_is_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("HASHCHECK_URL", raising=False)
    monkeypatch.delenv("HASHCHECK_KEY", raising=False)
    for arguments in (["scan", "x"], ["test"], ["test", "--url", "https://check.example"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 1
    assert "HASHCHECK_KEY" in capsys.readouterr().err
    key = tmp_path / "key"
    key.write_text("olh_x\n")
    assert main(["scan", "--url", "http://check.example", "--key-file", str(key), "x"]) == 1
    assert "https://" in capsys.readouterr().err


@pytest.mark.requirement("HC-SCAN-1")
def test_the_whole_command_writes_hits_to_a_file_and_sums_up(
    service: Running, uploads: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    list_picture(service, draw(uploads / "known.png", 4500))
    output, asking = tmp_path / "hits.ndjson", client_of(service, service.hoster())
    wanted = WantedScan([str(uploads)], output, tmp_path / "cache", processors=1)
    assert scan_files(wanted, asking) == 3
    assert [Path(line["path"]).name for line in lines(output)] == ["known.png"]
    assert capsys.readouterr().err.split() == (
        [
            "7",
            "files",
            "checked",
            "1",
            "of",
            "them",
            "known",
            "to",
            "the",
            "service",
            "0",
            "not",
            "readable",
        ]
    )


@pytest.mark.requirement("HC-SCAN-1")
def test_an_output_is_never_overwritten(service: Running, tmp_path: Path) -> None:
    output = tmp_path / "hits.ndjson"
    output.write_text("{}\n")
    with pytest.raises(CannotWrite):
        scan_files(
            WantedScan([str(tmp_path)], output, quiet=True), client_of(service, service.hoster())
        )
    assert json.loads(output.read_text()) == {}
