"""Takes every stored decision again from its stored facts and terms, and reports what differs."""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from refunds.replay import Difference, replay, stored_decisions
from refunds.wording import counted

MOST_SHOWN = 100


class Command(BaseCommand):
    help = "Takes every stored decision again from its stored facts and terms, and reports differences."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: object) -> None:
        replayed, different = 0, 0
        shown: list[Difference] = []
        for differences in tqdm(
            replay(), total=stored_decisions(), unit="decision", disable=None, leave=False
        ):
            replayed += 1
            different += bool(differences)
            shown += differences[: MOST_SHOWN - len(shown)]
        if options["json"]:
            answer = {
                "replayed": replayed,
                "different": different,
                "differences": [asdict(each) for each in shown],
            }
            self.stdout.write(json.dumps(answer, indent=2))
        else:
            self.stdout.write(f"{counted(replayed, 'decision')} taken again, {different:,} different.")
            for each in shown:
                self.stdout.write(
                    f"{each.invoice} ({each.kind} {each.row}) {each.field}: "
                    f"stored {json.dumps(each.stored)}, today {json.dumps(each.today)}"
                )
        if different:
            sys.exit(1)
