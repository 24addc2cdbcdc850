"""The pages of a partner's keys and imports, and of what was set aside."""

import json
from functools import partial
from uuid import uuid4

import pytest
from hashcheck.domain.quarantine import LEAST_HITS
from hashcheck.tables import Hit
from hashcheck.use_cases.quarantine import set_floods_aside
from shared.domain.actor import SYSTEM
from shared.domain.content_hash import HashType
from shared.platform.unit_of_work import open_work

from tests.hashcheck.hashes import picture
from tests.hashcheck.pages.conftest import Desk
from tests.hashcheck.partner import HONEYPOT, Partner, line
from tests.hashcheck.service import Service


@pytest.fixture
def partner(service: Service) -> Partner:
    return Partner(service.lists, name=f"p-{uuid4().hex[:30]}")


@pytest.mark.requirement("HC-IMPORT-1")
def test_two_stewards_agree_on_a_key_and_one_goes_back(
    service: Service, desk: Desk, partner: Partner
) -> None:
    address = f"/lists/{partner.list_id}/imports"
    page = desk("sanne").open(address)
    other = Partner(service.lists, name=f"q-{uuid4().hex[:30]}")
    form = {"public_key": other.pem, "honeypots": HONEYPOT.text}
    told = page.submit(f'form[action="/lists/{partner.list_id}/keys"]', **form)
    assert "Another steward has to agree" in told.find("[role=status]").text()
    own = desk("sanne").open(address)
    assert "/confirm" not in own.text
    done = desk("tim").open(address).submit('form[action$="/confirm"]')
    assert "are taken from now on" in done.find("[role=status]").text()

    made = partner.sends(1, line(partner.name))
    page = desk("tim").open(address)
    back = page.submit(f'form[action="/imports/{made.id}/roll-back"]')
    assert "The version before is the list again." in back.find("[role=status]").text()
    assert "Wrong entries" in back.text


@pytest.mark.requirement("HC-IMPORT-1")
def test_a_key_that_is_none_is_not_taken(desk: Desk, partner: Partner) -> None:
    page = desk("sanne").open(f"/lists/{partner.list_id}/imports")
    form = {"public_key": "no key", "honeypots": HONEYPOT.text}
    told = page.submit(f'form[action="/lists/{partner.list_id}/keys"]', **form)
    assert told.status == 422
    assert "This is not an Ed25519 public key in PEM." in told.text


@pytest.mark.requirement("HC-DESK-1")
def test_an_auditor_reads_imports_in_dutch_and_changes_nothing(
    desk: Desk, partner: Partner
) -> None:
    partner.sends(1, line(partner.name))
    page = desk("omar", "nl").open(f"/lists/{partner.list_id}/imports")
    assert "Overgenomen" in page.text
    assert "/roll-back" not in page.text


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_a_partner_gets_a_file_of_what_stewards_took_off(
    service: Service, desk: Desk, partner: Partner
) -> None:
    partner.sends(1, line(partner.name))
    page = desk("sanne").open(f"/lists/{partner.list_id}")
    done = page.submit('form[action^="/entries/"]')
    assert done.status == 200
    file = desk("omar").open(f"/lists/{partner.list_id}/taken-off")
    [told] = [json.loads(each) for each in file.text.splitlines()]
    assert told["reason"] == "false_positive"
    assert told["id"] in {f"A-{partner.name}", "canary"}


@pytest.mark.requirement("HC-QUARANTINE-1")
def test_a_steward_matches_again_what_was_set_aside(service: Service, desk: Desk) -> None:
    lists = service.lists
    entry_id = lists.listed(picture(uuid4()))
    with lists.sessions() as session, session.begin():
        session.add_all(
            Hit(
                at=lists.clock(),
                caller=f"client:{n % 2}",
                entry_id=entry_id,
                hash_type=HashType.PDQ,
                distance=1,
                list_version=1,
            )
            for n in range(LEAST_HITS * 5)
        )
    with partial(open_work, lists.sessions, SYSTEM, clock=lists.clock)() as work:
        set_floods_aside(work)
    page = desk("tim").open("/feedback")
    assert page.find(f'tr[data-quarantine="{entry_id}"]')
    done = page.submit(f'form[action="/quarantine/{entry_id}/release"]')
    assert done.find("[role=status]").text() == "It is matched again."
    assert str(entry_id) not in done.text
