"""`tuoyu admin`: the first administrator of an installation without demonstration data."""

import sys
from typing import Annotated, NoReturn

import typer

from tuoyu.accounts import actions
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused

app = typer.Typer(help="Make the first administrator.", no_args_is_help=True)


@app.callback()
def admin() -> None:
    """Make the first administrator."""


@app.command("create")
def create(
    username: Annotated[str, typer.Option(prompt=True, help="3 to 32 of a-z, 0-9 and . _ -")],
    name: Annotated[str, typer.Option(prompt=True, help="The person's name.")],
    place: Annotated[
        str, typer.Option(help="Division code of the places to administer; empty for all.")
    ] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make the first system administrator; refused where there is one, or demonstration data.

    The password is asked for, or read from standard input; it is never an argument and never shown.
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        actions.create_first_administrator(
            by=Actor.system("tuoyu admin create"),
            username=username,
            name=name,
            password=password,
            division_code=place,
        )
    except Refused as refused:
        _fail("；".join(problem.message + problem.fix for problem in refused.problems))
    typer.echo(f"System administrator {username} made. Sign in, then invite the others.")


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
