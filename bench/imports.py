"""Part two: what importing costs, each time in a fresh interpreter."""

import sys
import time
from collections import defaultdict
from collections.abc import Callable

from bench.process import run
from bench.results import Imports, Spread

BUYERLINE = "import buyerline"
BUYERLINE_CLIENT = "from buyerline import SellingPartner"
DROP_IN = "from buyerline.sp_api.api import Messaging"
SP_API = "import sp_api.api"
STATEMENTS = (BUYERLINE, BUYERLINE_CLIENT, DROP_IN, SP_API, "import spapi")

_TIMED = "import time; _start = time.perf_counter(); {}; print(time.perf_counter() - _start)"


def measure(tell: Callable[[str], None], *, quick: bool) -> Imports:
    """Rounds of all statements in turn. The first round, which compiles and fills caches, does not count."""
    rounds = 3 if quick else 11
    bare: list[float] = []
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        tell(f"imports: round {number} of {rounds}")
        start = time.perf_counter()
        run([sys.executable, "-c", "pass"])
        bare.append((time.perf_counter() - start) * 1000)
        for statement in STATEMENTS:
            taken[statement].append(float(run([sys.executable, "-c", _TIMED.format(statement)])) * 1000)
    statements = {statement: Spread.of(values[1:]) for statement, values in taken.items()}
    return Imports(rounds, Spread.of(bare[1:]), statements)
