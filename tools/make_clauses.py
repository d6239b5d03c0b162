"""Make rules/_clauses.json and rules/_documents.yml from the taken-apart regulations.

    python tools/make_clauses.py CLAUSES.json DOCUMENTS.md [RULES_FOLDER]

CLAUSES.json is the list of clauses (id, doc, sec, kind, zh, en, who, check, realised_by), DOCUMENTS.md holds the table
of the documents D01 to D24 (code, Chinese title, contents, signatories). Both stand in the project's domain papers.
The English titles are ours.
"""

import json
import re
import sys
from pathlib import Path

FIELDS = ("id", "doc", "sec", "kind", "zh", "en", "who", "check", "realised_by")
GENERATED = "made by tools/make_clauses.py; do not edit by hand"

ENGLISH_TITLES = {
    "D01": "Customer Forecast Internal Supervision Review Form",
    "D02": "Supply Forecast Determination",
    "D03": "Segment Change Approval Form",
    "D04": "Segment Change Filing Register",
    "D05": "Allocation Standard Filing Form",
    "D06": "Minutes of a Collective Decision",
    "D07": "Confirmation of Supervision over the Whole Allocation",
    "D08": "Review Sheet of an Abnormal Forecast",
    "D09": "Rectification Notice",
    "D10": "Rectification Reply and Acceptance",
    "D11": "Spot-check Plan and Sampling Record",
    "D12": "Spot-check Record",
    "D13": "Monthly Forecast Supervision Evaluation Report",
    "D14": "Monthly Archive Index and Signature Page",
    "D15": "Market Forecast Analysis Report",
    "D16": "Record of the Demand Forecast Work Meeting",
    "D17": "Conflict-of-interest Declaration, Recusal Register and Yearly Undertaking",
    "D18": "Filing of a Rule or Parameter Change",
    "D19": "Audit Record of a Single Evaluation",
    "D20": "Alarm Verification Sheet",
    "D21": "Order Process Compliance Report",
    "D22": "Archive Access Approval",
    "D23": "Quarterly or Yearly Internal Supervision Report",
    "D24": "Filing of a Window Extension or a Territory Cover",
}

_ROW = re.compile(r"\| (D\d\d) \| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \|")


def clauses_text(source: str) -> str:
    """Return the text of _clauses.json: one clause a line, so that a change is one line of a diff."""
    clauses = [{field: clause[field] for field in FIELDS} for clause in json.loads(source)]
    lines = ",\n".join(json.dumps(clause, ensure_ascii=False) for clause in clauses)
    return f'{{"generated": {json.dumps(GENERATED)},\n"clauses": [\n{lines}\n]}}\n'


def documents_text(source: str) -> str:
    """Return the text of _documents.yml."""
    rows = _ROW.findall(source)
    if [code for code, *_ in rows] != list(ENGLISH_TITLES):
        raise SystemExit(f"expected the documents D01 to D24, found {[code for code, *_ in rows]}")
    lines = [f"# The documents of a supervision office; {GENERATED}. Signatories stand in their order.", "documents:"]
    for code, zh, contents, signatories in rows:
        signers = ", ".join(_quoted(signer) for signer in re.split(r"[,;] ", signatories))
        lines += [
            f"  {code}:",
            f"    zh: {zh}",
            f"    en: {_quoted(ENGLISH_TITLES[code])}",
            f"    contents: {_quoted(contents)}",
            f"    signatories: [{signers}]",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def main(arguments: list[str]) -> None:
    """Write both files into the rules folder."""
    clauses, documents, *rest = map(Path, arguments)
    folder = rest[0] if rest else Path(__file__).parents[1] / "rules"
    (folder / "_clauses.json").write_text(clauses_text(clauses.read_text("utf-8")), "utf-8")
    (folder / "_documents.yml").write_text(documents_text(documents.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
