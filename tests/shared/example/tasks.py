"""The tasks of the example service: a use case, and a delivery to a receiver of its own."""

import time
from collections.abc import Callable
from uuid import UUID

from shared.platform.delivery import TaskSet
from shared.platform.unit_of_work import UnitOfWork

from tests.shared.example.tables import Letter

STAMP = "example.stamp_letter"
DELIVER = "example.deliver_letter"

# Takes a letter and counts its arrival, in a transaction that is none of ours.
Receiver = Callable[[UUID], None]
tasks: TaskSet[Receiver] = TaskSet("example")


@tasks.use_case(STAMP)
def stamp(work: UnitOfWork, letter_id: UUID) -> None:
    work.session.get_one(Letter, letter_id).arrivals += 1


def _claim(work: UnitOfWork, letter_id: UUID) -> UUID:
    work.session.get_one(Letter, letter_id).state = "sending"
    return letter_id


def _settle(work: UnitOfWork, letter_id: UUID, _: None) -> None:
    work.session.get_one(Letter, letter_id).state = "delivered"


def _send(letter_id: UUID) -> None:
    tasks.resources(letter_id)


tasks.delivery(DELIVER, claim=_claim, send=_send, settle=_settle)


def slowly(receive: Receiver, seconds: float) -> Receiver:
    def take(letter_id: UUID) -> None:
        receive(letter_id)
        time.sleep(seconds)

    return take
