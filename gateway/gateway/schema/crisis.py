"""Crisis contacts: answered from the program alone, whatever else is down."""

from enum import StrEnum

import strawberry

from gateway.crisis import CRISIS_CONTACTS
from gateway.schema.context import Asked


@strawberry.enum
class Language(StrEnum):
    NL = "nl"
    EN = "en"


@strawberry.type
class CrisisContact:
    telephone: str
    name: str
    when: str


@strawberry.type
class CrisisQuery:
    @strawberry.field
    def crisis_information(
        self, info: Asked, language: Language = Language.NL
    ) -> list[CrisisContact]:
        translate = info.context.translate
        return [
            CrisisContact(
                telephone=contact.telephone,
                name=translate(contact.name, language),
                when=translate(contact.when, language),
            )
            for contact in CRISIS_CONTACTS
        ]
