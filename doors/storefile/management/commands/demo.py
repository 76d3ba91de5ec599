"""Fills the demo world and says who may sign in."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE
from accounts.models import Membership, User
from credits.models import Code
from doors.storefile.demo import as_file
from doors.storefile.loading import Options, load
from doors.storefile.problems import FileRefused
from ground.doors import Door
from refunds.verification import verify
from storefront.models import Purchase, Terms

VERIFIED = 9


class Command(BaseCommand):
    help = "Fills the demo world: a small store with two years behind it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="also into a store that is not empty")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when the store is not empty")

    def handle(self, *, again: bool, if_empty: bool, **options: object) -> None:
        filled = User.objects.exists() or Purchase.objects.exists()
        if filled and not again and not if_empty:
            raise CommandError(
                "This store is not empty, so nothing was changed; --again fills the demo world into it."
            )
        if not filled or again:
            self._fill()
        for role, email in DEMO_PEOPLE:
            if User.objects.filter(email=email).exists():
                self.stdout.write(f"{role:<10} {email}  {DEMO_PASSWORD}")

    def _fill(self) -> None:
        now = timezone.now()
        known = {
            *Code.objects.values_list("code", flat=True),
            *Terms.objects.values_list("version", flat=True),
        }
        sold = Purchase.objects.filter(completed_at__isnull=False).exists()
        try:
            load(as_file(now, without=known, terms=not sold), options=Options(now=now, allow_passwords=True))
        except FileRefused as refusal:
            raise CommandError(f"{refusal}\nNothing was changed.") from None
        _verify_some(now)


def _verify_some(now: datetime) -> None:
    """No line of a store file tells which invoices a publisher has looked up, so its member looks a few up here."""
    membership = Membership.objects.select_related("user", "publisher").get(
        user__email=dict(DEMO_PEOPLE)["publisher"]
    )
    sold = Purchase.objects.filter(
        items__publisher=membership.publisher, status__in=["completed", "refunded"]
    )
    newest = sold.distinct().order_by("-completed_at").values_list("number", flat=True)[:VERIFIED]
    verify(
        publisher=membership.publisher, numbers=list(newest), by=membership.user, door=Door.PORTAL, now=now
    )
