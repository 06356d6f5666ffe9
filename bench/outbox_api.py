"""What a program or a person waits for, in a fresh process.

``python -m bench.outbox_api add DATABASE ENDPOINT ACCOUNTS EACH`` queues so many messages in one call and prints the
seconds it took; ``python -m bench.outbox_api list DATABASE ENDPOINT TIMES`` lists the newest messages so often, after a
first time that does not count, and prints the milliseconds of each time as JSON.
"""

import sys
import time

import msgspec

from bench.outbox_work import Work, options_for
from buyerline.outbox import Outbox


def add(outbox: Outbox, work: Work) -> float:
    """Seconds for adding all messages of `work`."""
    start = time.perf_counter()
    outbox.add_many(work.messages())
    return time.perf_counter() - start


def list_newest(outbox: Outbox, times: int) -> list[float]:
    """Milliseconds for the newest messages, each time."""
    taken = []
    for _ in range(times + 1):
        start = time.perf_counter()
        outbox.list()
        taken.append((time.perf_counter() - start) * 1000)
    return taken[1:]


def main() -> None:
    what, database, endpoint, *numbers = sys.argv[1:]
    with Outbox(database, who="bench", options=options_for(endpoint)) as outbox:
        if what == "add":
            accounts, each = numbers
            print(add(outbox, Work(int(accounts), int(each))))
        else:
            (times,) = numbers
            print(msgspec.json.encode(list_newest(outbox, int(times))).decode())


if __name__ == "__main__":
    main()
