"""What every request to /v1 passes before its body is read: rate limit, token, announced size."""

import hmac
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.api.errors import ApiError, response_to
from demo.settings import Settings
from vision.catalogue import say


class Gate:
    """ASGI middleware; guesses at the token count against the rate limit too."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._token = settings.api.token
        self._most_bytes = settings.api.most_bytes
        self._rate = parse(settings.api.rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with what keeps it out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Notice"] = say("notice.short", "en")  # a header holds no Chinese
                headers["Cache-Control"] = "no-store"
            await send(message)

        headers = Headers(scope=scope)
        try:
            self._count(scope["client"][0] if scope.get("client") else "unknown")
            self._identify(headers.get("authorization", ""))
            self._measure(headers.get("content-length", ""))
        except ApiError as error:
            language = self._settings.language_for(headers.get("accept-language"))
            await response_to(error, language)(scope, receive, marked)
        else:
            await self._app(scope, receive, marked)

    def _count(self, client: str) -> None:
        if not self._limiter.hit(self._rate, client):
            frees_at = self._limiter.get_window_stats(self._rate, client).reset_time
            raise ApiError(
                429,
                "api.error.rate",
                retry_after_s=frees_at - time.time(),
                most=self._rate.amount,
                seconds=self._rate.get_expiry(),
            )

    def _identify(self, authorization: str) -> None:
        if self._token is None:
            return
        scheme, _, given = authorization.partition(" ")
        same = hmac.compare_digest(given.strip().encode(), self._token.encode())
        if not (same and scheme.lower() == "bearer"):
            raise ApiError(401, "api.error.token")

    def _measure(self, length: str) -> None:
        """A body that does not say how long it is gets measured while it is read."""
        if length.isascii() and length.isdecimal() and int(length) > self._most_bytes:
            raise ApiError(413, "api.error.too_large")
