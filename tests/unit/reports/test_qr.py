import re

import pytest
import segno

from app.reports.qr import QUIET_MODULES, dark_runs, qr_modules, qr_path

ADDRESS = "otpauth://totp/Example:chenjing?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example"
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


@pytest.mark.parametrize(
    ("row", "runs"),
    [([], []), ([0, 0], []), ([1], [(0, 1)]), ([1, 1, 0, 1], [(0, 2), (3, 1)]), ([0, 1, 1], [(1, 2)])],
)
def test_a_run_begins_with_a_dark_module_and_ends_before_a_light_one(row, runs):
    assert dark_runs(row) == runs


def test_the_path_darkens_exactly_the_modules_of_the_code():
    drawn = qr_path(ADDRESS)
    dark = set()
    for x, y, length, back in RUN.findall(drawn.path):
        assert length == back
        dark |= {(int(x) + place, int(y)) for place in range(int(length))}

    matrix = segno.make(ADDRESS, error="m", micro=False, boost_error=False).matrix
    wanted = {
        (column + QUIET_MODULES, row + QUIET_MODULES)
        for row, modules in enumerate(matrix)
        for column, module in enumerate(modules)
        if module
    }
    assert dark == wanted
    assert RUN.sub("", drawn.path) == ""
    assert drawn.size == len(matrix) + 2 * QUIET_MODULES
    assert [list(row) for row in qr_modules(ADDRESS)] == [list(row) for row in matrix]
