"""Runs schemathesis as each caller on each store, and judges what has been exercised. See scripts/fuzz-contract."""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

from lies import LIES, tell
from server import server

HERE = pathlib.Path(__file__).resolve().parent
SCHEMATHESIS = pathlib.Path(sys.executable).with_name("st")
DOCUMENT = HERE.parents[2] / "openapi/openapi.json"
ADMINS, OTHERS = ["admin", "admin-signed"], ["user", "user-signed", "anonymous"]
STORES = ["sqlite", "postgres"]
# Sequences of calls start with POST where possible; run alone, each set of endpoints has its own starts.
APART = {"portal": "^/api/", "directory": "^/(users|tokens)"}
# Without the phase "coverage", which gives the same cases for the sets run alone.
WITHOUT_COVERAGE = ["--phases", "examples,fuzzing,stateful"]
# The operations at which each caller must succeed. An admin must succeed at all of them.
MUST = {
    "user": {
        "getUser", "getCurrentUser", "updateUser", "getPortalUser", "updatePortalUserPassword", "createUser",
        "createSessionToken", "redeemResetCode", "verifyCredentials",
    },
    "anonymous": {"createUser", "createSessionToken", "redeemResetCode"},
}
MUST["user-signed"] = MUST["user"]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/fuzz-contract", description=__doc__)
    parser.add_argument("--max-examples", type=int, help="cases for each operation, with another seed each time")
    parser.add_argument("--seed", type=int, help="what a run printed, to run it again")
    parser.add_argument("--caller", choices=[*ADMINS, *OTHERS], action="append", help="only this one")
    parser.add_argument("--store", choices=STORES, action="append", help="only this one")
    return parser.parse_args()


def fuzz(arguments, store, caller, endpoints, document=DOCUMENT, options=()):
    """One run: whether all was well, what schemathesis printed, and how often what was answered how."""
    options = ["--seed", arguments.seed, "--max-examples", arguments.max_examples, "--no-color", *options]
    if endpoints in APART:
        options += ["--include-path-regex", APART[endpoints], *WITHOUT_COVERAGE]
    with tempfile.TemporaryDirectory() as folder, server(store) as environment:
        counts, config, url = pathlib.Path(folder, "counts"), pathlib.Path(folder, "toml"), environment["ROLLCALL_URL"]
        config.write_text(configuration(arguments))
        environment |= {"SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "FUZZ_CALLER": caller, "FUZZ_COUNTS": str(counts)}
        command = [SCHEMATHESIS, "--config-file", config, "run", document, "--url", url, *map(str, options)]
        pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        result = subprocess.run(command, env=environment, cwd=folder, text=True, **pipe)
        rows = json.loads(counts.read_text()) if counts.exists() else []
    return result.returncode == 0, result.stdout, rows


def configuration(arguments):
    """schemathesis.toml, completed with the settings of this run."""
    text = (HERE / "schemathesis.toml").read_text()
    return f"{text}\n[phases.stateful.generation]\nmax-examples = {max(30, arguments.max_examples)}\n"


def run_all(arguments):
    """Returns the responses of every run, and whether all passed. Prints a line for each run, and every failure."""
    runs = [(store, caller, "all") for store in STORES for caller in [*ADMINS, *OTHERS]]
    runs += [(store, caller, part) for store in STORES for caller in ADMINS for part in APART]
    runs = [run for run in runs if run[0] in (arguments.store or STORES) and run[1] in (arguments.caller or run[1:2])]
    answers, well = collections.defaultdict(collections.Counter), True
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda run: fuzz(arguments, *run), runs)
        for (store, caller, endpoints), (passed, printed, rows) in zip(runs, found, strict=True):
            cases = re.search(r"Test cases:\n  (.*)", printed)
            print(f"{store:8}  {caller:12}  {endpoints:9}  {cases[1] if cases else 'no test cases'}", flush=True)
            if not passed:
                print(printed)
                well = False
            for call, status, count in rows:
                answers[store, caller][call, status] += count
    return answers, well


def catch_lies(arguments):
    """Returns the lies in the document that the test does not find."""
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:

        def catch(lie):
            what, caller, operation, code, change = lie
            document = pathlib.Path(folder) / f"{what}.json"
            document.write_text(tell(DOCUMENT, change))
            options = ["--include-operation-id", operation, "--phases", "examples,coverage,fuzzing"]
            passed, printed, _ = fuzz(arguments, "sqlite", caller, "all", document, options)
            return [] if not passed and code in printed else [f"not found: {what} ({code} in {operation})\n{printed}"]

        return sum(pool.map(catch, LIES), [])


def operations():
    """The calls that the document describes, and their operationIds."""
    for path, item in json.loads(DOCUMENT.read_text())["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation["operationId"]


def summarize(answers):
    """Prints how often each operation was answered how, and gives what should have been otherwise."""
    wrong = []
    for (store, caller), counts in sorted(answers.items()):
        print(f"\n{caller} on {store}")
        for call, operation in operations():
            statuses = {status: count for (what, status), count in sorted(counts.items()) if what == call}
            print(f"  {operation:25}", "  ".join(f"{status}: {count}" for status, count in statuses.items()))
            succeeds = any(status.startswith("2") for status in statuses)
            if not succeeds and operation in MUST.get(caller, [operation]):
                wrong.append(f"{operation} never succeeded as {caller} on {store}")
        limited = sum(count for (_, status), count in counts.items() if status == "429")
        if limited:
            wrong.append(f"{limited} of {sum(counts.values())} answers to {caller} on {store} were 429")
    return wrong


def main():
    arguments = parse_arguments()
    is_short = arguments.max_examples is None
    arguments.max_examples = 10 if is_short else arguments.max_examples
    if arguments.seed is None:
        arguments.seed = 1 if is_short else random.randrange(2**32)
    print(f"seed {arguments.seed}, {arguments.max_examples} examples")
    start = time.monotonic()
    answers, well = run_all(arguments)
    wrong = summarize(answers)
    if is_short:
        wrong += catch_lies(arguments)
        print(f"\n{len(LIES)} lies of the document were told")
    total = sum(sum(counts.values()) for counts in answers.values())
    print(f"\n{total} answers in {time.monotonic() - start:.0f} s, seed {arguments.seed}")
    if wrong or not well:
        sys.exit("\n".join([*wrong, "the document and the server disagree" if not well else ""]).strip())


main()
