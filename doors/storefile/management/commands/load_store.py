"""Loads a store file: `load_store FILE`, `-` for standard input."""

import contextlib
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from doors.storefile.gzipped import unpacked
from doors.storefile.loading import Loaded, Options, load
from doors.storefile.problems import FileRefused
from ground.refusals import Refusal


class Command(BaseCommand):
    help = "Loads a store file, all of it or nothing. docs/store-file.md tells the format."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the store file, plain or in gzip; - reads standard input")
        parser.add_argument("--dry-run", action="store_true", help="check everything and change nothing")
        parser.add_argument(
            "--allow-passwords", action="store_true", help="read passwords of users, for demos and tests"
        )
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *, file: str, dry_run: bool, allow_passwords: bool, **options: object) -> None:
        started = time.monotonic()
        with _opened(file) as (stream, size), _bar(size) as bar:
            try:
                loaded = load(
                    unpacked(stream),
                    options=Options(
                        now=timezone.now(),
                        dry_run=dry_run,
                        allow_passwords=allow_passwords,
                        progress=_progress(bar, stream),
                    ),
                )
            except FileRefused as refusal:
                raise self._refused(refusal, as_json=bool(options["json"])) from None
            except Refusal as refusal:
                raise CommandError(str(refusal)) from None
        self._report(loaded, time.monotonic() - started, dry_run=dry_run, as_json=bool(options["json"]))

    def _report(self, loaded: Loaded, seconds: float, *, dry_run: bool, as_json: bool) -> None:
        if as_json:
            report = {"lines": loaded.lines, "by_type": dict(loaded.counts), "seconds": round(seconds, 3)}
            self.stdout.write(json.dumps({"loaded": not dry_run, **report}))
            return
        parts = ", ".join(f"{count:,} {kind}" for kind, count in loaded.counts.most_common())
        done = "Checked" if dry_run else "Loaded"
        rate = loaded.lines / max(seconds, 0.001)
        self.stdout.write(
            f"{done} {loaded.lines:,} lines in {seconds:.1f} s ({rate:,.0f} a second): {parts}."
        )
        if dry_run:
            self.stdout.write("Nothing was changed.")

    def _refused(self, refusal: FileRefused, *, as_json: bool) -> CommandError:
        if as_json:
            listed = [{"line": line, "reason": reason} for line, reason in refusal.problems.listed]
            self.stdout.write(
                json.dumps({"loaded": False, "count": refusal.problems.count, "errors": listed})
            )
        return CommandError(f"{refusal}\nNothing was changed.")


@contextlib.contextmanager
def _opened(name: str) -> Iterator[tuple[io.BufferedReader, int | None]]:
    if name == "-":
        ours: io.BufferedReader = io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer))
        try:
            yield ours, None
        finally:
            ours.detach()  # so that standard input is not closed with it
        return
    try:
        with Path(name).open("rb") as stream:
            yield stream, Path(name).stat().st_size
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None


def _bar(size: int | None) -> tqdm:
    """Rate and remaining time, on a terminal only."""
    return tqdm(total=size, unit="B", unit_scale=True, desc="Loading", leave=False, disable=None)


def _progress(bar: tqdm, stream: io.BufferedReader) -> Callable[[int], object]:
    """Counts the bytes of the file, which in gzip are fewer than those of its lines. Of a pipe only the lines are known."""
    return lambda read: bar.update(read if bar.total is None else stream.tell() - bar.n)
