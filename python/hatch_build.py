"""Puts the agent into the wheel, if the environment names its file, and gives the wheel the tag of its platform."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def platform_tag(program: bytes) -> str:
    """The tag of machines that can run a program: those whose glibc is at least the one that it was linked with."""
    needed = [int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", program)]
    if not needed:
        raise ValueError("the agent is not a program for Linux with glibc")
    return f"manylinux_2_{max(needed)}_{platform.machine()}"


class AgentHook(BuildHookInterface[Any]):
    """Adds `allora-agent`, which is installed beside `python`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        agent = os.environ.get("ALLORA_WHEEL_AGENT")
        if not agent:
            return
        build_data["shared_scripts"] = {agent: "allora-agent"}
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag(Path(agent).read_bytes())}"
