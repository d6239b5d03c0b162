"""What a command works with: the installation named by the environment, and the person at the machine."""

from functools import cache

from app.actions.deps import Deps
from app.core.actor import Actor, command_actor
from app.office.permission import Permission
from app.wiring import build_deps_from_environment, installation


@cache
def deps() -> Deps:
    """Return this installation, its schema checked."""
    built = build_deps_from_environment()
    built.store.require_current_schema()
    return built


def operator() -> Actor:
    """Return the person at the command line, who may do everything the machine's owner may."""
    return command_actor(Permission)


__all__ = ["deps", "installation", "operator"]
