"""What the steps and the destinations of a referral are called on pages."""

from collections.abc import Mapping

from shared.ui.translations import phrase

REFERRAL_WORDS: Mapping[str, str] = {
    "offered": phrase("offered, no answer yet"),
    "declined": phrase("said no"),
    "details_given": phrase("said yes, goes by themselves"),
    "warm_transferred": phrase("said yes, brought into contact"),
    "contact_made": phrase("has been there"),
    "no_contact": phrase("did not get there"),
    "not_known": phrase("what came of it is not known"),
    "platform": phrase("the platform itself"),
    "school": phrase("school"),
    "other": phrase("other"),
    "other_forensic": phrase("another forensic clinic"),
    "sexologist": phrase("sexologist"),
    "helpline": phrase("helpline of Offlimits"),
    "police": phrase("police"),
    "csg": phrase("Centrum Seksueel Geweld"),
    "victim_support": phrase("Slachtofferhulp Nederland"),
    "legal_help": phrase("lawyer or Juridisch Loket"),
    "hotline": phrase("hotline of Offlimits"),
    "prevention_line": phrase("prevention line of Offlimits"),
    "hash_tool": phrase("tool to have one's own images blocked"),
    "fraud_helpdesk": phrase("Fraudehelpdesk"),
    "data_protection_authority": phrase("Autoriteit Persoonsgegevens"),
    "kindertelefoon": phrase("Kindertelefoon"),
    "s113": phrase("113 Zelfmoordpreventie"),
    "fier": phrase("Fier"),
    "veilig_thuis": phrase("Veilig Thuis"),
    "de_waag": phrase("de Waag"),
    "ehealth_recovery": phrase("online course about recovering"),
    "gp": phrase("family doctor"),
    "mental_health": phrase("psychologist"),
}


def referral_word(code: str) -> str:
    return REFERRAL_WORDS.get(code, code)


# For the `context` of a face.
REFERRAL_CONTEXT: Mapping[str, object] = {"referral_word": referral_word}
