"""The outbox's part of the benchmark: the work, and how its figures are held against the goals."""

from collections import Counter
from pathlib import Path

import pytest

from bench import report
from bench.outbox_run import Workers, check_sent_once, first_and_last, outbox_for, queue, wait
from bench.outbox_work import CLIENT_ID, CLIENT_SECRET, Work
from bench.process import Failed
from bench.recorder import Recorder
from bench.results import (
    HOST_LOST,
    KILLED,
    Adding,
    Comparison,
    ComparisonFigures,
    Load,
    LoadFigures,
    Pace,
    PaceFigures,
    QueueFigures,
    Queues,
    Results,
    Spread,
    TakeoverFigures,
    Takeovers,
    from_json,
    to_json,
)
from buyerline import sandbox
from tests.bench.pages import MACHINE, exactly, line_of


def load_with(
    server: str = "recorder", share: float | None = 0.96, rate: float = 1300.0, cpu: float = 0.3, memory: float = 80.0
) -> Load:
    """A run of one worker on PostgreSQL."""
    figures = LoadFigures(
        database="postgresql",
        workers=1,
        server=server,
        each=20,
        rounds=3,
        rate=exactly(rate),
        share=None if share is None else exactly(share),
        cpu=exactly(cpu),
        statements=exactly(0.6),
        memory=exactly(memory),
        throttled=0,
    )
    return Load(accounts=1000, figures=[figures])


def pace_of(seconds: float, throttled: int = 0) -> Pace:
    return Pace(messages=60, plan_seconds=55.0, figures=[PaceFigures("sqlite", 1, seconds, throttled)])


def takeover_after(end: str, low: float, high: float) -> Takeovers:
    figures = TakeoverFigures("postgresql", end, Spread(low, low, high), exactly(3), unknown=2)
    return Takeovers(rounds=5, accounts=200, figures=[figures])


def queues_with(*memory: float, listing: float = 2.0) -> Queues:
    lengths = (1000, 1_000_000)
    figures = [
        QueueFigures("sqlite", length, mib, exactly(listing), exactly(400))
        for length, mib in zip(lengths, memory, strict=True)
    ]
    return Queues(accounts=1000, each=10, figures=figures)


ADDING = Adding(3, 100_000, {"sqlite": exactly(5)}, {"sqlite": exactly(31)})

COMPARISON = Comparison(
    {"a loop": "One loop."},
    [
        ComparisonFigures(
            program="a loop",
            work="1 account x 30",
            killed=True,
            messages=30,
            plan_seconds=25.0,
            seconds=61.5,
            throttled=9,
            arrived=30,
            repeated=15,
            unknown=0,
            lost=0,
        )
    ],
)

EVERYTHING = Results(
    MACHINE,
    outbox_pace=pace_of(55.5),
    outbox_load=load_with(),
    outbox_takeover=takeover_after(KILLED, 0.5, 0.9),
    outbox_adding=ADDING,
    outbox_queue=queues_with(80, 81),
    outbox_loop=COMPARISON,
)


def test_every_message_has_an_order_of_its_own_and_accounts_take_turns() -> None:
    orders = list(Work(accounts=3, each=2).orders())
    assert [account for account, _ in orders] == ["a0", "a1", "a2"] * 2
    assert max(Counter(order for _, order in orders).values()) == 1


def test_works_of_different_series_have_no_order_in_common() -> None:
    works = [{order for _, order in Work(2, 2, series).orders()} for series in (1, 2)]
    assert works[0].isdisjoint(works[1])


def test_the_plan_lets_five_messages_go_at_once_and_then_one_a_second() -> None:
    assert [Work(1, each).plan_seconds for each in (1, 5, 6, 20)] == [0, 0, 1, 15]


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(56.1, "| 1.020 times | reached |"), (56.2, "| 1.022 times | **not reached** |")]
)
def test_the_goal_of_one_account_is_held_against_the_plans_own_time(seconds: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, outbox_pace=pace_of(seconds)))
    assert line_of(page, "at most 1.02 times what the usage plan takes").endswith(verdict)


@pytest.mark.parametrize(("throttled", "verdict"), [(0, "| 0 | reached |"), (1, "| 1 | **not reached** |")])
def test_one_account_must_not_be_throttled(throttled: int, verdict: str) -> None:
    page = report.render(Results(MACHINE, outbox_pace=pace_of(55.5, throttled)))
    assert line_of(page, "0 calls throttled").endswith(verdict)


@pytest.mark.parametrize(("share", "verdict"), [(0.95, "| 95.0% | reached |"), (0.94, "| 94.0% | **not reached** |")])
def test_the_goal_of_many_accounts_is_a_share_of_what_the_plans_allow(share: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, outbox_load=load_with(share=share)))
    assert line_of(page, "at least 95% of what the plans allow").endswith(verdict)


@pytest.mark.parametrize(
    ("rate", "verdict"), [(1500, "| 1,500/s | reached |"), (1499, "| 1,499/s | **not reached** |")]
)
def test_a_burst_has_a_goal_of_its_own(rate: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, outbox_load=load_with(share=None, rate=rate)))
    assert line_of(page, "burst: at least 1,500 messages/s").endswith(verdict)
    assert "at least 95%" not in page


