"""Workers, reputers and consumers of the Allora network.

A worker predicts with a function, until it is told to stop:

    from allora import Worker

    def predict(request):
        return request.history[-1].truth if request.history else 0

    Worker(topic=1, predict=predict).start()

The protocol's work is done by the program `allora-agent`, which this package starts and which asks the function.
"""

from ._agent import Line, Scored, Status
from ._binary import find_agent
from ._client import (
    Account,
    Client,
    Epoch,
    Epochs,
    Explanation,
    Health,
    Inference,
    Interval,
    LabelValue,
    Leader,
    Topic,
)
from ._errors import (
    AgentFailed,
    AgentNotFound,
    AlloraError,
    NotRunning,
    RequestFailed,
    ScoreTimeout,
)
from ._model import Element, History, LossRequest, PastEpoch, Request
from ._roles import Reputer, Worker

__all__ = [
    "Account",
    "AgentFailed",
    "AgentNotFound",
    "AlloraError",
    "Client",
    "Element",
    "Epoch",
    "Epochs",
    "Explanation",
    "Health",
    "History",
    "Inference",
    "Interval",
    "LabelValue",
    "Leader",
    "Line",
    "LossRequest",
    "NotRunning",
    "PastEpoch",
    "Reputer",
    "Request",
    "RequestFailed",
    "ScoreTimeout",
    "Scored",
    "Status",
    "Topic",
    "Worker",
    "find_agent",
]
__version__ = "0.1.0"
