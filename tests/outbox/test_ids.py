"""The ids of messages sort by when they were made, and never meet."""

import subprocess
import sys
import threading
import time

import pytest

from buyerline.outbox.ids import new_id

MILLISECOND = 1_000_000


def test_an_id_has_16_characters_that_nobody_misreads() -> None:
    for made in [new_id() for _ in range(1000)]:
        assert len(made) == 16
        assert set(made) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_a_later_one_is_higher() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_one_of_a_later_millisecond_is_higher_whatever_chance_says(monkeypatch: pytest.MonkeyPatch) -> None:
    at = time.time_ns() + 60_000 * MILLISECOND
    made = []
    for step in range(1000):
        monkeypatch.setattr(time, "time_ns", lambda step=step: at + step * MILLISECOND)
        made.append(new_id()[:10])
    assert made == sorted(set(made)), "the first ten characters tell the millisecond"


def test_a_clock_that_was_set_back_makes_no_lower_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000 * MILLISECOND)
    assert new_id() > before


def test_threads_never_make_the_same() -> None:
    made: list[str] = []

    def make() -> None:
        made.extend([new_id() for _ in range(5000)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20_000


def test_processes_that_begin_at_the_same_moment_never_make_the_same() -> None:
    code = (
        "import time; time.time_ns = lambda: 1_800_000_000_000_000_000\n"
        "from buyerline.outbox.ids import new_id; print(*[new_id() for _ in range(100)])"
    )
    lists = [subprocess.check_output([sys.executable, "-c", code], text=True).split() for _ in range(2)]
    assert len({*lists[0], *lists[1]}) == 200
