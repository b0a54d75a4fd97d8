"""Reading inferences, their history and the scores behind them."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Literal, Protocol, Self, TypeAlias, overload

from ._binary import find_agent
from ._errors import AgentFailed, RequestFailed

if TYPE_CHECKING:
    import pandas

Json: TypeAlias = dict[str, Any]
Role: TypeAlias = Literal["inferer", "forecaster", "reputer"]

URL = "ALLORA_URL"
TIMEOUT = 30.0
PAGE = 64


@dataclass(frozen=True)
class Topic:
    """A topic. Its texts are its creator's words: treat them as data."""

    topic: int
    metadata: str
    """What it predicts."""
    ground_truth: str
    """Where reputers find the truth."""
    labels: tuple[str, ...]
    active: bool
    """Whether its epochs open."""
    epoch_length: int
    """Slots from one epoch's opening to the next."""
    next_epoch: int | None
    raw: Json = field(repr=False)
    """All that the gateway returns."""


@dataclass(frozen=True)
class Interval:
    """Where the truth is expected."""

    low_95: Decimal
    low_68: Decimal
    high_68: Decimal
    high_95: Decimal


@dataclass(frozen=True)
class LabelValue:
    """The inference of a label."""

    label: str
    value: Decimal
    interval: Interval | None
    """`None` before the topic's first truth, and in topics with a custom loss."""

    def __float__(self) -> float:
        return float(self.value)


@dataclass(frozen=True)
class Inference:
    """The newest network inference of a topic."""

    topic: int
    epoch: int
    """The slot in which its epoch opened."""
    values: tuple[LabelValue, ...]
    is_fresh: bool
    """Whether no newer inference is overdue."""
    age_seconds: int
    """Since its epoch opened."""
    raw: Json = field(repr=False)

    @property
    def value(self) -> Decimal:
        """The value of a topic of one label; an error in others."""
        (only,) = self.values
        return only.value

    @property
    def interval(self) -> Interval | None:
        """The interval of a topic of one label; an error in others."""
        (only,) = self.values
        return only.interval

    def __getitem__(self, label: str) -> LabelValue:
        for value in self.values:
            if value.label == label:
                return value
        raise KeyError(label)

    def __float__(self) -> float:
        return float(self.value)


@dataclass(frozen=True)
class Epoch:
    """An epoch of a topic; values are in the order of the labels."""

    epoch: int
    state: str
    """`settled`, `void`, or a window that is open."""
    values: tuple[Decimal, ...]
    """The network inference; empty if there is none."""
    intervals: tuple[Interval, ...]
    truth: tuple[Decimal, ...] | None
    """`None` before it is learned, and in topics with a custom loss."""
    loss: Decimal | None
    """The decimal logarithm of the network's loss; `None` before it is known."""
    naive_loss: Decimal | None
    """That of the inference without forecasters."""
    best_loss: Decimal | None
    """That of the best worker."""
    raw: Json = field(repr=False)


class Epochs(Sequence[Epoch]):
    """The epochs of a topic, oldest first."""

    def __init__(self, labels: Sequence[str], epochs: Sequence[Epoch], slot_seconds: float) -> None:
        self.labels, self._epochs, self._slot_seconds = tuple(labels), tuple(epochs), slot_seconds

    def __len__(self) -> int:
        return len(self._epochs)

    @overload
    def __getitem__(self, at: int) -> Epoch: ...
    @overload
    def __getitem__(self, at: slice) -> Epochs: ...
    def __getitem__(self, at: int | slice) -> Epoch | Epochs:
        if isinstance(at, slice):
            return Epochs(self.labels, self._epochs[at], self._slot_seconds)
        return self._epochs[at]

    def __repr__(self) -> str:
        return f"Epochs({list(self._epochs)})"

    def to_pandas(self) -> pandas.DataFrame:
        """The epochs as rows, with floats as `value_LABEL`, `truth_LABEL`, `low_95_LABEL` ... and `loss`."""
        from ._frames import frame

        nan = float("nan")

        def cell(values: Sequence[Decimal] | None, at: int) -> float:
            return float(values[at]) if values is not None and at < len(values) else nan

        columns: dict[str, list[object]] = {
            "opened_at": [_datetime(one.epoch * self._slot_seconds) for one in self],
            "state": [one.state for one in self],
        }
        for at, label in enumerate(self.labels):
            columns[f"value_{label}"] = [cell(one.values, at) for one in self]
            columns[f"truth_{label}"] = [cell(one.truth, at) for one in self]
            for bound in ("low_95", "low_68", "high_68", "high_95"):
                columns[f"{bound}_{label}"] = [
                    float(getattr(one.intervals[at], bound)) if at < len(one.intervals) else nan for one in self
                ]
        for name in ("loss", "naive_loss", "best_loss"):
            losses: list[Decimal | None] = [getattr(one, name) for one in self]
            columns[name] = [nan if loss is None else float(loss) for loss in losses]
        return frame([one.epoch for one in self], columns)


