"""Checks that the manifests for Kubernetes believe X-Forwarded-For only from pods that they let in alone:
check_network_policy.py RENDERED, an overlay as kustomize resolves it."""

import sys
from pathlib import Path

import yaml


def main(rendered):
    kinds = {resource["kind"]: resource for resource in yaml.safe_load_all(Path(rendered).read_text())}
    container = kinds["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    environment = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert environment["ROLLCALL_TRUSTED_HOPS"] == "1", environment
    # The two exclude each other.
    assert "ROLLCALL_TRUSTED_PROXIES" not in environment, environment
    policy = kinds["NetworkPolicy"]["spec"]
    assert "Ingress" in policy["policyTypes"], policy
    own = kinds["Deployment"]["metadata"]["labels"]
    peers = [peer for rule in policy["ingress"] if opens(rule, "http", 8080) for peer in rule.get("from") or [{}]]
    assert len(peers) == 1, f"the port of requests is open to {peers}, not to the ingress controller alone"
    pods = peers[0].get("podSelector", {})
    assert peers[0].get("namespaceSelector") and pods, f"any pod could forge X-Forwarded-For: {peers}"
    # kustomize would put the base's labels in the place of the same ones in matchLabels.
    overwritten = own.items() & pods.get("matchLabels", {}).items()
    assert not overwritten, f"the pods that may connect are rollcall's own: {overwritten}"


def opens(rule, name, number):
    """Whether a rule opens the port. One without ports opens all."""
    return any(port.get("port") in (None, name, number) for port in rule.get("ports") or [{}])


if __name__ == "__main__":
    main(sys.argv[1])
