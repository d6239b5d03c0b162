"""Hand out the approval form (D03) of a request as it is now."""

from app.actions.change_acting import change_visible
from app.actions.change_form_files import form_file
from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.office.permission import Permission


def read_change_form(deps: Deps, actor: Actor, change_no: str) -> bytes:
    """Return the PDF: unsigned, signed so far, or archived.

    Raises:
        Forbidden: the actor may not read segment changes.
        NotFound: there is no such request, the actor may not see it, or its form is not prepared yet.
    """
    actor.require(Permission.READ_CHANGE)
    with deps.store.read() as uow:
        change = change_visible(uow, actor, change_no).change
        if change.form is None:
            raise NotFound(
                Bilingual("两份实地核查完成后才生成审批表。", "The form is prepared once both site checks are there.")
            )
        return form_file(uow, change).pdf
