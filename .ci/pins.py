"""`make pins`: compile the pinned requirements from pyproject.toml, without any index address."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

FLAGS = [
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--strip-extras",
    "--no-header",
    "--no-annotate",
    "--allow-unsafe",
]
# The extras that a deployment runs with.
DEPLOYED = ("postgres", "sync")
HEADS = {
    "constraints.txt": "# What miradot needs to run, pinned with hashes; refresh with: make pins\n",
    "constraints-dev.txt": (
        "# What a change to miradot is tested with, pinned with hashes; refresh with: make pins\n"
    ),
    "constraints-deploy.txt": (
        "# What a deployment of miradot runs with, pinned with hashes; refresh with: make pins\n"
    ),
}


def compile_pins(compiler: str, wanted: list[str], name: str, *, within: str | None = None) -> None:
    """Write one file of pins."""
    source = Path("build") / f"{name}.in"
    source.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    target = Path("build") / name
    bounds = ["-c", within] if within else []
    subprocess.run([compiler, *FLAGS, *bounds, "-o", str(target), str(source)], check=True)  # noqa: S603 - the tool named by the Makefile
    Path(name).write_text(HEADS[name] + target.read_text(encoding="utf-8"), encoding="utf-8")


def main() -> None:
    """Pin everything, then the parts that running and a deployment need to the same versions."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    build = [*project["build-system"]["requires"], "editables>=0.5"]
    needed = project["project"]["dependencies"]
    core = [*needed, *build]
    compile_pins(sys.argv[1], [*core, *project["dependency-groups"]["dev"]], "constraints-dev.txt")
    compile_pins(sys.argv[1], core, "constraints.txt", within="constraints-dev.txt")
    extras = project["project"]["optional-dependencies"]
    deployed = [*needed, *(line for extra in DEPLOYED for line in extras[extra])]
    compile_pins(sys.argv[1], deployed, "constraints-deploy.txt", within="constraints-dev.txt")


if __name__ == "__main__":
    main()
