"""Signs the requests of the generated client with a session, as ``POST /tokens`` describes it.

    configuration = Configuration(host="https://rollcall.example.com")
    login = TokensApi(ApiClient(configuration)).create_session_token(...)
    directory = DirectoryApi(SigningClient(configuration, login.session_token))
"""

import base64
import hashlib
import hmac
import itertools
import random
from datetime import datetime, timezone
from typing import Any

from rollcall_client import ApiClient, Configuration, SessionToken
from urllib3 import BaseHTTPResponse, PoolManager
from urllib3.util import parse_url

SIGNING_HOST = "pennprovenance.net"

# The last digits of timestamps. They begin anywhere, for the sake of other processes with the session.
_sent = itertools.count(random.randrange(1_000_000))


def timestamp() -> str:
    """The time, unlike any other of this process: the service takes a signature only once."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f"{now}{next(_sent) % 1_000_000:06}Z"


class Signer:
    """Makes the headers of signed requests."""

    def __init__(self, key: str, token: str, signing_host: str = SIGNING_HOST) -> None:
        self._key, self._token, self._signing_host = key, token.encode(), signing_host

    def headers(
        self, method: str, path: str, query: str, body: bytes, timestamp: str
    ) -> dict[str, str]:
        """The headers of a request whose path, query and body are given as they are sent."""
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        host = self._signing_host
        text = "\n".join([self._key, method.upper(), host, path, query, timestamp, digest])
        mac = hmac.digest(self._token, text.encode(), "sha256")
        signature = base64.b64encode(mac).decode()
        return {"sessionKey": self._key, "timestamp": timestamp, "signature": signature}


class SigningClient(ApiClient):
    """A client whose requests are signed with a session, instead of carrying a password."""

    def __init__(
        self, configuration: Configuration, session: SessionToken, signing_host: str = SIGNING_HOST
    ) -> None:
        super().__init__(configuration)
        signer = Signer(session.key, session.token, signing_host)
        self.rest_client.pool_manager = _SigningPool(self.rest_client.pool_manager, signer)


class _SigningPool(PoolManager):
    """Sends requests through another pool. Only here are the bytes of their bodies known."""

    def __init__(self, pool: PoolManager, signer: Signer) -> None:
        super().__init__()
        self._pool, self._signer = pool, signer

    def urlopen(self, method: str, url: str, *args: Any, **options: Any) -> BaseHTTPResponse:
        target = parse_url(url)
        body = (options.get("body") or "").encode()
        signed = self._signer.headers(
            method, target.path or "/", target.query or "", body, timestamp()
        )
        others = {k: v for k, v in options["headers"].items() if k.lower() != "authorization"}
        options |= {"body": body or None, "headers": others | signed, "redirect": False}
        if method != "GET":
            options["retries"] = False  # Sent again with the same signature, it would be refused.
        return self._pool.urlopen(method, url, *args, **options)
