"""henji clients, henji accounts: who may come in."""

import secrets

import click

from app.actions.accounts import create_account
from app.actions.machine_clients import create_client
from app.cli.output import json_option, print_json
from app.cli.session import deps, operator


@click.group()
def clients() -> None:
    """Machine clients of the API."""


@clients.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help="office, submit, determine or read; repeatable")
@click.option("--territory", "territories", multiple=True, help="a territory it is limited to; repeatable")
@click.option("--all-territories", is_flag=True, help="every territory, also future ones")
@json_option
def create_machine_client(
    name: str, scopes: tuple[str, ...], territories: tuple[str, ...], all_territories: bool, as_json: bool
) -> None:
    """Create a client and print its credential, this once. Nothing is granted that is not named."""
    if all_territories and territories:
        raise click.UsageError("--territory and --all-territories exclude each other")
    client, credential = create_client(deps(), operator(), name, scopes, None if all_territories else territories)
    if as_json:
        print_json({"client": client.client_id, "credential": credential})
        return
    click.echo(f"client:     {client.client_id}\ncredential: {credential}")
    click.echo("凭证只显示这一次。 The credential is shown this once.")


@clients.command("list")
@json_option
def list_clients(as_json: bool) -> None:
    """List the clients, without their credentials."""
    with deps().store.read() as uow:
        known = uow.clients.list()
    if as_json:
        rows = [
            {
                "client": client.client_id,
                "scopes": list(client.scopes),
                "territories": None if client.territories is None else sorted(client.territories),
                "revoked": client.revoked_at is not None,
            }
            for client in known
        ]
        print_json({"clients": rows})
        return
    for client in known:
        click.echo(f"{client.client_id}  {', '.join(client.scopes)}  {_territories(client.territories)}")


def _territories(territories: frozenset[str] | None) -> str:
    if territories is None:
        return "all territories"
    return ", ".join(sorted(territories)) or "no territory"


@click.group()
def accounts() -> None:
    """Accounts of people. A new installation has none."""


@accounts.command("create")
@click.argument("login")
@click.option("--administrator", is_flag=True, help="manages accounts and clients, does no business act")
@click.option("--person", "person_id", help="the person the account belongs to (imported before)")
@click.option("--password", help="12 characters or more; asked for when not given, random with '-'")
def create_person_account(login: str, administrator: bool, person_id: str | None, password: str | None) -> None:
    """Create an account. What it may do follows from the person's roles."""
    if administrator == bool(person_id):
        raise click.UsageError("give either --administrator or --person ID")
    drawn = password == "-"  # noqa: S105  # the sign for "draw one"
    if drawn:
        password = secrets.token_urlsafe(12)
    elif password is None:
        password = click.prompt("密码 Password", hide_input=True, confirmation_prompt=True)
    create_account(deps(), operator(), login, password, person_id, administrator=administrator)
    click.echo(f"账号 {login} 已创建。 Account {login} created." + (f"  {password}" if drawn else ""))
