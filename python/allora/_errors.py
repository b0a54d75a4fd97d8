"""Errors; each says what to do."""

from __future__ import annotations


class AlloraError(Exception):
    """An error of this package."""


class AgentNotFound(AlloraError):
    """The program `allora-agent` is not there."""


class AgentFailed(AlloraError):
    """`allora-agent` has ended with an error."""

    def __init__(self, message: str, lines: list[str] | None = None) -> None:
        super().__init__(message)
        self.lines = lines or []
        """The last lines that it has printed."""


class NotRunning(AlloraError):
    """The role is not running."""


class ScoreTimeout(AlloraError, TimeoutError):
    """No epoch has been scored in time."""


class RequestFailed(AlloraError):
    """A gateway, or the agent in its place, has refused a request or failed to respond."""

    def __init__(
        self,
        detail: str,
        *,
        name: str | None = None,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.name = name
        """The name of the problem, such as `no-such-topic`; `None` if there is none."""
        self.status = status
        """The HTTP status; `None` if the request was not by HTTP."""
        self.retry_after = retry_after
        """The number of seconds after which to ask again; `None` if waiting does not help."""
