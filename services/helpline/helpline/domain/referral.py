"""To whom the helpline refers people. source: research "referral_destination"."""

from enum import StrEnum


class ReferralDestination(StrEnum):
    POLICE = "police"
    CSG = "csg"
    VICTIM_SUPPORT = "victim_support"
    LEGAL_HELP = "legal_help"
    PLATFORM = "platform"
    HOTLINE = "hotline"
    PREVENTION_LINE = "prevention_line"
    HASH_TOOL = "hash_tool"
    FRAUD_HELPDESK = "fraud_helpdesk"
    DATA_PROTECTION_AUTHORITY = "data_protection_authority"
    KINDERTELEFOON = "kindertelefoon"
    S113 = "s113"
    FIER = "fier"
    VEILIG_THUIS = "veilig_thuis"
    DE_WAAG = "de_waag"
    EHEALTH_RECOVERY = "ehealth_recovery"
    GP = "gp"
    MENTAL_HEALTH = "mental_health"
    SCHOOL = "school"
    OTHER = "other"
