"""One layer of a segment change signed by a person, from the page to the disk, beside bare pyHanko on the same file.

Run with ``python -m bench.signing_act``. Ours: show what is signed, open the key with the PIN (argon2id), judge the
change and the signatures, draw, sign, take a time stamp, verify the result, commit with log entry and evaluations,
fsynced. The bare side signs the same field of the same file with the same key, already open, with the same time
stamper, and writes nothing.
"""

import tempfile
import time
from pathlib import Path

from app.actions.change_form_files import form_file
from app.actions.open_signing_key import open_signing_key
from bench.signing import bare
from tests.actions.segment_change_office import CHAIN, NOTE, STOPS, Road, pin_of

ROUNDS = 5
FIRST = STOPS.index("verified")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        road = Road(Path(folder) / "road")
        print(f"one layer, page to durable, SQLite FULL, median of {ROUNDS}")
        sums = [0.0, 0.0, 0.0]
        for layer, person in enumerate(CHAIN, 1):
            times = [one_round(road, Path(folder) / f"{layer}-{number}", layer, person) for number in range(ROUNDS)]
            ours, pin, plain = (sorted(column)[ROUNDS // 2] for column in zip(*times, strict=True))
            sums = [total + value for total, value in zip(sums, (ours, pin, plain), strict=True)]
            print(
                f"  layer {layer}: ours {ours:7.0f} ms (of it the PIN {pin:5.0f} ms)   bare {plain:6.0f} ms   "
                f"ratio {ours / plain:5.1f}, without the PIN {(ours - pin) / plain:5.1f}"
            )
        print(f"  all five: ratio {sums[0] / sums[2]:.1f}, without the PIN {(sums[0] - sums[1]) / sums[2]:.1f}")


def one_round(road: Road, folder: Path, layer: int, person: str) -> tuple[float, float, float]:
    """Return milliseconds of wall time: ours, the PIN alone, bare pyHanko."""
    office = road.opened_at(STOPS[FIRST + layer - 1], folder)
    office.later(hours=2)
    actor = office.person(person)
    with office.deps.store.read() as uow:
        file = form_file(uow, office.change(road.change_no))
    began = time.perf_counter()
    opened = open_signing_key(office.deps, person, pin_of(person), office.clock.now())
    pin = time.perf_counter() - began
    began = time.perf_counter()
    bare(file.pdf, f"layer_{layer}", opened.key, office.deps.load_time_stamper())
    plain = time.perf_counter() - began
    began = time.perf_counter()
    office.sign(road.change_no, person, NOTE if layer == 4 else "", actor=actor)
    ours = time.perf_counter() - began
    office.deps.store.close()
    return ours * 1000, pin * 1000, plain * 1000


if __name__ == "__main__":
    main()