def test_what_runs_on_the_sandbox_is_shown_and_sets_no_goal() -> None:
    page = report.render(Results(MACHINE, outbox_load=load_with(server="sandbox", share=0.5)))
    assert "| 50.0% |" in line_of(page, "1,000 x 20, postgresql, 1 worker, sandbox")
    assert "at least 95%" not in page


@pytest.mark.parametrize(
    ("cpu", "verdict"), [(0.6, "| 0.600 ms | reached |"), (0.61, "| 0.610 ms | **not reached** |")]
)
def test_the_goal_of_the_cpu_is_marked_reached_or_not(cpu: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, outbox_load=load_with(cpu=cpu)))
    assert line_of(page, "CPU at most").endswith(verdict)


@pytest.mark.parametrize(("mib", "verdict"), [(190, "| 190 MiB | reached |"), (191, "| 191 MiB | **not reached** |")])
def test_the_goal_of_the_memory_is_in_millions_of_bytes(mib: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, outbox_load=load_with(memory=mib)))
    assert line_of(page, "memory at most 200 MB").endswith(verdict)


@pytest.mark.parametrize(
    ("end", "high", "verdict"),
    [
        (KILLED, 2.0, "| 2.00 s | reached |"),
        (KILLED, 2.1, "| 2.10 s | **not reached** |"),
        (HOST_LOST, 7.0, "| 7.00 s | reached |"),
        (HOST_LOST, 7.1, "| 7.10 s | **not reached** |"),
    ],
)
def test_the_slowest_takeover_counts(end: str, high: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, outbox_takeover=takeover_after(end, 0.5, high)))
    assert line_of(page, "taken over within").endswith(verdict)


def test_adding_and_files_have_goals_of_their_own() -> None:
    page = report.render(Results(MACHINE, outbox_adding=ADDING))
    assert line_of(page, "100,000 by the API in at most").endswith("| 5.00 s | reached |")
    assert line_of(page, "a file of 100,000 lines in at most").endswith("| 31.0 s | **not reached** |")


@pytest.mark.parametrize(
    ("longest", "verdict"), [(88.0, "| 1.10 times | reached |"), (89.0, "| 1.11 times | **not reached** |")]
)
def test_memory_at_the_longest_queue_is_held_against_that_at_the_shortest(longest: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, outbox_queue=queues_with(80.0, longest)))
    assert line_of(page, "memory at 1,000,000 messages").endswith(verdict)


@pytest.mark.parametrize(("ms", "verdict"), [(50, "| 50.0 ms | reached |"), (51, "| 51.0 ms | **not reached** |")])
def test_the_list_of_the_longest_queue_has_a_goal(ms: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, outbox_queue=queues_with(80, 80, listing=ms)))
    assert line_of(page, "list of 1,000,000 messages").endswith(verdict)


def test_the_comparison_tells_what_buyers_got_again() -> None:
    page = report.render(Results(MACHINE, outbox_loop=COMPARISON))
    line = line_of(page, "1 account x 30, killed in the middle")
    assert line == "| a loop, 1 account x 30, killed in the middle | 25.0 | 61.5 | 9 | 30 of 30 | 15 | 0 | 0 |"


def test_the_outbox_has_one_section_with_a_part_for_each_measurement() -> None:
    headings = [line for line in report.render(EVERYTHING).splitlines() if line.startswith("##")]
    assert headings[0] == "## Outbox"
    assert len(headings) == 7


def test_outbox_results_read_back_as_they_were_written() -> None:
    assert from_json(to_json(EVERYTHING)) == EVERYTHING


def test_the_accounts_belong_to_the_sandboxs_application() -> None:
    assert (CLIENT_ID, CLIENT_SECRET) == (sandbox.DEFAULT_CLIENT_ID, sandbox.DEFAULT_CLIENT_SECRET)


def test_a_measured_worker_sends_everything_once_and_tells_what_it_used(tmp_path: Path) -> None:
    work = Work(accounts=2, each=3)
    database = f"sqlite:///{tmp_path / 'outbox.db'}"
    with Recorder() as recorder, outbox_for(database, recorder) as outbox, Workers(database, recorder.url) as workers:
        workers.start(outbox)
        queue(outbox, work)
        wait(outbox, workers, work)
        (used,) = workers.stop()
        assert check_sent_once(recorder, work) == 0
        first, last = first_and_last(outbox, recorder)
    assert first < last
    assert used.cpu > 0
    assert used.statements > 0
    assert used.memory > 10


def test_a_run_in_which_a_message_did_not_arrive_has_failed() -> None:
    with Recorder() as recorder, pytest.raises(Failed, match="of 1 messages 0 were sent"):
        check_sent_once(recorder, Work(accounts=1, each=1))


def test_a_worker_that_cannot_serve_is_a_failure_that_says_why(tmp_path: Path) -> None:
    good, bad = f"sqlite:///{tmp_path / 'outbox.db'}", f"sqlite:///{tmp_path}"
    with (
        Recorder() as recorder,
        outbox_for(good, recorder) as outbox,
        Workers(bad, recorder.url) as workers,
        pytest.raises(Failed, match="a worker ended with 1"),
    ):
        workers.start(outbox)
