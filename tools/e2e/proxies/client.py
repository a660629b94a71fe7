"""A client of the two published APIs. It knows their documents and how requests are signed, and
resolves references by RFC 3986. It knows nothing of the server's code or of a proxy."""

import base64, datetime, gzip, hashlib, hmac, http.client, json, re
from urllib.parse import quote, urljoin, urlsplit

ADDRESS = "127.0.0.3"  # the client's own, which no server trusts
SIGNING_HOST = "pennprovenance.net"
PATIENCE = 60  # seconds


class Answer:
    def __init__(self, url, response, body):
        self.url, self.status, self.headers = url, response.status, response.headers
        self.is_compressed = response.headers.get("Content-Encoding") == "gzip"
        self.body = gzip.decompress(body) if self.is_compressed and body else body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()

    @property
    def tag(self):
        assert self.headers["ETag"], f"{self} has no ETag"
        return self.headers["ETag"]

    @property
    def location(self):
        assert self.headers["Location"], f"{self} has no Location"
        return urljoin(self.url, self.headers["Location"])

    @property
    def next(self):
        """The page that `Link` names as the next one, if it names one."""
        links = re.findall(r'<([^>]*)>\s*;\s*rel="?next"?', self.headers.get("Link", ""))
        return urljoin(self.url, links[0]) if links else None

    def __str__(self):
        return f"{self.status} {self.body[:300].decode(errors='replace')}"


class Basic:
    def __init__(self, name, password, encoding="utf-8"):
        self.pair = f"{name}:{password}".encode(encoding)

    def headers(self, method, url, body):
        return {"Authorization": "Basic " + base64.b64encode(self.pair).decode()}


class Session:
    """A session token that signs each request over the path that the client sends."""

    def __init__(self, token):
        self.key, self.token = token["key"], token["token"]

    def headers(self, method, url, body, timestamp=None):
        path, query = urlsplit(url).path, urlsplit(url).query
        timestamp = timestamp or now().isoformat(timespec="milliseconds") + "Z"
        digest = base64.b64encode(hashlib.sha256(body or b"").digest()).decode()
        parts = [self.key, method, SIGNING_HOST, path, query, timestamp, digest]
        signature = hmac.digest(self.token.encode(), "\n".join(parts).encode(), "sha256")
        return {
            "sessionKey": self.key,
            "timestamp": timestamp,
            "signature": base64.b64encode(signature).decode(),
        }


class Client:
    """Sends requests to the server at `root`, such as http://127.0.0.1:8080/prov, and expects an
    answer with the status `expect` to each."""

    def __init__(self, root, credentials=None, address=ADDRESS):
        self.root, self.credentials, self.address = root, credentials, address

    def as_user(self, credentials):
        return Client(self.root, credentials, self.address)

    def get(self, url, expect=200, **options):
        return self.send("GET", url, expect, **options)

    def send(self, method, url, expect, body=None, headers={}, kind="application/json"):
        """`url` begins with http or, for a path of the documents, with a slash. `body` becomes JSON
        unless it is bytes."""
        url = self.root + url if url.startswith("/") else url
        data = body
        if body is not None and not isinstance(body, bytes):
            data = json.dumps(body, ensure_ascii=False).encode()
        sent = {"Accept-Encoding": "gzip", "Connection": "close"}
        sent |= {"Content-Type": kind} if data else {}
        sent |= self.credentials.headers(method, url, data) if self.credentials else {}
        answer = self.exchange(method, url, data, sent | headers)
        assert answer.status == expect, f"{method} {url} is not {expect}, but {answer}"
        return answer

    def exchange(self, method, url, data, headers):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(
            parts.hostname, parts.port, timeout=PATIENCE, source_address=(self.address, 0)
        )
        try:
            target = parts.path + ("?" + parts.query if parts.query else "")
            connection.request(method, target, data, headers)
            response = connection.getresponse()
            # http.client itself does not read a body that follows an answer to HEAD.
            raw = response.fp.read() if method == "HEAD" else response.read()
            return Answer(url, response, raw)
        finally:
            connection.close()

    def follow(self, url):
        """The answer behind all redirects."""
        for _ in range(5):
            url = self.root + url if url.startswith("/") else url
            answer = self.exchange("GET", url, None, {"Accept-Encoding": "gzip"})
            if answer.status not in (301, 302, 303, 307, 308):
                assert answer.status == 200, f"GET {url} is not 200, but {answer}"
                return answer
            url = answer.location
        raise AssertionError(f"{url} is a redirect without an end")


def now():
    """Without a zone, as `datetime.utcnow` has it in older clients."""
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def portal_path(name, safe=""):
    return "/api/v1/users/" + quote(name, safe=safe)
