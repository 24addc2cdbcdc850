"""Commands of the prevention line: python -m prevention --help."""

from pathlib import Path

from shared.platform.commands import ServiceCommands, run
from shared.platform.contact.clocks import contact_clocks
from shared.platform.contact.commands import PLAN_OPENING
from shared.platform.migrations import service_schema

from prevention.main import create_app, create_desk
from prevention.settings import PreventionSettings
from prevention.tables import METADATA
from prevention.worker import create_worker

COMMANDS = ServiceCommands(
    name="prevention",
    settings=PreventionSettings,
    app=create_app,
    worker=create_worker,
    schema=service_schema("prevention", Path(__file__).parent, *METADATA),
    desk=create_desk,
    clocks=lambda settings: contact_clocks(settings.contact_policy),
    more=(PLAN_OPENING,),
)

if __name__ == "__main__":
    run(COMMANDS)
