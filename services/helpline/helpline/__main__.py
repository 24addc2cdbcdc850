"""Commands of the helpline: python -m helpline --help."""

from pathlib import Path

from shared.platform.commands import ServiceCommands, run
from shared.platform.contact.clocks import contact_clocks
from shared.platform.migrations import service_schema

from helpline.main import create_app, create_desk
from helpline.settings import HelplineSettings
from helpline.tables import METADATA
from helpline.worker import create_worker

COMMANDS = ServiceCommands(
    name="helpline",
    settings=HelplineSettings,
    app=create_app,
    worker=create_worker,
    schema=service_schema("helpline", Path(__file__).parent, *METADATA),
    desk=create_desk,
    clocks=lambda settings: contact_clocks(settings.contact_policy),
)

if __name__ == "__main__":
    run(COMMANDS)
