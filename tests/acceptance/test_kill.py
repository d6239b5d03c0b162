"""Nothing acknowledged is lost, doubled or torn, however the workers die. Source: design/reliability.md 4.1."""

import http.client
import json
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.service import Caller, Installation

KILLS = 100
CLOCK = "2026-11-16T09:00:00+08:00"


def forecast(number: int) -> dict:
    return {
        "stage": "order",
        "cycle": "2026-11",
        "target_month": "2026-12",
        "account_manager": f"P{number:06d}",
        "territory_id": "T01",
        "totals": {"cartons": 3, "amount_cny": "300.00"},
        "lines": [
            {
                "licence_no": "420310000001",
                "sku": "42010001",
                "channel": "visit",
                "unit": "条",
                "collected_quantity": 3,
                "final_quantity": 3,
                "basis": {"mean_3m_cartons": 3},
            }
        ],
    }


class Sender(threading.Thread):
    """Submits until told to stop; a request without an answer is sent again with the same key, as a client must."""

    def __init__(self, address: str, credential: str, first: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.caller, self.next, self.stop = Caller(address, credential), first, stop
        self.acknowledged: dict[str, dict] = {}
        self.retries = 0
        self.strange: list[object] = []

    def run(self) -> None:
        while not self.stop.is_set():
            key, body = f"key-{self.next}", forecast(self.next)
            while not self.stop.is_set():
                try:
                    answer = self.caller.call("POST", "/api/v1/forecasts", body, key, timeout=20)
                except (OSError, http.client.HTTPException):
                    self.retries += 1
                    time.sleep(0.02)
                    continue
                if answer.status in (200, 201):
                    self.acknowledged[key] = answer.json
                    break
                if answer.status not in (409, 503):
                    self.strange.append((answer.status, answer.body[:300]))
                time.sleep(0.05)
            self.next += 1


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def wait_for_more(senders: list[Sender], wanted: int) -> int:
    deadline = time.monotonic() + 30
    while (seen := sum(len(sender.acknowledged) for sender in senders)) < wanted:
        assert time.monotonic() < deadline, "nothing is acknowledged any more"
        time.sleep(0.01)
    return seen


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finding the workers to kill needs /proc")
def test_a_hundred_killed_workers_lose_double_and_tear_nothing(tmp_path: Path) -> None:
    home = Installation(tmp_path / "home", CLOCK)
    home.home.mkdir()
    home.set_up()
    credential = home.new_client("hammer", "submit", "read")
    draw, stop = random.Random(7), threading.Event()
    with home.serving(workers=2) as address:
        senders = [Sender(address, credential, 1 + n * 100_000, stop) for n in range(4)]
        for sender in senders:
            sender.start()
        killed = seen = 0
        while killed < KILLS:
            # Not before something was acknowledged again: a service that is only ever dead proves nothing.
            seen = wait_for_more(senders, seen + 2)
            time.sleep(draw.uniform(0, 0.2))
            workers = children_of(home.pid)
            if workers:
                os.kill(draw.choice(workers), signal.SIGKILL)
                killed += 1
        wait_for_more(senders, seen + 2)
        stop.set()
        for sender in senders:
            sender.join(30)
        caller = Caller(address, credential)
        acknowledged = {key: body for sender in senders for key, body in sender.acknowledged.items()}
        assert not [strange for sender in senders for strange in sender.strange]
        assert len(acknowledged) > KILLS, "the load was too thin to prove anything"
        for key, body in acknowledged.items():
            again = caller.call("POST", "/api/v1/forecasts", forecast(int(key.removeprefix("key-"))), key)
            assert (again.status, again.json["evaluation"]) == (200, body["evaluation"]), "lost or doubled"
            assert again.json["receipt"] == body["receipt"]
        proof_of = draw.sample(sorted(acknowledged), 20)
        for key in proof_of:
            receipt = acknowledged[key]["receipt"]
            proof = caller.call("GET", receipt["proof"]).json
            assert proof["leaf_hash"] == receipt["leaf_hash"]
    evaluations = [body["evaluation"] for body in acknowledged.values()]
    assert len(set(evaluations)) == len(evaluations)
    report = json.loads(home.command("log", "verify", "--json").stdout)
    assert report["ok"]
    assert json.loads(home.command("db", "check", "--json").stdout)["ok"]
    retries = sum(sender.retries for sender in senders)
    print(f"\n{killed} workers killed, {len(acknowledged)} acknowledged, {retries} retries, log of {report['entries']}")
