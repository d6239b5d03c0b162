"""The addresses of one's own account, of signing keys, of the further steps of signing in, and of administration."""

from typing import Final

from app.office.permission import Permission
from app.web import (
    account,
    account_factor,
    account_key,
    admin_accounts,
    admin_clients,
    admin_people,
    admin_territories,
    demo_codes,
    keys_confirm,
    sign_in_steps,
)
from app.web.pages import PUBLIC, SIGNED_IN, Route, View

_POST: Final = ("POST",)


def _form(path: str, show: View, send: View, who: Permission | str) -> tuple[Route, Route]:
    return Route(path, show, who), Route(path, send, who, _POST)


ACCOUNT_ROUTES: Final = (
    *_form("/sign-in/code", sign_in_steps.sign_in_code, sign_in_steps.sign_in_code_form, PUBLIC),
    Route("/sign-in/oidc", sign_in_steps.sign_in_oidc, PUBLIC),
    Route("/sign-in/oidc/return", sign_in_steps.sign_in_oidc_return, PUBLIC),
    Route("/demo/codes", demo_codes.demo_sign_ins, PUBLIC),
    *_form("/account", account.account, account.account_sessions_form, SIGNED_IN),
    *_form("/account/password", account.account_password, account.account_password_form, SIGNED_IN),
    *_form("/account/presence", account.presence, account.presence_form, SIGNED_IN),
    *_form("/account/second-factor", account_factor.second_factor, account_factor.second_factor_form, SIGNED_IN),
    *_form("/account/signing-key", account_key.signing_key, account_key.signing_key_form, Permission.HOLD_KEY),
    *_form("/account/signing-key/pin", account_key.signing_pin, account_key.signing_pin_form, Permission.HOLD_KEY),
    *_form(
        "/account/signing-key/revoke",
        account_key.signing_key_revoke,
        account_key.signing_key_revoke_form,
        Permission.HOLD_KEY,
    ),
    Route("/keys/confirm", keys_confirm.keys_confirm, Permission.CONFIRM_KEY),
    *_form(
        "/keys/confirm/<person_id>", keys_confirm.key_confirm, keys_confirm.key_confirm_form, Permission.CONFIRM_KEY
    ),
    *_form("/keys/revoke/<person_id>", keys_confirm.key_revoke, keys_confirm.key_revoke_form, Permission.REVOKE_KEY),
    Route("/admin/people", admin_people.admin_people, Permission.MANAGE_ROLES),
    Route("/admin/people/<person_id>", admin_people.admin_person, Permission.MANAGE_ROLES),
    *_form(
        "/admin/people/<person_id>/grant",
        admin_people.role_grant,
        admin_people.role_grant_form,
        Permission.MANAGE_ROLES,
    ),
    *_form("/admin/people/<person_id>/end", admin_people.role_end, admin_people.role_end_form, Permission.MANAGE_ROLES),
    Route("/admin/accounts", admin_accounts.admin_accounts, Permission.MANAGE_ACCOUNTS),
    *_form(
        "/admin/accounts/new", admin_accounts.account_new, admin_accounts.account_new_form, Permission.MANAGE_ACCOUNTS
    ),
    *_form(
        "/admin/accounts/of/<account_id>",
        admin_accounts.admin_account,
        admin_accounts.admin_account_form,
        Permission.MANAGE_ACCOUNTS,
    ),
    Route("/admin/territories", admin_territories.admin_territories, Permission.MANAGE_TERRITORIES),
    *_form(
        "/admin/territories/<territory_id>",
        admin_territories.admin_territory,
        admin_territories.admin_territory_form,
        Permission.MANAGE_TERRITORIES,
    ),
    Route("/admin/clients", admin_clients.admin_clients, Permission.MANAGE_CLIENTS),
    *_form("/admin/clients/new", admin_clients.client_new, admin_clients.client_new_form, Permission.MANAGE_CLIENTS),
    *_form(
        "/admin/clients/of/<client_id>",
        admin_clients.admin_client,
        admin_clients.admin_client_form,
        Permission.MANAGE_CLIENTS,
    ),
)
"""Every page about people and access, and who may call it."""
