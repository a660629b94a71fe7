"""Checks the Helm chart against the overlays for Kubernetes: check_chart.py OVERLAY CHART, both as rendered.

A release that is called rollcall, with no value but its store, deploys what the overlay does."""

import sys
from pathlib import Path

import yaml

# What Helm's own tools find the release by.
OF_HELM = {"app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "app.kubernetes.io/version", "helm.sh/chart"}


def main(overlay, chart):
    by_overlay, by_chart = resources(overlay), resources(chart)
    assert by_overlay.keys() == by_chart.keys(), (by_overlay.keys(), by_chart.keys())
    for kind, resource in by_overlay.items():
        assert by_chart[kind] == resource, f"{kind}:\n{by_chart[kind]}\n{resource}"


def resources(path):
    return {resource["kind"]: compared(resource) for resource in yaml.safe_load_all(Path(path).read_text())}


def compared(value):
    """The value without what only one of them writes, and with the lists of named things in one order."""
    if isinstance(value, list):
        return sorted(map(compared, value), key=str)
    if not isinstance(value, dict):
        return value
    if "key" in value and value.get("operator") == "In" and len(value["values"]) == 1:
        # The overlay cannot write it shorter.
        return {value["key"]: value["values"][0]}
    if "matchExpressions" in value:
        expressions = [compared(expression) for expression in value["matchExpressions"]]
        return {"matchLabels": {key: label for labels in expressions for key, label in labels.items()}}
    dropped = OF_HELM | ({"namespace", "annotations"} if "labels" in value and "name" in value else set())
    return {key: compared(inner) for key, inner in value.items() if key not in dropped}


if __name__ == "__main__":
    main(*sys.argv[1:])
