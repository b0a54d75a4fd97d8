#!/usr/bin/env python3
"""A model for docs/simulation.md: the last settled truth, moved by the mean step of those before it.

The same program serves `allora-agent run`; docs/models.md has the contract.
"""

import json
import sys


def predict(request):
    """Returns one value per label."""
    truths = [epoch["truth"] for epoch in request["history"]]
    if not truths:
        raise ValueError("no epoch is settled yet")
    # The newest settled epoch is two epochs old.
    return [last + 2 * (last - first) / len(truths) for first, last in zip(truths[0], truths[-1])]


for line in sys.stdin:
    message = json.loads(line)
    reply = {"jsonrpc": "2.0", "id": message["id"]}
    try:
        known = message["method"] == "initialize"
        reply["result"] = {"protocol": 1} if known else {"values": predict(message["params"])}
    except Exception as error:
        reply["error"] = {"code": -32000, "message": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
