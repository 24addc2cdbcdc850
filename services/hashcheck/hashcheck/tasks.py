"""What the Hash Check Service does after a commit, and the duties that come back."""

from dataclasses import dataclass
from datetime import timedelta

from shared.contracts.hashcheck import ENTRY_WITHDRAWN
from shared.platform.clockwork import Clockwork
from shared.platform.delivery import TaskSet
from shared.platform.events import EventPeer, announce

from hashcheck.use_cases.entry import HOTLINE, entry_withdrawn
from hashcheck.use_cases.quarantine import set_floods_aside

# Hits are in the database within a second, and processes follow twice a second.
FLOODS_ARE_LOOKED_FOR_EVERY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the tasks of a process speak to."""

    hotline: EventPeer


tasks: TaskSet[Outside] = TaskSet("hashcheck")

announce(tasks, ENTRY_WITHDRAWN, HOTLINE, entry_withdrawn, lambda: tasks.resources.hotline)

CLOCKS = (Clockwork("hashcheck.set_floods_aside", FLOODS_ARE_LOOKED_FOR_EVERY, set_floods_aside),)
