"""Who may call an operation. Declared on every route; a test compares the routes with a table written by hand."""

from dataclasses import dataclass

from app.office.permission import SCOPES, Permission


@dataclass(frozen=True, slots=True)
class Access:
    """Open to everybody, or to clients that hold one of the permissions.

    The action asks for the permission itself; this is what the documentation and the tests know of it.
    """

    is_open: bool = False
    permissions: tuple[Permission, ...] = ()

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of machine clients that grant one of the permissions."""
        return tuple(scope for scope, granted in SCOPES.items() if granted & set(self.permissions))

    @property
    def sentence(self) -> str:
        """What the documentation says."""
        if self.is_open:
            return "Open: needs no credential."
        return "Needs a credential with scope " + " or ".join(f"`{scope}`" for scope in self.scopes) + "."


OPEN = Access(is_open=True)


def needs(*permissions: Permission) -> Access:
    """Return the access of clients that hold one of ``permissions``."""
    return Access(permissions=permissions)
