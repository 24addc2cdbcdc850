import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from shared.platform.encryption import decode_key
from shared.platform.passwords import SHORTEST
from shared.platform.service_token import TokenSigner, TokenVerifier

from infra.backing_services import BackingServices
from infra.databases import LINES, SERVICES, ServiceDatabases
from infra.development import STAFF, Credentials, Installation
from infra.ports import port_plan

SEALING = ("SEALER_DATABASE_URL", "AUDIT_KEY", "CHECKPOINT_KEY", "CHECKPOINT_DIR")


def databases_named(service: str) -> ServiceDatabases:
    here = "127.0.0.1:1"
    return ServiceDatabases(
        app=f"postgresql://{service}_app@{here}/{service}",
        owner=f"postgresql://{service}_owner@{here}/{service}",
        sealer=f"postgresql://{service}_sealer@{here}/{service}",
        keys=f"postgresql://{service}_app@{here}/{service}_keys" if service in LINES else "",
    )


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    servers = BackingServices("", "redis://127.0.0.1:1/0", "redis://127.0.0.1:2/0", "a secret")
    databases = {service: databases_named(service) for service in SERVICES}
    return Installation(tmp_path, port_plan(9000), servers, databases)


@pytest.mark.requirement("PF-RUN-4")
def test_no_key_is_used_twice_in_an_installation(installation: Installation) -> None:
    keys = [
        value
        for service in SERVICES
        for name, value in installation.environment(service, "relay").items()
        if name.endswith("_KEY")
    ]
    assert len(keys) == len(set(keys)) == 4 * len(SERVICES)
    for key in keys:
        decode_key(key)


@pytest.mark.requirement("PF-RUN-4")
def test_another_installation_has_other_keys_and_passwords(
    installation: Installation, tmp_path: Path
) -> None:
    other = replace(installation, state=tmp_path / uuid4().hex)
    assert installation.key("hotline", "master") != other.key("hotline", "master")
    assert Credentials(installation.state).password != Credentials(other.state).password


@pytest.mark.requirement("PF-RUN-4")
def test_keys_and_staff_files_are_readable_by_their_owner_only(installation: Installation) -> None:
    installation.environment("hotline", "relay")
    Credentials(installation.state).staff_file("hotline")
    files = [path for path in installation.state.rglob("*") if path.is_file()]
    assert files
    assert {path.stat().st_mode & 0o077 for path in files} == {0}


@pytest.mark.requirement("PF-RUN-5")
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("process", ["web", "worker", "fetcher"])
def test_a_process_that_serves_is_told_neither_owner_nor_sealer(
    installation: Installation, service: str, process: str
) -> None:
    environment = installation.environment(service, process)
    refused = {f"{service.upper()}_{name}" for name in (*SEALING, "OWNER_DATABASE_URL")}
    assert not refused & environment.keys()


@pytest.mark.requirement("PF-RUN-5")
@pytest.mark.parametrize("service", SERVICES)
def test_a_process_is_told_nothing_of_another_service(
    installation: Installation, service: str
) -> None:
    others = tuple(f"{other.upper()}_" for other in SERVICES if other != service)
    assert not [name for name in installation.environment(service) if name.startswith(others)]


@pytest.mark.requirement("PF-RUN-5")
def test_the_keys_that_services_are_told_to_trust_are_those_that_sign(
    installation: Installation,
) -> None:
    signer = TokenSigner("gateway", installation.environment("gateway")["GATEWAY_TOKEN_KEY"])
    trusted = json.loads(installation.environment("hotline")["HOTLINE_TRUSTED_ISSUERS"])
    verified = TokenVerifier("hotline", trusted).verify(signer.token_for("hotline"))
    assert verified.issuer == "gateway"


@pytest.mark.requirement("PF-RUN-4")
def test_a_person_has_one_second_factor_and_people_have_different_ones(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path)
    names = {person.name for people in STAFF.values() for person in people}
    seeds = {name: credentials.totp_seed(name) for name in names}
    assert len(set(seeds.values())) == len(names)
    assert len(credentials.password) >= SHORTEST
    assert json.loads(credentials.staff_file("gateway").read_text())[0] == {
        "name": "mila",
        "display_name": "Mila",
        "role": "management",
        "password": credentials.password,
        "totp_seed": seeds["mila"],
    }
