"""Checks what the overlays for Kubernetes resolve to: check_overlays.py SECRET RENDERED, of one overlay.

Each runs a store, and reads only secrets that its example has. One with SQLite has a volume, one pod at a time and no
connection out; one with PostgreSQL has replicas that are replaced one by one."""

import sys
from pathlib import Path

import yaml

SECRETS = "/run/secrets/rollcall/"


def main(secret, rendered):
    kinds = {resource["kind"]: resource for resource in yaml.safe_load_all(Path(rendered).read_text())}
    keys = set(yaml.safe_load(Path(secret).read_text())["stringData"])
    deployment = kinds["Deployment"]["spec"]
    pod = deployment["template"]["spec"]
    [container] = pod["containers"]
    environment = {variable["name"]: variable["value"] for variable in container["env"]}
    read = {value.removeprefix(SECRETS) for value in environment.values() if value.startswith(SECRETS)}
    assert read == keys, f"the pod reads {read}, and the example of the Secret has {keys}"
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert set(mounts.values()) == volumes.keys(), (mounts, volumes)
    egress = kinds["NetworkPolicy"]["spec"]["egress"]
    if "ROLLCALL_DATABASE_URL_FILE" in environment:
        check_replicas(deployment, kinds, egress)
    else:
        claim = volumes[mounts["/data"]]["persistentVolumeClaim"]["claimName"]
        check_one_pod(deployment, kinds, claim, egress)


def check_replicas(deployment, kinds, egress):
    assert deployment["replicas"] > 1, deployment["replicas"]
    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0, deployment["strategy"]
    assert kinds["PodDisruptionBudget"]["spec"]["selector"] == deployment["selector"]
    ports = {port["port"] for rule in egress for port in rule["ports"]}
    assert ports == {53, 5432}, f"connections go out to {ports}"


def check_one_pod(deployment, kinds, claim, egress):
    assert deployment["replicas"] == 1, "SQLite has one process"
    assert deployment["strategy"] == {"type": "Recreate"}, "two pods would share one volume"
    volume = kinds["PersistentVolumeClaim"]
    assert volume["metadata"]["name"] == claim, claim
    assert volume["spec"]["accessModes"] == ["ReadWriteOncePod"], volume
    assert egress == [], f"connections go out to {egress}"


if __name__ == "__main__":
    main(*sys.argv[1:])
