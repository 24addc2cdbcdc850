"""What staff of a line with conversations may do; each line gives them to its own roles."""

from enum import StrEnum


class ContactPermission(StrEnum):
    ANSWER = "answer_contacts"
    PLAN_OPENING = "plan_opening"
    READ_MISSED = "read_missed"
