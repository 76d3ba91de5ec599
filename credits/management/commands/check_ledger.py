"""Proves the laws of the rulebook for every wallet, purchase and series, in one consistent snapshot."""

import json
import sys
import time

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from credits.proofs import Finding, Progress, findings, total
from ground.transactions import snapshot


class Command(BaseCommand):
    help = "Proves that every credit is somewhere; names the first bad row of each kind and exits 1 if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, **options: object) -> None:
        first: dict[str, Finding] = {}
        counts: dict[str, int] = {}
        started = time.monotonic()
        with snapshot(), self._bar() as bar:
            progress = Progress(step=bar.update)
            for finding in findings(progress):
                first.setdefault(finding.kind, finding)
                counts[finding.kind] = counts.get(finding.kind, 0) + 1
        seconds = time.monotonic() - started
        if options["json"]:
            self.stdout.write(self._as_json(first, counts, progress, seconds))
        else:
            self._say(first, counts, progress, seconds)
        if first:
            sys.exit(1)

    def _bar(self) -> "tqdm[object]":
        shown = sys.stderr.isatty()
        return tqdm(total=total() if shown else None, unit=" rows", disable=not shown, leave=False)

    def _say(
        self, first: dict[str, Finding], counts: dict[str, int], progress: Progress, seconds: float
    ) -> None:
        seen = ", ".join(f"{count:,} {what}" for what, count in progress.counts.items())
        rate = progress.counts.get("entries", 0) / seconds
        self.stdout.write(f"Looked at {seen} in {seconds:.1f} s ({rate:,.0f} entries a second).")
        for kind, finding in first.items():
            more = f" (and {counts[kind] - 1:,} more)" if counts[kind] > 1 else ""
            self.stderr.write(f"{kind}: {finding.row}: {finding.sentence}{more}")
        if not first:
            self.stdout.write("Every credit is accounted for.")

    def _as_json(
        self, first: dict[str, Finding], counts: dict[str, int], progress: Progress, seconds: float
    ) -> str:
        found = [
            {"kind": kind, "row": finding.row, "sentence": finding.sentence, "count": counts[kind]}
            for kind, finding in first.items()
        ]
        return json.dumps(
            {"ok": not first, "looked_at": progress.counts, "seconds": round(seconds, 3), "findings": found}
        )
