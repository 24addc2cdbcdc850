from datetime import timedelta

import pytest
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from shared.platform.settings import AppEnv, ServiceSettings, load_settings

from tests.applications import key_text, public_key_of
from tests.canary import text_canary

CANARY = text_canary()


class ExampleSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="EXAMPLE_")

    peer_url: str = ""


SOUND = {
    "APP_ENV": "production",
    "EXAMPLE_DATABASE_URL": "postgresql://example_app:x@db/example",
    "EXAMPLE_BROKER_URL": "redis://broker:6379/0",
    "EXAMPLE_VOLATILE_REDIS_URL": "redis://volatile:6379/0",
    "EXAMPLE_BIND": "0.0.0.0:8001",
    "EXAMPLE_PUBLIC_URL": "https://example.org",
    "EXAMPLE_MASTER_KEY": key_text("master"),
    "EXAMPLE_TOKEN_KEY": key_text("token"),
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in SOUND.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refusal(environment: pytest.MonkeyPatch, **changes: str) -> str:
    for name, value in changes.items():
        environment.setenv(name, value)
    with pytest.raises(SystemExit) as refused:
        load_settings(ExampleSettings)
    return str(refused.value.code)


def test_sound_settings_are_read(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("EXAMPLE_TRUSTED_ISSUERS", f'{{"gateway": "{public_key_of("gateway")}"}}')
    environment.setenv("EXAMPLE_OUTBOX_CLAIM", "PT30S")
    settings = load_settings(ExampleSettings)
    assert settings.is_production
    assert settings.outbox_claim == timedelta(seconds=30)
    assert settings.trusted_issuers == {"gateway": public_key_of("gateway")}


def test_it_is_production_unless_somebody_says_otherwise(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("APP_ENV")
    assert load_settings(ExampleSettings).is_production


@pytest.mark.requirement("PF-START-1")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"APP_ENV": "test"}, "APP_ENV: Input should be 'development' or 'production'."),
        ({"EXAMPLE_BIND": "8001"}, "EXAMPLE_BIND: it must be host:port or [address]:port."),
        ({"EXAMPLE_BIND": "::1:8001"}, "EXAMPLE_BIND: it must be host:port or [address]:port."),
        ({"EXAMPLE_BIND": ""}, "EXAMPLE_BIND: it must be host:port or [address]:port."),
        (
            {"EXAMPLE_METRICS_BIND": "metrics"},
            "EXAMPLE_METRICS_BIND: it must be host:port or [address]:port.",
        ),
        (
            {"EXAMPLE_METRICS_BIND": SOUND["EXAMPLE_BIND"]},
            "EXAMPLE: METRICS_BIND must be another address than BIND.",
        ),
        (
            {"EXAMPLE_PUBLIC_URL": "http://example.org"},
            "EXAMPLE: in production PUBLIC_URL must be https.",
        ),
        (
            {"EXAMPLE_VOLATILE_REDIS_URL": "redis://broker:6379/1"},
            "EXAMPLE: in production the broker and the volatile store must be two servers.",
        ),
        ({"EXAMPLE_MASTER_KEY": ""}, "EXAMPLE: MASTER_KEY and TOKEN_KEY must be set."),
        (
            {"EXAMPLE_MASTER_KEY": "c2hvcnQ="},
            "EXAMPLE: every key must be 32 bytes in base64url.",
        ),
        (
            {"EXAMPLE_MASTER_KEY": "not base64 at all!"},
            "EXAMPLE: every key must be 32 bytes in base64url.",
        ),
        ({"EXAMPLE_MASTER_KEY": "A" * 43}, "EXAMPLE: every key must be made at random."),
        (
            {"EXAMPLE_MASTER_KEY": SOUND["EXAMPLE_TOKEN_KEY"]},
            "EXAMPLE: every key must be another one.",
        ),
        (
            {"EXAMPLE_AUDIT_KEY": SOUND["EXAMPLE_TOKEN_KEY"].rstrip("=")},
            "EXAMPLE: every key must be another one.",
        ),
        ({"EXAMPLE_TRUSTED_ISSUERS": "gateway"}, "EXAMPLE_TRUSTED_ISSUERS: it must be JSON."),
        (
            {"EXAMPLE_TRUSTED_ISSUERS": '{"gateway": "short"}'},
            "EXAMPLE_TRUSTED_ISSUERS: every key must be 32 bytes in base64url.",
        ),
        (
            {"EXAMPLE_OUTBOX_CLAIM": "PT5S"},
            "EXAMPLE_OUTBOX_CLAIM: Input should be greater than or equal to 12 seconds.",
        ),
        (
            {"EXAMPLE_MASTERKEY": "x", "EXAMPLE_APP_ENV": "development"},
            "Unknown settings: EXAMPLE_APP_ENV, EXAMPLE_MASTERKEY."
            " Remove them or correct their names.",
        ),
    ],
)
def test_an_unsafe_setting_is_refused_in_one_sentence(
    environment: pytest.MonkeyPatch, changes: dict[str, str], sentence: str
) -> None:
    assert refusal(environment, **changes) == sentence


@pytest.mark.requirement("PF-START-1")
@pytest.mark.parametrize("name", [name for name in SOUND if name != "APP_ENV"])
def test_a_missing_setting_is_named(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    assert refusal(environment) == f"{name}: Field required."


@pytest.mark.requirement("PF-START-1")
def test_every_fault_has_a_sentence_of_its_own(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("EXAMPLE_DATABASE_URL")
    said = refusal(environment, EXAMPLE_BIND="8001", APP_ENV="test").splitlines()
    assert [line.split(":")[0] for line in said] == [
        "APP_ENV",
        "EXAMPLE_DATABASE_URL",
        "EXAMPLE_BIND",
    ]


@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(
    "name", ["APP_ENV", "EXAMPLE_BIND", "EXAMPLE_MASTER_KEY", "EXAMPLE_TRUSTED_ISSUERS"]
)
def test_a_refusal_does_not_repeat_the_value(environment: pytest.MonkeyPatch, name: str) -> None:
    assert CANARY not in refusal(environment, **{name: CANARY})


@pytest.mark.requirement("PF-START-1")
def test_a_setting_with_a_name_of_its_own_is_known_by_that_name_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Other(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="OTHER_", extra="ignore")
        servers: str = Field(default="", validation_alias="NAME_SERVERS")

    monkeypatch.setenv("NAME_SERVERS", "one")
    assert load_settings(Other).servers == "one"
    monkeypatch.setenv("OTHER_SERVERS", "two")
    with pytest.raises(SystemExit, match="OTHER_SERVERS"):
        load_settings(Other)


def test_settings_do_not_change_afterwards(environment: pytest.MonkeyPatch) -> None:
    settings = load_settings(ExampleSettings)
    with pytest.raises(ValueError, match="frozen"):
        settings.app_env = AppEnv.DEVELOPMENT  # type: ignore[misc]
