"""Functions as models: the agent asks them over a loopback connection."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from ._fork import not_in_copies
from ._numbers import HasToList, Number, Values, decimal_text, loss_texts, value_texts

if TYPE_CHECKING:
    import pandas

log = logging.getLogger("allora")

MAX_REQUEST = 1 << 20
"""Maximum length of a request in bytes: the agent's are far shorter."""


@dataclass(frozen=True)
class PastEpoch:
    """A settled epoch; values are in the order of the labels."""

    epoch: int
    """The slot in which it opened."""
    opened_at: datetime
    network: tuple[Decimal, ...]
    """The network inference."""
    truth: tuple[Decimal, ...]
    """Empty in a topic with a custom loss, where the chain learns no truth."""


class History(Sequence[PastEpoch]):
    """The newest settled epochs of a topic, up to 16, oldest first."""

    def __init__(self, labels: Sequence[str], epochs: Sequence[PastEpoch]) -> None:
        self._labels, self._epochs = tuple(labels), tuple(epochs)

    def __len__(self) -> int:
        return len(self._epochs)

    @overload
    def __getitem__(self, at: int) -> PastEpoch: ...
    @overload
    def __getitem__(self, at: slice) -> History: ...
    def __getitem__(self, at: int | slice) -> PastEpoch | History:
        if isinstance(at, slice):
            return History(self._labels, self._epochs[at])
        return self._epochs[at]

    def __iter__(self) -> Iterator[PastEpoch]:
        return iter(self._epochs)

    def __repr__(self) -> str:
        return f"History({list(self._epochs)})"

    def to_pandas(self) -> pandas.DataFrame:
        """The epochs as rows, with the columns `opened_at`, and `network_LABEL` and `truth_LABEL` as floats."""
        from ._frames import frame

        columns: dict[str, list[object]] = {"opened_at": [past.opened_at for past in self]}
        for at, label in enumerate(self._labels):
            for name in ("network", "truth"):
                values = [getattr(past, name) for past in self]
                columns[f"{name}_{label}"] = [float(row[at]) if at < len(row) else float("nan") for row in values]
        return frame([past.epoch for past in self], columns)


@dataclass(frozen=True)
class Request:
    """What the network asks a model."""

    topic: int
    epoch: int
    """The slot in which the epoch opened."""
    block: int
    """The number of the best block."""
    labels: tuple[str, ...]
    """The names of the values."""
    opened_at: datetime
    """When the epoch opened."""
    truth_at: datetime
    """When its truth is known."""
    history: History
    """Past epochs; empty for a reputer."""
    inferers: tuple[str, ...]
    """The accounts whose losses are to be forecast; empty unless a forecast is asked for."""
    _deadline: float = field(repr=False)

    @property
    def seconds_left(self) -> float:
        """The time that is left for the response; a later one is dropped."""
        return self._deadline - time.monotonic()


@dataclass(frozen=True)
class Element:
    """Something whose loss is asked for: what the network, or a part of it, has predicted."""

    name: str
    """What it is, such as `combined` (the network inference), `naive` or `inferer 5Grw...`."""
    values: tuple[Decimal, ...]
    """What it predicts, in the order of the labels."""


@dataclass(frozen=True)
class LossRequest(Request):
    """What the network asks a reputer of a topic whose losses the chain does not compute."""

    loss: str
    """The name of the topic's loss."""
    floor: Decimal
    """What the topic adds to a loss before its logarithm."""
    truth: tuple[Decimal, ...]
    """The truth, in the order of the labels."""
    elements: tuple[Element, ...]


