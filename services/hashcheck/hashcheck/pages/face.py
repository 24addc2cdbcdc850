"""The look of the Hash Check Service: its places, its words and what it says after an act."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from shared.contracts.hashcheck import FalseBecause, HitOutcome
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.ui.pages import Destination, Face
from shared.ui.translations import phrase

from hashcheck.domain.entry import EntryState, RefusalReason, WithdrawalReason
from hashcheck.domain.hash_list import ListClass, ListState
from hashcheck.domain.hit_report import Review
from hashcheck.domain.partner_list import ImportState, RollbackReason
from hashcheck.domain.probing import AlarmAnswer, Probing
from hashcheck.domain.role import Permission

# Equal values of two enumerations are equal as text, so each has words of its own.
WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    EntryState: {
        EntryState.PROPOSED: phrase("Proposed"),
        EntryState.LISTED: phrase("Listed"),
        EntryState.QUARANTINED: phrase("Set aside"),
        EntryState.REFUSED: phrase("Refused"),
        EntryState.WITHDRAWN: phrase("Withdrawn"),
    },
    RefusalReason: {
        RefusalReason.NOT_ILLEGAL: phrase("Not illegal"),
        RefusalReason.WRONG_PICTURE: phrase("Hashes of another picture"),
        RefusalReason.LOW_QUALITY: phrase("Too little detail to compare"),
        RefusalReason.DUPLICATE: phrase("Listed already"),
    },
    WithdrawalReason: {
        WithdrawalReason.FALSE_POSITIVE: phrase("Matched something else"),
        WithdrawalReason.DECISION_REVERSED: phrase("Judged otherwise later"),
        WithdrawalReason.SOURCE_WITHDREW: phrase("The source took it back"),
        WithdrawalReason.IMPORT_ROLLED_BACK: phrase("Its import was undone"),
    },
    ImportState: {
        ImportState.ACCEPTED: phrase("Taken"),
        ImportState.REFUSED: phrase("Not taken"),
        ImportState.ROLLED_BACK: phrase("Undone"),
    },
    RollbackReason: {
        RollbackReason.WRONG_ENTRIES: phrase("Wrong entries"),
        RollbackReason.SENT_BY_MISTAKE: phrase("Sent by mistake"),
        RollbackReason.KEY_LEAKED: phrase("The key was stolen"),
    },
    FalseBecause: {
        FalseBecause.OTHER_PICTURE: phrase("Another picture"),
        FalseBecause.NOT_ILLEGAL: phrase("Not illegal"),
        FalseBecause.OTHER: phrase("Another reason"),
    },
    HitOutcome: {
        HitOutcome.REMOVED: phrase("Removed"),
        HitOutcome.BLOCKED: phrase("Blocked"),
        HitOutcome.ALREADY_GONE: phrase("Gone already"),
        HitOutcome.FALSE: phrase("Called false"),
    },
    Review: {
        Review.OPEN: phrase("We look at it"),
        Review.KEPT: phrase("The match was right"),
        Review.WITHDRAWN: phrase("Taken off the list"),
    },
    Probing: {
        Probing.VARIANTS: phrase("Many variants of one picture"),
        Probing.BORDER: phrase("Along the border of a match"),
        Probing.MATCHES: phrase("Unusually many matches"),
        Probing.INVALID: phrase("Unusually many invalid hashes"),
    },
    AlarmAnswer: {
        AlarmAnswer.EXPLAINED: phrase("The client explained it"),
        AlarmAnswer.OWN_TEST: phrase("It was a test that we knew of"),
        AlarmAnswer.QUOTA_LOWERED: phrase("We lowered the quota"),
        AlarmAnswer.KEY_STOPPED: phrase("We stopped the key"),
    },
    ListClass: {
        ListClass.ILLEGAL: phrase("Illegal"),
        ListClass.TEST: phrase("Test"),
        ListClass.HARMLESS: phrase("Harmless: never a match"),
    },
    ListState: {
        ListState.ACTIVE: phrase("In use"),
        ListState.SUSPENDED: phrase("Not in use"),
    },
    AiInvolvement: {
        AiInvolvement.NOT_SEEN: phrase("No AI seen"),
        AiInvolvement.AI_EDITED: phrase("Edited with AI"),
        AiInvolvement.AI_GENERATED: phrase("Made with AI"),
        AiInvolvement.AI_SUSPECTED: phrase("AI suspected"),
        AiInvolvement.CANNOT_TELL: phrase("AI: cannot tell"),
    },
    Gender: {
        Gender.FEMALE: phrase("Female"),
        Gender.MALE: phrase("Male"),
        Gender.BOTH: phrase("Both"),
        Gender.NOT_DETERMINED: phrase("Not determined"),
    },
    SelfGenerated: {
        SelfGenerated.NO: phrase("No"),
        SelfGenerated.YES_VOLUNTARY_LATER_SPREAD: phrase("Yes, spread later"),
        SelfGenerated.YES_COERCED_OR_GROOMED: phrase("Yes, coerced or groomed"),
        SelfGenerated.YES_COVERTLY_RECORDED: phrase("Yes, recorded covertly"),
        SelfGenerated.YES_CIRCUMSTANCES_UNKNOWN: phrase("Yes, circumstances unknown"),
        SelfGenerated.UNKNOWN: phrase("Unknown"),
    },
}
KINDS: Mapping[str, str] = {
    EntryState.PROPOSED: "waiting",
    EntryState.LISTED: "done",
    EntryState.REFUSED: "none",
    EntryState.WITHDRAWN: "none",
    EntryState.QUARANTINED: "overdue",
    ImportState.ACCEPTED: "done",
    ImportState.ROLLED_BACK: "none",
    ListState.ACTIVE: "done",
    ListState.SUSPENDED: "none",
}
ROLE_WORDS: Mapping[str, str] = {
    "list_steward": phrase("List steward"),
    "client_manager": phrase("Client manager"),
    "auditor": phrase("Auditor"),
    "administrator": phrase("Administrator"),
}
SENTENCES = {
    "proposed": phrase("Proposed. Another steward has to agree before it is listed."),
    "listed": phrase("Listed. Every check knows it within a second."),
    "refused": phrase("Not listed."),
    "withdrawn": phrase("Taken off the list. No check matches it any more."),
    "kept": phrase("Kept. The match was right."),
    "list_made": phrase("The list is made."),
    "list_changed": phrase("The list is changed."),
    "client_made": phrase("The client is made. Give it a key."),
    "client_changed": phrase("The client is changed."),
    "key_revoked": phrase("The key stops working within a second."),
    "second_person_needed": phrase("You proposed this one. Somebody else has to decide."),
    "not_awaiting_decision": phrase("This was decided by somebody already. Nothing was changed."),
    "not_listed": phrase("This is not listed (any more). Nothing was changed."),
    "key_proposed": phrase("Proposed. Another steward has to agree before anything is taken."),
    "key_confirmed": phrase("Files signed with this key are taken from now on."),
    "key_stopped": phrase("Nothing that this key signed is taken any more."),
    "rolled_back": phrase("The version before is the list again."),
    "released_entry": phrase("It is matched again."),
    "public_key_unreadable": phrase("This is not an Ed25519 public key in PEM."),
    "honeypots_missing": phrase("Give 1 to 20 agreed entries."),
    "not_the_newest_version": phrase("Only the newest version can be undone. Nothing was changed."),
    "import_under_way": phrase("A file is being imported. Try again when it is done."),
    "signature_invalid": phrase("No key that two people agreed on signed exactly these bytes."),
    "other_list": phrase("The file is of another list."),
    "class_unknown": phrase("The file names a class that there is not."),
    "class_differs": phrase("The file is of another class than the list."),
    "version_not_newer": phrase("The file is not newer than what was taken before."),
    "too_large": phrase("The file has more entries than are taken."),
    "line_too_long": phrase("A line is longer than 4,096 bytes."),
    "line_malformed": phrase("A line cannot be read."),
    "hashes_missing": phrase("An entry has no hash, or only a pHash."),
    "hash_weak": phrase("A hash matches half the world: of nothing, or of an even picture."),
    "hash_is_for_tests": phrase("A hash is one that everybody may try with."),
    "entries_contradict": phrase("Two entries contradict each other."),
    "entries_miscounted": phrase("The file has another number of entries than it says."),
    "file_changed": phrase("The file was written to while it was read."),
    "honeypot_missing": phrase("An agreed entry is missing: this is not the whole list."),
    "list_shrinks": phrase("More than 5 per cent of the list would come off."),
    "entry_already_known": phrase("This very file is on the list or proposed already."),
    "list_name_invalid": phrase("A name has 2 to 40 small letters, digits and dashes."),
    "provenance_missing": phrase("Say in at most 500 characters where the entries come from."),
    "sha256_missing": phrase("A SHA-256 is needed: it says which file it is."),
    "hashes_ambiguous": phrase("Give each kind of hash once."),
    "list_unknown": phrase("There is no list with this name (any more)."),
    "quality_invalid": phrase("The quality of a PDQ is a number from 0 to 100."),
    "age_invalid": phrase("Choose an age of the list."),
    "acknowledged": phrase("Noted. The alarm is closed."),
    "client_released": phrase("The client may check again, within a second."),
    "key_not_live": phrase("This key does not work any more, so it cannot be replaced."),
    "network_invalid": phrase(
        "That is no address or network. Write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32."
    ),
    "too_many_networks": phrase("A key has at most twenty addresses and networks."),
    "quota_invalid": phrase("A quota is at least 1."),
    "mailbox_invalid": phrase("This is no e-mail address. Write it like name@example.org."),
    "mailbox_taken": phrase("This e-mail address opens the page of a client already."),
    "company_invalid": phrase("The name of an organisation has 2 to 120 characters."),
    "too_many_links": phrase("We sent three links within an hour. Use one or wait an hour."),
    "sandbox_busy": phrase("Very many asked for a key today. Try again tomorrow, or mail us."),
    "mail_not_offered": phrase("No mail leaves this installation. Ask us for a key."),
    "link_ended": phrase("This link was used or is older than an hour. Ask for a new one."),
    "already_exists": phrase("There is one with this name already."),
    "two_keys_live": phrase("Two keys work already. Stop one of them first."),
    "hash_wrong_length": phrase("A hash does not have the length of its kind."),
    "hash_not_hexadecimal": phrase("A hash has only the digits 0 to 9 and a to f."),
}


def word(value: StrEnum) -> str:
    """The English sentence of a code; the template translates it."""
    return WORDS[type(value)][value]


FACE = Face(
    name="hashcheck",
    title=phrase("Hash Check Service"),
    folder=Path(__file__).parents[1],
    navigation=(
        Destination("/", phrase("Today")),
        Destination("/proposals", phrase("Proposals"), Permission.SEE_LISTS),
        Destination("/lists", phrase("Lists"), Permission.SEE_LISTS),
        Destination("/feedback", phrase("Feedback"), Permission.SEE_LISTS),
        Destination("/clients", phrase("Clients"), Permission.SEE_CLIENTS),
        Destination("/alarms", phrase("Alarms"), Permission.SEE_CLIENTS),
        Destination("/checks", phrase("Checks"), Permission.SEE_CHECKS),
        Destination("/team", phrase("Team"), Permission.MANAGE_ACCOUNTS),
    ),
    sentences=SENTENCES,
    context={"word": word, "kinds": KINDS, "role_words": ROLE_WORDS, "permission": Permission},
)
