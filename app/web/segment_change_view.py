"""One segment change as its page shows it: where it stands, who gains what, and what the reader may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from app.actions.change_view import ChangeView, LayerView, MayDo, StepView
from app.core.text import Bilingual
from app.office.benefit import Benefit, BenefitLine, Entitlement
from app.office.clause import Clause
from app.office.position import DEGREE, Position
from app.office.segment_change import ChangeState, EvidenceFile, SiteCheck
from app.review.change_steps import Act
from app.web.evaluation_view import FindingView, finding_view
from app.web.vocabulary import Vocabulary

_LINES_EACH: Final = 5
"""Of a finding, on the page of a case; all of them are one click away."""

_PAGES: Final[Mapping[Act, str]] = {
    Act.APPLY: "web.segment_change_again",
    Act.CHECK: "web.segment_change_check",
    Act.SIGN: "web.segment_change_sign",
    Act.APPROVE: "web.segment_change_sign",
    Act.ADD_EVIDENCE: "web.segment_change_evidence",
    Act.FILE: "web.segment_change_file",
    Act.REVIEW: "web.segment_change_review",
    Act.REJECT: "web.segment_change_reject",
    Act.WITHDRAW: "web.segment_change_withdraw",
    Act.REVOKE: "web.segment_change_revoke",
}
"""Where an act is done. What is not here the service does itself."""

_FORWARD: Final = frozenset({Act.APPLY, Act.CHECK, Act.SIGN, Act.APPROVE, Act.FILE, Act.REVIEW})
"""Acts that lead on; the others end the request."""

_ENDED: Final = frozenset({ChangeState.REJECTED, ChangeState.WITHDRAWN, ChangeState.REVOKED})
_ANALYSIS: Final = "benefit_lines"
_CHECKS: Final = 2
_LAYERS: Final = 5


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the six stages of the road."""

    code: str
    """``apply``, ``check``, ``sign``, ``file``, ``take_effect`` or ``review``."""
    standing: str
    """``done``, ``now`` or ``later``; ``stopped`` where the request was ended."""
    at: datetime | date | None
    done: int
    """Of ``parts``."""
    parts: int


@dataclass(frozen=True, slots=True)
class LayerLine:
    """One of the five layers, with what its person found on site."""

    layer: LayerView
    standing: str
    """``signed``, ``next`` or ``later``."""
    check: SiteCheck | None


@dataclass(frozen=True, slots=True)
class BenefitTable:
    """Who gains what: scarce products and all that changes first, the rest folded away."""

    benefit: Benefit
    shown: tuple[BenefitLine, ...]
    folded: tuple[BenefitLine, ...]
    """Products that are not scarce, and for which nothing changes or no standard is filed."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One file, and what is known of it."""

    file: EvidenceFile
    name: str
    is_picture: bool


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One thing both checks looked at."""

    code: str
    """A key of ``change_words.CHECK_ITEMS``."""
    values: tuple[object, ...]
    differ: bool
    """Whether the two found something else."""


@dataclass(frozen=True, slots=True)
class ActLink:
    """One thing the reader may do, or why not."""

    act: Act
    page: str
    layer: int | None
    why_not: Bilingual | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """One request, ready to print."""

    view: ChangeView
    from_name: str
    to_name: str
    stages: tuple[Stage, ...]
    layers: tuple[LayerLine, ...]
    benefit: BenefitTable | None
    findings: tuple[tuple[FindingView, str], ...]
    """Each with the evaluation it stands in."""
    checks: tuple[CheckRow, ...]
    evidence: tuple[EvidenceLine, ...]
    main_act: ActLink | None
    """What leads on, when the reader may do it."""
    other_acts: tuple[ActLink, ...]
    refused_acts: tuple[ActLink, ...]
    """What the reader's role would allow and the separation of duties does not."""


def case_view(view: ChangeView, words: Vocabulary, clauses: Mapping[str, Clause]) -> CaseView:
    """Return the page of a request as :func:`app.actions.read_change.read_change` gave it."""
    asked = view.change.application
    acts = tuple(_act(may) for may in view.may if may.act in _PAGES)
    allowed = tuple(act for act in acts if act.why_not is None)
    main = next((act for act in allowed if act.act in _FORWARD), None)
    return CaseView(
        view=view,
        from_name=segment_name(view.segment_names, asked.current_segment),
        to_name=segment_name(view.segment_names, asked.proposed_segment),
        stages=_stages(view),
        layers=_layers(view),
        benefit=benefit_table(view.benefit),
        findings=tuple(
            (finding_view(_without_analysis(body), words, clauses, 0, _LINES_EACH), str(body.get("evaluation", "")))
            for body in view.findings
        ),
        checks=_checks(view.change.site_checks),
        evidence=tuple(_evidence(file, view.evidence_names) for file in view.change.evidence),
        main_act=main,
        other_acts=tuple(act for act in allowed if act is not main),
        refused_acts=tuple(act for act in acts if act.why_not is not None),
    )


