"""How a worker's process is set up while it serves."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Have Python look for garbage in cycles less often: with thousands of tasks it took two fifths of the time.

    What was there before is not looked through at all meanwhile (`gc.freeze`).
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def allow_many_connections() -> None:
    """Raise this process's own limit of open files to what it is allowed: a connection is one."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
