"""Starts a server and a Prometheus that scrapes it, and fails unless every expression of the dashboard and of
the alerts finds something there, in either of the formats that there are."""

import base64
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

DOCKER = pathlib.Path("docker")
PASSWORD = "a password for tests"
PATIENCE = 60


def main(rollcall):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        server, metrics, prometheus = (f"127.0.0.1:{free_port()}" for _ in range(3))
        arguments = [f"--listen={server}", f"--metrics-listen={metrics}", "--bcrypt-cost=4"]
        environment = {"ROLLCALL_ADMIN_PASSWORD": PASSWORD}
        started = [subprocess.Popen([rollcall, *arguments], cwd=folder, env=environment, stderr=subprocess.DEVNULL)]
        try:
            wait_for(lambda: get(f"http://{metrics}/health/live"))
            use(server)
            check_classic_format(metrics)
            started.append(start_prometheus(folder, prometheus, metrics))
            check(prometheus, server)
        finally:
            for process in started:
                process.terminate()
                process.wait()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(url, headers={}):
    """Returns the response body for any status; None if there is no response."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except OSError:
        return None


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > end:
            sys.exit("it does not come")
        time.sleep(0.2)
    return found


def use(server):
    """Sends requests that change metrics: valid ones, wrong passwords, and missing paths."""
    for password in [PASSWORD, PASSWORD, "wrong"]:
        credentials = base64.b64encode(f"admin:{password}".encode()).decode()
        for path in ["/users", "/users/1", "/nothing"]:
            get(f"http://{server}{path}", {"Authorization": f"Basic {credentials}"})


def check_classic_format(metrics):
    text = get(f"http://{metrics}/metrics", {"Accept": "text/plain"})
    linter = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True)
    if linter.returncode or linter.stdout or linter.stderr:
        sys.exit(f"promtool check metrics: {linter.stdout}{linter.stderr}")


def start_prometheus(folder, address, metrics):
    """The configuration as it is shipped, but quicker, and on this server."""
    config = (DOCKER / "prometheus.yml").read_text()
    for shipped, ours in [("127.0.0.1:9464", metrics), ("15s", "1s"), ("alerts.yml", str((DOCKER / "alerts.yml").resolve()))]:
        if shipped not in config:
            sys.exit(f"docker/prometheus.yml has no {shipped}")
        config = config.replace(shipped, ours)
    (folder / "prometheus.yml").write_text(config)
    return subprocess.Popen(
        ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
         f"--web.listen-address={address}", "--log.level=error"]
    )  # fmt: skip


def check(prometheus, server):
    # Until then it answers 503 to everything.
    wait_for(lambda: "is Ready" in (get(f"http://{prometheus}/-/ready") or ""))
    # What Prometheus can't read in OpenMetrics' format is down.
    wait_for(lambda: query(prometheus, 'up{job="rollcall"} == 1'))
    expressions = dashboard_expressions()
    assert len(expressions) > 30, len(expressions)
    for expression in expressions:

        def finds_something():
            found = query(prometheus, expression)
            if not found:
                # A rate needs something between two scrapes.
                use(server)
            return found

        wait_for(finds_something)
    rules = ask(prometheus, "rules")["groups"][0]["rules"]
    shipped = (DOCKER / "alerts.yml").read_text().count("- alert:")
    states = {rule["name"]: (rule["health"], rule["state"]) for rule in rules}
    wrong = {name: state for name, state in states.items() if state != ("ok", "inactive")}
    if len(states) != shipped or wrong:
        sys.exit(f"of {shipped} alerts there are {len(states)}, and these are not as they should be: {wrong}")
    print(f"{len(expressions)} expressions and {shipped} alerts are in order")


def dashboard_expressions():
    """With what Grafana puts in for its variables."""
    dashboard = json.loads((DOCKER / "grafana-dashboard.json").read_text())
    targets = [target for panel in dashboard["panels"] for target in panel.get("targets", [])]
    expressions = [target["expr"] for target in targets]
    for variable, value in [("$__rate_interval", "1m"), ("$job", "rollcall"), ("$instance", ".*")]:
        expressions = [expression.replace(variable, value) for expression in expressions]
    unknown = [expression for expression in expressions if "$" in expression]
    if unknown:
        sys.exit(f"unknown variables in the dashboard: {unknown}")
    return expressions


def query(prometheus, expression):
    return ask(prometheus, "query", query=expression)["result"]


def ask(prometheus, what, **parameters):
    answer = json.loads(get(f"http://{prometheus}/api/v1/{what}?{urllib.parse.urlencode(parameters)}"))
    if answer["status"] != "success":
        sys.exit(f"{parameters}: {answer['error']}")
    return answer["data"]


main(str(pathlib.Path(sys.argv[1]).resolve()))
