"""Checks that the manifests for Kubernetes believe X-Forwarded-For only from pods that they let in alone:
check_network_policy.py FOLDER."""

import sys
from pathlib import Path

import yaml


def read(folder, name):
    return yaml.safe_load((Path(folder) / name).read_text())


def main(folder):
    container = read(folder, "deployment.yaml")["spec"]["template"]["spec"]["containers"][0]
    environment = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert environment["ROLLCALL_TRUSTED_HOPS"] == "1", environment
    # The two exclude each other.
    assert "ROLLCALL_TRUSTED_PROXIES" not in environment, environment
    policy = read(folder, "networkpolicy.yaml")["spec"]
    assert "Ingress" in policy["policyTypes"], policy
    labels = read(folder, "kustomization.yaml")["labels"][0]["pairs"]
    peers = [peer for rule in policy["ingress"] if opens(rule, "http", 8080) for peer in rule.get("from") or [{}]]
    assert len(peers) == 1, f"the port of requests is open to {peers}, not to the ingress controller alone"
    pods = peers[0].get("podSelector", {})
    assert peers[0].get("namespaceSelector") and pods, f"any pod could forge X-Forwarded-For: {peers}"
    # kustomize overwrites these.
    overwritten = labels.keys() & pods.get("matchLabels", {}).keys()
    assert not overwritten, f"kustomize puts labels of its own in the place of {overwritten}"


def opens(rule, name, number):
    """Whether a rule opens the port. One without ports opens all."""
    return any(port.get("port") in (None, name, number) for port in rule.get("ports") or [{}])


if __name__ == "__main__":
    main(sys.argv[1])
