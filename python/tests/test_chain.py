"""The package over the real agent, on a development chain: scripts/python/test starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from allora import AgentFailed, Client, LossRequest, Reputer, Request, RequestFailed, Worker, find_agent

URL = os.environ.get("ALLORA_WS", "")
pytestmark = [pytest.mark.chain, pytest.mark.skipif(not URL, reason="ALLORA_WS is not set")]

# Epochs of ten slots, open for half of them; they settle twenty slots after they have opened.
TOPIC = """
preset = "price"
metadata = "the tests of the Python package"
ground_truth = "100.5"
epoch_length = 10
worker_window = 6
reveal_window = 0
ground_truth_lag = 10
labels = ["value"]
"""


def create_topic(folder: Path, key: str, more: str = "") -> int:
    file = folder / "topic.toml"
    file.write_text(TOPIC + more)
    command = [str(find_agent()), "topic", "create", "--file", str(file), "--fund", "500", "--key", key, "--yes"]
    done = subprocess.run([*command, "--json", "--url", URL], stdout=subprocess.PIPE, text=True, check=True)
    return int(json.loads(done.stdout.splitlines()[0])["topic"])


def is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended may wait for its parent to notice."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


EXACT = Decimal("100.000000000000000001")

KILLED = """
import os, sys, time
from allora import Worker
worker = Worker(int(sys.argv[1]), lambda request: 1, key="//Two", url=sys.argv[2], directory="killed").start()
print(worker._process.pid, flush=True)
time.sleep(60)
"""


def test_worker_is_scored_on_a_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    topic = create_topic(tmp_path, "//Alice")
    requests: list[Request] = []

    def predict(request: Request) -> Decimal:
        requests.append(request)
        return EXACT

    with pytest.raises(AgentFailed, match="there is no topic 999"):
        Worker(999, predict, url=URL).start()

    worker = Worker(
        topic, predict, forecast=lambda request: dict.fromkeys(request.inferers, 0.5), url=URL, dev_fund=True
    )
    # The dry epoch shows what would be sent; the funds that it gets are there for the real one.
    assert f"it would submit {EXACT}" in worker.check()
    with Reputer(topic, lambda request: "100.5", key="//Bob", url=URL), worker:
        # An agent ends with the process that has started it, however that ends.
        killed = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(topic), URL], stdout=subprocess.PIPE, text=True, cwd=tmp_path
        )
        assert killed.stdout is not None
        agent = int(killed.stdout.readline())
        killed.kill()
        killed.wait()
        killed.stdout.close()
        deadline = time.monotonic() + 30
        while is_alive(agent):
            assert time.monotonic() < deadline, "the agent outlives its process"
            time.sleep(0.1)

        scored = worker.wait_scored(timeout=120)
        # (100.5 - 100)^2 = 0.25, and the floor of the preset is 0.001.
        assert scored.loss is not None and abs(float(scored.loss) - -0.60033) < 1e-4
        assert scored.weight == 1
        assert "as inferer: registered" in worker.explain(scored.epoch)
        # An epoch before that one may have been too far gone for a worker that was still registering.
        of_epoch = [line for line in worker.lines() if f"epoch {scored.epoch} " in line.text]
        assert of_epoch and not any(line.is_problem for line in of_epoch), worker.lines()

        with Client(URL) as client:
            assert client.topic(topic).metadata == "the tests of the Python package"
            assert client.inference(topic).value == EXACT
            settled = {one.epoch: one for one in client.history(topic)}[scored.epoch]
            assert (settled.state, settled.values, settled.truth) == ("settled", (EXACT,), (Decimal("100.5"),))
            assert worker.account in [leader.account for leader in client.leaderboard(topic)]
            assert client.account(worker.account).positions[0]["topic"] == topic
            assert client.explain(worker.account, topic, scored.epoch).text == worker.explain(scored.epoch) + "\n"
            assert client.health().ok
            with pytest.raises(RequestFailed, match="there is no topic 999"):
                client.inference(999)
    assert str(worker.lines()[-1]).endswith("agent: stopped")
    assert {request.labels for request in requests} == {("value",)}


def test_losses_of_a_topic_of_its_own_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    topic = create_topic(tmp_path, "//Charlie", 'loss_method = { custom = "mine" }\n')
    requests: list[LossRequest] = []

    def losses(request: LossRequest) -> list[float]:
        requests.append(request)
        return [-1.25 for _ in request.elements]

    with pytest.raises(AgentFailed, match='the loss "mine" is none of the built-in ones'):
        Reputer(topic, lambda request: "100.5", key="//Eve", url=URL).start()
    reputer = Reputer(topic, lambda request: "100.5", losses=losses, key="//Eve", url=URL)
    assert "that of the truth is -1.25" in reputer.check()
    worker = Worker(topic, lambda request: EXACT, key="//Ferdie", url=URL)
    with reputer, worker:
        assert worker.wait_scored(timeout=120).loss == Decimal("-1.25")
    request = requests[-1]
    assert (request.loss, request.truth) == ("mine", (Decimal("100.5"),))
    assert {element.values for element in request.elements} == {(EXACT,)}
    assert request.elements[0].name == "combined"
