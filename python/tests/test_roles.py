"""Workers and reputers over a fake agent."""

from __future__ import annotations

import logging
import math
import os
import signal
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from allora import AgentFailed, AlloraError, LossRequest, NotRunning, Reputer, Request, ScoreTimeout, Worker

Fake = Callable[[str], None]


def last_truth(request: Request) -> tuple[Decimal, ...]:
    return request.history[-1].truth


def test_worker_is_scored(fake: Fake) -> None:
    with Worker(1, last_truth) as worker:
        first = worker.wait_scored(timeout=20)
        # The epoch before it was void.
        assert (first.epoch, first.weight, first.loss) in [
            (1036, Decimal("0.625"), Decimal("-1.20412")),
            (1054, Decimal(0), Decimal("2.5")),
        ]
        second = worker.wait_scored(2, timeout=20)
        assert (second.epoch, second.score, second.reward) == (1054, Decimal("-0.5"), Decimal(0))
        assert second.no_reward == "too far off (`explain`)"
        status = worker.status()
        assert (status.running, status.registered, status.scored, status.phase) == (True, True, 2, "settled")
        assert status.problem is None
        # No digit is lost from the chain to the function and back.
        assert any("model python 1 ms: 101.250000000000000001" in line.text for line in worker.lines())
        assert worker.account.startswith("5FHpbd")
        assert "2 epochs scored" in repr(worker)
    assert not worker.status().running
    assert (worker.directory / "ended").exists()


def test_settings_and_keys_are_in_a_folder_of_their_own(fake: Fake, tmp_path: Path) -> None:
    folder = tmp_path / "allora-worker-7"
    with Worker(
        7, last_truth, forecast=lambda request: {}, url=["ws://one", "ws://two"], jitter=0, timeout=2.5, owner="5Owner"
    ):
        settings = tomllib.loads((folder / "agent.toml").read_text())
        assert settings["worker"] == [
            {"topic": 7, "key": "main", "model": "python", "forecast": True, "jitter_s": 0, "owner": "5Owner"}
        ]
        assert settings["chain"]["endpoints"] == ["ws://one", "ws://two"]
        assert settings["models"]["python"]["timeout_s"] == 2.5
        assert settings["keys"]["main"]["file"] == str(folder / "key.json")
        for name in ("key.json", "password", "agent.toml"):
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    password = (folder / "password").read_text()
    with Worker(7, last_truth):
        assert (folder / "password").read_text() == password


def test_development_keys_need_no_files(fake: Fake) -> None:
    with Reputer(1, lambda request: 1.5, key="//Bob", stake="150.5", dev_fund=True) as reputer:
        settings = tomllib.loads((reputer.directory / "agent.toml").read_text())
        assert settings["keys"] == {"main": {"dev": "//Bob"}}
        assert settings["reputer"] == [{"topic": 1, "key": "main", "truth": "python", "stake": "150.5"}]
        assert not (reputer.directory / "key.json").exists()
        scored = reputer.wait_scored(timeout=20)
        assert (scored.score, scored.weight, scored.loss) == (Decimal("0.98765"), None, None)
        assert reputer.account == "//Bob"
        assert "--account //Bob" in reputer.explain(1018)


def test_losses_of_a_topic_of_its_own_are_asked_for(fake: Fake) -> None:
    asked: list[LossRequest] = []

    def losses(request: LossRequest) -> list[float]:
        asked.append(request)
        return [math.log10(abs(float(one.values[0] - request.truth[0])) + 0.001) for one in request.elements]

    with Reputer(1, lambda request: 1.5, losses=losses, key="//Bob") as reputer:
        settings = tomllib.loads((reputer.directory / "agent.toml").read_text())
        assert settings["reputer"] == [{"topic": 1, "key": "main", "truth": "python", "losses": "python"}]
        reputer.wait_scored(timeout=20)
        # The elements are 1.5 and 2.5.
        assert any("reported 2 losses" in line.text and "-3.0 0.00043" in line.text for line in reputer.lines())
    assert [element.name for element in asked[0].elements] == ["combined", "naive"]


def test_truth_may_be_absent(fake: Fake) -> None:
    with (
        Reputer(1, lambda request: None) as reputer,
        pytest.raises(ScoreTimeout, match="0 of 1 epochs scored within 0.5 s"),
    ):
        reputer.wait_scored(timeout=0.5)


