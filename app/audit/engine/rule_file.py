"""Reading one rule file."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath

from app.audit.engine.branch_file import Stated, check_names, check_types, read_branches, read_condition
from app.audit.engine.catalogue import Catalogue, EventSpec, Scope
from app.audit.engine.faults import Faults
from app.audit.engine.parameter_file import read_facts_params, read_parameters
from app.audit.engine.rule import Rule, Status
from app.audit.engine.section import Section, nearest
from app.audit.engine.yaml_text import read_yaml
from app.core.text import Bilingual

_REQUIRED = ("id", "version", "status", "title", "clauses", "event", "scope", "effective", "branches", "evidence")
_KEYS = (*_REQUIRED, "params", "facts_params", "applies", "lead_only", "false_alarms")
_RULE_ID = re.compile(r"[A-Z]{2,6}-[0-9]{2,3}")


def read_rule(
    path: str, text: str, catalogue: Catalogue, events: Mapping[str, EventSpec], faults: Faults
) -> Rule | None:
    """Return the rule in ``text``; None when anything is wrong with it. Every problem goes to ``faults``."""
    before = len(faults)
    node = read_yaml(text, path, faults)
    if node is None:
        return None
    rule = _RuleFile(Section(node, path, faults, Bilingual("规则文件", "a rule file")), catalogue, events).read(text)
    return rule if len(faults) == before else None


class _RuleFile:
    """One rule file being read."""

    def __init__(self, section: Section, catalogue: Catalogue, events: Mapping[str, EventSpec]) -> None:
        self._file = section
        self._catalogue = catalogue
        self._events = events
        self._path = PurePosixPath(section.path)

    def read(self, text: str) -> Rule | None:
        file = self._file
        file.keys(_KEYS, _REQUIRED)
        rule_id, version = self._identity()
        starts, ends = self._effective(file.section("effective"))
        scope = self._scope()
        params = read_parameters(file, starts, ends)
        applies_node = file.get("applies")
        stated: Stated = []
        applies = None if applies_node is None else read_condition(file, applies_node, stated)
        branches = read_branches(file, stated)
        evidence = file.texts("evidence")
        facts_params = read_facts_params(file, params)
        if scope is not None:
            check_names(file, scope, params, branches, evidence)
            check_types(file, scope, params, stated, applies, branches)
        title, clauses, status, events = file.bilingual("title"), self._clauses(), self._status(), self._asked_at()
        lead_only, false_alarms = file.boolean("lead_only"), file.bilingual("false_alarms", plain=True)
        if title is None or scope is None or starts is None or rule_id is None or version is None:
            return None
        return Rule(
            id=rule_id,
            version=version,
            pack=self._path.parent.name,
            status=status,
            title=title,
            clauses=clauses,
            events=events,
            scope=scope.name,
            effective_from=starts,
            effective_to=ends,
            params=params,
            facts_params=facts_params,
            applies=applies,
            branches=branches,
            evidence=evidence,
            lead_only=lead_only,
            false_alarms=false_alarms,
            text=text,
            path=str(self._path),
        )

    def _identity(self) -> tuple[str | None, int | None]:
        file = self._file
        rule_id, version = file.text("id"), file.integer("version")
        if version is not None and version < 1:
            file.fault(file.line_of("version"), "version", "版本号从 1 开始。", "versions count from 1.")
        if rule_id is None:
            return None, version
        line = file.line_of("id")
        if not _RULE_ID.fullmatch(rule_id):
            file.fault(line, "id", f"编号 {rule_id} 应形如 ENT-06。", f"the id `{rule_id}` must look like ENT-06.")
        stem = self._path.stem
        if stem not in (rule_id, f"{rule_id}.v{version}"):
            file.fault(
                line,
                "file_name",
                f"文件名应为 {rule_id}.yml(旧版本为 {rule_id}.v{version}.yml),现为 {self._path.name}。",
                f"the file must be {rule_id}.yml (an older version {rule_id}.v{version}.yml), it is {self._path.name}.",
            )
        if not rule_id.startswith(f"{self._path.parent.name}-"):
            file.fault(
                line,
                "pack",
                f"规则 {rule_id} 应放在以其前缀命名的文件夹中,不在 {self._path.parent.name}。",
                f"{rule_id} belongs into the folder of its pack, not into {self._path.parent.name}.",
            )
        return rule_id, version

    def _status(self) -> Status:
        text = self._file.text("status")
        if text in list(Status):
            return Status(text)
        if text is not None:
            self._file.fault(
                self._file.line_of("status"),
                "status",
                f"没有状态 {text}。可用:{'、'.join(Status)}。",
                f"there is no status `{text}`. Known: {', '.join(Status)}.",
            )
        return Status.DRAFT

    def _effective(self, section: Section | None) -> tuple[date | None, date | None]:
        if section is None:
            return None, None
        section.keys(("from", "to"), ("from",))
        starts, ends = section.day("from"), section.day("to")
        if starts and ends and ends < starts:
            section.fault(section.line_of("to"), "effective", "失效日早于生效日。", "`to` is before `from`.")
        return starts, ends

    def _clauses(self) -> tuple[str, ...]:
        clauses = self._file.texts("clauses")
        if self._file.get("clauses") is not None and not clauses:
            self._file.fault(
                self._file.line_of("clauses"), "no_clause", "至少写一个条款编号。", "name at least one clause."
            )
        return clauses

    def _asked_at(self) -> tuple[str, ...]:
        asked_at = self._file.texts("event", single=True)
        for event in asked_at:
            if event not in self._events:
                near = nearest(event, self._events)
                self._file.fault(
                    self._file.line_of("event"),
                    "unknown_event",
                    f"没有事件 {event}。{near.zh}事件写在 rules/_events.yml。",
                    f"there is no event `{event}`.{near.en} Events stand in rules/_events.yml.",
                )
        return asked_at

    def _scope(self) -> Scope | None:
        name = self._file.text("scope")
        if name is None:
            return None
        scope = self._catalogue.scopes.get(name)
        if scope is None:
            near = nearest(name, self._catalogue.scopes)
            self._file.fault(
                self._file.line_of("scope"),
                "unknown_scope",
                f"没有事实表 {name}。{near.zh}事实表写在 rules/_facts.yml。",
                f"there is no scope `{name}`.{near.en} Scopes stand in rules/_facts.yml.",
            )
        return scope
