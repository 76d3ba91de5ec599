"""Does what the clock asks of open cases; the worker does the same every ten minutes."""

import json

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from refunds.cases import escalate_cases


class Command(BaseCommand):
    help = "Reminds publishers, ends silences, hands overdue cases to a lead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: object) -> None:
        done = escalate_cases(timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(done))
            return
        self.stdout.write(
            f"Reminded {done['reminded']} publishers; {done['publisher_silent']} cases without an answer of a publisher "
            f"and {done['customer_silent']} without one of the customer went to support; {done['overdue']} overdue ones "
            "went to a lead."
        )
