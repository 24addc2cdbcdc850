"""To whom the prevention line refers people. source: research "referral_kind".

A call with de Waag is an appointment, with states of its own.
"""

from enum import StrEnum


class ReferralDestination(StrEnum):
    OTHER_FORENSIC = "other_forensic"
    SEXOLOGIST = "sexologist"
    GP = "gp"
    MENTAL_HEALTH = "mental_health"
    S113 = "s113"
    HELPLINE = "helpline"
    VEILIG_THUIS = "veilig_thuis"
    LEGAL_HELP = "legal_help"
    POLICE = "police"
    OTHER = "other"
