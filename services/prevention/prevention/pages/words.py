"""What the codes of a registration are called on pages."""

from collections.abc import Mapping

from shared.ui.translations import phrase

WORDS: Mapping[str, str] = {
    "help_request": phrase("request for help"),
    "insufficient_information": phrase("too little known (chat only)"),
    "other_excluded": phrase("other, does not count"),
    "self": phrase("about themselves"),
    "other": phrase("about somebody else"),
    "professional": phrase("a professional asks"),
    "viewer": phrase("views"),
    "potential_viewer": phrase("might view"),
    "offender": phrase("acted"),
    "potential_offender": phrase("might act"),
    "sexual_feelings": phrase("feelings"),
    "ai_csam_question": phrase("a question about AI-made imagery"),
    "not_known": phrase("not known"),
    "not_discussed": phrase("not discussed"),
    "none": phrase("none"),
    "thoughts": phrase("thoughts"),
    "plan_or_intent": phrase("plan or intent"),
    "acute_threat": phrase("acute threat"),
    "safety_talk": phrase("talked about safety"),
    "referred_113": phrase("referred to 113"),
    "gp_advised": phrase("advised the doctor"),
    "trusted_person": phrase("somebody close involved"),
    "call_112_advised": phrase("advised 112"),
    "planned": phrase("planned"),
    "called": phrase("called"),
    "no_show": phrase("did not call"),
    "cancelled": phrase("cancelled"),
    "intends": phrase("wants treatment"),
    "does_not": phrase("does not want treatment"),
    "undecided": phrase("undecided"),
}

SENTENCES: Mapping[str, str] = {
    "registered": phrase("Registered. Thank you."),
    "saved": phrase("Saved."),
    "registered_already": phrase("This chat was registered already."),
    "conversation_runs": phrase("The conversation has not ended yet. End it first."),
    "only_in_chat": phrase("“Too little known” exists for a chat only. Choose something else."),
    "subgroup_missing": phrase("Choose what it was about; “not known” is an answer."),
    "risk_action_missing": phrase("Say what you did about the risk, or that there was none."),
    "unknown_person": phrase("Nobody is known by this pseudonym. Leave it empty for a new one."),
    "outcome_too_early": phrase("What came of it is noted later."),
    "not_called_yet": phrase("Whether somebody wants treatment is known after they called."),
}


def word(code: str) -> str:
    return WORDS.get(code, code)
