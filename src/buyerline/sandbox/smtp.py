"""Emails of the sandbox, sent on to a real SMTP server."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from typing import Final

import aiosmtplib

logger = logging.getLogger(__name__)

_AT_ONCE: Final = 4
_TIMEOUT: Final = 30.0  # seconds for each step of the conversation


class Relay:
    """Sends emails on to an SMTP server, in the background of the running event loop.

    What fails for a moment (no connection, an answer 4xx) is tried again after each of `pauses`, given in seconds;
    a refusal (5xx) is final. When the connection ends after the email has left, the server may get it twice.
    STARTTLS is used where the server offers it.

    Attributes:
        host: the server's name or address.
        port: the server's port.
        failures: why the server did not take an email, for a person to read, by the email's id, the last one last.
    """

    def __init__(self, host: str, port: int, *, pauses: Sequence[float] = (1.0, 5.0, 15.0)) -> None:
        self.host = host
        self.port = port
        self.failures: dict[int, str] = {}
        self._pauses = tuple(pauses)
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def send(self, email_id: int, mail: EmailMessage, settled: Callable[[], None]) -> None:
        """Take an email and return at once; `settled` is called when it was sent or has failed for good.

        Raises:
            RuntimeError: No event loop is running.
        """
        if self._closed:
            self.failures[email_id] = "the sandbox was stopping"
            return
        task = asyncio.get_running_loop().create_task(self._deliver(email_id, mail, settled))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def forget(self) -> None:
        """Forget the failures and stop what is on its way."""
        self.failures.clear()
        for task in self._tasks:
            task.cancel()

    async def aclose(self, grace: float = 2.0) -> None:
        """Wait up to `grace` seconds for what is on its way, then stop; what comes later is not sent."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        abandoned = list(self._tasks)
        for task in abandoned:
            task.cancel()
        await asyncio.gather(*abandoned, return_exceptions=True)
        if abandoned:
            logger.warning("stopped before %s:%s had taken all emails: %d left", self.host, self.port, len(abandoned))

    async def _deliver(self, email_id: int, mail: EmailMessage, settled: Callable[[], None]) -> None:
        try:
            await self._try_until_final(mail)
        except (aiosmtplib.SMTPException, OSError) as error:
            self.failures[email_id] = _reason(error)
            # The server's own words may quote the email, so the log has only the kind of error.
            logger.warning("%s:%s did not take email %d: %s", self.host, self.port, email_id, type(error).__name__)
        settled()

    async def _try_until_final(self, mail: EmailMessage) -> None:
        for pause in self._pauses:
            try:
                return await self._try(mail)
            except (aiosmtplib.SMTPException, OSError) as error:
                if _is_final(error):
                    raise
            await asyncio.sleep(pause)
        return await self._try(mail)

    async def _try(self, mail: EmailMessage) -> None:
        sender, recipient = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
        async with self._places:
            await aiosmtplib.send(
                mail.as_bytes(),
                sender=sender,
                recipients=[recipient],
                hostname=self.host,
                port=self.port,
                timeout=_TIMEOUT,
            )


def _code(error: Exception) -> int | None:
    """The server's answer code, if it answered."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return error.recipients[0].code
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None


def _is_final(error: Exception) -> bool:
    """Whether the server said that it will never take the email (RFC 5321, 4.2.1)."""
    code = _code(error)
    return code is not None and code >= 500


def _reason(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _reason(error.recipients[0])
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"the server answered {error.code} {error.message}"
    return str(error) or type(error).__name__
