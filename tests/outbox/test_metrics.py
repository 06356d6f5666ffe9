"""What a worker counts, as Prometheus reads it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import prometheus_client
import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from buyerline import __version__
from buyerline.outbox import State
from buyerline.outbox.database import Database
from buyerline.outbox.depths import Depths, read_depths
from buyerline.outbox.errors import OutboxUnavailable
from buyerline.outbox.health import HealthServer
from buyerline.outbox.metrics import KEPT_FOR, Metrics
from tests.amazon.by_hand import Clock
from tests.outbox.probing import ask, scrape, serving

NOTHING = Depths(dict.fromkeys(State, 0), None, 0)


@pytest.fixture
def server() -> Iterator[HealthServer]:
    with serving() as running:
        yield running


class TestCounting:
    def test_every_way_to_end_is_there_from_the_start(self, server: HealthServer) -> None:
        """So that the first refused message shows as a rise, and not as a new series."""
        samples = scrape(server)
        ends = {name: value for name, value in samples.items() if name.startswith("buyerline_messages_ended_total")}
        assert ends == {
            f"buyerline_messages_ended_total[state={state}]": 0
            for state in ("sent", "refused", "unknown", "failed", "expired")
        }

    def test_what_the_worker_counts_is_told(self) -> None:
        metrics = Metrics()
        metrics.ended(State.SENT)
        metrics.ended("sent")
        metrics.ended(State.REFUSED)
        metrics.again("not_connected")
        metrics.throttled("createWarranty")
        metrics.in_flight(3)
        metrics.accounts(owned=12, stopped=2)
        with serving(metrics) as server:
            samples = scrape(server)
        assert samples["buyerline_messages_ended_total[state=sent]"] == 2
        assert samples["buyerline_messages_ended_total[state=refused]"] == 1
        assert samples["buyerline_messages_queued_again_total[why=not_connected]"] == 1
        assert samples["buyerline_throttled_total[operation=createWarranty]"] == 1
        assert samples["buyerline_messages_in_flight"] == 3
        assert samples["buyerline_accounts[kind=owned]"] == 12
        assert samples["buyerline_accounts[kind=stopped]"] == 2

    @pytest.mark.parametrize(("name", "count"), [("post", Metrics.posted_seconds), ("late", Metrics.late)])
    def test_times_are_told_as_histograms(self, name: str, count: Callable[[Metrics, float], None]) -> None:
        metrics = Metrics()
        for seconds in (0.3, 4.0, 100_000.0):
            count(metrics, seconds)
        with serving(metrics) as server:
            samples = scrape(server)
        assert samples[f"buyerline_{name}_seconds_count"] == 3
        assert samples[f"buyerline_{name}_seconds_sum"] == pytest.approx(100_004.3)
        assert samples[f"buyerline_{name}_seconds_bucket[le=0.5]"] == 1
        assert samples[f"buyerline_{name}_seconds_bucket[le=5.0]"] == 2
        assert samples[f"buyerline_{name}_seconds_bucket[le=+Inf]"] == 3

    def test_threads_lose_no_count(self) -> None:
        metrics = Metrics()
        start = threading.Barrier(8)

        def count() -> None:
            start.wait()
            for _ in range(500):
                metrics.ended(State.SENT)

        with ThreadPoolExecutor(8) as threads:
            for each in [threads.submit(count) for _ in range(8)]:
                each.result()
        with serving(metrics) as server:
            assert scrape(server)["buyerline_messages_ended_total[state=sent]"] == 4000

    def test_two_workers_in_one_process_count_apart_and_away_from_the_process_s_own_registry(self) -> None:
        one, other = Metrics(), Metrics()
        one.ended(State.SENT)
        with serving(other) as server:
            assert scrape(server)["buyerline_messages_ended_total[state=sent]"] == 0
        assert b"buyerline" not in prometheus_client.generate_latest()

    def test_the_worker_and_its_version_are_named(self) -> None:
        """The name is asked at each scrape: a worker that was taken for dead goes on under another."""
        names = iter(["w1", "w2"])
        with serving(Metrics(worker=lambda: next(names))) as server:
            for name in ("w1", "w2"):
                assert scrape(server)[f"buyerline_worker_info[version={__version__}][worker={name}]"] == 1

    def test_the_process_is_told_of(self, server: HealthServer) -> None:
        families = {family.name for family in parse(ask(server, "/metrics").text)}
        assert {"python_info", "python_gc_collections"} <= families

    def test_every_figure_is_explained_in_a_sentence(self) -> None:
        with serving(Metrics(depths=lambda: NOTHING)) as server:
            families = [
                family for family in parse(ask(server, "/metrics").text) if family.name.startswith("buyerline_")
            ]
        unexplained = [
            family.name
            for family in families
            if not (family.documentation[:1].isupper() and family.documentation.endswith("."))
        ]
        assert len(families) > 10
        assert [name for name in unexplained if not name.endswith("_created")] == []

    def test_openmetrics_is_spoken_to_who_asks_for_it(self) -> None:
        metrics = Metrics(depths=lambda: NOTHING, worker=lambda: 'w"1\\\n')
        metrics.throttled("createWarranty")
        with serving(metrics) as server:
            reply = ask(server, "/metrics", Accept="application/openmetrics-text; version=1.0.0")
        assert reply.headers["Content-Type"].startswith("application/openmetrics-text")
        read: Callable[[str], Iterator[Metric]] = openmetrics.text_string_to_metric_families
        types = {family.name: family.type for family in read(reply.text)}
        assert types["buyerline_messages_ended"] == "counter"
        assert types["buyerline_throttled"] == "counter"
        assert types["buyerline_messages"] == "gauge"
        assert types["buyerline_post_seconds"] == "histogram"
        assert types["buyerline_worker"] == "info"

    def test_a_scrape_may_ask_for_some_figures_only(self) -> None:
        with serving(Metrics(depths=lambda: NOTHING)) as server:
            samples = scrape(server, f"/metrics?{quote('name[]')}=buyerline_oldest_due_seconds")
        assert samples == {"buyerline_oldest_due_seconds": 0}


class Reading:
    """Stands for the worker's reading of the database, and counts how often it is asked."""

    def __init__(self, clock: Clock, *, seconds: float = 0.0) -> None:
        self.clock = clock
        self.seconds = seconds
        self.times = 0
        self.fails = False

    def __call__(self) -> Depths:
        self.times += 1
        self.clock.now += self.seconds
        if self.fails:
            raise OutboxUnavailable("outbox: the database cannot be used: its disk is full.")
        return NOTHING


