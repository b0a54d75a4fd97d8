#!/usr/bin/env python3
"""A model of topic @TOPIC@ for allora-agent: put your own into predict().

@ABOUT@

The agent sends requests to the standard input, one JSON object per line, and reads responses from the standard output.
Print remarks to the standard error: the agent shows them. docs/models.md has the contract.
"""

import json
import sys

# Whether the values of an inference are probabilities: they have to sum to 1.
PROBABILITIES = @PROBABILITIES@


def predict(request):
    """Returns one value per label of request["labels"]: numbers, or decimal strings if every digit counts.

    request["history"] has the newest settled epochs, oldest first, each with "epoch", "opened_at_ms", "network" (the
    network inference) and "truth", which is empty in a topic with a custom loss. request["deadline_ms"] is the time
    left for the response.
    """
    labels = request["labels"]
    history = [epoch for epoch in request["history"] if epoch["truth"]]
    if PROBABILITIES:
        # How often each label came true, with one occurrence of each added.
        counts = [1 + sum(epoch["truth"][at] for epoch in history) for at in range(len(labels))]
        return [count / sum(counts) for count in counts]
    # The next truth is like the last one.
    return history[-1]["truth"] if history else [0.0] * len(labels)


def forecast(request):
    """Returns the loss expected of each of request["inferers"], as its decimal logarithm.

    It is asked for if the settings have `forecast = true`.
    """
    return {account: 0.0 for account in request["inferers"]}


def respond(request):
    """Returns the result of a request."""
    if request["method"] == "initialize":
        return {"protocol": 1}
    if request["method"] == "predict":
        return {"values": predict(request["params"])}
    if request["method"] == "forecast":
        return {"losses": forecast(request["params"])}
    raise ValueError(f"no method {request['method']}")


for line in sys.stdin:
    message = json.loads(line)
    reply = {"jsonrpc": "2.0", "id": message["id"]}
    try:
        reply["result"] = respond(message)
    except Exception as error:
        reply["error"] = {"code": -32000, "message": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
