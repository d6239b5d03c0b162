"""Reading a folder of rule files, or the files kept with an old evaluation. Every problem is told before giving up."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from app.audit.engine.case_file import read_cases
from app.audit.engine.catalogue_file import EVENTS_FILE, FACTS_FILE, read_catalogue, read_events
from app.audit.engine.faults import Faults
from app.audit.engine.rule import ASKED, Rule
from app.audit.engine.rule_file import read_rule
from app.audit.engine.rulebook import Rulebook, RuleLibrary
from app.audit.engine.yaml_text import MAX_BYTES

_PACK_FILE = re.compile(r"[A-Z]{2,6}/[^/]+\.yml")
_CASES = ".cases.yml"


def read_rules(folder: Path) -> RuleLibrary:
    """Return everything in the rules folder.

    Raises:
        RuleFileErrors: at least one file has a problem; carries all problems of all files.
    """
    faults = Faults()
    files: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".yaml":
            faults.add(f"{name}:1", "suffix", "后缀应为 .yml。请改名。", "the suffix must be .yml. Rename the file.")
        elif path.suffix == ".yml" and path.is_file():
            text = _text(path, name, faults)
            if text is not None:
                files[name] = text
    return library_from_files(files, faults)


def _text(path: Path, name: str, faults: Faults) -> str | None:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        kib = MAX_BYTES // 1024
        faults.add(f"{name}:1", "too_large", f"文件超过{kib} KiB。请拆分。", f"the file is over {kib} KiB. Split it.")
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        faults.add(
            f"{name}:{line}", "encoding", "文件不是 UTF-8 编码。请另存。", "the file is not UTF-8. Save it as such."
        )
        return None


def rulebook_from_files(files: Mapping[str, str], event: str, day: date) -> Rulebook:
    """Return the rulebook that ``files`` (relative path -> text) make at ``event`` on ``day``.

    Raises:
        RuleFileErrors: the files are not a rulebook.
        UnknownEvent: they know no such event.
    """
    return library_from_files(files, Faults()).rulebook(event, day)


def library_from_files(files: Mapping[str, str], faults: Faults) -> RuleLibrary:
    """Return the library that ``files`` make.

    Raises:
        RuleFileErrors: ``faults`` is not empty at the end.
    """
    for name in (FACTS_FILE, EVENTS_FILE):
        if name not in files:
            faults.add(f"{name}:1", "missing_file", f"缺少 {name}。", f"{name} is missing.")
    faults_before_catalogue = len(faults)
    catalogue = read_catalogue(files.get(FACTS_FILE, "{}"), faults)
    events = read_events(files.get(EVENTS_FILE, "{}"), faults)
    broken_catalogue = len(faults) > faults_before_catalogue or FACTS_FILE not in files or EVENTS_FILE not in files
    rules: dict[str, Rule] = {}
    # With a broken catalogue every rule would tell the same story again.
    for path, text in sorted(files.items()) if not broken_catalogue else ():
        if _PACK_FILE.fullmatch(path) and not path.endswith(_CASES):
            rule = read_rule(path, text, catalogue, events, faults)
            if rule is not None:
                rules[path] = rule
    for path, text in sorted(files.items()) if not broken_catalogue else ():
        if _PACK_FILE.fullmatch(path) and path.endswith(_CASES):
            beside = path.removesuffix(_CASES) + ".yml"
            if beside in rules:
                rule = rules[beside]
                cases = read_cases(path, text, rule, catalogue.scopes[rule.scope], faults)
                rules[beside] = replace(rule, cases=cases)
            elif beside not in files:
                faults.add(
                    f"{path}:1",
                    "cases_alone",
                    f"案例文件没有对应的规则 {beside}。",
                    f"there is no rule {beside} beside these cases.",
                )
    _check_versions(rules.values(), faults)
    faults.refuse()
    ordered = sorted(rules.values(), key=lambda rule: (rule.id, rule.version))
    return RuleLibrary(tuple(ordered), events, catalogue, files)


def _check_versions(rules: Iterable[Rule], faults: Faults) -> None:
    by_id: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        by_id[rule.id].append(rule)
    for versions in by_id.values():
        versions.sort(key=lambda rule: rule.version)
        for older, newer in pairwise(versions):
            if older.version == newer.version:
                faults.add(
                    f"{newer.path}:1",
                    "version_twice",
                    f"{newer.id} 第{newer.version}版写了两次,另见 {older.path}。",
                    f"version {newer.version} of {newer.id} exists twice, see {older.path}.",
                )
        for place, older in enumerate(versions):
            for newer in versions[place + 1 :]:
                if older.version < newer.version and _overlap(older, newer):
                    faults.add(
                        f"{newer.path}:1",
                        "overlap",
                        f"{newer.id} 第{older.version}版与第{newer.version}版的有效期重叠。请给旧版本写 effective.to。",
                        f"versions {older.version} and {newer.version} of {newer.id} overlap: end the older (to).",
                    )


def _overlap(one: Rule, other: Rule) -> bool:
    if one.status not in ASKED or other.status not in ASKED:
        return False
    one_ends, other_ends = one.effective_to or date.max, other.effective_to or date.max
    return one.effective_from <= other_ends and other.effective_from <= one_ends
