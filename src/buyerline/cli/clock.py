"""Whether this machine's clock is right enough, by Amazon's ``Date``."""

from buyerline.amazon.errors import Problem

TOLERATED = 15 * 60
"""Seconds off beyond which Amazon's side refuses what is signed with a time (Amazon S3, RequestTimeTooSkewed: 15
minutes), and beyond which the times of orders and coverage would be wrong for the seller too."""

NOTICED = 2 * 60
"""Seconds off from which on the clock is worth a word: order searches are cut at two minutes ago."""


def describe_clock(skew: float) -> str:
    """How far off the clock is, in words. `skew` is in seconds, positive when this machine is ahead."""
    off = abs(skew)
    if off < 2:
        return "This machine's clock agrees with Amazon's."
    amount = f"{off:.0f} seconds" if off < 90 else f"{off / 60:.0f} minutes"
    return f"This machine's clock is {amount} {'ahead of' if skew > 0 else 'behind'} Amazon's."


HOW_TO_SET = (
    "Set it by network time: `sudo timedatectl set-ntp true` on Linux, "
    "Date & Time in the settings of macOS and Windows."
)


def check_clock(skew: float | None) -> Problem | None:
    """The problem of a clock that is too far off; ``None`` where it is right enough or nothing is known yet."""
    if skew is None or abs(skew) <= TOLERATED:
        return None
    return Problem(
        "clock", "clock", f"{describe_clock(skew)} More than {TOLERATED // 60} are not accepted. {HOW_TO_SET}"
    )