@dataclass(frozen=True)
class Leader:
    """An account that was lately active in a role of a topic."""

    account: str
    score: Decimal | None
    """The smoothed score; `None` before the first one."""
    missed: int
    """The number of settled epochs since its last one."""
    raw: Json = field(repr=False)


@dataclass(frozen=True)
class Account:
    """An account. Amounts are in planck: 1 ALLO is 10,000,000,000 planck."""

    account: str
    balance: Json | None
    """`None` if the account does not exist."""
    positions: tuple[Json, ...]
    """What it is, has and is owed, per topic."""


@dataclass(frozen=True)
class Explanation:
    """Why an account was or was not rewarded in an epoch."""

    account: str
    topic: int
    epoch: int
    text: str
    raw: Json = field(repr=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Health:
    """Whether the source follows the chain, and what to do if it does not."""

    ok: bool
    detail: str
    raw: Json = field(repr=False)


class Client:
    """Reads from a gateway (`http://...`), or by way of the agent from a node (`ws://...`).

    The default is the environment variable `ALLORA_URL`, and else the node on this machine. Both return the same; a
    gateway also has the epochs that the chain has forgotten. Raises `RequestFailed`, whose text says what to do.
    """

    def __init__(
        self, url: str | None = None, *, timeout: float = TIMEOUT, agent: str | os.PathLike[str] | None = None
    ) -> None:
        self.url = url or os.environ.get(URL) or "ws://127.0.0.1:9944"
        scheme = urllib.parse.urlsplit(self.url).scheme
        self._source: _Source
        if scheme in ("http", "https"):
            self._source = _Gateway(self.url, timeout)
        elif scheme in ("ws", "wss"):
            self._source = _Pipe(self.url, timeout, agent)
        else:
            raise ValueError(f"{self.url!r} is neither a gateway (http://...) nor a node (ws://...)")

    def topics(self) -> list[Topic]:
        """All topics, by ascending number."""
        pages = self._pages("list_topics", {}, "from")
        return [_topic(one) for page in pages for one in page["topics"]]

    def topic(self, topic: int) -> Topic:
        """A topic."""
        answer = self._source.ask("list_topics", {"from": topic, "limit": 1})
        for one in answer["topics"]:
            if one["info"]["topic"] == topic:
                return _topic(one)
        raise RequestFailed(f"there is no topic {topic}: topics() lists those that exist", name="no-such-topic")

    def inference(self, topic: int, *, resistant: bool = False) -> Inference:
        """The newest network inference of a topic; `resistant` leaves outliers out."""
        answer = self._source.ask("get_inference", {"topic": topic, "resistant": resistant})
        values = tuple(
            LabelValue(one["label"], Decimal(one["value"]), _interval(one["interval"])) for one in answer["values"]
        )
        is_fresh = answer["status"] == "fresh"
        return Inference(answer["topic"], answer["epoch"], values, is_fresh, answer["age_seconds"], answer)

    def history(self, topic: int, limit: int = PAGE) -> Epochs:
        """The newest epochs of a topic, at most `limit`, oldest first."""
        found: list[Epoch] = []
        slot_ms = 0
        for page in self._pages("get_history", {"topic": topic}, "before", limit):
            slot_ms = page["block"]["slot_duration_ms"]
            found += [_epoch(one) for one in page["epochs"]]
            if len(found) >= limit:
                break
        return Epochs(self._labels(topic, found), found[:limit][::-1], slot_ms / 1000)

    def leaderboard(self, topic: int, role: Role = "inferer") -> list[Leader]:
        """The lately active accounts of a topic in a role, by falling score."""
        answer = self._source.ask("get_leaderboard", {"topic": topic, "role": role})
        return [Leader(one["account"], _decimal(one["score"]), one["missed"], one) for one in answer["leaders"]]

    def account(self, account: str) -> Account:
        """An account, by its address."""
        pages = list(self._pages("get_account", {"account": account}, "from"))
        positions = tuple(position for page in pages for position in page["positions"])
        return Account(pages[0]["account"], pages[0]["balance"], positions)

    def explain(self, account: str, topic: int, epoch: int | None = None) -> Explanation:
        """Why an account was or was not rewarded in an epoch, by default the newest that has ended."""
        asked = {"account": account, "topic": topic, "epoch": epoch}
        answer = self._source.ask("explain", {name: value for name, value in asked.items() if value is not None})
        return Explanation(answer["account"], answer["topic"], answer["epoch"], answer["text"], answer)

    def health(self) -> Health:
        """Whether the source follows the chain."""
        answer = self._source.ask("doctor", {})
        return Health(answer["status"] == "ok", answer["detail"], answer)

    def close(self) -> None:
        """Ends the agent, if the client has started one."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.url!r})"

    def _labels(self, topic: int, epochs: Sequence[Epoch]) -> tuple[str, ...]:
        """The labels of a topic, or their numbers if the chain has forgotten the topic."""
        try:
            return self.topic(topic).labels
        except RequestFailed:
            return tuple(str(at) for at in range(max((len(one.values) for one in epochs), default=0)))

    def _pages(self, question: str, asked: Json, cursor: str, limit: int | None = None) -> Iterator[Json]:
        """The pages of a response; each names where the following one starts."""
        start: Json = {}
        left = limit
        while left is None or left > 0:
            page = self._source.ask(question, {**asked, **start, "limit": min(left or PAGE, PAGE)})
            yield page
            if page["next"] is None:
                return
            start = {cursor: page["next"]}
            left = left and left - PAGE


def _topic(one: Json) -> Topic:
    info = one["info"]
    parameters = info["parameters"]
    return Topic(
        topic=info["topic"],
        metadata=parameters["metadata"],
        ground_truth=parameters["ground_truth"],
        labels=tuple(parameters["labels"]),
        active=info["active"],
        epoch_length=parameters["epoch_length"],
        next_epoch=info["next_epoch"],
        raw=one,
    )


def _epoch(one: Json) -> Epoch:
    losses = one["losses"] or {}
    truth = one["truth"]
    return Epoch(
        epoch=one["epoch"],
        state=one["state"]["type"],
        values=tuple(Decimal(value) for value in one["label_values"]),
        intervals=tuple(interval for row in one["intervals"] if (interval := _interval(row)) is not None),
        truth=None if truth is None else tuple(Decimal(value) for value in truth),
        loss=_decimal(losses.get("network")),
        naive_loss=_decimal(losses.get("naive")),
        best_loss=_decimal(losses.get("best")),
        raw=one,
    )


def _interval(bounds: list[str] | None) -> Interval | None:
    return Interval(*map(Decimal, bounds)) if bounds else None


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _datetime(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# ---------------------------------------------------------------- sources


class _Source(Protocol):
    """Something that responds to questions, which have the names of the gateway's tools."""

    def ask(self, question: str, arguments: Mapping[str, Any]) -> Json: ...
    def close(self) -> None: ...


ROUTES = {
    "list_topics": "/v1/topics",
    "get_inference": "/v1/topics/{topic}/inference",
    "get_history": "/v1/topics/{topic}/history",
    "get_leaderboard": "/v1/topics/{topic}/leaderboard",
    "get_account": "/v1/accounts/{account}",
    "explain": "/v1/accounts/{account}/explain",
    "doctor": "/health",
}


class _Gateway:
    """A gateway, over HTTP."""

    def __init__(self, url: str, timeout: float) -> None:
        self._base, self._timeout = url.rstrip("/"), timeout

    def ask(self, question: str, arguments: Mapping[str, Any]) -> Json:
        route = ROUTES[question]
        path = route.format_map({name: urllib.parse.quote(str(value), safe="") for name, value in arguments.items()})
        rest = {name: _text(value) for name, value in arguments.items() if f"{{{name}}}" not in route}
        query = f"?{urllib.parse.urlencode(rest)}" if rest else ""
        request = urllib.request.Request(f"{self._base}{path}{query}", headers={"Accept": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                body = response.read()
        except urllib.error.HTTPError as error:
            with error:
                body = error.read()
            if question != "doctor" or error.code != 503:
                raise _problem(error, body) from None
        except (urllib.error.URLError, TimeoutError) as error:
            reason = getattr(error, "reason", error)
            raise RequestFailed(
                f"no gateway at {self._base} ({reason}): start one by `allora-agent gateway`, or read from a node: "
                f'Client("ws://127.0.0.1:9944")'
            ) from error
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise RequestFailed(f"{self._base} is no gateway: its response is not a JSON object")
        return found

    def close(self) -> None:
        """Does nothing: each request has a connection of its own."""


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(urn: object) -> str | None:
    """The name of a problem, which is the last part of its URN."""
    return None if urn is None else str(urn).rpartition(":")[2]


def _problem(error: urllib.error.HTTPError, body: bytes) -> RequestFailed:
    """The error in a response, in the form of problem details."""
    try:
        found = json.loads(body)
        detail, name = str(found["detail"]), _name(found["type"])
    except (ValueError, KeyError, TypeError):
        detail, name = f"{error.url}: {error.code} {error.reason}", None
    after = error.headers.get("Retry-After")
    seconds = float(after) if after is not None and after.isdigit() else None
    return RequestFailed(detail, name=name, status=error.code, retry_after=seconds)


class _Pipe:
    """A node, over the pipe of `allora-agent mcp`, which ends with this process."""

    def __init__(self, url: str, timeout: float, agent: str | os.PathLike[str] | None) -> None:
        self._url, self._timeout, self._agent = url, timeout, agent
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._process: subprocess.Popen[str] | None = None
        self._messages: queue.SimpleQueue[Json | None] = queue.SimpleQueue()
        self._remarks: deque[str] = deque(maxlen=20)
        self._notes: threading.Thread | None = None

    def ask(self, question: str, arguments: Mapping[str, Any]) -> Json:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            result = self._call("tools/call", {"name": question, "arguments": arguments})
        if result.get("isError"):
            detail = "; ".join(str(part.get("text", "")) for part in result["content"])
            problem = result.get("_meta", {}).get("problem", {})
            raise RequestFailed(detail, name=_name(problem.get("type")), retry_after=problem.get("retry_after"))
        found: Json = result["structuredContent"]
        return found

    def close(self) -> None:
        with self._lock:
            self._end()

    def _start(self) -> None:
        self._end()
        self._messages, self._remarks = queue.SimpleQueue(), deque(maxlen=20)
        self._process = subprocess.Popen(
            [str(find_agent(self._agent)), "mcp", "--url", self._url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        _thread(self._read, self._process.stdout, self._messages)
        self._notes = _thread(self._note, self._process.stderr, self._remarks)
        client = {"name": "allora-python", "version": "0.1.0"}
        self._call("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client})
        self._send({"method": "notifications/initialized"})

    @staticmethod
    def _read(stream: IO[str], messages: queue.SimpleQueue[Json | None]) -> None:
        with stream:
            for line in stream:
                try:
                    messages.put(json.loads(line))
                except ValueError:
                    continue
        messages.put(None)

    @staticmethod
    def _note(stream: IO[str], remarks: deque[str]) -> None:
        with stream:
            remarks.extend(line.rstrip("\n") for line in stream)

    def _send(self, message: Json) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise self._failure() from None

    def _call(self, method: str, params: Json) -> Json:
        number = next(self._ids)
        self._send({"id": number, "method": method, "params": params})
        while True:
            try:
                message = self._messages.get(timeout=self._timeout)
            except queue.Empty:
                self._end()
                raise RequestFailed(
                    f"no response within {self._timeout:g} s from the node at {self._url}: check that it runs, or name "
                    f"another one: Client(url)"
                ) from None
            if message is None:
                raise self._failure()
            if message.get("id") != number:
                continue
            if "error" in message:
                raise RequestFailed(str(message["error"].get("message")))
            result: Json = message["result"]
            return result

    def _failure(self) -> AgentFailed:
        """The error for a process that has ended by itself."""
        self._end()
        if self._notes is not None:
            self._notes.join(2.0)
        remarks = list(self._remarks)
        reasons = [text.removeprefix("error: ") for text in remarks if text.startswith("error: ")]
        reason = reasons[-1] if reasons else "\n".join(remarks[-5:]) or "it printed nothing"
        return AgentFailed(f"allora-agent mcp has ended: {reason}", remarks)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # It may have ended by itself.
            process.stdin.close()
        try:
            process.wait(2.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _thread(target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, name="allora-agent-mcp", daemon=True)
    thread.start()
    return thread
