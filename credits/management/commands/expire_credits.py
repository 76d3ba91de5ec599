"""Writes the expiry that is due now; the worker does the same every hour."""

import json

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from credits.due import expire_credits


class Command(BaseCommand):
    help = "Writes the expiry entries that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, **options: object) -> None:
        count = expire_credits(timezone.now())
        said = f"Expiry written for {count} wallet{'' if count == 1 else 's'}."
        self.stdout.write(json.dumps({"wallets": count}) if options["json"] else said)