Predict: TypeAlias = Callable[[Request], Values]
Forecast: TypeAlias = Callable[[Request], Mapping[str, Number]]
Truth: TypeAlias = Callable[[Request], Values | None]
Losses: TypeAlias = Callable[[LossRequest], Sequence[Number] | HasToList | None]
Function: TypeAlias = Callable[[Any], object]
"""Any of these."""


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def read_request(params: Mapping[str, Any]) -> Request:
    """A request in the form of the agent's contract; a `LossRequest` if it has elements."""

    def numbers(values: list[Decimal | int]) -> tuple[Decimal, ...]:
        return tuple(Decimal(value) for value in values)

    labels = tuple(params["labels"])
    past = [
        PastEpoch(one["epoch"], _at(one["opened_at_ms"]), numbers(one["network"]), numbers(one["truth"]))
        for one in params.get("history", ())
    ]
    request = Request(
        topic=params["topic"],
        epoch=params["epoch"],
        block=params["block"],
        labels=labels,
        opened_at=_at(params["opened_at_ms"]),
        truth_at=_at(params["truth_at_ms"]),
        history=History(labels, past),
        inferers=tuple(params.get("inferers", ())),
        _deadline=time.monotonic() + params["deadline_ms"] / 1000,
    )
    if "elements" not in params:
        return request
    return LossRequest(
        **vars(request),
        loss=params["loss"],
        floor=Decimal(params["floor"]),
        truth=numbers(params["truth"]),
        elements=tuple(Element(one["element"], numbers(one["values"])) for one in params["elements"]),
    )


class Refused(Exception):
    """A request that has no response, with an HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Model:
    """The functions of a role. One request after another is handled, never two at a time."""

    def __init__(self, methods: Mapping[str, Function]) -> None:
        self._methods = methods
        self._busy = threading.Lock()
        self.late = 0
        """The number of responses that came after their deadline, and were dropped."""

    def respond(self, body: bytes) -> bytes:
        """The response to a request of the agent; raises `Refused` if there is none."""
        message = json.loads(body, parse_float=Decimal)
        function = self._methods.get(message["method"])
        if function is None:
            raise Refused(404, f"no function for {message['method']}")
        request = read_request(message["params"])
        if not self._busy.acquire(timeout=max(request.seconds_left, 0)):
            raise Refused(503, "the function still works on the request before")
        try:
            if request.seconds_left <= 0:
                raise Refused(503, "the deadline has passed")
            result = self._result(message["method"], function, request)
            if request.seconds_left <= 0:
                self.late += 1
                log.warning(
                    "topic %d, epoch %d: the function is late; its response is dropped", request.topic, request.epoch
                )
        finally:
            self._busy.release()
        return json.dumps(result).encode()

    @staticmethod
    def _result(method: str, function: Function, request: Request) -> object:
        try:
            found = function(request)
            if method == "forecast":
                if not isinstance(found, Mapping):
                    raise TypeError(f"a forecast has a loss per account, and not {found!r}")
                return {"losses": {str(account): decimal_text(loss) for account, loss in found.items()}}
            if method in ("truth", "losses") and found is None:
                return None
            if method == "losses":
                assert isinstance(request, LossRequest)
                return {"losses": loss_texts(found, len(request.elements))}
            return {"values": value_texts(found, request.labels)}
        except Exception as error:
            log.exception("topic %d, epoch %d: %s fails", request.topic, request.epoch, method)
            raise Refused(500, f"{type(error).__name__}: {error}") from error


class _Handler(BaseHTTPRequestHandler):
    """A connection per request: one that is kept could be closed just when the agent asks again."""

    server: ModelServer
    timeout = 30

    def do_POST(self) -> None:
        try:
            length = int(self.headers.get("Content-Length", "0"))
            if not secrets.compare_digest(self.path.encode(), f"/{self.server.token}".encode()):
                raise Refused(404, "no such model")
            if not 0 < length <= MAX_REQUEST:
                raise Refused(413, "the request has no length, or is too long")
            status, body, kind = 200, self.server.model.respond(self.rfile.read(length)), "application/json"
        except Refused as refused:
            status, body, kind = refused.status, str(refused).encode(), "text/plain; charset=utf-8"
        except (ValueError, KeyError, TypeError) as error:
            status, body, kind = 400, f"not a request of the agent: {error!r}".encode(), "text/plain; charset=utf-8"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Prints nothing: the agent's lines say what it was told."""


class ModelServer(ThreadingHTTPServer):
    """Serves a model to the agent on this machine, until it is closed.

    Its URL has a secret, so that other users of the machine cannot ask the model.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, model: Model) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model
        self.token = secrets.token_urlsafe(24)
        not_in_copies(self)
        threading.Thread(target=self.serve_forever, args=(0.05,), name="allora-model", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{self.token}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignores connections that end early: the agent drops those whose deadline has passed."""
        if not isinstance(sys.exception(), OSError):
            log.exception("the model's server fails")

    def let_go(self) -> None:
        """Closes a copy's socket: requests that reach it would never get a response."""
        self.socket.close()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
