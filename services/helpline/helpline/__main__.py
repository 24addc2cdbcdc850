"""Commands of the helpline: python -m helpline --help."""

from pathlib import Path

from shared.domain.actor import SYSTEM
from shared.platform.commands import Arguments, Command, ServiceCommands, run
from shared.platform.composition import sessions_of
from shared.platform.contact.clocks import contact_clocks
from shared.platform.contact.commands import PLAN_OPENING
from shared.platform.migrations import service_schema
from shared.platform.unit_of_work import open_work

from helpline.main import create_app, create_desk
from helpline.settings import HelplineSettings
from helpline.tables import METADATA
from helpline.tasks import clocks
from helpline.use_cases.contact import add_first_platforms
from helpline.worker import create_worker


def add_platforms(settings: HelplineSettings, _: Arguments) -> None:
    with open_work(sessions_of(settings), SYSTEM) as work:
        add_first_platforms(work)


COMMANDS = ServiceCommands(
    name="helpline",
    settings=HelplineSettings,
    app=create_app,
    worker=create_worker,
    schema=service_schema("helpline", Path(__file__).parent, *METADATA),
    desk=create_desk,
    clocks=lambda settings: [
        *contact_clocks(settings.contact_policy),
        *clocks(settings.notice_policy),
    ],
    more=(
        PLAN_OPENING,
        Command("add-platforms", "List the platforms to begin with", add_platforms),
    ),
)

if __name__ == "__main__":
    run(COMMANDS)
