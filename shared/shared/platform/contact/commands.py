"""Commands of a line with conversations: the hours of its chat, from the command line."""

import argparse
from datetime import time

from shared.domain.actor import SYSTEM
from shared.domain.conversation import Channel
from shared.domain.opening_hours import ZONE, Rule
from shared.platform.commands import Arguments, Command
from shared.platform.composition import sessions_of
from shared.platform.contact.opening import hours_of, plan_opening
from shared.platform.contact.permissions import ContactPermission
from shared.platform.settings import ServiceSettings
from shared.platform.unit_of_work import open_work

WEEKDAYS = range(7)


def _plan(settings: ServiceSettings, arguments: Arguments) -> None:
    """The same hours on every weekday, unless hours are planned already."""
    with open_work(sessions_of(settings), SYSTEM) as work:
        if hours_of(work.session, Channel.CHAT).rules:
            return
        today = work.now.astimezone(ZONE).date()
        for weekday in WEEKDAYS:
            rule = Rule(weekday, arguments.opens, arguments.closes, today)
            plan_opening(work, Channel.CHAT, rule, ContactPermission.PLAN_OPENING)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("opens", type=time.fromisoformat, help="local time, as 09:00")
    parser.add_argument("closes", type=time.fromisoformat, help="local time, as 21:30")


PLAN_OPENING: Command[ServiceSettings] = Command(
    "plan-opening", "Open the chat every day, if no hours are planned yet", _plan, None, _arguments
)
