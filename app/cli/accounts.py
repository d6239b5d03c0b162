"""henji clients, henji accounts: who may come in."""

import secrets

import click

from app.actions.accounts import create_account
from app.actions.keep_accounts import disable_account, list_accounts, reset_password
from app.actions.machine_clients import create_client, revoke_client, rotate_client
from app.actions.second_factor import reset_second_factor
from app.actions.sign_in_elsewhere import link_identity
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


@clients.command("revoke")
@click.argument("name")
def revoke_machine_client(name: str) -> None:
    """Take away a client's access, for good."""
    revoke_client(deps(), operator(), name)
    click.echo(f"客户端 {name} 已停用。 Client {name} revoked.")


@clients.command("rotate")
@click.argument("name")
def rotate_machine_client(name: str) -> None:
    """Give a client a new credential, printed this once; the old one ends at once."""
    click.echo(f"credential: {rotate_client(deps(), operator(), name)}")


@accounts.command("list")
@json_option
def list_person_accounts(as_json: bool) -> None:
    """List the accounts, without their secrets."""
    known = list_accounts(deps(), operator())
    if as_json:
        rows = [
            {
                "login": one.login,
                "person": one.person_id,
                "administrator": one.administrator,
                "second_factor": one.has_second_factor,
                "disabled": one.disabled_at is not None,
                "identities": [{"issuer": issuer, "subject": subject} for issuer, subject in one.identities],
            }
            for one in known
        ]
        print_json({"accounts": rows})
        return
    for one in known:
        marks = [
            word for word, there in (("administrator", one.administrator), ("TOTP", one.has_second_factor)) if there
        ]
        marks += ["disabled"] if one.disabled_at else []
        click.echo(f"{one.login}  {one.person_id or '-'}  {', '.join(marks)}".rstrip())


@accounts.command("disable")
@click.argument("login")
def disable_person_account(login: str) -> None:
    """Close an account for good and end its sessions."""
    disable_account(deps(), operator(), login)
    click.echo(f"账号 {login} 已停用。 Account {login} closed.")


@accounts.command("reset")
@click.argument("login")
@click.option("--second-factor", is_flag=True, help="take the second factor away as well")
def reset_person_account(login: str, second_factor: bool) -> None:
    """Print a temporary password, to be changed at the first sign-in. For the last administrator who is locked out."""
    if second_factor:
        reset_second_factor(deps(), operator(), login)
    click.echo(f"临时密码 Temporary password: {reset_password(deps(), operator(), login)}")


@accounts.command("link")
@click.argument("login")
@click.option("--issuer", required=True, help="as the provider writes it in its tokens")
@click.option("--subject", required=True, help="of the person, at that provider")
def link_person_account(login: str, issuer: str, subject: str) -> None:
    """Let a subject of a provider (OpenID Connect) enter an account."""
    link_identity(deps(), operator(), login, issuer, subject)
    click.echo(f"外部身份已关联 {login}。 The identity may enter {login}.")


@accounts.command("create")
@click.argument("login")
@click.option("--administrator", is_flag=True, help="manages accounts and clients, does no business act")
@click.option("--person", "person_id", help="the person the account belongs to (imported before)")
@click.option("--password", help="12 characters or more; asked for when not given, random with '-'")
def create_person_account(login: str, administrator: bool, person_id: str | None, password: str | None) -> None:
    """Create an account. What it may do follows from the person's roles.

    The first administrator is made before any people are imported, so it may stand alone; give later ones a person,
    so that nobody grants a role to oneself.
    """
    if not administrator and not person_id:
        raise click.UsageError("give --person ID, or --administrator, or both")
    drawn = password == "-"  # noqa: S105  # the sign for "draw one"
    if drawn:
        password = secrets.token_urlsafe(12)
    elif password is None:
        password = click.prompt("密码 Password", hide_input=True, confirmation_prompt=True)
    create_account(deps(), operator(), login, password, person_id, administrator=administrator)
    click.echo(f"账号 {login} 已创建。 Account {login} created." + (f"  {password}" if drawn else ""))
