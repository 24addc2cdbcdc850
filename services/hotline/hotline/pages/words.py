"""What each code of the hotline is called on a page, in English sentences to translate."""

from collections.abc import Mapping
from enum import StrEnum

from shared.contracts.hashcheck import WithdrawnBecause
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.ui.translations import phrase

from hotline.domain.assessment import (
    Choice,
    DecidedBy,
    DifferenceReason,
    NotIllegalReason,
    Verdict,
)
from hotline.domain.exposure import Profile
from hotline.domain.fetch import OfflineCause, ProbeState
from hotline.domain.hosting import ContactSource
from hotline.domain.labels import Activity, Depiction, PersonShown, SexualFocus
from hotline.domain.removal import RemovalState
from hotline.domain.report import Origin, ReportState
from hotline.domain.takedown import DeadlineState, MailState, NoticeKind, NoticeState
from hotline.domain.url import ReopenReason, UrlRole, UrlState

# Equal values of two enumerations are equal as text, so each has words of its own.
WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    Verdict: {
        Verdict.UNDECIDED: phrase("Not decided"),
        Verdict.ILLEGAL: phrase("Illegal"),
        Verdict.NOT_ILLEGAL: phrase("Not illegal"),
        Verdict.IGNORED: phrase("Ignored"),
        Verdict.NOT_FOUND: phrase("Not there"),
    },
    Choice: {
        Choice.ILLEGAL: phrase("Illegal"),
        Choice.NOT_ILLEGAL: phrase("Not illegal"),
        Choice.IGNORE: phrase("Ignore"),
        Choice.DOUBT: phrase("In doubt: ask a second person"),
    },
    DecidedBy: {
        DecidedBy.HUMAN: phrase("an analyst"),
        DecidedBy.HUMAN_TWO: phrase("a second person"),
        DecidedBy.HASH_EXACT: phrase("exactly known, nobody looked"),
        DecidedBy.SYSTEM_RULE: phrase("follows from other facts"),
    },
    WithdrawnBecause: {
        WithdrawnBecause.FALSE_POSITIVE: phrase("It matched something else"),
        WithdrawnBecause.DECISION_REVERSED: phrase("Judged otherwise later"),
        WithdrawnBecause.SOURCE_WITHDREW: phrase("The source took it back"),
    },
    NotIllegalReason: {
        NotIllegalReason.ADULT: phrase("Adults"),
        NotIllegalReason.NUDISM_NOT_SEXUALISED: phrase("Nudism, not sexualised"),
        NotIllegalReason.MINOR_NON_SEXUAL: phrase("Minor, not sexual"),
        NotIllegalReason.VIRTUAL_ANIMATION: phrase("Drawing or animation"),
        NotIllegalReason.TEXT_ONLY: phrase("Text only"),
        NotIllegalReason.LINK_LIST_ONLY: phrase("List of links only"),
        NotIllegalReason.AGE_UNCLEAR: phrase("Age unclear"),
        NotIllegalReason.BELOW_THRESHOLD: phrase("Below the legal threshold"),
        NotIllegalReason.IMAGE_TOO_SMALL: phrase("Picture too small"),
        NotIllegalReason.ALREADY_GONE: phrase("Already gone"),
        NotIllegalReason.TEMPORARILY_UNAVAILABLE: phrase("Not available now"),
        NotIllegalReason.PASSWORD_PROTECTED: phrase("Behind a password"),
        NotIllegalReason.NOT_ACCESSIBLE: phrase("Not accessible in another way"),
        NotIllegalReason.OTHER: phrase("Other reason"),
    },
    DifferenceReason: {
        DifferenceReason.CONTEXT_OF_PAGE: phrase("The page around it decides"),
        DifferenceReason.SERIES_KNOWN: phrase("Part of a known series"),
        DifferenceReason.LABELS_TOO_COARSE: phrase("The labels are too coarse"),
        DifferenceReason.CONSULTED: phrase("Consulted somebody"),
    },
    PersonShown: {
        PersonShown.CHILD: phrase("Child"),
        PersonShown.APPEARS_CHILD: phrase("Appears to be a child"),
        PersonShown.ADULT: phrase("Adult"),
        PersonShown.NONE: phrase("Nobody"),
        PersonShown.UNKNOWN: phrase("Unknown"),
    },
    Depiction: {
        Depiction.REAL: phrase("Real"),
        Depiction.REAL_EDITED: phrase("Real, edited"),
        Depiction.SYNTHETIC_PHOTOREALISTIC: phrase("Artificial, like a photo"),
        Depiction.SYNTHETIC_STYLISED: phrase("Artificial, stylised"),
        Depiction.DRAWING_ANIMATION: phrase("Drawing or animation"),
        Depiction.TEXT: phrase("Text"),
        Depiction.UNKNOWN: phrase("Unknown"),
    },
    SexualFocus: {
        SexualFocus.NONE: phrase("None"),
        SexualFocus.SUGGESTIVE_POSING: phrase("Suggestive posing"),
        SexualFocus.FOCUS_ON_BODY_PARTS: phrase("Focus on body parts"),
        SexualFocus.UNKNOWN: phrase("Unknown"),
    },
    Activity: {
        Activity.NONE: phrase("None"),
        Activity.SOLO: phrase("Alone"),
        Activity.BETWEEN_CHILDREN: phrase("Between children"),
        Activity.WITH_ADULT: phrase("With an adult"),
        Activity.UNKNOWN: phrase("Unknown"),
    },
    AiInvolvement: {
        AiInvolvement.NOT_SEEN: phrase("No AI seen"),
        AiInvolvement.AI_EDITED: phrase("Edited with AI"),
        AiInvolvement.AI_GENERATED: phrase("Made with AI"),
        AiInvolvement.AI_SUSPECTED: phrase("AI suspected"),
        AiInvolvement.CANNOT_TELL: phrase("Cannot tell"),
    },
    Gender: {
        Gender.FEMALE: phrase("Girl"),
        Gender.MALE: phrase("Boy"),
        Gender.BOTH: phrase("Both"),
        Gender.NOT_DETERMINED: phrase("Not determined"),
    },
    SelfGenerated: {
        SelfGenerated.NO: phrase("No"),
        SelfGenerated.YES_VOLUNTARY_LATER_SPREAD: phrase("Yes, voluntary and later spread"),
        SelfGenerated.YES_COERCED_OR_GROOMED: phrase("Yes, coerced or groomed"),
        SelfGenerated.YES_COVERTLY_RECORDED: phrase("Yes, covertly recorded"),
        SelfGenerated.YES_CIRCUMSTANCES_UNKNOWN: phrase("Yes, circumstances unknown"),
        SelfGenerated.UNKNOWN: phrase("Unknown"),
    },
    Profile: {
        Profile.THUMB: phrase("Small, grey and blurred"),
        Profile.BLURRED: phrase("Blurred"),
        Profile.FULL: phrase("As it is"),
    },
    ReopenReason: {
        ReopenReason.MISTAKE: phrase("The decision seems to be a mistake"),
        ReopenReason.NEW_FACTS: phrase("Something new is known"),
        ReopenReason.OBJECTION: phrase("Somebody objects"),
    },
    UrlState: {
        UrlState.TO_FETCH: phrase("Is being fetched"),
        UrlState.TO_MATCH: phrase("Is being compared"),
        UrlState.FOLLOWS_PICTURES: phrase("Waits for its pictures"),
        UrlState.AWAITING_DECISION: phrase("Waits for a decision"),
        UrlState.SECOND_OPINION: phrase("Waits for a second opinion"),
        UrlState.DECIDED: phrase("Decided"),
    },
    UrlRole: {
        UrlRole.UNKNOWN: phrase("Not known yet"),
        UrlRole.PAGE: phrase("Page"),
        UrlRole.PICTURE: phrase("Picture"),
    },
    RemovalState: {
        RemovalState.OPEN: phrase("Host is being looked up"),
        RemovalState.CONTACT_REVIEW: phrase("Needs an abuse contact"),
        RemovalState.HOSTED_ABROAD: phrase("Hosted abroad"),
        RemovalState.HOST_UNKNOWN: phrase("Host not known"),
        RemovalState.NOTICE_QUEUED: phrase("Notice is waiting to go out"),
        RemovalState.NOTICE_UNCERTAIN: phrase("Not sure that the notice arrived"),
        RemovalState.NOTICE_DELIVERED: phrase("Notice delivered"),
        RemovalState.CLOSED_REMOVED: phrase("Removed"),
        RemovalState.CLOSED_BEFORE_NOTICE: phrase("Gone before the notice"),
    },
    NoticeKind: {NoticeKind.FIRST: phrase("First notice")},
    NoticeState: {
        NoticeState.QUEUED: phrase("Waits in a mail"),
        NoticeState.DELIVERED: phrase("Delivered"),
        NoticeState.UNCERTAIN: phrase("Not sure that it arrived"),
        NoticeState.BOUNCED: phrase("Refused by the mail server"),
        NoticeState.CANCELLED: phrase("Not needed any more"),
    },
    DeadlineState: {
        DeadlineState.NONE: phrase("No deadline yet"),
        DeadlineState.ON_TIME: phrase("Within the term"),
        DeadlineState.AT_RISK: phrase("Deadline is near"),
        DeadlineState.OVERDUE: phrase("Past the deadline"),
    },
    MailState: {
        MailState.COLLECTING: phrase("Takes more notices"),
        MailState.READY: phrase("Waits to be sent"),
        MailState.SENDING: phrase("Is being sent"),
        MailState.SENT: phrase("Sent"),
        MailState.UNCERTAIN: phrase("Not sure that it arrived"),
        MailState.REFUSED: phrase("Refused by the mail server"),
        MailState.EMPTY: phrase("Nothing left to say"),
    },
    OfflineCause: {
        OfflineCause.FILE_GONE: phrase("The file is gone"),
        OfflineCause.PAGE_GONE: phrase("The page is gone"),
        OfflineCause.SITE_DOWN: phrase("The site is down"),
        OfflineCause.DNS_GONE: phrase("The name is gone"),
        OfflineCause.MOVED_IP: phrase("Moved to another network"),
        OfflineCause.REPLACED: phrase("Replaced by something else"),
        OfflineCause.ACCESS_NOW_RESTRICTED: phrase("No longer open to everybody"),
        OfflineCause.UNKNOWN: phrase("Cause not known"),
    },
    ProbeState: {
        ProbeState.ONLINE: phrase("Online"),
        ProbeState.OFFLINE: phrase("Gone"),
        ProbeState.UNKNOWN: phrase("Cannot tell"),
    },
    ContactSource: {
        ContactSource.RDAP: phrase("Registry (RDAP)"),
        ContactSource.MANUAL: phrase("Entered by a person"),
    },
    Origin: {
        Origin.PUBLIC_WEB: phrase("Website"),
        Origin.POLICE_NL: phrase("Police"),
        Origin.INHOPE_ICCAM: phrase("Other hotline (INHOPE)"),
        Origin.HELPLINE: phrase("Helpline"),
        Origin.PREVENTION_LINE: phrase("Prevention line"),
        Origin.ANALYST_PROACTIVE: phrase("Found by an analyst"),
    },
    ReportState: {
        ReportState.RECEIVED: phrase("Received"),
        ReportState.IN_PROGRESS: phrase("In progress"),
        ReportState.PROCESSED: phrase("Processed"),
    },
}

