"""What is repeated automatically, and after which pause. The whole rule stands here.

- A read, a token exchange, an upload destination and a file's upload do no harm twice: repeated when no usable
  answer came, at 429 and at 5xx.
- A message is repeated only when it is certain that Amazon did not take it: no connection was made, or the answer
  was 429. (An access token that had ended is renewed once, see `buyerline.amazon.session`.) Anything else that is
  not a plain refusal leaves the outcome unknown, and an unknown message is never repeated.
"""

import random
from dataclasses import dataclass

from buyerline.amazon import errors

CERTAINLY_NOT_TAKEN = (errors.NotConnected, errors.Throttled)
HARMLESS_TO_REPEAT = (errors.TransportError, errors.Throttled, errors.AmazonUnavailable)
OUTCOME_UNKNOWN = (errors.TransportError, errors.AmazonUnavailable)


@dataclass(frozen=True, slots=True)
class Repeating:
    """How often and after which pause a call is repeated.

    Attributes:
        times: repeats at most, after the first try.
        first_pause: seconds before the first repeat; doubled each time, with full jitter
            (AWS Architecture Blog, "Exponential Backoff And Jitter").
        longest_pause: seconds that no pause exceeds.
    """

    times: int = 3
    first_pause: float = 0.5
    longest_pause: float = 20.0

    def pause(self, tried: int) -> float:
        """Seconds to wait after `tried` tries that failed."""
        ceiling = min(self.longest_pause, self.first_pause * 2 ** (tried - 1))
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - spreads load, guards nothing

    def allows(self, error: errors.BuyerlineError, tried: int, *, repeatable: bool) -> bool:
        """Whether a call that has failed `tried` times, lastly with `error`, is made again."""
        return tried <= self.times and isinstance(error, HARMLESS_TO_REPEAT if repeatable else CERTAINLY_NOT_TAKEN)
