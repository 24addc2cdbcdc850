"""Referrals: to whom, what the person said, and what came of it later."""

from itertools import pairwise
from uuid import uuid4

import pytest
from helpline.domain.referral import ReferralDestination
from helpline.tables import Referral, ReferralStep
from helpline.use_cases.referral import note_referral, refer
from shared.domain.errors import Conflict, Invalid, NotFound, NotPermitted
from shared.domain.referral import BEGINNINGS, NEXT, ReferralOutcome, check_outcome

from tests.helpline.inside import WORKER, Helpline, staff

pytestmark = pytest.mark.requirement("H-13")

POLICE = ReferralDestination.POLICE


def test_a_referral_keeps_each_step_of_its_history(helpline: Helpline) -> None:
    contact = helpline.contact()
    steps = [ReferralOutcome.OFFERED, ReferralOutcome.DETAILS_GIVEN, ReferralOutcome.CONTACT_MADE]
    referral = helpline.do(refer, contact.id, POLICE, steps[0], by=WORKER)
    for step in steps[1:]:
        helpline.do(note_referral, referral.id, step, by=WORKER)
    assert helpline.row(Referral, referral.id).outcome is ReferralOutcome.CONTACT_MADE
    assert {step.outcome for step in helpline.rows(ReferralStep)} == set(steps)
    assert [event.reason for event in helpline.acts("referral.noted")] == list(steps)


def test_a_referral_belongs_to_a_contact(helpline: Helpline) -> None:
    with pytest.raises(NotFound):
        helpline.do(refer, uuid4(), POLICE, ReferralOutcome.OFFERED, by=WORKER)


@pytest.mark.parametrize("outcome", sorted(set(ReferralOutcome) - set(BEGINNINGS)))
def test_what_came_of_it_is_not_known_at_the_beginning(
    helpline: Helpline, outcome: ReferralOutcome
) -> None:
    with pytest.raises(Invalid, match="outcome_too_early"):
        helpline.do(refer, helpline.contact().id, POLICE, outcome, by=WORKER)


def test_a_step_that_does_not_exist_is_refused(helpline: Helpline) -> None:
    contact = helpline.contact()
    referral = helpline.do(refer, contact.id, POLICE, ReferralOutcome.OFFERED, by=WORKER)
    with pytest.raises(Conflict, match="bad_transition"):
        helpline.do(note_referral, referral.id, ReferralOutcome.CONTACT_MADE, by=WORKER)
    assert helpline.row(Referral, referral.id).outcome is ReferralOutcome.OFFERED


def test_only_who_answers_contacts_refers(helpline: Helpline) -> None:
    contact, admin = helpline.contact(), staff("admin")
    with pytest.raises(NotPermitted):
        helpline.do(refer, contact.id, POLICE, ReferralOutcome.OFFERED, by=admin)


def test_who_said_no_may_say_yes_later_but_nobody_goes_back_to_undecided() -> None:
    way = [
        ReferralOutcome.DECLINED,
        ReferralOutcome.DETAILS_GIVEN,
        ReferralOutcome.NOT_KNOWN,
        ReferralOutcome.NO_CONTACT,
        ReferralOutcome.CONTACT_MADE,
    ]
    for now, wanted in pairwise(way):
        check_outcome(now, wanted)
    assert all(ReferralOutcome.OFFERED not in following for following in NEXT.values())
