"""Commands of the hotline, and how its settings become the published waits."""

from argparse import Namespace
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from hotline.__main__ import COMMANDS, load
from hotline.domain.online_check import SCHEDULE, OfflineRule
from hotline.domain.policy import Policy
from hotline.domain.url import FETCH_RETRIES
from hotline.settings import HotlineSettings
from pydantic import ValidationError

from infra.databases import ServiceDatabases
from tests.applications import settings_for
from tests.conftest import OwnDatabase

GOOD = "192.0.2.0/24\tNL\t64500\tVoorbeeld Hosting B.V.\n"
OTHER = "198.51.100.0/24\tDE\t64501\tBeispiel Netz GmbH\n"
Make = Callable[..., HotlineSettings]


@pytest.fixture
def databases(own_database: OwnDatabase) -> ServiceDatabases:
    return own_database("hotline")


@pytest.fixture
def make(databases: ServiceDatabases) -> Make:
    def settings(**more: object) -> HotlineSettings:
        outside: dict[str, object] = {
            "hashcheck_url": "http://127.0.0.1:1",
            "fetcher_url": "http://127.0.0.1:1",
            "smtp_url": "smtp://127.0.0.1:1",
        }
        return settings_for(HotlineSettings, databases, service="hotline", **(outside | more))

    return settings


def loaded(databases: ServiceDatabases) -> list[str]:
    with psycopg.connect(databases.app) as database:
        found = database.execute("SELECT prefix::text FROM ip_network ORDER BY 1").fetchall()
        return [prefix for (prefix,) in found]


@pytest.mark.requirement("HO-3")
def test_a_table_of_networks_is_loaded_and_replaced(
    make: Make, databases: ServiceDatabases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "networks.tsv"
    for content, prefixes in ((GOOD, ["192.0.2.0/24"]), (OTHER, ["198.51.100.0/24"])):
        path.write_text(content)
        load(make(), Namespace(file=path))
        assert loaded(databases) == prefixes
    assert capsys.readouterr().out == "1 networks were loaded.\n" * 2


@pytest.mark.requirement("SEC-R6")
def test_of_a_table_with_a_wrong_line_nothing_is_loaded_and_the_old_one_stays(
    make: Make, databases: ServiceDatabases, tmp_path: Path
) -> None:
    path = tmp_path / "networks.tsv"
    path.write_text(GOOD)
    load(make(), Namespace(file=path))
    path.write_text(OTHER + "canary\tNL\t1\tA\n")
    with pytest.raises(SystemExit) as refused:
        load(make(), Namespace(file=path))

    assert refused.value.code == "Nothing was loaded: line 2, prefix_not_valid."
    assert loaded(databases) == ["192.0.2.0/24"]


def test_the_hotline_has_a_fetcher_and_a_table_besides_what_all_have() -> None:
    assert [command.name for command in COMMANDS.more] == ["fetcher", "load-networks"]


@pytest.mark.requirement("OC-1")
def test_unless_set_otherwise_the_published_waits_hold(make: Make) -> None:
    assert make().policy == Policy()
    assert make().policy.schedule == SCHEDULE
    assert make().policy.offline_rule == OfflineRule(3, timedelta(minutes=30), 2)


def test_one_interval_replaces_those_of_every_step(make: Make) -> None:
    second = timedelta(seconds=1)
    policy = make(check_interval=second, fetch_retry=second).policy
    assert {step.interval for step in policy.schedule} == {second}
    assert [step.age for step in policy.schedule] == [step.age for step in SCHEDULE]
    assert policy.fetch_retries == (second,) * len(FETCH_RETRIES)


@pytest.mark.requirement("PF-START-1")
@pytest.mark.parametrize(
    "wrong",
    [{"offline_misses": 0}, {"offline_egresses": 0}, {"notice_batch_window": "soon"}],
)
def test_a_rule_that_would_close_everything_is_refused(
    make: Make, wrong: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        make(**wrong)
