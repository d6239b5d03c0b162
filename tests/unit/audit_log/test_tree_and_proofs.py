import base64
import json
from pathlib import Path

import pytest

from app.audit.log.proof import consistency_path, inclusion_path, verify_consistency, verify_inclusion
from app.audit.log.tree import EMPTY_ROOT, completed, frontier, leaf_hash, root

# The reference leaves and roots of the certificate-transparency test suite (RFC 6962 hashing).
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
VECTORS = Path(__file__).resolve().parents[4] / "shared" / "data" / "merkle_vectors.json"
MOST = 64


class Grown:
    def __init__(self, leaves):
        self.nodes = {}
        self.leaves = [leaf_hash(leaf) for leaf in leaves]
        self.roots = [EMPTY_ROOT]
        for index, value in enumerate(self.leaves):
            for level, place, node in completed(index, value, self.get):
                self.nodes[level, place] = node
            self.roots.append(root(index + 1, self.get))

    def get(self, level, index):
        return self.nodes[level, index]


@pytest.fixture(scope="module")
def grown():
    return Grown(b"%d" % number for number in range(MOST))


def test_the_published_roots_come_out():
    assert [value.hex() for value in Grown(LEAVES).roots[1:]] == list(ROOTS)


def test_an_empty_log_has_the_hash_of_nothing_as_its_root():
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root(0, lambda _level, _index: b"") == EMPTY_ROOT


def test_the_frontier_of_eleven_entries_is_eight_two_and_one():
    assert frontier(11) == ((3, 0), (1, 4), (0, 10))
    assert frontier(0) == ()


def _published(kind):
    if not VECTORS.exists():
        pytest.skip("the published Merkle vectors are not on this machine")
    return json.loads(VECTORS.read_text())[kind]


def _bytes(text):
    return base64.b64decode(text) if text else b""


def test_every_published_inclusion_vector_is_judged_as_published():
    vectors = _published("inclusion")
    wrong = [
        v["file"]
        for v in vectors
        if verify_inclusion(
            v["leafIdx"],
            v["treeSize"],
            _bytes(v["leafHash"]),
            [_bytes(p) for p in v["proof"] or []],
            _bytes(v["root"]),
        )
        == v["wantErr"]
    ]
    assert wrong == []
    assert len(vectors) + len(_published("consistency")) == 196


def test_every_published_consistency_vector_is_judged_as_published():
    wrong = [
        v["file"]
        for v in _published("consistency")
        if verify_consistency(
            v["size1"], v["size2"], _bytes(v["root1"]), _bytes(v["root2"]), [_bytes(p) for p in v["proof"] or []]
        )
        == v["wantErr"]
    ]
    assert wrong == []


def test_every_entry_of_every_size_up_to_64_has_a_proof_that_verifies(grown):
    for size in range(1, MOST + 1):
        for index in range(size):
            path = inclusion_path(index, size, grown.get)
            assert verify_inclusion(index, size, grown.leaves[index], path, grown.roots[size]), (index, size)


def test_every_pair_of_sizes_up_to_64_has_a_consistency_proof_that_verifies(grown):
    for new in range(1, MOST + 1):
        for old in range(1, new + 1):
            path = consistency_path(old, new, grown.get)
            assert verify_consistency(old, new, grown.roots[old], grown.roots[new], path), (old, new)


def test_a_corrupted_inclusion_proof_is_refused(grown):
    size, index = 45, 17
    path = list(inclusion_path(index, size, grown.get))
    leaf, top = grown.leaves[index], grown.roots[size]
    flipped = bytes([path[2][0] ^ 1]) + path[2][1:]
    attempts = {
        "a changed hash": (index, size, leaf, [*path[:2], flipped, *path[3:]], top),
        "a hash left out": (index, size, leaf, path[:-1], top),
        "a hash too many": (index, size, leaf, [*path, path[0]], top),
        "another place": (index + 1, size, leaf, path, top),
        "another leaf": (index, size, grown.leaves[index + 1], path, top),
        "another root": (index, size, leaf, path, grown.roots[size - 1]),
        "a place outside": (size, size, leaf, path, top),
        "a negative place": (-1, size, leaf, path, top),
        "a short hash": (index, size, leaf, [path[0][:-1], *path[1:]], top),
    }
    assert verify_inclusion(index, size, leaf, path, top)
    assert [name for name, attempt in attempts.items() if verify_inclusion(*attempt)] == []


def test_a_corrupted_consistency_proof_is_refused(grown):
    old, new = 21, 45
    path = list(consistency_path(old, new, grown.get))
    first, second = grown.roots[old], grown.roots[new]
    attempts = {
        "nothing": (old, new, first, second, []),
        "a hash left out": (old, new, first, second, path[:-1]),
        "a hash too many": (old, new, first, second, [*path, path[0]]),
        "another old root": (old, new, grown.roots[20], second, path),
        "another new root": (old, new, first, grown.roots[44], path),
        "an old size of nothing": (0, new, EMPTY_ROOT, second, path),
        "a shrinking log": (new, old, second, first, path),
        "equal sizes with a proof": (new, new, second, second, path),
        "equal sizes, two roots": (new, new, first, second, []),
    }
    assert verify_consistency(old, new, first, second, path)
    assert [name for name, attempt in attempts.items() if verify_consistency(*attempt)] == []


def test_a_proof_is_only_made_for_what_exists(grown):
    with pytest.raises(ValueError, match="not among"):
        inclusion_path(5, 5, grown.get)
    with pytest.raises(ValueError, match="cannot begin"):
        consistency_path(6, 5, grown.get)
    assert consistency_path(0, 5, grown.get) == ()
