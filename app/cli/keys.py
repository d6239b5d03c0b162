"""henji keys: create the keys of an installation, show their public halves."""

from pathlib import Path

import click

from app.actions.certify_keys import certify_keys
from app.actions.revoke_certificate import renew_revocation_list
from app.actions.signing_keys import confirm_signing_key
from app.cli.output import json_option, print_json
from app.cli.session import deps, installation, operator
from app.keys.authority import load_authority
from app.keys.ring import load_keys
from app.keys.secret_box import create_secret_box
from app.keys.token import Token
from app.wiring import make_keys, make_time_keys, time_root_texts


@click.group()
def keys() -> None:
    """The keys of this installation: the log's, the system seal's, the root's."""


@keys.command()
@click.option("--slug", help="short name in the origin of the log: henji.<slug>/log")
@click.option("--pkcs11-module", type=click.Path(path_type=Path), help="PKCS#11 library that holds the seal key")
@click.option("--pkcs11-token", help="label of the token")
@click.option("--pkcs11-key", help="label of the P-256 key pair in the token")
@click.option("--pkcs11-pin-file", type=click.Path(path_type=Path), help="file with the user PIN, mode 0600")
def create(
    slug: str | None,
    pkcs11_module: Path | None,
    pkcs11_token: str | None,
    pkcs11_key: str | None,
    pkcs11_pin_file: Path | None,
) -> None:
    """Create the keys, all of them or none; nothing is ever overwritten."""
    place = installation()
    given = (pkcs11_module, pkcs11_token, pkcs11_key, pkcs11_pin_file)
    token = None
    if any(given):
        if pkcs11_module is None or pkcs11_token is None or pkcs11_key is None or pkcs11_pin_file is None:
            raise click.UsageError("give all four --pkcs11-... options, or none")
        token = Token(str(pkcs11_module), pkcs11_token, pkcs11_key, str(pkcs11_pin_file))
    ring = make_keys(place.keys, place.office_name.zh, place.clock, slug=slug, token=token)
    click.echo(f"密钥已生成于 {place.keys}。请把 root.key 移到安全的地方。")
    click.echo(f"Keys created in {place.keys}. Move root.key to a safe place.")
    click.echo(f"log: {ring.log.verifier_key}")


@keys.command("create-time-stamper")
def create_time_stamper() -> None:
    """Create the local time-stamping authority of an installation that has none yet."""
    place = installation()
    load_keys(place.keys)
    make_time_keys(place.keys, place.office_name.zh, place.clock)
    click.echo("本机时间戳密钥已生成。 The keys of the local time stamper are created.")


@keys.command("create-secrets-key")
def create_secrets_key() -> None:
    """Create the key that seals the secrets of second factors, of an installation that has none yet."""
    place = installation()
    load_keys(place.keys)
    create_secret_box(place.keys)
    click.echo("密钥 secrets.key 已生成。 The key secrets.key is created.")


@keys.command()
@click.argument("person_id", metavar="PERSON")
@click.option("--fingerprint", required=True, help="as the person reads it out from the own page")
def confirm(person_id: str, fingerprint: str) -> None:
    """Vouch for a person's signing key from the host: for the very first head of supervision. It is on record."""
    key = confirm_signing_key(deps(), operator(), person_id, fingerprint, None)
    click.echo(
        f"{key.person_name}（{person_id}）的密钥已确认。 The key of {key.person_name} is confirmed: {key.state}."
    )


_root_key = click.option("--root-key", type=click.Path(path_type=Path), help="where root.key lies, when not in keys/")


@keys.command()
@_root_key
def certify(root_key: Path | None) -> None:
    """Issue the certificates of all signing keys that are confirmed and have none."""
    place = installation()
    issued = certify_keys(deps(), operator(), load_authority(place.keys, root_key or place.root_key))
    for one in issued:
        click.echo(f"{one.person_id}  {one.serial}  confirmed by {one.confirmed_by}")
    click.echo(f"已签发 {len(issued)} 张证书。 {len(issued)} certificates issued.")


@keys.command("revocation-list")
@_root_key
@click.option("--out", type=click.Path(path_type=Path), help="write the list (DER) to this file as well")
def revocation_list(root_key: Path | None, out: Path | None) -> None:
    """Renew the list of revoked certificates: at least every 30 days, and before signed forms are archived."""
    place = installation()
    renewed = renew_revocation_list(deps(), operator(), load_authority(place.keys, root_key or place.root_key))
    if out is not None:
        out.write_bytes(renewed.der)
    click.echo(f"吊销列表第 {renewed.number} 号已生成。 Revocation list {renewed.number} made.")


@keys.command()
@json_option
def show(as_json: bool) -> None:
    """Print the verifier key of the log and the root certificates: what an auditor is given."""
    ring = load_keys(installation().keys)
    time_roots = time_root_texts()
    if as_json:
        print_json({"log": ring.log.verifier_key, "roots": list(ring.roots), "time_roots": list(time_roots)})
        return
    click.echo(f"log: {ring.log.verifier_key}")
    for root in (*ring.roots, *time_roots):
        click.echo(root.rstrip())
