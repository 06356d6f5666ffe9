"""The front door of Amazon's side: takes a request, plays its fault if it has one, has it carried out, logs it."""

import asyncio
import logging
from typing import Any

from litestar.types import Receive, Scope, Send

from buyerline.sandbox import connection, errors, gateway, login, s3
from buyerline.sandbox.fault_answers import fault_answer
from buyerline.sandbox.faults import Fault
from buyerline.sandbox.operations import Operation, Router
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import Answer, Call, read_body

logger = logging.getLogger(__name__)

LWA = "lwa"
S3 = "s3"

Service = Operation | str | None

_BUCKET_PATH = f"/{s3.BUCKET_PREFIX}"


class Front:
    """The ASGI application of everything that is Amazon's: Login with Amazon, the API, and S3."""

    def __init__(self, state: State, router: Router) -> None:
        self._state = state
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        world = self._state.resets
        call = Call(scope)
        service = self._identify(call)
        limit = self._state.options.upload_limit if service == S3 else gateway.BODY_LIMIT
        try:
            call.body, call.body_size = await read_body(receive, limit)
        except ConnectionError:
            return
        if world != self._state.resets:
            return
        fault = self._state.faults.draw(call.operation)
        if fault is not None:
            await self._play(fault, service, call, receive, send)
            return
        answer = self._carry_out(service, call)
        self._log(call, answer.status)
        await self._send(send, call, answer)

    def _identify(self, call: Call) -> Service:
        """Who is to answer: Login with Amazon, S3, an operation of the API, or nobody."""
        if call.raw_path == login.TOKEN_PATH:
            call.operation = LWA
            return LWA
        if call.raw_path.startswith(_BUCKET_PATH):
            call.operation = S3
            return S3
        found = self._router.find(call.method, call.segments)
        if found is None:
            return None
        operation, call.arguments = found
        call.operation = operation.name
        call.order_id = call.arguments.get("orderId")
        return operation

    def _carry_out(self, service: Service, call: Call) -> Answer:
        try:
            if service == LWA:
                return login.token(self._state.accounts, call)
            if service == S3:
                return s3.store(self._state, call)
            return gateway.answer(self._state, service if isinstance(service, Operation) else None, call)
        except Exception:
            logger.exception("The sandbox failed at %s", call.operation)
            call.note("the sandbox itself failed")
            return errors.internal_failure().answer()

    async def _play(self, fault: Fault, service: Service, call: Call, receive: Receive, send: Send) -> None:
        call.note(f"fault: {fault.kind}")
        if fault.kind == "reset_before":
            self._log(call, 0)
            connection.reset(call)
            return
        if fault.kind == "delay":
            world = self._state.resets
            await asyncio.sleep(1.0 if fault.seconds is None else fault.seconds)
            if world != self._state.resets:
                return
        if fault.kind in ("status", "html"):
            answer = fault_answer(fault, call.operation)
        else:
            answer = self._carry_out(service, call)
        if fault.kind in ("status", "html", "delay"):
            self._log(call, answer.status)
            await self._send(send, call, answer)
            return
        self._log(call, 0)
        await self._break_off(fault, call, answer, receive)

    async def _break_off(self, fault: Fault, call: Call, answer: Answer, receive: Receive) -> None:
        """The request was carried out; its answer does not arrive whole."""
        if fault.kind == "half_answer":
            answer.headers += self._common_headers(call)
            connection.send_half(call, answer)
            return
        gone = False
        try:
            gone = fault.kind == "hang_after" and await _gone_within(fault.seconds, receive)
        finally:
            # Also when the sandbox stops meanwhile: a request that hangs gets no answer even then.
            if not gone:
                connection.reset(call)

    def _log(self, call: Call, status: int) -> None:
        account = call.grant.account.id if call.grant and call.grant.account else None
        self._state.journal.write(call.operation, status, account, call.order_id, self._state.clock.time(), call.notes)

    def _common_headers(self, call: Call) -> list[tuple[bytes, bytes]]:
        headers = [(b"date", self._state.clock.http_date())]
        if call.operation != S3:
            request_id = call.request_id.encode("ascii")
            headers += [(b"x-amzn-RequestId", request_id), (b"x-amz-apigw-id", request_id[:16]), (b"server", b"Server")]
        return headers

    async def _send(self, send: Send, call: Call, answer: Answer) -> None:
        headers: Any = [*answer.lines(), *self._common_headers(call)]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if call.method == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _gone_within(seconds: float | None, receive: Receive) -> bool:
    """Wait until the client goes away, or for so many seconds; whether it went."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True
