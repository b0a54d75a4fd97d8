"""Functions as models, over HTTP."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from allora import Element, LossRequest, Request
from allora._model import Function, Model, ModelServer, Refused


def body(method: str, **params: object) -> bytes:
    common = {
        "topic": 1,
        "epoch": 1018,
        "block": 55,
        "labels": ["value"],
        "opened_at_ms": 1018500,
        "truth_at_ms": 1036500,
        "deadline_ms": 2000,
        "inferers": ["5F"],
        "history": [{"epoch": 1000, "opened_at_ms": 1000500, "network": [2], "truth": ["exact"]}],
    }
    text = json.dumps({"method": method, "params": {**common, **params}})
    return text.replace('"exact"', "101.250000000000000001").encode()


def respond(function: Function, method: str = "predict", **params: object) -> Any:
    return json.loads(Model({method: function}).respond(body(method, **params)))


def test_requests_have_times_and_exact_numbers() -> None:
    seen: list[Request] = []

    def predict(request: Request) -> float:
        seen.append(request)
        return 1.5

    assert respond(predict) == {"values": ["1.5"]}
    (request,) = seen
    assert (request.topic, request.epoch, request.labels) == (1, 1018, ("value",))
    assert request.opened_at == datetime.fromtimestamp(1018.5, UTC)
    assert request.history[-1].truth == (Decimal("101.250000000000000001"),)
    assert request.history[-1:][0].network == (Decimal(2),)
    assert 0 < request.seconds_left <= 2


def test_past_values_may_be_returned_as_they_are() -> None:
    assert respond(lambda request: request.history[-1].truth) == {"values": ["101.250000000000000001"]}


def test_forecasts_are_losses_by_account() -> None:
    assert respond(lambda request: dict.fromkeys(request.inferers, -1.5), "forecast") == {"losses": {"5F": "-1.5"}}
    with pytest.raises(Refused, match="TypeError: a forecast has a loss per account"):
        respond(lambda request: [1.0], "forecast")


def test_truth_may_be_absent() -> None:
    assert respond(lambda request: None, "truth") is None


ELEMENTS = [{"element": "combined", "values": ["exact"]}, {"element": "inferer 5F", "values": [2]}]


def losses_of(function: Function) -> Any:
    return respond(function, "losses", loss="mine", floor=0.001, truth=["exact"], elements=ELEMENTS)


def test_losses_are_one_per_element_by_truth_and_values() -> None:
    seen: list[LossRequest] = []

    def losses(request: LossRequest) -> list[Decimal]:
        seen.append(request)
        return [abs(element.values[0] - request.truth[0]) for element in request.elements]

    assert losses_of(losses) == {"losses": ["0E-18", "99.250000000000000001"]}
    (request,) = seen
    assert (request.loss, request.floor, request.topic) == ("mine", Decimal("0.001"), 1)
    assert request.elements[1] == Element("inferer 5F", (Decimal(2),))
    assert 0 < request.seconds_left <= 2
    assert losses_of(lambda request: None) is None
    numpy = pytest.importorskip("numpy")
    assert losses_of(lambda request: numpy.array([-1.5, 0.25])) == {"losses": ["-1.5", "0.25"]}


@pytest.mark.parametrize(
    ("losses", "reason"),
    [
        ([1], "ValueError: 1 losses, and there are 2 elements"),
        (1.5, "TypeError: losses are a list with one per element, and not 1.5"),
        ({"combined": 1}, "TypeError: losses are a list with one per element, and not {'combined': 1}"),
        ([1, float("nan")], "ValueError: nan is not a finite number"),
    ],
)
def test_losses_of_another_form_are_refused(losses: object, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        losses_of(lambda request: losses)
    assert str(refused.value) == reason


def test_history_is_a_table() -> None:
    pandas = pytest.importorskip("pandas")
    frames: list[Any] = []

    def predict(request: Request) -> int:
        frames.append(request.history.to_pandas())
        return 0

    respond(predict)
    (frame,) = frames
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["opened_at", "network_value", "truth_value"]
    assert frame.loc[1000, "truth_value"] == 101.25


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda request: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda request: None, "TypeError: None is not a number"),
        (lambda request: [1, 2], "ValueError: 2 values, and the topic has the labels ['value']"),
    ],
)
def test_failures_name_their_reason(function: Callable[[Request], object], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        respond(function)
    assert (refused.value.status, str(refused.value)) == (500, reason)


def test_function_is_never_called_twice_at_a_time() -> None:
    calls = {"now": 0, "most": 0}

    def predict(request: Request) -> int:
        calls["now"] += 1
        calls["most"] = max(calls["most"], calls["now"])
        time.sleep(0.05)
        calls["now"] -= 1
        return 1

    model = Model({"predict": predict})
    threads = [threading.Thread(target=model.respond, args=(body("predict"),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == {"now": 0, "most": 1}


def test_request_that_waits_too_long_does_not_reach_the_function() -> None:
    started, release = threading.Event(), threading.Event()

    def predict(request: Request) -> int:
        started.set()
        release.wait(5)
        return 1

    model = Model({"predict": predict})
    first = threading.Thread(target=model.respond, args=(body("predict", deadline_ms=100),))
    first.start()
    started.wait(5)
    with pytest.raises(Refused, match="still works on the request before"):
        model.respond(body("predict", deadline_ms=100))
    release.set()
    first.join()
    assert model.late == 1


def post(url: str, data: bytes) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=5) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_server_responds_to_whoever_knows_its_secret() -> None:
    server = ModelServer(Model({"predict": lambda request: 1}))
    try:
        assert post(server.url, body("predict")) == (200, b'{"values": ["1"]}')
        assert post(server.url + "x", body("predict"))[0] == 404
        assert post(server.url.replace(server.token, ""), body("predict"))[0] == 404
        assert post(server.url, body("forecast"))[0] == 404
        assert post(server.url, b"{}")[0] == 400
        assert post(server.url, b"")[0] == 413
        assert server.server_address[0] == "127.0.0.1"
    finally:
        server.close()
    with pytest.raises(OSError):
        post(server.url, body("predict"))
