"""Checks that the files of containers name one image, of this version: check_version.py FOLDER."""

import json
import re
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
NAME = "rollcall"


def built(compose):
    """The images that a compose file builds: all others are pulled."""
    return [service["image"] for service in compose["services"].values() if "build" in service]


def main(folder):
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    document = json.loads((ROOT / "openapi/openapi.json").read_text())["info"]["version"]
    assert document == version, f"the document is of {document}, and Cargo.toml of {version}"

    deployment = yaml.safe_load((folder / "kubernetes/base/deployment.yaml").read_text())
    pods = deployment["spec"]["template"]["spec"]["containers"]
    assert [pod["image"] for pod in pods] == [NAME], "kustomize replaces the image of another name"
    [image] = yaml.safe_load((folder / "kubernetes/base/kustomization.yaml").read_text())["images"]
    assert image["name"] == NAME, f"kustomization.yaml replaces {image['name']}, not {NAME}"
    assert image["newTag"] == version, f"kustomization.yaml has {image['newTag']}, not {version}"

    chart, values = (yaml.safe_load((folder / "kubernetes" / name).read_text()) for name in ["Chart.yaml", "values.yaml"])
    assert {chart["version"], chart["appVersion"]} == {version}, f"Chart.yaml is not of {version} alone: {chart}"
    assert values["image"]["repository"] == image["newName"], f"values.yaml names another image: {values['image']}"

    for path in sorted(folder.glob("compose*.yaml")):
        images = set(built(yaml.safe_load(path.read_text())))
        assert images == {NAME}, f"{path.name} builds {images}, not {NAME}"

    writer = re.search(r"^version=(.+)$", (ROOT / "scripts/sbom").read_text(), re.MULTILINE)[1]
    dockerfile = (folder / "Dockerfile").read_text()
    assert f"CYCLONEDX_VERSION={writer}\n" in dockerfile, f"scripts/sbom has cargo-cyclonedx {writer}, and the image another"

    page = (ROOT / "docs/releasing.md").read_text()
    pushed = f"{image['newName']}:VERSION"
    assert page.count(pushed) >= 2, f"docs/releasing.md does not build and push {pushed}"
    labels = set(re.findall(r"--label org\.opencontainers\.image\.(\w+)=", page))
    assert labels == {"version", "revision"}, f"docs/releasing.md sets the labels {labels}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
