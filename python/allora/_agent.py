"""A running `allora-agent`: its process, the lines that it prints, and what they say."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from ._errors import AgentFailed
from ._fork import not_in_copies

log = logging.getLogger("allora")

KEPT_LINES = 500
"""The number of lines that are kept."""
GRACE = 25.0
"""Seconds that the agent has to end by itself: it first sends what it has begun to send."""


@dataclass(frozen=True)
class Line:
    """A line that the agent has printed."""

    time: str
    """When, such as `2026-11-29T01:00:25.250Z`; empty if the line does not say."""
    about: str
    """What it is about, such as `topic 1 worker 5FHpbd`."""
    text: str

    def __str__(self) -> str:
        return f"{self.time[11:19]} {self.about}: {self.text}" if self.about else self.text

    @property
    def is_problem(self) -> bool:
        return re.match(r"(epoch \d+ )?! ", self.text) is not None


@dataclass(frozen=True)
class Scored:
    """The result of an epoch."""

    epoch: int
    score: Decimal
    """How much better the network was with it, or for a reputer, how close it was to the others."""
    weight: Decimal | None
    """The weight in the network inference, from 0 to 1; `None` for a reputer."""
    loss: Decimal | None
    """The decimal logarithm of the loss; `None` for a reputer."""
    reward: Decimal
    """In ALLO."""
    no_reward: str | None
    """Why there is no reward."""


@dataclass(frozen=True)
class Status:
    """What is known of a role."""

    running: bool
    """Whether the agent runs."""
    registered: bool = False
    """Whether the account takes part in the topic."""
    epoch: int | None = None
    """The newest epoch that the agent has worked on."""
    phase: str = "starting"
    """What was done last: `starting`, `connected`, `registering`, `registered`, then in an epoch `open`, `model`,
    `committed`, `submitted`, `revealed`, `reports`, `reported` or `settled`, and others."""
    scored: int = 0
    """The number of epochs that were scored since the start."""
    newest: Scored | None = None
    """The newest of them."""
    problem: str | None = None
    """The newest problem, which the agent may have overcome since."""
    late: int = 0
    """The number of responses that came too late."""


def read_line(text: str) -> Line:
    """A line in the form of `logs = "json"`; errors come as plain text."""
    try:
        fields = json.loads(text)
        return Line(str(fields["time"]), str(fields["about"]), str(fields["text"]))
    except (ValueError, KeyError, TypeError):
        return Line("", "", text)


_EPOCH = re.compile(r"epoch (\d+) ([a-z]+)")
_ENDED = re.compile(r"epoch (\d+) (?:settled|ended): (.*)")


def read_score(text: str) -> Scored | None:
    """The result in a line's text; `None` if the epoch brought no score."""
    ended = _ENDED.match(text)
    if ended is None:
        return None
    facts, _, no_reward = ended[2].partition("no reward: ")
    found = dict(re.findall(r"(weight|loss|score|reward) (-?[0-9.]+)", facts))
    if "score" not in found:
        return None
    number = {name: Decimal(value) for name, value in found.items()}
    weight = number.get("weight")
    return Scored(
        epoch=int(ended[1]),
        score=number["score"],
        weight=None if weight is None else weight / 100,
        loss=number.get("loss"),
        reward=number.get("reward", Decimal(0)),
        no_reward=no_reward or None,
    )


class AgentProcess:
    """The process of `allora-agent run`.

    It ends when its standard input does, and so with this process, however that ends; it has a session of its own, so
    that an interrupt typed for this process is not sent to it.
    """

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str], secret: str) -> None:
        """Starts the process in a folder; `secret`, which is not empty, is left out of its lines."""
        self._secret = secret
        self._lines: deque[Line] = deque(maxlen=KEPT_LINES)
        self._changed = threading.Condition()
        self._status = Status(running=True)
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, name="allora-agent", daemon=True)
        self._reader.start()
        not_in_copies(self)

    @property
    def pid(self) -> int:
        return self._process.pid

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for text in output:
                self._take(read_line(text.rstrip("\n").replace(self._secret, "...")))
        self._process.wait()
        with self._changed:
            self._status = replace(self._status, running=False)
            self._changed.notify_all()

    def _take(self, line: Line) -> None:
        is_problem = line.is_problem or line.text.startswith("error: ")
        log.log(logging.WARNING if is_problem else logging.INFO, "%s", line)
        with self._changed:
            self._lines.append(line)
            status = self._status
            if is_problem:
                status = replace(status, problem=line.text)
            if line.text.startswith("connected to ") and status.phase == "starting":
                status = replace(status, phase="connected")
            if line.about.startswith("topic "):
                status = _after(status, line.text)
            self._status = status
            self._changed.notify_all()

    def status(self) -> Status:
        with self._changed:
            return self._status

    def lines(self) -> list[Line]:
        with self._changed:
            return list(self._lines)

    def wait(self, until: Callable[[Status], bool], timeout: float | None = None) -> bool:
        """Waits until the status is as wanted, or the process has ended; whether the status is as wanted."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not until(self._status):
                if not self._status.running:
                    return False
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return False
                # Without a limit an interrupt would have to wait on some systems.
                self._changed.wait(min(left, 1.0) if left is not None else 1.0)
            return True

    def failure(self) -> AgentFailed:
        """The error for a process that has ended by itself."""
        texts = [str(line) for line in self.lines()]
        reasons = [text.removeprefix("error: ") for text in texts if text.startswith("error: ")]
        reason = reasons[-1] if reasons else "\n".join(texts[-5:]) or "it printed nothing"
        return AgentFailed(f"allora-agent has ended: {reason}", texts[-20:])

    def let_go(self) -> None:
        """Closes a copy's end of the pipe, without which the agent would not end with the process that started it."""
        assert self._process.stdin is not None
        os.close(self._process.stdin.fileno())

    def stop(self, grace: float = GRACE) -> None:
        """Ends the process: it is asked to, and killed if it does not."""
        process = self._process
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # It may have ended by itself.
            process.stdin.close()
        for end in (process.terminate, process.kill):
            try:
                process.wait(grace)
                break
            except subprocess.TimeoutExpired:
                end()
                grace = 5.0
        process.wait()
        self._reader.join(5.0)


def _after(status: Status, text: str) -> Status:
    """The status after a line about the role."""
    if text.startswith(("registered", "staked")):
        return replace(status, registered=True, phase="registered")
    scored = read_score(text)
    if scored is not None:
        status = replace(status, scored=status.scored + 1, newest=scored)
    phase = _EPOCH.match(text)
    if phase is None:
        return status if status.registered else replace(status, phase="registering")
    # An earlier epoch may settle while the newest one collects.
    newest = max(int(phase[1]), status.epoch or 0)
    return replace(status, registered=True, epoch=newest, phase=phase[2])
