"""Clients of a gateway, and of a node by way of the fake agent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from allora import AgentFailed, AgentNotFound, Client, Interval, RequestFailed

Fake = Callable[[str], None]
BLOCK = {"slot_duration_ms": 6000}


def epoch(number: int, **changes: object) -> dict[str, Any]:
    settled = {
        "epoch": number,
        "state": {"type": "settled"},
        "label_values": ["1.5"],
        "intervals": [["1", "1.25", "1.75", "2"]],
        "truth": ["1.625"],
        "losses": {"network": "-1.5", "naive": "-1", "best": "-2"},
    }
    return {**settled, **changes}


def topic(number: int) -> dict[str, Any]:
    parameters = {"metadata": "a wave", "ground_truth": "sin", "labels": ["y"], "epoch_length": 18}
    return {"info": {"topic": number, "parameters": parameters, "active": True, "next_epoch": None}}


VOID = epoch(
    1070, state={"type": "void", "reason": "no_report"}, truth=None, losses=None, intervals=[], label_values=[]
)
PROBLEM = {"type": "urn:allora:problem:no-such-topic", "detail": "there is no topic 9; /v1/topics lists them"}
ROUTES: dict[str, tuple[int, Any]] = {
    "/v1/topics?limit=64": (200, {"block": BLOCK, "topics": [topic(1)], "next": 2}),
    "/v1/topics?from=2&limit=64": (200, {"block": BLOCK, "topics": [topic(2)], "next": None}),
    "/v1/topics?from=1&limit=1": (200, {"block": BLOCK, "topics": [topic(1)], "next": 2}),
    "/v1/topics?from=9&limit=1": (200, {"block": BLOCK, "topics": [topic(10)], "next": None}),
    "/v1/topics/1/inference?resistant=true": (
        200,
        {
            "topic": 1,
            "epoch": 1018,
            "status": "stale",
            "age_seconds": 12,
            "values": [{"label": "y", "value": "2.785651586853244847", "interval": ["1", "1.25", "1.75", "2"]}],
        },
    ),
    "/v1/topics/9/inference?resistant=false": (404, PROBLEM),
    "/v1/topics/1/history?limit=64": (200, {"block": BLOCK, "epochs": [VOID, epoch(1036)], "next": 1036}),
    "/v1/topics/1/history?before=1036&limit=36": (200, {"block": BLOCK, "epochs": [epoch(1018)], "next": None}),
    "/v1/topics/1/leaderboard?role=reputer": (
        200,
        {"leaders": [{"account": "5F", "score": "0.5", "missed": 1}, {"account": "5G", "score": None, "missed": 0}]},
    ),
    "/v1/accounts/5F?limit=64": (200, {"account": "5F", "balance": None, "positions": [{"topic": 1}], "next": None}),
    "/v1/accounts/5F/explain?topic=1": (200, {"account": "5F", "topic": 1, "epoch": 1018, "text": "as inferer: ..."}),
    "/health": (503, {"status": "behind", "detail": "the node does not finalize"}),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, found = ROUTES.get(self.path, (500, None))
        data = json.dumps(found).encode() if found is not None else f"no route {self.path}".encode()
        self.send_response(status)
        self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def gateway() -> Iterator[Client]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield Client(f"http://127.0.0.1:{server.server_address[1]}/")
    server.shutdown()
    server.server_close()
    thread.join()


def test_topics_come_by_pages(gateway: Client) -> None:
    assert [one.topic for one in gateway.topics()] == [1, 2]
    one = gateway.topic(1)
    assert (one.metadata, one.labels, one.active) == ("a wave", ("y",), True)
    with pytest.raises(RequestFailed, match="there is no topic 9"):
        gateway.topic(9)


def test_inference_has_all_digits(gateway: Client) -> None:
    inference = gateway.inference(1, resistant=True)
    assert inference.value == Decimal("2.785651586853244847")
    assert inference["y"].value == inference.value
    assert inference.interval == Interval(Decimal(1), Decimal("1.25"), Decimal("1.75"), Decimal(2))
    assert (float(inference), inference.is_fresh) == (2.785651586853244847, False)
    with pytest.raises(KeyError):
        inference["z"]


def test_history_is_oldest_first(gateway: Client) -> None:
    history = gateway.history(1, 100)
    assert [one.epoch for one in history] == [1018, 1036, 1070]
    assert (history[0].truth, history[0].loss, history[-1].truth) == ((Decimal("1.625"),), Decimal("-1.5"), None)
    assert history[1:].labels == ("y",)


def test_history_is_a_table(gateway: Client) -> None:
    pytest.importorskip("pandas")
    frame = gateway.history(1, 100).to_pandas()
    assert frame.loc[1018, "truth_y"] == 1.625
    assert frame.loc[1018, "opened_at"] == datetime.fromtimestamp(6108, UTC)
    assert frame["loss"].notna().tolist() == [True, True, False]
    assert frame.loc[1070, "state"] == "void"


def test_tables_without_pandas_are_an_error_that_says_what_to_install(
    gateway: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(Exception, match=r"pip install 'pandas>=2'"):
        gateway.history(1, 100).to_pandas()


def test_accounts_and_scores(gateway: Client) -> None:
    assert [(one.account, one.score) for one in gateway.leaderboard(1, "reputer")] == [
        ("5F", Decimal("0.5")),
        ("5G", None),
    ]
    assert gateway.account("5F").positions == ({"topic": 1},)
    assert str(gateway.explain("5F", 1)) == "as inferer: ..."
    health = gateway.health()
    assert (health.ok, health.detail) == (False, "the node does not finalize")


def test_problems_of_the_gateway_are_errors_with_their_names(gateway: Client) -> None:
    with pytest.raises(RequestFailed, match="there is no topic 9") as failed:
        gateway.inference(9)
    assert (failed.value.name, failed.value.status, failed.value.retry_after) == ("no-such-topic", 404, 7)
    with pytest.raises(RequestFailed, match="500"):
        gateway.explain("5G", 1)


def test_gateway_that_is_not_there_is_an_error_that_says_how_to_start_one() -> None:
    with pytest.raises(RequestFailed, match="start one by `allora-agent gateway`"):
        Client("http://127.0.0.1:1").topics()


def test_url_is_that_of_a_gateway_or_a_node() -> None:
    with pytest.raises(ValueError, match="neither a gateway"):
        Client("127.0.0.1:8080")


def test_node_is_read_by_way_of_the_agent(fake: Fake) -> None:
    with Client() as client:
        assert client.url == "ws://127.0.0.1:9944"
        assert client.inference(1).value == Decimal("2.785651586853244847")
        assert client.topic(1).labels == ("value",)
        with pytest.raises(RequestFailed, match="topic 9 has no inference yet") as error:
            client.inference(9)
        assert (error.value.name, error.value.retry_after) == ("no-inference", 5)
        assert repr(client) == "Client('ws://127.0.0.1:9944')"


def test_agent_that_ends_is_started_again(fake: Fake) -> None:
    fake("once")
    with Client() as client:
        with pytest.raises(AgentFailed, match="has ended"):
            client.inference(1)
        fake("")
        assert client.inference(1).epoch == 1036


def test_node_that_is_not_there_is_an_error(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake("no-node")
    with Client() as client, pytest.raises(AgentFailed, match="no node can be used"):
        client.topics()
    monkeypatch.setenv("ALLORA_AGENT", "/nowhere")
    with Client() as client, pytest.raises(AgentNotFound):
        client.topics()


def test_node_that_is_silent_is_an_error(fake: Fake) -> None:
    fake("silent")
    with Client(timeout=0.5) as client, pytest.raises(RequestFailed, match="no response within 0.5 s from the node"):
        client.topics()
