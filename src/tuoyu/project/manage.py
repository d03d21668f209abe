"""Django's own commands (makemigrations, shell, …), run as the owner of the tables."""

import typer

app = typer.Typer(add_completion=False)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context) -> None:
    """Run one of Django's own commands, for example `tuoyu manage makemigrations`."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["tuoyu manage", *context.args])
