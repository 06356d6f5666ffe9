"""Load on a sandbox: ``python -m bench.load URL SECONDS AT_ONCE`` prints how many answers came in a second.

Answers are received whole and not decoded, so that the sandbox is the slower side.
"""

import asyncio
import sys
import time

from pyreqwest.client import ClientBuilder

from bench.clients.pyreqwest import Prepared
from bench.process import let_threads_end


async def load(url: str, seconds: float, at_once: int) -> float:
    """Answers to getMessagingActionsForOrder per second."""
    prepared = Prepared(url)
    async with ClientBuilder().error_for_status(True).build() as client:  # noqa: FBT003 - the library's own signature
        start = time.perf_counter()
        end = start + seconds

        async def caller() -> int:
            answers = 0
            while time.perf_counter() < end:
                response = await client.get(prepared.actions_url).headers(prepared.headers).build().send()
                await response.bytes()
                answers += 1
            return answers

        answers = sum(await asyncio.gather(*(caller() for _ in range(at_once))))
        return answers / (time.perf_counter() - start)


def main() -> None:
    url, seconds, at_once = sys.argv[1:]
    print(asyncio.run(load(url, float(seconds), int(at_once))))
    let_threads_end()


if __name__ == "__main__":
    main()
