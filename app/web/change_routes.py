"""The addresses of segment changes, their registers and what waits for somebody."""

from typing import Final

from app.office.permission import Permission
from app.web import (
    registers,
    segment_change_acts,
    segment_change_endings,
    segment_change_new,
    segment_change_sign,
    segment_changes,
    tasks,
)
from app.web.pages import SIGNED_IN, Route, View

_CASE: Final = "/segment-changes/<change_no>"
_POST: Final = ("POST",)
_SMALL: Final = 1024 * 1024
_WITH_FILES: Final = 128 * 1024 * 1024
"""Six files of the largest size that is taken, and some more."""


def _form(path: str, show: View, send: View, who: Permission, most_bytes: int = _SMALL) -> tuple[Route, Route]:
    return Route(path, show, who), Route(path, send, who, _POST, most_bytes)


CHANGE_ROUTES: Final = (
    Route("/tasks", tasks.tasks, SIGNED_IN),
    Route("/segment-changes", segment_changes.segment_changes, Permission.READ_CHANGE),
    *_form(
        "/segment-changes/new",
        segment_change_new.segment_change_new,
        segment_change_new.segment_change_new_form,
        Permission.SUBMIT_CHANGE,
        _WITH_FILES,
    ),
    Route("/customers/lookup", segment_change_new.customer_lookup, Permission.SUBMIT_CHANGE),
    Route(_CASE, segment_changes.segment_change, Permission.READ_CHANGE),
    Route(f"{_CASE}/form.pdf", segment_changes.segment_change_form, Permission.READ_CHANGE),
    Route(f"{_CASE}/evidence/<digest>", segment_changes.segment_change_evidence_file, Permission.READ_CHANGE),
    *_form(
        f"{_CASE}/edit",
        segment_change_new.segment_change_again,
        segment_change_new.segment_change_again_form,
        Permission.SUBMIT_CHANGE,
        _WITH_FILES,
    ),
    *_form(
        f"{_CASE}/evidence",
        segment_change_acts.segment_change_evidence,
        segment_change_acts.segment_change_evidence_form,
        Permission.UPLOAD_EVIDENCE,
        _WITH_FILES,
    ),
    *_form(
        f"{_CASE}/check",
        segment_change_acts.segment_change_check,
        segment_change_acts.segment_change_check_form,
        Permission.CHECK_CHANGE,
        _WITH_FILES,
    ),
    *_form(
        f"{_CASE}/sign",
        segment_change_sign.segment_change_sign,
        segment_change_sign.segment_change_sign_form,
        Permission.SIGN_CHANGE,
        _WITH_FILES,
    ),
    *_form(
        f"{_CASE}/file",
        segment_change_acts.segment_change_file,
        segment_change_acts.segment_change_file_form,
        Permission.FILE_CHANGE,
    ),
    *_form(
        f"{_CASE}/review",
        segment_change_acts.segment_change_review,
        segment_change_acts.segment_change_review_form,
        Permission.FILE_CHANGE,
    ),
    *_form(
        f"{_CASE}/reject",
        segment_change_endings.segment_change_reject,
        segment_change_endings.segment_change_reject_form,
        Permission.SIGN_CHANGE,
    ),
    *_form(
        f"{_CASE}/withdraw",
        segment_change_endings.segment_change_withdraw,
        segment_change_endings.segment_change_withdraw_form,
        Permission.SUBMIT_CHANGE,
    ),
    *_form(
        f"{_CASE}/revoke",
        segment_change_endings.segment_change_revoke,
        segment_change_endings.segment_change_revoke_form,
        Permission.FILE_CHANGE,
    ),
    Route("/registers", registers.registers, Permission.READ_REGISTER),
    Route("/registers/<kind>/<int:year>", registers.filing_register, Permission.READ_REGISTER),
    Route("/registers/<kind>/<int:year>", registers.register_document_form, Permission.FILE_CHANGE, _POST),
    Route("/registers/documents/<document_no>", registers.register_document, Permission.READ_REGISTER),
    Route("/registers/documents/<document_no>/file.pdf", registers.register_document_file, Permission.READ_REGISTER),
    Route(
        "/registers/documents/<document_no>",
        registers.register_document_sign_form,
        Permission.FILE_CHANGE,
        _POST,
    ),
    Route("/notices/segment-changes", registers.published_segment_changes, SIGNED_IN),
)
"""Every page of a segment change, and who may call it."""
