"""`./run doctor`: what is missing on this machine, and how to get it."""

import click

from webapp import machine


@click.command()
@click.option("--port", envvar="PORT", default=machine.PORT, show_default=True, help="The port the service would use.")
@click.pass_context
def doctor(context: click.Context, port: int) -> None:
    """Say what this machine lacks, and how to get it."""
    findings = machine.look(port)
    for finding in findings:
        click.echo(str(finding))
    if any(finding.needed and not finding.is_well for finding in findings):
        context.exit(1)