def _without_analysis(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a finding without the lines of the analysis, which stand on the page in a table of their own."""
    return {**body, "measured": {name: value for name, value in body["measured"].items() if name != _ANALYSIS}}


def segment_name(names: Mapping[str, str], code: str | None) -> str:
    """Return what a format is called; its code when the list does not know it, a dash when none is given."""
    return names.get(code, code) if code else "—"


def _act(may: MayDo) -> ActLink:
    return ActLink(may.act, _PAGES[may.act], may.layer, may.why_not)


def _stages(view: ChangeView) -> tuple[Stage, ...]:
    change = view.change
    signed = len(change.form.signatures) if change.form else 0
    facts: tuple[tuple[str, int, int, datetime | date | None], ...] = (
        ("apply", int(change.state is not ChangeState.DRAFT), 1, change.applied_at),
        ("check", len(change.site_checks), _CHECKS, change.site_checks[-1].signed_at if change.site_checks else None),
        ("sign", signed, _LAYERS, change.form.signatures[-1].signed_at if change.form and signed else None),
        ("file", int(change.filing is not None), 1, change.filing.filed_at if change.filing else None),
        ("take_effect", int(change.effected_at is not None), 1, change.effective_on),
        ("review", int(change.review is not None), 1, change.review.reviewed_at if change.review else None),
    )
    stages, reached = [], True
    for code, done, parts, at in facts:
        complete = done == parts
        standing = "done" if complete else "later"
        if not complete and reached:
            standing, reached = ("stopped" if change.state in _ENDED else "now"), False
        stages.append(Stage(code, standing, at, done, parts))
    return tuple(stages)


def _layers(view: ChangeView) -> tuple[LayerLine, ...]:
    checks: dict[int, SiteCheck] = dict(enumerate(view.change.site_checks, start=1))
    return tuple(
        LayerLine(
            layer,
            "signed" if layer.signed_at is not None else "next" if layer.is_next else "later",
            checks.get(layer.number),
        )
        for layer in view.layers
    )


def benefit_table(benefit: Benefit | None) -> BenefitTable | None:
    """Return the lines of an analysis as they are shown; None when there is none."""
    if benefit is None:
        return None
    shown = tuple(line for line in benefit.lines if line.is_tight or (line.has_standard and line.delta_cartons != 0))
    return BenefitTable(benefit, shown, tuple(line for line in benefit.lines if line not in shown))


def entitlement_code(line: BenefitLine, given: Entitlement | None) -> str:
    """Return ``no_standard``, ``unknown``, ``not_eligible``, ``unlimited`` or ``cartons``: what stands in the cell."""
    if not line.has_standard:
        return "no_standard"
    if given is None:
        return "unknown"
    if not given.eligible:
        return "not_eligible"
    return "unlimited" if given.cartons is None else "cartons"


def signed_number(value: int | Decimal | None) -> str:
    """Return ``+1,260.00``, ``−7``, ``0``; empty for None."""
    if value is None:
        return ""
    text = f"{abs(value):,}" if isinstance(value, int) else f"{abs(value):,.2f}"
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    return f"{sign}{text}"


def position_text(position: Position) -> str:
    """Return ``30.123456, 114.234567``: latitude, longitude, in degrees."""
    return ", ".join(
        f"{'-' if part < 0 else ''}{abs(part) // DEGREE}.{abs(part) % DEGREE:06d}"
        for part in (position.latitude, position.longitude)
    )


def _checks(checks: tuple[SiteCheck, ...]) -> tuple[CheckRow, ...]:
    if not checks:
        return ()
    looked: tuple[tuple[str, tuple[object, ...]], ...] = (
        ("checked_at", tuple(check.checked_at for check in checks)),
        ("area_m2", tuple(check.area_m2 for check in checks)),
        ("hours_per_day", tuple(check.hours_per_day for check in checks)),
        ("sales_mode", tuple(check.sales_mode for check in checks)),
        ("it_level", tuple(check.it_level for check in checks)),
        ("position", tuple(check.position for check in checks)),
        ("joint", tuple(check.joint for check in checks)),
        ("photos", tuple(len(check.photos) for check in checks)),
    )
    compared = {"area_m2", "hours_per_day", "sales_mode", "it_level", "joint"}
    return tuple(CheckRow(code, values, code in compared and len(set(values)) > 1) for code, values in looked)


def _evidence(file: EvidenceFile, names: Mapping[str, str]) -> EvidenceLine:
    return EvidenceLine(file, names.get(file.digest, ""), file.media_type.startswith("image/"))


def steps_since(view: ChangeView, seen: int) -> tuple[StepView, ...]:
    """Return what was done after version ``seen``, oldest first."""
    return tuple(sorted((step for step in view.steps if step.version > seen), key=lambda step: step.version))
