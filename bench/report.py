"""Writes docs/speed.md and its charts from the stored figures, and keeps the part that people write."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import charts, tables
from bench.bars import bar_of
from bench.tables import Run, Table

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN = "<!-- From here on by hand: `make bench` keeps it. -->"
END = "<!-- From here on by `make bench` again. -->"
TRIED = """
## What was tried, and what it brought

### Fewer statements

### Less Python for each statement

### Tried, and left again

"""
INTRO = """# How fast it is

`make bench` writes this page, its charts, and `speed/figures.json`, from which a test writes them again. It fills stores
on a PostgreSQL of its own, whose commits reach the disk, and tells counts, and ratios within its own run: never bare
times, as they would say something about the machine. `make bench SIZE=large` adds a store of a million purchases.
"""
METHOD = """## How it is measured

- **TPC-B** is the middle transaction of `pgbench -M prepared -c 1` with scale 10, on the same server. **An empty view**
  answers nothing behind the same middleware. Both are measured anew between any two acts; an act is compared with what stood
  just before and just after it, and the middle of seven rounds counts.
- **Through the API** is Django's test client with every middleware, a key, and the limits as they are by default. **A page**
  is asked for by somebody who is signed in; the session and the rendering are in it.
- **Statements** are all that are sent, but for BEGIN, COMMIT and savepoints. Where there are two figures, the first is the
  usual one, which is held against the bar, and the second the highest: once a minute the use of a key is noted, and what
  was counted is kept.
- **Python alone** is the time that the process itself worked, by that of an empty view: it moves least when the machine
  has other things to do. Where it has, the other ratios are too low, as TPC-B waits for a core more often than an act
  does; `chrt --rr 1 make bench`, where one may, goes before the others.
- Each act has a customer of its own, who has bought ten things before.
- **Shared buffers** are counted by the server for each table, its indexes and its overflow (`pg_statio_user_tables`),
  found in memory or not. Checks at the end of a transaction are in it; the server's own catalogue is not.
- **Megabytes** are those of the command's process, not of the server.
"""


def write(runs: dict[str, Run], folder: Path = DOCS) -> None:
    """`runs` by size; the page shows the default one in full, and a large one below it."""
    (folder / "speed").mkdir(exist_ok=True)
    for name, text in files(runs, _by_hand(folder / "speed.md")).items():
        (folder / name).write_text(text)


def files(runs: dict[str, Run], by_hand: str) -> dict[str, str]:
    """By path below docs/, what stands there."""
    made = {"speed/figures.json": json.dumps(runs, indent=1) + "\n"}
    parts = [INTRO]
    for size, run in runs.items():
        parts.append(
            f"## {'In a store' if size == 'default' else 'In a large store'} of {run['stores'][-1]:,} purchases\n"
        )
        parts.append(f"{run['machine']}\n")
        drawn = dict(pictures(run))
        made |= {f"speed/{size}-{name}.svg": svg for name, (_, svg) in drawn.items()}
        for table in tables.tables(run):
            parts.append(f"### {table.title}\n\n{table.says}\n\n{as_markdown(table)}\n")
            parts += [
                f"![{told}](speed/{size}-{name}.svg)\n"
                for name, (told, _) in drawn.items()
                if told == table.title
            ]
    parts += [f"{BEGIN}\n{by_hand}{END}\n", METHOD]
    made["speed.md"] = "\n".join(parts)
    return made


def by_hand(page: str) -> str:
    """What people wrote between the two marks."""
    _, _, rest = page.partition(f"{BEGIN}\n")
    return rest.partition(END)[0]


def _by_hand(page: Path) -> str:
    return by_hand(page.read_text()) if page.exists() else TRIED


def pictures(run: Run) -> Iterator[tuple[str, tuple[str, str]]]:
    """By name: the table that it stands below, and the chart."""
    rows = [row for row in run["rows"] if row["key"] != "further-item" and not _large(row)]
    yield "ratios", ("Acts", _of_rows("An act, in TPC-B transactions", rows, "tpcb"))
    yield "statements", ("Acts", _of_rows("An act, in statements", rows, "statements"))
    shares = [(name, share) for name, share in run["profile"]["service"]["shares"].items() if share >= 0.005]
    bars = [charts.Bar(name, share, f"{share * 100:.0f} %") for name, share in shares]
    title = "Where the time of one refund goes"
    yield "refund", (title, charts.chart(f"{title} (service)", bars))


def _of_rows(title: str, rows: list[dict[str, Any]], what: str) -> str:
    bars = [
        charts.Bar(
            f"{row['title']}, {row['way']}",
            row[what],
            f"{row[what]:.0f}" if row[what] >= 10 else f"{row[what]:.2g}",
            most=getattr(bar_of(row), what),
            soft=row["way"] != "service",
        )
        for row in rows
    ]
    return charts.chart(
        title, bars, note="Dark: the service alone. The mark across a bar is what it may be at most."
    )


def _large(row: dict[str, Any]) -> bool:
    return row["key"].endswith(("large", "hundred"))


def as_markdown(table: Table) -> str:
    lines = [table.head, ("---",) * len(table.head), *table.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_text(table: Table) -> str:
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    drawn = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    return "\n".join((f"\n{table.title}. {table.says}", *drawn))
