"""The page about the format cannot lie: its commands are run, its example is loaded, its table knows every line."""

import gzip
import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from credits.models import Wallet
from doors.storefile import schema
from doors.storefile.loading import Options, load
from doors.storefile.reading import LONGEST_LINE
from refunds.models import Case, Denial, Refund
from tests.world import NOW

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "store-file.md").read_text()
EXAMPLE = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.django_db
def test_the_example_is_a_store() -> None:
    assert EXAMPLE is not None
    loaded = load(io.BytesIO(EXAMPLE[1].encode()), options=Options(now=NOW))

    assert loaded.lines == len(EXAMPLE[1].splitlines())
    assert Wallet.objects.get(customer__email="ada@example.com").balance == 550 - 60 + 45 - 30
    assert (Refund.objects.get().credits, Denial.objects.count()) == (45, 1)
    assert Case.objects.get().state == "waiting_for_publisher"


@pytest.mark.django_db
def test_the_commands_do_what_they_say(tmp_path: Path) -> None:
    assert EXAMPLE is not None
    commands = re.findall(r"^python manage.py (\w+) (\S+)((?: --\S+)*) +#", PAGE, re.MULTILINE)
    moves_in, moves_out = tmp_path / "in", tmp_path / "out"
    moves_in.write_text(EXAMPLE[1])
    said = []
    for command, file, options in commands:
        path = str(moves_in if command == "load_store" else moves_out)
        told = io.StringIO()
        call_command(command, file.replace("FILE", path), *options.split(), stdout=told)
        said.append(told.getvalue().split()[0])

    assert said == ["Checked", "Loaded", "Wrote", "Wrote"]
    assert gzip.decompress((tmp_path / "out.gz").read_bytes()) == moves_out.read_bytes()


def test_the_table_knows_every_type_of_line() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"\w+", row)} >= set(schema.TYPES)


def test_the_example_shows_most_types_of_line() -> None:
    assert EXAMPLE is not None
    shown = {json.loads(line)["type"] for line in EXAMPLE[1].splitlines()}
    assert set(schema.TYPES) - shown == {"expiry", "charge_back", "attachment", "audit"}


def test_the_longest_line_is_told() -> None:
    assert f"{LONGEST_LINE:,} bytes" in PAGE
