"""What the helpline does after a commit: each name is a row of the outbox."""

from dataclasses import dataclass

from shared.platform.contact.handover import HANDOVER_CONSENTED, content
from shared.platform.delivery import TaskSet
from shared.platform.events import EventPeer, announce


@dataclass(frozen=True, slots=True)
class Outside:
    """What the tasks of a process speak to."""

    prevention: EventPeer


tasks: TaskSet[Outside] = TaskSet("helpline")

announce(tasks, HANDOVER_CONSENTED, "prevention", content, lambda: tasks.resources.prevention)
