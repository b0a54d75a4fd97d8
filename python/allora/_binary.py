"""The program `allora-agent`."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

from ._errors import AgentNotFound

NAME = "allora-agent"
VARIABLE = "ALLORA_AGENT"

_ADVICE = (
    f"Install a wheel of this package that carries it (scripts/python/wheel makes one), or build it from the sources "
    f"(cargo build --release --locked -p allora-node -p allora-agent) and put its folder into PATH, or its path into "
    f"the environment variable {VARIABLE}."
)


def find_agent(path: str | os.PathLike[str] | None = None) -> Path:
    """Finds the program.

    The first of these counts: `path`, the environment variable `ALLORA_AGENT`, the program that a wheel has installed
    beside this Python, and `allora-agent` in `PATH`. Raises `AgentNotFound` if there is none, or no program at the path
    that is named.
    """
    named = path if path is not None else os.environ.get(VARIABLE)
    if named:
        if _runs(Path(named)):
            return Path(named).resolve()
        source = "the argument" if path is not None else f"the environment variable {VARIABLE}"
        raise AgentNotFound(f"{named}, which {source} names, is not a program. {_ADVICE}")
    for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
        installed = Path(sysconfig.get_path("scripts", scheme)) / NAME
        if _runs(installed):
            return installed
    found = shutil.which(NAME)
    if found is None:
        raise AgentNotFound(f"The program {NAME} is not installed. {_ADVICE}")
    return Path(found).resolve()


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
