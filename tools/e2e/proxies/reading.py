"""HEAD, OPTIONS, pages of lists, and the documents with Swagger UI."""

import http.client, re
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

ALWAYS_OTHER = {"date", "x-request-id"}
# Of a body that is made while it is sent, HEAD need not tell these (RFC 9110, 9.3.2).
OF_THE_BODY = {"content-length", "transfer-encoding", "connection", "keep-alive", "link"}
PAGES = [
    "/swagger-ui/",
    "/openapi.json",
    "/openapi.yaml",
    "/openapi-3.0.json",
    "/signing-test-vectors.json",
]
PLAIN = {"Accept-Encoding": "identity"}


def document(mount):
    return mount.stranger.get("/openapi.json").json


def paths_of(mount, user):
    """Each path of the document as this user's, and its methods."""
    values = {"user": quote(user.name, safe=""), "userId": str(user.id)}
    for template, item in document(mount)["paths"].items():
        names = re.findall(r"\{(\w+)\}", template)
        path = re.sub(r"\{(\w+)\}", lambda hit: values.get(hit[1], "0"), template)
        methods = {method.upper() for method in item if method != "parameters"}
        assert "GET" not in methods or set(names) <= set(values), f"no value for {template}"
        yield path, methods


def answers_head_as_get(mount):
    user = mount.register()
    paths = [path for path, methods in paths_of(mount, user) if "GET" in methods]
    assert len(paths) > 4, paths
    for path in [*paths, *PAGES]:
        status = 204 if path == "/auth/verify" else 200
        got = mount.admin.send("GET", path, status, None, PLAIN)
        head = mount.admin.send("HEAD", path, status, None, PLAIN)
        assert head.body == b"", f"HEAD {path} has a body: {head}"
        # A proxy that compresses adds Vary to bodies alone.
        ignored = ALWAYS_OTHER | OF_THE_BODY | ({"vary"} if mount.compresses else set())
        assert_same_headers(path, head.headers, got, ignored)
        assert mount.admin.send("HEAD", path, status).body == b"", path
    for client, status in ((mount.stranger, 401), (user.basic, 403)):
        assert client.send("HEAD", "/users", status).body == b""
    mount.admin.send("HEAD", "/users/99999999", 404)


def assert_same_headers(path, head, got, ignored):
    head, get = ({name.lower(): value for name, value in it.items()} for it in (head, got.headers))
    for name in (head.keys() | get.keys()) - ignored:
        assert head.get(name) == get.get(name), (
            f"HEAD {path} has {name}: {head.get(name)}, GET has {get.get(name)}"
        )
    length = head.get("content-length", str(len(got.body)))
    assert length == str(len(got.body)), f"HEAD {path} tells {length} of {len(got.body)} bytes"


def keeps_connections_after_head(mount):
    """A body behind the head of an answer to HEAD would be taken for the next answer."""
    user = mount.register()
    parts = urlsplit(mount.root)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    for method in ("HEAD", "GET", "HEAD", "OPTIONS", "GET"):
        url = mount.root + user.path
        headers = user.basic.credentials.headers(method, url, None)
        connection.request(method, urlsplit(url).path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == (204 if method == "OPTIONS" else 200), (method, answer.status)
        assert bool(body) == (method == "GET"), (method, body)
    connection.close()


def tells_methods_to_options(mount):
    user = mount.register()
    for path, methods in paths_of(mount, user):
        answer = mount.stranger.send("OPTIONS", path, 204)
        expected = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        allowed = set(re.split(r"\s*,\s*", answer.headers["Allow"] or ""))
        assert allowed == expected and answer.body == b"", f"{path}: {allowed} is not {expected}"
        refused = mount.stranger.send("LINK", path, 405)
        assert refused.headers["Allow"] == answer.headers["Allow"], refused.headers


def follows_pages(mount):
    for _ in range(4):
        mount.register()
    lists = {
        "/users": lambda json: [user["id"] for user in json["userList"]["users"]],
        "/api/v1/users": lambda json: [user["username"] for user in json["value"]],
    }
    for path, items in lists.items():
        whole = items(mount.admin.get(path).json)
        url, read = f"{path}?limit=2", []
        for _ in whole:
            answer = mount.admin.get(url)
            assert mount.is_below(answer.url), answer.url
            read += items(answer.json)
            url = answer.next
            if not url:
                break
        assert read == whole, f"{path}: {read} is not {whole}"
    assert mount.is_below(mount.admin.get("/audit?limit=2").next or "")


class References(HTMLParser):
    """What a page loads."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        name = {"script": "src", "link": "href", "img": "src"}.get(tag)
        if attributes.get(name):
            self.found.append(attributes[name])


def finds_swagger_ui(mount):
    for url in (mount.root + "/", mount.root):
        page = mount.stranger.follow(url)
        assert mount.is_below(page.url) and "swagger-ui" in page.url, page.url
    assert page.headers["Content-Type"].startswith("text/html"), page.headers
    loaded = [urljoin(page.url, reference) for reference in References(page.text).found]
    assert len(loaded) > 3, loaded
    assert all(map(mount.is_below, loaded)), loaded
    kinds = {url: mount.stranger.get(url).headers["Content-Type"] for url in loaded}
    scripts = [kind for url, kind in kinds.items() if url.endswith(".js")]
    assert scripts and all("javascript" in kind for kind in scripts), kinds


def reaches_the_api_by_the_document(mount):
    url = mount.root + "/openapi.json"
    user = mount.register()
    for server in document(mount)["servers"]:
        api = urljoin(url, server["url"]).rstrip("/")
        assert api == mount.root, f"{server} leads to {api}"
        assert user.basic.get(api + user.path).json["user"] == user.fields


def caches_documents(mount):
    for path in PAGES[1:]:
        tag = mount.stranger.get(path).tag
        assert mount.stranger.get(path, 304, headers={"If-None-Match": tag}).body == b""



STEPS = [
    answers_head_as_get,
    keeps_connections_after_head,
    tells_methods_to_options,
    follows_pages,
    finds_swagger_ui,
    reaches_the_api_by_the_document,
    caches_documents,
]
