#!/usr/bin/env python3
"""The truth of topic @TOPIC@ for allora-agent: put your own source into truth().

@ABOUT@

The agent sends requests to the standard input, one JSON object per line, and reads responses from the standard output.
Print remarks to the standard error: the agent shows them. docs/models.md has the contract.
"""

import json
import math
import sys

# Whether the values are probabilities: the label that came true has 1, the others 0.
PROBABILITIES = @PROBABILITIES@


def truth(request):
    """Returns one value per label of request["labels"], or None while the truth is not known.

    request["truth_at_ms"] is the time at which it is known, in milliseconds since 1970. All reputers of a topic have to
    find the same: take the source that the topic names.
    """
    # Made up, so that a topic of a development chain has epochs that settle: a slow wave.
    seconds, count = request["truth_at_ms"] / 1000, len(request["labels"])
    if PROBABILITIES:
        return [1.0 if at == int(seconds // 60) % count else 0.0 for at in range(count)]
    return [round(100 + 10 * math.sin(seconds / 300 + at), 6) for at in range(count)]


def respond(request):
    """Returns the result of a request."""
    if request["method"] == "initialize":
        return {"protocol": 1}
    if request["method"] == "truth":
        values = truth(request["params"])
        return None if values is None else {"values": values}
    raise ValueError(f"no method {request['method']}")


for line in sys.stdin:
    message = json.loads(line)
    reply = {"jsonrpc": "2.0", "id": message["id"]}
    try:
        reply["result"] = respond(message)
    except Exception as error:
        reply["error"] = {"code": -32000, "message": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