class TestReadingTheDatabase:
    def test_without_a_database_nothing_is_told_of_one(self, server: HealthServer) -> None:
        assert not {"buyerline_database_up", "buyerline_messages[state=queued]"} & scrape(server).keys()

    def test_it_is_not_read_before_somebody_asks(self) -> None:
        reading = Reading(Clock())
        Metrics(depths=reading, clock=reading.clock)
        assert reading.times == 0

    def test_it_is_read_once_for_the_scrapes_of_some_seconds(self) -> None:
        reading = Reading(Clock(100))
        with serving(Metrics(depths=reading, clock=reading.clock)) as server, ThreadPoolExecutor(6) as threads:
            list(threads.map(scrape, [server] * 6))
            assert reading.times == 1
            reading.clock.now += KEPT_FOR
            scrape(server)
            assert reading.times == 2

    def test_what_is_slow_to_read_is_read_more_rarely(self) -> None:
        """Ten seconds of reading must not be more than a twentieth of the time."""
        reading = Reading(Clock(), seconds=10)
        with serving(Metrics(depths=reading, clock=reading.clock)) as server:
            scrape(server)
            reading.clock.now += 199
            scrape(server)
            assert reading.times == 1
            reading.clock.now += 1
            scrape(server)
            assert reading.times == 2

    def test_a_database_that_cannot_be_read_is_told_and_its_figures_are_left_out(self) -> None:
        reading = Reading(Clock())
        reading.fails = True
        metrics = Metrics(depths=reading, clock=reading.clock)
        metrics.ended(State.SENT)
        with serving(metrics) as server:
            down = scrape(server)
            scrape(server)
            tried = reading.times
            reading.fails = False
            reading.clock.now += KEPT_FOR
            up = scrape(server)
        assert down["buyerline_database_up"] == 0
        assert down["buyerline_messages_ended_total[state=sent]"] == 1
        figures = {
            "buyerline_messages[state=queued]",
            "buyerline_oldest_due_seconds",
            "buyerline_unknown_messages",
            "buyerline_stopped_accounts",
        }
        assert not figures & down.keys()
        assert tried == 1
        assert up["buyerline_database_up"] == 1
        assert figures <= up.keys()

    def test_a_database_that_is_damaged_under_way_does_no_harm_to_the_server(self, sqlite_url: str) -> None:
        database = Database.open(sqlite_url)
        assert database.path is not None
        database.close()
        database.path.write_bytes(b"no database" * 1000)
        with serving(Metrics(depths=lambda: read_from(database))) as server:
            assert scrape(server)["buyerline_database_up"] == 0
            assert ask(server, "/healthz").status == 200
        database.close()


def read_from(database: Database) -> Depths:
    with database.read() as connection:
        return read_depths(connection)
