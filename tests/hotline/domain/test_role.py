"""Who may do what; separations that the field asks for."""

import pytest
from hotline.domain.role import ROLES, Permission

P = Permission
TABLE = {
    "intake_officer": {P.READ_REPORTS, P.READ_REPORTER},
    "analyst": {
        P.READ_REPORTS,
        P.READ_URLS,
        P.CLAIM_URL,
        P.SEE_IMAGERY,
        P.DECIDE_URL,
        P.READ_REMOVALS,
    },
    "senior_analyst": {
        P.READ_REPORTS,
        P.READ_URLS,
        P.CLAIM_URL,
        P.SEE_IMAGERY,
        P.DECIDE_URL,
        P.READ_REMOVALS,
        P.GIVE_SECOND_OPINION,
        P.REOPEN_URL,
        P.READ_FIGURES,
    },
    "ntd_officer": {P.READ_URLS, P.READ_REMOVALS, P.SEND_NOTICE, P.EDIT_CONTACTS},
    "statistician": {P.READ_FIGURES},
    "wellbeing_coach": {P.READ_EXPOSURE},
    "auditor": {P.READ_AUDIT},
    "admin": {P.MANAGE_ACCOUNTS},
}


@pytest.mark.requirement("MG-4")
def test_roles_may_exactly_what_the_table_says() -> None:
    assert {role: set(may) for role, may in ROLES.items()} == TABLE


@pytest.mark.requirement("MG-4")
@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_belongs_to_somebody(permission: Permission) -> None:
    assert any(permission in may for may in ROLES.values())


@pytest.mark.requirement("CL-14")
@pytest.mark.parametrize("role", [r for r in ROLES if r not in {"analyst", "senior_analyst"}])
def test_only_analysts_see_imagery(role: str) -> None:
    assert P.SEE_IMAGERY not in ROLES[role]


@pytest.mark.requirement("MG-4")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (P.DECIDE_URL, P.EDIT_CONTACTS),
        (P.DECIDE_URL, P.SEND_NOTICE),
        (P.DECIDE_URL, P.MANAGE_ACCOUNTS),
        (P.SEE_IMAGERY, P.READ_REPORTER),
        (P.READ_AUDIT, P.MANAGE_ACCOUNTS),
        (P.READ_FIGURES, P.READ_REPORTER),
    ],
)
def test_nobody_holds_two_powers_that_check_each_other(one: Permission, other: Permission) -> None:
    assert not any({one, other} <= may for may in ROLES.values())
