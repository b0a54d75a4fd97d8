from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FAKE_AGENT = Path(__file__).with_name("fake_agent.py")


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts the fake agent in the place of the real one, in a folder of its own; sets what it does."""
    monkeypatch.setenv("ALLORA_AGENT", str(FAKE_AGENT))
    monkeypatch.delenv("ALLORA_PASSWORD_FILE", raising=False)
    monkeypatch.delenv("ALLORA_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return lambda scenario: monkeypatch.setenv("FAKE", scenario)