ROLE_WORDS: Mapping[str, str] = {
    "intake_officer": phrase("Intake officer"),
    "analyst": phrase("Analyst"),
    "senior_analyst": phrase("Senior analyst"),
    "ntd_officer": phrase("Notice officer"),
    "statistician": phrase("Statistician"),
    "wellbeing_coach": phrase("Well-being coach"),
    "auditor": phrase("Auditor"),
    "admin": phrase("Administrator"),
}

# How sure an analyst is about what they saw of AI.
CONFIDENCE_WORDS: Mapping[int, str] = {
    1: phrase("Not sure"),
    2: phrase("Fairly sure"),
    3: phrase("Sure"),
}

# The steps of the youngest child's age, as `AGE_STEPS` has them.
AGE_WORDS: Mapping[tuple[int, int], str] = {
    (0, 2): phrase("0 to 2 years"),
    (3, 3): phrase("3 years"),
    (4, 6): phrase("4 to 6 years"),
    (7, 10): phrase("7 to 10 years"),
    (11, 11): phrase("11 years"),
    (12, 13): phrase("12 to 13 years"),
    (14, 15): phrase("14 to 15 years"),
    (16, 17): phrase("16 to 17 years"),
}

PRIORITY_WORDS: Mapping[int, str] = {
    0: phrase("Danger"),
    1: phrase("Police"),
    2: phrase("INHOPE"),
    3: phrase("Public"),
    4: phrase("Bulk"),
}


def word(code: StrEnum) -> str:
    """What a code is called."""
    return WORDS[type(code)][code]


def defanged(address: str) -> str:
    """An address, or a host alone, as text that nothing turns into a link: `hxxps://host[.]test`."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        scheme, rest = "", address
    host, slash, path = rest.partition("/")
    return scheme.replace("tt", "xx", 1) + separator + host.replace(".", "[.]") + slash + path
