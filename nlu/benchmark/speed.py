"""How long a message takes and how much memory the parser needs, on one core: in process and through the server.

nlu/.venv/bin/python nlu/benchmark/speed.py MODEL < TEXTS    in process; prints JSON (TEXTS is a JSON list)
"""
# ruff: noqa: E402

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from nlu.settings import NLU, prepare

prepare()

# isort: split
import numpy as np

from nlu.components.dense import SentenceVectors
from nlu.recall import load

_PINNED = ("taskset", "-c", "0")
_ALONE = os.environ | {"OMP_NUM_THREADS": "1"}
_START_SECONDS = 120.0
_WARM = 20


def in_process(model: Path, texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds (p50, p95) with the reader in the same process, and that process's memory in MB."""
    command = [*_PINNED, sys.executable, str(NLU / "benchmark" / "speed.py"), str(model)]
    done = subprocess.run(command, check=True, input=json.dumps(texts), stdout=subprocess.PIPE, text=True, env=_ALONE)
    return dict(json.loads(done.stdout))


def through_server(model: Path, texts: Sequence[str]) -> dict[str, float]:
    """The same through serve.py's port; the memory is the server's. Also the seconds until the port answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    command = [*_PINNED, sys.executable, str(NLU / "serve.py"), "--port", str(port), "--model", str(model)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=_ALONE)
    try:
        connection = _connect(port, began)
        started = time.monotonic() - began
        times = _times(texts, lambda text: _ask(connection, text))
        return _summary(times, server.pid) | {"start_seconds": round(started, 1)}
    finally:
        server.kill()
        server.wait()


def _connect(port: int, began: float) -> http.client.HTTPConnection:
    while time.monotonic() - began < _START_SECONDS:
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.connect()
            return connection
        time.sleep(0.1)
    raise SystemExit("The server did not start.")


def _ask(connection: http.client.HTTPConnection, text: str) -> None:
    connection.request("POST", "/model/parse", json.dumps({"text": text}), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise SystemExit(f"The server answered {answer.status}.")


def _times(texts: Sequence[str], read: Callable[[str], object]) -> list[float]:
    for text in texts[:_WARM]:
        read(text)
    times = []
    for text in texts:
        began = time.perf_counter()
        read(text)
        times.append(1000 * (time.perf_counter() - began))
    return times


def _summary(times: Sequence[float], process: int) -> dict[str, float]:
    return {
        "p50": round(float(np.percentile(times, 50)), 1),
        "p95": round(float(np.percentile(times, 95)), 1),
        "memory_mb": _most_memory(process),
        "messages": len(times),
    }


def _most_memory(process: int) -> int:
    """The most memory the process ever held, in MB."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0


def main() -> None:
    """Measure in this process."""
    reader, vectors = load(Path(sys.argv[1])), SentenceVectors()
    texts = json.load(sys.stdin)
    times = _times(texts, lambda text: reader.probabilities(text, vectors))
    print(json.dumps(_summary(times, os.getpid())))


if __name__ == "__main__":
    main()
