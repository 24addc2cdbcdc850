"""What staff of the hotline may do, and which role may do what. source: research 2.4."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    READ_REPORTS = "read_reports"
    READ_REPORTER = "read_reporter"
    READ_URLS = "read_urls"
    CLAIM_URL = "claim_url"
    SEE_IMAGERY = "see_imagery"
    DECIDE_URL = "decide_url"
    GIVE_SECOND_OPINION = "give_second_opinion"
    REOPEN_URL = "reopen_url"
    READ_REMOVALS = "read_removals"
    SEND_NOTICE = "send_notice"
    EDIT_CONTACTS = "edit_contacts"
    READ_FIGURES = "read_figures"
    READ_EXPOSURE = "read_exposure"
    READ_AUDIT = "read_audit"
    MANAGE_ACCOUNTS = "manage_accounts"


_ANALYST = frozenset(
    {
        Permission.READ_REPORTS,
        Permission.READ_URLS,
        Permission.CLAIM_URL,
        Permission.SEE_IMAGERY,
        Permission.DECIDE_URL,
        Permission.READ_REMOVALS,
    }
)

ROLES: Mapping[str, frozenset[Permission]] = {
    "intake_officer": frozenset({Permission.READ_REPORTS, Permission.READ_REPORTER}),
    "analyst": _ANALYST,
    "senior_analyst": _ANALYST
    | {Permission.GIVE_SECOND_OPINION, Permission.REOPEN_URL, Permission.READ_FIGURES},
    "ntd_officer": frozenset(
        {
            Permission.READ_URLS,
            Permission.READ_REMOVALS,
            Permission.SEND_NOTICE,
            Permission.EDIT_CONTACTS,
        }
    ),
    "statistician": frozenset({Permission.READ_FIGURES}),
    "wellbeing_coach": frozenset({Permission.READ_EXPOSURE}),
    "auditor": frozenset({Permission.READ_AUDIT}),
    "admin": frozenset({Permission.MANAGE_ACCOUNTS}),
}
