"""The tables of a run: the same ones on the terminal and in docs/speed.md."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.bars import GROWTH, bar_of, verdicts

Run = dict[str, Any]
SHOWN = 0.0005  # of a refund's time


@dataclass(frozen=True)
class Table:
    title: str
    says: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def tables(run: Run) -> Iterator[Table]:
    yield acts(run)
    yield growth(run)
    yield whole_stores(run)
    yield over_http(run)
    yield one_refund(run)
    yield statements_of_a_refund(run)


def acts(run: Run) -> Table:
    met = [*verdicts(run["rows"]), buffers_ratio(run) <= GROWTH]
    says = (
        f"{sum(met)} bars met, {len(met) - sum(met)} missed. An empty view is {_ratio(run['base']['view_of_tpcb'])} × "
        f"TPC-B here; of all times that TPC-B was asked, the slower quarter took {_ratio(run['base']['tpcb_moved'])} × the "
        f"quicker quarter or more. "
        f"In a store of {run['stores'][-1]:,} purchases."
    )
    head = (
        "act",
        "through",
        "statements",
        "× TPC-B",
        "half of the rounds",
        "× an empty view",
        "Python alone",
    )
    return Table("Acts", says, head, [_act(row) for row in run["rows"]])


def _act(row: dict[str, Any]) -> tuple[str, ...]:
    bar = bar_of(row)
    return (
        row["title"],
        row["way"],
        _judged(row.get("statements"), bar.statements, row.get("statements_most")),
        _judged(row["tpcb"], bar.tpcb),
        f"{_ratio(row['tpcb_low'])} to {_ratio(row['tpcb_high'])}",
        _judged(row.get("view"), bar.view),
        _judged(row.get("python"), None),
    )


def growth(run: Run) -> Table:
    says = "Pages of tables and indexes that one refund of 10 items, in part, looks at."
    smallest = run["buffers"][0]["pages"]
    rows = [
        (
            f"{each['purchases']:,}",
            f"{each['pages']:,}",
            _judged(each["pages"] / smallest, GROWTH if place else None),
        )
        for place, each in enumerate(run["buffers"])
    ]
    return Table("Growth", says, ("purchases in the store", "shared buffers", "× the smallest store"), rows)


def buffers_ratio(run: Run) -> float:
    pages = [each["pages"] for each in run["buffers"]]
    return max(pages[1:]) / pages[0]


def whole_stores(run: Run) -> Table:
    says = "How many lines (of the proof: entries) the time of one TPC-B transaction is enough for."
    rows = [
        (
            each["command"],
            f"{each['purchases']:,}",
            f"{each['count']:,} {each['unit']}",
            f"{each['each_tpcb']:.1f}",
            f"{each['megabytes']:,}",
        )
        for each in run["bulk"]
    ]
    head = ("command", "purchases", "of", "a TPC-B transaction", "megabytes at most")
    return Table("Whole stores", says, head, rows)


def over_http(run: Run) -> Table:
    says = (
        "Requests a second through gunicorn with 2 workers of 8 threads, beside those of `/healthz` over as many "
        "connections. Whoever asks runs on the same machine. An error is any answer but a success."
    )
    rows = [
        (
            each["title"],
            str(each["connections"]),
            f"{each['health']:.2f}",
            f"{each['answers']:,}",
            _errors(each["errors"]),
        )
        for each in run["http"]
    ]
    head = ("request", "connections", "× `/healthz`", "answers", "errors")
    return Table("Over HTTP", says, head, rows)


def _errors(errors: dict[str, int]) -> str:
    return ", ".join(f"{count} × {what}" for what, count in errors.items()) or "0"


def one_refund(run: Run) -> Table:
    """Layers that take next to nothing both ways are left out."""
    found = run["profile"]
    service, api = found["service"], found["API"]
    names = {**service["shares"], **api["shares"]}
    rows = [
        (name, _percent(service["shares"].get(name, 0)), _percent(api["shares"].get(name, 0)))
        for name in sorted(names, key=lambda name: -service["shares"].get(name, 0))
        if max(service["shares"].get(name, 0), api["shares"].get(name, 0)) >= SHOWN
    ]
    says = (
        f"A refund of 10 items, in part, under Python's profiler: {service['calls']:,} calls of functions through the "
        f"service, {api['calls']:,} through the API. Python's own functions count for whoever called them. The profiler "
        "makes calls dearer, so layers of many small ones look larger than they are."
    )
    return Table("Where the time of one refund goes", says, ("layer", "service", "API"), rows)


def statements_of_a_refund(run: Run) -> Table:
    service, api = run["profile"]["senders"]["service"], run["profile"]["senders"]["API"]
    names = sorted({**service, **api}, key=lambda name: (-service.get(name, 0), -api.get(name, 0), name))
    rows = [(f"`{name}`", str(service.get(name, 0)), str(api.get(name, 0))) for name in names]
    rows.append(("in all", str(sum(service.values())), str(sum(api.values()))))
    says = "By the module of the store that is nearest to the statement."
    return Table("Who sends its statements", says, ("module", "service", "API"), rows)


def _judged(figure: float | None, most: float | None, highest: float | None = None) -> str:
    """The figure, up to what it rose now and then, and its bar."""
    if figure is None:
        return ""
    told = _ratio(figure)
    if highest is not None and highest > figure:
        told += f" to {_ratio(highest)}"
    return told if most is None else f"{told} ({'met' if figure <= most else 'missed'}: {most:g})"


def _ratio(figure: float) -> str:
    """Two digits that say something, as more would say more than was measured."""
    if isinstance(figure, int) or figure >= 10:
        return f"{figure:.0f}"
    return f"{figure:.1f}" if figure >= 1 else f"{figure:.2f}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.095 else f"{share * 100:.1f} %"
