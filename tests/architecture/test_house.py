"""What reviewers forget: the rules of the house, asked of the files themselves."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = sorted((ROOT / "app").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
MOST_LINES = 400


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def tracked() -> list[Path]:
    """The files in git; those that are still being written are nobody's business."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    files = [ROOT / name for name in listed.decode().split("\0") if name]
    return [file for file in files if file.is_file()]


# --- rooms --------------------------------------------------------------------------------------------------------


def test_rooms_import_downwards_only():
    lint = subprocess.run(
        [ROOT / ".venv" / "bin" / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_every_room_says_in_one_sentence_what_it_is_and_nothing_else():
    wrong = []
    for path in APP:
        if path.name == "__init__.py":
            body = tree_of(path).body
            alone = len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
            if not (alone and ast.get_docstring(tree_of(path))):
                wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_no_file_of_the_house_is_longer_than_four_hundred_lines():
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in APP}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_nothing_in_the_house_is_left_for_later():
    unfinished = re.compile(r"TODO|FIXME|XXX|HACK\b|raise NotImplementedError(?!  # abstract)")
    left = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*APP, *(ROOT / "rules").rglob("*.yml")]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if unfinished.search(line)
    ]
    assert left == []


def test_every_module_and_every_public_function_is_described():
    bare = []
    for path in APP:
        tree = tree_of(path)
        if not ast.get_docstring(tree):
            bare.append(str(path.relative_to(ROOT)))
        bare += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert bare == []


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "helpers", "manager", "common", "misc", "util", "helper"}
    assert [path for path in APP if path.stem in drawers or path.parent.name in drawers] == []


def test_only_actions_open_a_transaction_to_write():
    """A door translates; what is recorded is decided in one place."""
    wrong = []
    for path in APP:
        room = path.relative_to(ROOT / "app").parts[0]
        text = path.read_text(encoding="utf-8")
        if "store.write()" in text and room not in {"actions", "store"}:
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


# --- what leaves the house ------------------------------------------------------------------------------------------


PLACES = re.compile(
    r"""
    (?<![\w.])/(?:home|Users|root)/[A-Za-z0-9_.-]+/    # somebody's folder
    | (?<![\w./])/work(?:space)?/                       # a build machine's
    | [A-Z]:\\\\(?:Users|Documents)
    | file://(?:/|localhost)
    """,
    re.VERBOSE,
)
INDEX = re.compile(
    r"--(?:extra-)?index-url|--find-links|--trusted-host|https?://[^\s\"']*(?:/simple\b|artifactory|nexus|pypi\.)"
)


def test_no_file_names_a_place_of_the_machine_it_was_made_on():
    found = []
    for path in tracked():
        if path.suffix in {".png", ".icc", ".pdf", ".woff2", ".ttf"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in PLACES.finditer(text)]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_names_every_package_with_hashes_and_no_host(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if INDEX.search(line) or "://" in line or " @ " in line] == []
    entries = re.split(r"\n(?=[A-Za-z0-9])", "\n" + text)
    packages = [entry for entry in entries if re.match(r"[A-Za-z0-9_.\[\]-]+==", entry.strip())]
    assert len(packages) > 20
    assert [entry.split()[0] for entry in packages if "--hash=sha256:" not in entry] == []


def test_what_runs_is_locked_in_the_same_versions_as_what_is_tested():
    def versions(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE))

    running, tested = versions("requirements.lock"), versions("requirements-dev.lock")
    assert {name: version for name, version in running.items() if tested.get(name) != version} == {}


# --- tests --------------------------------------------------------------------------------------------------------


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def asserts(function: ast.AST, helpers: frozenset[str] = frozenset()) -> bool:
    """Whether it asserts, expects an exception, or calls something that does: named check_ or assert_, or a helper."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in {"raises", "warns", "fail"} or name.startswith(("check_", "assert_", "_check", "_assert")):
                return True
            # ``expect`` is the browser's: it waits, and fails.
            if name == "expect" or name in helpers:
                return True
    return False


def test_no_test_goes_without_an_assertion():
    silent = []
    for path in TESTS:
        defined = list(functions(tree_of(path)))
        helpers = frozenset(one.name for one in defined if not one.name.startswith("test_") and asserts(one))
        silent += [
            f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
            for function in defined
            if function.name.startswith("test_") and not asserts(function, helpers)
        ]
    assert silent == []


def test_no_two_tests_of_a_file_have_one_name():
    """The second would replace the first, silently."""
    doubled = []
    for path in TESTS:
        names = Counter(node.name for node in tree_of(path).body if isinstance(node, ast.FunctionDef))
        doubled += [f"{path.relative_to(ROOT)} {name}" for name, count in names.items() if count > 1]
    assert doubled == []


def test_a_skipped_test_says_why():
    bare = []
    for path in TESTS:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("skip", "skipif", "xfail")):
                reason = node.args if ast.unparse(node.func).endswith("pytest.skip") else node.keywords
                if not reason:
                    bare.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("xfail"):
                bare.append(f"{path.relative_to(ROOT)}:{node.lineno} expected to fail")
    assert bare == []


def test_a_rule_asserts_what_it_is_about_and_this_check_sees_it():
    """The check above, checked."""
    told = ast.parse("def test_a():\n    with pytest.raises(X):\n        f()\ndef test_b():\n    f()\n")
    first, second = functions(told)
    assert asserts(first)
    assert not asserts(second)
