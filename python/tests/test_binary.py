"""Where the program is looked for."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest

from allora import AgentNotFound, find_agent

sys.path.insert(0, str(Path(__file__).parent.parent))


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_argument_counts_before_the_variable_the_wheel_and_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, set_, carried, found = (
        program(tmp_path / name) for name in ("named", "set", "bin/allora-agent", "path/allora-agent")
    )
    monkeypatch.setenv("PATH", str(found.parent))
    monkeypatch.setattr(sysconfig, "get_path", lambda name, scheme: str(carried.parent))
    monkeypatch.setenv("ALLORA_AGENT", str(set_))
    assert find_agent(named) == named
    assert find_agent() == set_
    monkeypatch.delenv("ALLORA_AGENT")
    assert find_agent() == carried
    carried.unlink()
    assert find_agent() == found
    found.unlink()
    with pytest.raises(AgentNotFound, match="not installed. Install a wheel .* or build it from the sources"):
        find_agent()


def test_a_program_that_is_named_and_absent_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLORA_AGENT", str(tmp_path / "nothing"))
    with pytest.raises(
        AgentNotFound, match="nothing, which the environment variable ALLORA_AGENT names, is not a program"
    ):
        find_agent()


def test_wheel_is_for_machines_whose_glibc_is_new_enough() -> None:
    hook = pytest.importorskip("hatch_build")
    assert hook.platform_tag(b"..GLIBC_2.9..GLIBC_2.34..GLIBC_2.4").startswith("manylinux_2_34_")
    with pytest.raises(ValueError, match="glibc"):
        hook.platform_tag(b"nothing")
