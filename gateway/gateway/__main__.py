"""Commands of the gateway: python -m gateway --help."""

from pathlib import Path

from shared.platform.commands import ServiceCommands, run
from shared.platform.migrations import service_schema

from gateway.main import create_app, create_desk
from gateway.settings import GatewaySettings
from gateway.tables import Table

COMMANDS = ServiceCommands(
    name="gateway",
    settings=GatewaySettings,
    app=create_app,
    schema=service_schema("gateway", Path(__file__).parent, Table.metadata),
    desk=create_desk,
)

if __name__ == "__main__":
    run(COMMANDS)
