"""Workers and reputers: functions that take part in a topic."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from ._agent import AgentProcess, Line, Scored, Status, read_line
from ._binary import find_agent
from ._errors import AgentFailed, AlloraError, NotRunning, ScoreTimeout
from ._model import Forecast, Function, Losses, Model, ModelServer, Predict, Truth

PASSWORD_FILE = "ALLORA_PASSWORD_FILE"
HANDOVER = 40.0
"""Seconds that an agent of a process that has just ended may need to end, too."""
CONNECT = 90.0
"""Seconds until the agent is connected, or has failed."""

_running: dict[Path, _Role] = {}
"""The roles of this process that run, by their folder."""
_registry = threading.Lock()


class _Role:
    """What workers and reputers share."""

    KIND: ClassVar[str]
    TABLE: ClassVar[str]

    def __init__(
        self,
        topic: int,
        methods: Mapping[str, Function],
        settings: Mapping[str, object],
        *,
        url: str | Sequence[str],
        directory: str | os.PathLike[str] | None,
        key: str | os.PathLike[str] | None,
        password_file: str | os.PathLike[str] | None,
        owner: str | None,
        jitter: float | None,
        timeout: float | None,
        dev_fund: bool,
        agent: str | os.PathLike[str] | None,
    ) -> None:
        self.topic = topic
        self.urls = [url] if isinstance(url, str) else list(url)
        self.directory = Path(directory or f"allora-{self.KIND}-{topic}").resolve()
        self._agent_path = agent
        self._dev_key = key if isinstance(key, str) and key.startswith("//") else None
        self._key_file = None if self._dev_key else Path(key or self.directory / "key.json").resolve()
        self._given_password_file = Path(password_file).resolve() if password_file else None
        self._dev_fund = dev_fund
        self._timeout = timeout
        self._settings = {**settings, "jitter_s": jitter, "owner": owner}
        self._model = Model(methods)
        self._server: ModelServer | None = None
        self._process: AgentProcess | None = None

    # ---------------------------------------------------------------- running

    def start(self) -> Self:
        """Starts the agent, and returns once it is connected and looks after the role; it continues by itself.

        The first start makes a key. A role of this process that runs in the same folder is stopped before, so that a
        notebook's cell can be run again. Raises `AgentFailed` if the agent does not start.
        """
        if self._process is not None and self._process.status().running:
            return self
        agent = str(find_agent(self._agent_path))
        self._replace_former()
        self._prepare(agent)
        command = [agent, "run", "--config", str(self._config), "--stop-at-eof"]
        if self._dev_fund:
            command.append("--dev-fund")
        deadline = time.monotonic() + HANDOVER
        while True:
            process = AgentProcess(command, self.directory, self._environment(), self._secret)
            try:
                connected = process.wait(lambda status: status.phase not in ("starting", "connected"), CONNECT)
            except BaseException:
                process.stop()
                self._close_server()
                raise
            if connected or process.status().running:
                break
            process.stop()
            failure = process.failure()
            if "another agent runs with" not in str(failure) or time.monotonic() > deadline:
                self._close_server()
                raise failure
            # That of a kernel that was restarted still sends what it has begun to send.
            time.sleep(1.0)
        self._process = process
        with _registry:
            _running[self.directory] = self
        return self

    def _replace_former(self) -> None:
        with _registry:
            former = _running.pop(self.directory, None)
        if former is not None and former is not self:
            former.stop()

    def stop(self) -> None:
        """Stops the agent once it has sent what it has begun to send; does nothing if it does not run.

        Commitments that are not revealed yet are kept in the folder: start again before their windows close.
        """
        with _registry:
            if _running.get(self.directory) is self:
                del _running[self.directory]
        if self._process is not None:
            self._process.stop()
        self._close_server()

    def _close_server(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def run(self) -> None:
        """Starts the agent if need be, and returns when it is interrupted (Ctrl-C); then it is stopped."""
        try:
            process = self.start()._running_process()
            process.wait(lambda status: not status.running)
            if _running.get(self.directory) is self:
                raise process.failure()
        except KeyboardInterrupt:
            pass
        finally:
            self.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # ---------------------------------------------------------------- looking

    def status(self) -> Status:
        """What is known of the role now."""
        if self._process is None:
            return Status(running=False, phase="not started")
        return replace(self._process.status(), late=self._model.late)

    def lines(self) -> list[Line]:
        """The newest lines that the agent has printed. The logger `allora` has them too, problems as warnings."""
        return [] if self._process is None else self._process.lines()

    def wait_scored(self, count: int = 1, timeout: float | None = None) -> Scored:
        """Waits until the given number of epochs has been scored since the start, and returns the newest result.

        Raises `ScoreTimeout` if that takes longer than `timeout` seconds, and `AgentFailed` if the agent ends.
        """
        process = self._running_process()
        process.wait(lambda status: status.scored >= count, timeout)
        status = process.status()
        if status.scored >= count and status.newest is not None:
            return status.newest
        if not status.running:
            raise process.failure()
        problem = f"; its newest problem: {status.problem}" if status.problem else ""
        raise ScoreTimeout(
            f"{status.scored} of {count} epochs scored within {timeout} s, the newest phase is {status.phase!r}"
            f"{problem}. doctor() says what keeps it from being scored."
        )

    @property
    def account(self) -> str:
        """The account's address, or the path of a development key; the key file must be there: `start` makes it."""
        if self._dev_key is not None:
            return self._dev_key
        assert self._key_file is not None
        try:
            return str(json.loads(self._key_file.read_text())["address"])
        except FileNotFoundError:
            raise NotRunning(f"there is no key {self._key_file} yet: start() makes it") from None

    def check(self) -> str:
        """Makes a dry epoch: asks the function, and returns what would be sent and what it costs.

        Nothing is sent, except funds if `dev_fund` is set. Raises `AgentFailed` if something keeps the role from taking
        part.
        """
        agent = str(find_agent(self._agent_path))
        is_own = self._server is None
        self._prepare(agent)
        command = [agent, "run", "--config", str(self._config), "--check"]
        try:
            return self._ask([*command, "--dev-fund"] if self._dev_fund else command)
        finally:
            if is_own:
                self._close_server()

    def doctor(self) -> str:
        """Says what keeps the role from being scored, and what to do about it."""
        if not self._config.exists():
            raise NotRunning("there are no settings yet: start() writes them")
        return self._ask([str(find_agent(self._agent_path)), "doctor", "--config", str(self._config)])

    def explain(self, epoch: int | None = None) -> str:
        """Says why the account was or was not rewarded in an epoch, by default the newest that has ended."""
        command = [str(find_agent(self._agent_path)), "explain", "--topic", str(self.topic), "--account", self.account]
        command += ["--url", self.urls[0]]
        return self._ask(command if epoch is None else [*command, "--epoch", str(epoch)])

    def __repr__(self) -> str:
        status = self.status()
        state = status.phase if status.running else "not running"
        name = f"{type(self).__name__} of topic {self.topic}"
        return f"<{name}, {state}, {status.scored} epochs scored, in {self.directory}>"

    # ---------------------------------------------------------------- inside

    @property
    def _config(self) -> Path:
        return self.directory / "agent.toml"

    def _running_process(self) -> AgentProcess:
        if self._process is None:
            raise NotRunning(f"the {self.KIND} of topic {self.topic} was not started: start() does it")
        return self._process

    def _prepare(self, agent: str) -> None:
        """Makes folder, password, key and settings, as far as they are missing, and serves the functions."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._key_file is not None and not self._key_file.exists():
            self._make_key(agent, self._key_file)
        if self._server is None:
            self._server = ModelServer(self._model)
        _write_private(self._config, self._toml(self._server.url))

    def _make_key(self, agent: str, path: Path) -> None:
        if path.parent != self.directory:
            raise AlloraError(f"there is no key file {path}: `allora-agent init` makes one")
        if self._password_file == self.directory / "password" and not self._password_file.exists():
            _write_private(self._password_file, secrets.token_urlsafe(32) + "\n")
        with tempfile.TemporaryDirectory(dir=self.directory) as folder:
            command = [agent, "init", "--topic", str(self.topic), "--role", self.KIND, "--url", self.urls[0]]
            self._ask([*command, "--http", "http://127.0.0.1", "--out", folder])
            shutil.move(Path(folder) / "key.json", path)

    @property
    def _password_file(self) -> Path:
        """The file with the key's password: the one given, that of the environment, or one beside the key."""
        named = os.environ.get(PASSWORD_FILE)
        return self._given_password_file or (Path(named).resolve() if named else self.directory / "password")

    def _environment(self) -> dict[str, str]:
        return {} if self._dev_key is not None else {PASSWORD_FILE: str(self._password_file)}

    def _ask(self, command: Sequence[str]) -> str:
        """Runs the agent to its end, and returns what it has printed."""
        done = subprocess.run(
            command,
            cwd=self.directory,
            env={**os.environ, **self._environment()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        output = done.stdout.replace(self._secret, "...") if self._secret else done.stdout
        lines = [str(read_line(line)) for line in output.splitlines()]
        if done.returncode != 0:
            raise AgentFailed(f"allora-agent {command[1]} fails:\n" + "\n".join(lines), lines)
        return "\n".join(lines)

    @property
    def _secret(self) -> str:
        """The secret in the URL of the model, or an empty text if it is not served."""
        return self._server.token if self._server is not None else ""

    def _toml(self, model: str) -> str:
        """The text of the settings."""
        key = ("dev", self._dev_key) if self._dev_key is not None else ("file", str(self._key_file))
        lines = [
            "# Written by the Python package allora at each start: what is changed here is lost.",
            "[chain]",
            f"endpoints = {_toml_value(self.urls)}",
            "[agent]",
            'logs = "json"',
            "[keys.main]",
            f"{key[0]} = {_toml_value(key[1])}",
            "[models.python]",
            f"http = {_toml_value(model)}",
            'method = "POST"',
            *([] if self._timeout is None else [f"timeout_s = {_toml_value(self._timeout)}"]),
            f"[[{self.TABLE}]]",
            f"topic = {self.topic}",
            'key = "main"',
            *(f"{name} = {_toml_value(value)}" for name, value in self._settings.items() if value is not None),
        ]
        return "\n".join(lines) + "\n"


class Worker(_Role):
    """Predicts in each epoch of a topic.

    `predict` gets a `Request` and returns the values: a number, or one per label. It is called in a thread of its own,
    one call after another; an exception is reported, and the agent asks again. `forecast`, if there is one, returns the
    losses that it expects of `request.inferers`, as decimal logarithms by account.

    `key` is a path such as `"//Bob"` on a development chain, or a key file; by default a key is made in `directory`,
    which has all that belongs to the worker (by default `allora-worker-TOPIC` in the current folder). Whoever can read
    that folder can use the key: name an `owner`, to whom rewards are paid, or a `password_file` elsewhere. Two roles
    that run at once need two keys. `dev_fund` takes what the account needs from //Alice, on development chains.
    `jitter` is the longest random delay before the function is asked, `timeout` the time for a response, in seconds.
    """

    KIND = "worker"
    TABLE = "worker"

    def __init__(
        self,
        topic: int,
        predict: Predict,
        *,
        forecast: Forecast | None = None,
        url: str | Sequence[str] = "ws://127.0.0.1:9944",
        directory: str | os.PathLike[str] | None = None,
        key: str | os.PathLike[str] | None = None,
        password_file: str | os.PathLike[str] | None = None,
        owner: str | None = None,
        jitter: float | None = None,
        timeout: float | None = None,
        dev_fund: bool = False,
        agent: str | os.PathLike[str] | None = None,
    ) -> None:
        methods: dict[str, Function] = {"predict": predict}
        if forecast is not None:
            methods["forecast"] = forecast
        settings = {"model": "python", "forecast": True if forecast is not None else None}
        super().__init__(
            topic,
            methods,
            settings,
            url=url,
            directory=directory,
            key=key,
            password_file=password_file,
            owner=owner,
            jitter=jitter,
            timeout=timeout,
            dev_fund=dev_fund,
            agent=agent,
        )


class Reputer(_Role):
    """Reports the truth of each epoch of a topic.

    `truth` gets a `Request` and returns the values, or `None` while they are not known. `losses` is for topics with a
    loss of their own, which the chain does not compute: it gets a `LossRequest`, with the truth and the elements, and
    returns the decimal logarithms of their losses, one per element in their order, or `None` while they are not known.
    Without it the agent computes the losses that have the name of one of the chain's. What is missing of `stake`
    (ALLO, by default the chain's minimum of 100) is staked at the start, and nothing is ever unstaked. The other
    arguments are those of `Worker`.
    """

    KIND = "reputer"
    TABLE = "reputer"

    def __init__(
        self,
        topic: int,
        truth: Truth,
        *,
        losses: Losses | None = None,
        stake: int | str | Decimal | None = None,
        url: str | Sequence[str] = "ws://127.0.0.1:9944",
        directory: str | os.PathLike[str] | None = None,
        key: str | os.PathLike[str] | None = None,
        password_file: str | os.PathLike[str] | None = None,
        owner: str | None = None,
        jitter: float | None = None,
        timeout: float | None = None,
        dev_fund: bool = False,
        agent: str | os.PathLike[str] | None = None,
    ) -> None:
        methods: dict[str, Function] = {"truth": truth}
        if losses is not None:
            methods["losses"] = losses
        settings = {
            "truth": "python",
            "losses": None if losses is None else "python",
            "stake": None if stake is None else str(stake),
        }
        super().__init__(
            topic,
            methods,
            settings,
            url=url,
            directory=directory,
            key=key,
            password_file=password_file,
            owner=owner,
            jitter=jitter,
            timeout=timeout,
            dev_fund=dev_fund,
            agent=agent,
        )


def _toml_value(value: object) -> str:
    """A value in TOML, whose strings, numbers and lists are written as in JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