def test_function_that_fails_is_a_problem_with_its_reason(fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    def predict(request: Request) -> float:
        raise ValueError("no data")

    with caplog.at_level(logging.WARNING, "allora"), Worker(1, predict) as worker:
        deadline = time.monotonic() + 20
        while worker.status().problem is None:
            assert time.monotonic() < deadline, worker.lines()
            time.sleep(0.05)
        with pytest.raises(ScoreTimeout, match="ValueError: no data; trying again"):
            worker.wait_scored(timeout=0.1)
        problem = worker.status().problem
        assert problem is not None and "http://127.0.0.1" in problem
        # The secret of the model's URL is nowhere.
        assert worker._secret and worker._secret not in problem + caplog.text
    assert "Traceback" in caplog.text and "no data; trying again" in caplog.text


def test_late_responses_are_counted(fake: Fake) -> None:
    fake("impatient")

    def predict(request: Request) -> float:
        time.sleep(0.4)
        return 1

    with Worker(1, predict) as worker:
        worker.wait_scored(2, timeout=20)
        assert worker.status().late == 3


def test_agent_without_money_is_a_problem_and_not_an_error(fake: Fake) -> None:
    fake("poor")
    with Worker(1, last_truth) as worker:
        assert worker.status().problem == "! has 0 ALLO and needs 1.031 ALLO: send it 1.031 ALLO"
        assert not worker.status().registered


@pytest.mark.parametrize(
    ("scenario", "reason"), [("no-node", "no node can be used"), ("no-topic", "there is no topic 1")]
)
def test_agent_that_does_not_start_is_an_error_with_its_reason(fake: Fake, scenario: str, reason: str) -> None:
    fake(scenario)
    worker = Worker(1, last_truth)
    with pytest.raises(AgentFailed, match=reason):
        worker.start()
    assert not worker.status().running
    assert worker._server is None


def test_agent_that_ends_is_noticed(fake: Fake) -> None:
    fake("dies")
    with Worker(1, last_truth) as worker, pytest.raises(AgentFailed, match="out of luck"):
        worker.wait_scored(9, timeout=20)


def test_start_waits_for_the_agent_of_a_kernel_that_was_restarted(fake: Fake) -> None:
    fake("locked")
    with Worker(1, last_truth) as worker:
        assert worker.status().running
        assert len((worker.directory / "starts").read_text().splitlines()) == 3


def test_cell_may_be_run_again(fake: Fake) -> None:
    first = Worker(1, last_truth).start()
    second = Worker(1, last_truth).start()
    assert (first.status().running, second.status().running) == (False, True)
    assert second.start() is second
    second.stop()
    second.stop()


def test_agent_that_does_not_stop_is_ended(fake: Fake) -> None:
    fake("stubborn")
    worker = Worker(1, last_truth).start()
    assert worker._process is not None
    worker._process.stop(grace=0.3)
    assert not worker.status().running
    worker.stop()


def test_check_and_doctor_return_what_the_agent_prints(fake: Fake) -> None:
    worker = Worker(1, lambda request: 1.5)
    with pytest.raises(NotRunning, match=r"start\(\) writes them"):
        worker.doctor()
    assert "it would submit 1.5" in worker.check()
    assert worker._server is None
    assert worker.doctor() == f"doctor: --config {worker.directory}/agent.toml"
    with pytest.raises(AgentFailed, match="ZeroDivisionError"):
        Worker(1, lambda request: 1 / 0).check()


def test_what_was_not_started_says_so(fake: Fake) -> None:
    worker = Worker(1, last_truth)
    for look in (worker.wait_scored, lambda: worker.account):
        with pytest.raises(NotRunning, match=r"start\(\)"):
            look()
    assert not worker.status().running
    worker.stop()
    with pytest.raises(AlloraError, match="`allora-agent init` makes one"):
        Worker(1, last_truth, key="elsewhere/key.json").start()


def test_lines_that_are_not_json_are_kept(fake: Fake) -> None:
    fake("quarrel")
    with Worker(1, last_truth) as worker:
        assert any(str(line) == "not JSON" for line in worker.lines())


# What becomes of the agent when the process that has started it ends.

SCRIPT = """
import os, sys, time
from allora import Worker
worker = Worker(1, lambda request: request.history[-1].truth).start()
if "fork" in sys.argv and os.fork() == 0:
    time.sleep(5)
    os._exit(0)
try:
    print("started", flush=True)
    worker.wait_scored(9)
except KeyboardInterrupt:
    print("interrupted", worker.status().running, flush=True)
    time.sleep(60)
"""


def interruptible(code: str) -> str:
    """Code that an interrupt reaches, though a shell that runs the tests in the background has it ignored."""
    return f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n{code}"


def script(*args: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-c", interruptible(SCRIPT), *args]
    run = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "started\n"
    return run


def agent_ends(folder: Path, seconds: float = 4) -> bool:
    """Whether the agent ends by itself."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (folder / "ended").exists():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("args", [[], ["fork"]])
def test_agent_ends_with_a_process_that_is_killed(fake: Fake, tmp_path: Path, args: list[str]) -> None:
    run = script(*args)
    run.kill()
    run.wait()
    assert agent_ends(tmp_path / "allora-worker-1")
    if run.stdout is not None:
        run.stdout.close()


def test_interrupt_does_not_reach_the_agent(fake: Fake, tmp_path: Path) -> None:
    run = script()
    os.killpg(run.pid, signal.SIGINT)
    assert run.stdout is not None
    assert run.stdout.readline() == "interrupted True\n"
    assert not (tmp_path / "allora-worker-1" / "ended").exists()
    run.kill()
    run.wait()
    run.stdout.close()
    assert agent_ends(tmp_path / "allora-worker-1")


def test_run_ends_by_an_interrupt(fake: Fake, tmp_path: Path) -> None:
    code = "from allora import Worker; Worker(1, lambda request: request.history[-1].truth).run()"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    run = subprocess.Popen(
        [sys.executable, "-c", interruptible(code)], env=environment, stderr=subprocess.PIPE, text=True
    )
    folder = tmp_path / "allora-worker-1"
    deadline = time.monotonic() + 10
    while not (folder / "starts").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=10)
    assert (run.returncode, errors) == (0, "")
    assert (folder / "ended").exists()
