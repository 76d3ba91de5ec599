"""Loading, proving and dumping whole stores: lines a TPC-B transaction's time, and the memory it took."""

import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.programs import Programs

ASKED = 10  # times before and after


def load(programs: Programs, url: str, file: Path, tpcb: Callable[[], float]) -> dict[str, Any]:
    return _compared("load_store", "lines", lambda: _load(programs, url, file), tpcb)


def prove(programs: Programs, url: str, tpcb: Callable[[], float]) -> dict[str, Any]:
    return _compared("check_ledger", "entries", lambda: _prove(programs, url), tpcb)


def dump(programs: Programs, url: str, file: Path, tpcb: Callable[[], float]) -> dict[str, Any]:
    return _compared("dump_store", "lines", lambda: _dump(programs, url, file), tpcb)


def _load(programs: Programs, url: str, file: Path) -> tuple[int, float, float]:
    said, memory = programs.manage(url, "load_store", str(file), "--json")
    told = json.loads(said)
    return told["lines"], told["seconds"], memory


def _prove(programs: Programs, url: str) -> tuple[int, float, float]:
    said, memory = programs.manage(url, "check_ledger", "--json")
    told = json.loads(said)
    return told["looked_at"]["entries"], told["seconds"], memory


def _dump(programs: Programs, url: str, file: Path) -> tuple[int, float, float]:
    said, memory = programs.manage(url, "dump_store", str(file), "--json")
    told = json.loads(said)
    return told["lines"], told["seconds"], memory


def _compared(
    command: str, unit: str, act: Callable[[], tuple[int, float, float]], tpcb: Callable[[], float]
) -> dict[str, Any]:
    before = [tpcb() for _ in range(ASKED)]
    count, seconds, memory = act()
    base = statistics.median(before + [tpcb() for _ in range(ASKED)])
    return {
        "command": command,
        "unit": unit,
        "count": count,
        "each_tpcb": round(count / seconds * base, 2),
        "megabytes": round(memory),
    }
