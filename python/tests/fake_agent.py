#!/usr/bin/env python3
"""Stands in for `allora-agent`: does what the environment variable FAKE says, in the form of the real one's lines.

The requests are those of docs/models.md, the lines those of a development chain (test_chain.py uses the real agent).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

FAKE = os.environ.get("FAKE", "")
ADDRESS = "5FHpbd8VJrjmPNsHGmDhC4NjRzFqYQYRTRoHxTtSwhXWqoHq"
LABELS = ["value"]


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


def fail(text: str) -> None:
    print(f"error: {text}", file=sys.stderr)
    sys.exit(1)


def say(about: str, text: str) -> None:
    # The process that reads the lines may be gone.
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps({"time": "2026-11-29T01:00:25.000Z", "about": about, "text": text}), flush=True)


def request(method: str, epoch: int) -> dict[str, Any]:
    params: dict[str, Any] = {
        "topic": 1,
        "epoch": epoch,
        "block": 55,
        "labels": LABELS,
        "opened_at_ms": epoch * 1000,
        "truth_at_ms": epoch * 1000 + 18000,
        "deadline_ms": 300 if FAKE == "impatient" else 5000,
    }
    if method == "losses":
        elements = [{"element": "combined", "values": [1.5]}, {"element": "naive", "values": [2.5]}]
        params |= {"loss": "mine", "floor": 0.001, "truth": [1.5], "elements": elements}
    if method in ("predict", "forecast"):
        past = {"epoch": epoch - 18, "opened_at_ms": (epoch - 18) * 1000, "network": [1.5], "truth": ["exact"]}
        params["history"] = [past]
    if method == "forecast":
        params["inferers"] = [ADDRESS]
    return {"method": method, "params": params}


def ask(url: str, method: str, epoch: int) -> Any:
    # The number has more digits than a float.
    body = json.dumps(request(method, epoch)).replace('"exact"', "101.250000000000000001").encode()
    asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=5) as response:
            return json.loads(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return RuntimeError(f"{url}: {error.code}: {error.read().decode()}")
    except (OSError, http.client.HTTPException) as error:
        return RuntimeError(f"unreachable: {error}")


def init() -> None:
    out = Path(option("--out"))
    password = Path(os.environ["ALLORA_PASSWORD_FILE"])
    if not password.read_text().strip():
        fail("the password is empty")
    if FAKE == "no-topic":
        fail(f"there is no topic {option('--topic')} on this chain")
    (out / "key.json").write_text(json.dumps({"address": ADDRESS}))
    (out / "key.json").chmod(0o600)
    (out / "agent.toml").write_text("")
    print("wrote key.json")


def work(settings: dict[str, Any], role: str, url: str) -> None:
    """Three epochs, whose results come while the next one is open."""
    name = f"topic {settings[role][0]['topic']} {role} 5FHpbd"
    say("agent", "connected to ws://node, best block 7")
    if FAKE == "poor":
        say(name, "! has 0 ALLO and needs 1.031 ALLO: send it 1.031 ALLO")
        return
    say(name, "registration 1 ALLO; 11.031 ALLO are there")
    say(name, "registered in block 17")
    for epoch in (1018, 1036, 1054):
        if role == "reputer":
            say(name, f"epoch {epoch} reports, 18 slots left")
            result = ask(url, "truth", epoch)
            if result is None:
                say(name, f"epoch {epoch} abstained in block 40: the truth is still absent")
                continue
            if "losses" in settings[role][0]:
                losses = ask(url, "losses", epoch)["losses"]
                say(name, f"epoch {epoch} reported {len(losses)} losses in block 40, final; {' '.join(losses)}")
            else:
                say(name, f"epoch {epoch} reported {result['values'][0]} in block 40, final")
            say(name, f"epoch {epoch} settled: score 0.98765, reward 0.0250 ALLO")
            continue
        say(name, f"epoch {epoch} open, 6 slots left")
        result = ask(url, "predict", epoch)
        if isinstance(result, RuntimeError):
            say(name, f"epoch {epoch} ! model python: failed: {result}; trying again")
            continue
        say(name, f"epoch {epoch} model python 1 ms: {result['values'][0]}")
        if settings[role][0].get("forecast"):
            say(name, f"epoch {epoch} forecast {json.dumps(ask(url, 'forecast', epoch))}")
        say(name, f"epoch {epoch} committed in block 26, final; scored about 2026-11-29 01:01:09 UTC")
        say(name, f"epoch {epoch} revealed in block 32, final")
        if epoch == 1018:
            say(name, f"epoch {epoch} ended: no reward: the epoch is void (`allora-agent explain`)")
        elif epoch == 1036:
            say(name, f"epoch {epoch} settled: weight 62.50 %, loss -1.20412, score 0.25000, reward 0.0330 ALLO")
        else:
            say(name, f"epoch {epoch} settled: weight 0.00 %, loss 2.5, score -0.5, no reward: too far off (`explain`)")


def run() -> None:
    folder = Path(option("--config")).parent
    settings = tomllib.loads(Path(option("--config")).read_text())
    role = "worker" if "worker" in settings else "reputer"
    url = settings["models"]["python"]["http"]
    if "--check" in sys.argv:
        result = ask(url, {"worker": "predict", "reputer": "truth"}[role], 1000)
        if isinstance(result, RuntimeError):
            say("topic 1 worker 5FHpbd", f"! model python: failed: {result}")
            fail("a problem: see the line with !, and repeat `allora-agent run --check`")
        say("topic 1 worker 5FHpbd", f"model python: 1 ms; it would submit {result['values'][0]}")
        return
    starts = folder / "starts"
    starts.write_text(f"{starts.read_text() if starts.exists() else ''}{os.getpid()}\n")
    if FAKE == "locked" and len(starts.read_text().splitlines()) < 3:
        fail("another agent runs with journal.json: stop it first")
    if FAKE == "no-node":
        fail("no node can be used: start one")
    if FAKE == "quarrel":
        print("not JSON", flush=True)
    work(settings, role, url)
    if FAKE == "dies":
        fail("out of luck")
    assert "--stop-at-eof" in sys.argv
    sys.stdin.read()
    if FAKE == "stubborn":
        time.sleep(60)
    (folder / "ended").write_text("")
    say("agent", "stopped")


BLOCK = {"hash": "0xab", "number": 100, "slot": 1100, "slot_duration_ms": 1000, "time": "2026-11-29T01:00:00Z"}


def answer(tool: str, asked: dict[str, Any]) -> Any:
    if tool == "list_topics":
        info = {
            "topic": 1,
            "parameters": {"metadata": "a wave", "ground_truth": "sin", "labels": LABELS, "epoch_length": 18},
            "active": True,
            "next_epoch": 1054,
        }
        return {"block": BLOCK, "topics": [{"info": info, "settled": None, "inference": None}], "next": None}
    if tool == "get_inference" and asked["topic"] == 1:
        value = {
            "label": "value",
            "value": "2.785651586853244847",
            "float": 2.78,
            "interval": None,
            "disagreement": None,
        }
        return {"block": BLOCK, "topic": 1, "epoch": 1036, "status": "fresh", "age_seconds": 12, "values": [value]}
    return None


def mcp() -> None:
    if FAKE == "no-node":
        fail("no node can be used: start one")
    for line in sys.stdin:
        message = json.loads(line)
        result: Any = {"serverInfo": {"name": "allora-gateway"}}
        if "id" not in message:
            continue
        if message["method"] == "tools/call":
            if FAKE == "silent":
                continue
            found = answer(message["params"]["name"], message["params"]["arguments"])
            result = {"structuredContent": found}
            if found is None:
                result = {
                    "isError": True,
                    "content": [{"type": "text", "text": "topic 9 has no inference yet"}],
                    "_meta": {"problem": {"type": "urn:allora:problem:no-inference", "retry_after": 5}},
                }
        print(json.dumps({"jsonrpc": "2.0", "method": "notifications/message"}), flush=True)
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
        if FAKE == "once":
            return


if __name__ == "__main__":
    command = sys.argv[1]
    if command in ("doctor", "explain"):
        print(f"{command}: {' '.join(sys.argv[2:])}")
    else:
        {"init": init, "run": run, "mcp": mcp}[command]()
