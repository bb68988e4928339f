"""`./run doctor`: what is missing on this machine, and how to get it."""

import click

from webapp import machine, settings


@click.command()
@click.option("--port", envvar="PORT", default=machine.PORT, show_default=True, help="The port the service would use.")
@click.pass_context
def doctor(context: click.Context, port: int) -> None:
    """Say what this machine lacks, and how to get it."""
    findings = machine.look(port)
    for finding in findings:
        click.echo(str(finding))
    for wrong in wrong_settings():
        click.echo(f"  wrong    {wrong}")
    if any(finding.needed and not finding.is_well for finding in findings):
        context.exit(1)


def wrong_settings() -> list[str]:
    """What is wrong with the settings as they are now, a sentence each."""
    try:
        settings.load()
    except settings.SettingsWrong as wrong:
        return str(wrong).splitlines()
    return []
