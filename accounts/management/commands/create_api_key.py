"""Makes an API key and prints it, this once: it is stored as a digest."""

import argparse

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.keys import make_key
from accounts.models import Publisher, User
from ground.refusals import Refusal


class Command(BaseCommand):
    help = "Makes an API key for a person, a publisher that they act for, or the store; the key is the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="who owns the key and answers for what it does")
        kind = parser.add_mutually_exclusive_group()
        kind.add_argument("--publisher", metavar="SLUG", help="the key speaks for this publisher")
        kind.add_argument(
            "--store", action="store_true", help="the key speaks for a shop; its owner is a lead"
        )
        parser.add_argument("--name", type=_name, default="", help="what it is for")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            metavar="SCOPE",
            help="repeatable; none: all that its kind may have",
        )

    def handle(
        self, *, email: str, publisher: str | None, store: bool, name: str, scope: list[str], **_: object
    ) -> None:
        owner = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if owner is None:
            raise CommandError(f"There is no active user {email}. No key was made.")
        speaks_for = Publisher.objects.filter(slug=publisher).first() if publisher else None
        if publisher and speaks_for is None:
            raise CommandError(f"There is no publisher {publisher}. No key was made.")
        try:
            row, secret = make_key(
                owner=owner,
                publisher=speaks_for,
                store=store,
                name=name,
                scopes=list(dict.fromkeys(scope)),
                now=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"A key of {owner.email} for {', '.join(row.scopes)}. It is shown this once:")
        self.stdout.write(secret)


def _name(text: str) -> str:
    if len(text) > 100:
        raise argparse.ArgumentTypeError("a name has at most 100 characters")
    return text
