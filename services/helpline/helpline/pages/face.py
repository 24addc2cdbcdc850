"""The look of the helpline: its places and its words."""

from pathlib import Path

from shared.ui.contact_words import CONTACT_CONTEXT, CONTACT_SENTENCES
from shared.ui.pages import Destination, Face
from shared.ui.referral_words import REFERRAL_CONTEXT
from shared.ui.translations import phrase

from helpline.domain.role import Permission
from helpline.pages.words import SENTENCES, word

FACE = Face(
    name="helpline",
    title=phrase("Helpline"),
    folder=Path(__file__).parents[1],
    home="/today",
    navigation=(
        Destination("/today", phrase("Today")),
        Destination("/chats", phrase("Conversations"), Permission.ANSWER_CONTACTS),
        Destination("/contacts", phrase("Contacts"), Permission.ANSWER_CONTACTS),
        Destination("/notices", phrase("Notices"), Permission.SEND_NOTICES),
        Destination("/missed", phrase("Not helped"), Permission.READ_MISSED),
        Destination("/opening", phrase("Opening hours"), Permission.PLAN_OPENING),
        Destination("/team", phrase("Team"), Permission.MANAGE_ACCOUNTS),
    ),
    sentences={**CONTACT_SENTENCES, **SENTENCES},
    context={
        **CONTACT_CONTEXT,
        **REFERRAL_CONTEXT,
        "word": word,
        "role_words": {
            "worker": phrase("Worker"),
            "coordinator": phrase("Coordinator"),
            "admin": phrase("Administrator"),
        },
    },
)
