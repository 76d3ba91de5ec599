"""Writes the whole store into a store file: `dump_store FILE`, `-` for standard output; FILE.gz is packed."""

import json
import os
import sys
import time
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from accounts.models import User
from doors.storefile.gzipped import packed
from doors.storefile.moving_out.store import dump
from doors.storefile.moving_out.wallets import CannotBeTold


class Command(BaseCommand):
    help = (
        "Writes the whole store into a store file; load_store of it into an empty store gives the same store."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", help="where to write, in gzip if it ends with .gz; - writes standard output"
        )
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *, file: str, **options: object) -> None:
        started = time.monotonic()
        count = self._to(sys.stdout.buffer) if file == "-" else self._to_file(Path(file))
        seconds = time.monotonic() - started
        if options["json"]:
            report = json.dumps({"dumped": True, "lines": count, "seconds": round(seconds, 3)})
        else:
            report = (
                f"Wrote {count:,} lines in {seconds:.1f} s ({count / max(seconds, 0.001):,.0f} a second)."
            )
        # Standard output may hold the store itself, and then nothing else may be written to it.
        (self.stderr if file == "-" else self.stdout).write(report)

    def _to_file(self, path: Path) -> int:
        """Has another name until it is whole, so that nobody takes half a dump for one."""
        part = path.with_name(f"{path.name}.part")
        try:
            with part.open("wb") as stream:
                with packed(stream, path) as lines:
                    count = self._to(lines)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        finally:
            part.unlink(missing_ok=True)
        return count

    def _to(self, stream: BinaryIO) -> int:
        shown = sys.stderr.isatty()
        with tqdm(
            total=User.objects.count() if shown else None,
            unit=" people",
            desc="Writing",
            leave=False,
            disable=not shown,
        ) as bar:
            try:
                return dump(stream, progress=bar.update)
            except CannotBeTold as error:
                raise CommandError(f"{error} Nothing was written.") from None
