"""Tells what other terms would have decided of every purchase that was ever asked about."""

import json
from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta

from django.core.management.base import BaseCommand, CommandParser

from refunds.backtest import BackTest, Tally, backtest
from refunds.wording import counted

MOST_DAYS = 36_500
COLUMNS = "{:<24} {:<7} {:>9} {:>9} {:>12} {:>9} {:>12}"


class Command(BaseCommand):
    help = "What other terms would have decided: flips each way, credits, per seller and month."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--window-days", type=whole_up_to(MOST_DAYS), required=True)
        parser.add_argument("--bundle-percent", type=whole_up_to(100), required=True)
        parser.add_argument("--since", type=a_day, metavar="DATE", help="first day (UTC) of asking")
        parser.add_argument(
            "--until", type=a_day, metavar="DATE", help="last day (UTC) of asking, itself included"
        )
        parser.add_argument("--json", action="store_true")

    def handle(
        self,
        *,
        window_days: int,
        bundle_percent: int,
        since: date | None,
        until: date | None,
        **options: object,
    ) -> None:
        result = backtest(
            window_days=window_days,
            bundle_percent=bundle_percent,
            since=midnight(since) if since else None,
            until=midnight(until) + timedelta(days=1) if until else None,
        )
        self.stdout.write(as_json(result, since, until) if options["json"] else "\n".join(as_text(result)))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def whole_up_to(most: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or int(text) > most:
            raise ArgumentTypeError(f"{text!r} is not a whole number from 0 to {most}.")
        return int(text)

    return whole


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date such as 2026-11-21.") from None


def as_json(result: BackTest, since: date | None, until: date | None) -> str:
    return json.dumps(
        {
            "window_days": result.window_days,
            "bundle_percent": result.bundle_percent,
            "since": since and since.isoformat(),
            "until": until and until.isoformat(),
            "total": asdict(result.total),
            "lines": [
                {"seller": line.seller, "month": line.month} | asdict(line.tally) for line in result.lines
            ],
        },
        indent=2,
    )


def as_text(result: BackTest) -> list[str]:
    total = result.total
    text = [
        (
            f"{counted(total.asked, 'purchase')} asked about. By their own terms {total.refunds:,} give "
            f"{total.credits:,} credits back; with {counted(result.window_days, 'day')} and {result.bundle_percent} % "
            f"{total.would_refunds:,} would give {total.would_credits:,}."
        ),
        (
            f"From yes to no: {total.yes_to_no:,} ({total.credits_yes_to_no:,} credits). "
            f"From no to yes: {total.no_to_yes:,} ({total.credits_no_to_yes:,} credits)."
        ),
    ]
    flipped = [line for line in result.lines if line.tally.yes_to_no or line.tally.no_to_yes]
    if flipped:
        text += ["", COLUMNS.format("seller", "month", "asked", "yes→no", "credits", "no→yes", "credits")]
        text += [row(line.seller, line.month, line.tally) for line in flipped]
    return text


def row(seller: str, month: str, tally: Tally) -> str:
    return COLUMNS.format(
        seller,
        month,
        f"{tally.asked:,}",
        f"{tally.yes_to_no:,}",
        f"{tally.credits_yes_to_no:,}",
        f"{tally.no_to_yes:,}",
        f"{tally.credits_no_to_yes:,}",
    )
