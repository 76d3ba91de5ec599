"""The project's one signal: every person has a wallet from the first moment, because a row that does not exist
cannot be locked."""

from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User
from credits.models import Wallet


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def open_wallet(instance: User, created: bool, **_: object) -> None:
    if created:
        Wallet.objects.create(customer=instance)
