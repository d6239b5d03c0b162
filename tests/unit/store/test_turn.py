"""Writers take turns, and one that never gives its turn back is told instead of waited for."""

import threading

import pytest

from app.store.errors import StoreUnavailable
from app.store.turn import WriterTurn


def test_one_thread_at_a_time_has_the_turn(tmp_path):
    turn, inside, most = WriterTurn(tmp_path / "lock", 30), [], []

    def work():
        for _ in range(20):
            with turn.taken():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 80
    assert max(most) == 1


def test_two_turns_over_one_file_exclude_each_other(tmp_path):
    """As two processes do."""
    first, second = WriterTurn(tmp_path / "lock", 30), WriterTurn(tmp_path / "lock", 30)
    order, waiting = [], threading.Event()

    def late():
        waiting.set()
        with second.taken():
            order.append("second")

    with first.taken():
        thread = threading.Thread(target=late)
        thread.start()
        waiting.wait()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_patience_ends(tmp_path):
    turn, told = WriterTurn(tmp_path / "lock", 0.01), []

    def late():
        try:
            with turn.taken():
                pass
        except StoreUnavailable as error:
            told.append(error)

    with turn.taken():
        thread = threading.Thread(target=late)
        thread.start()
        thread.join()
    assert len(told) == 1
    with turn.taken():
        pass


def test_a_turn_is_given_back_by_an_exception(tmp_path):
    turn = WriterTurn(tmp_path / "lock", 0.01)
    with pytest.raises(KeyError), turn.taken():
        raise KeyError
    with turn.taken():
        pass
