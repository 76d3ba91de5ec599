"""Links to a file: signed, bound to one recorded download and its customer, good for minutes, asked anew when used."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from ground.refusals import Refusal
from storefront.models import Download, PurchaseItem


class LinkEnded(Refusal):
    code = "link_ended"


class AccessEnded(Refusal):
    code = "access_ended"
    sentence = _(
        "Your access to {title} has ended, so nothing was downloaded. "
        "The page of the purchase says since when and why."
    )


def token(download: Download, *, made_at: datetime | None = None) -> str:
    """The same download has the same link: how long it lives follows from the row, so it cannot be stretched. A link that
    is made anew for whoever asks again with their key carries the second at which it was made."""
    anew = f"-{int(made_at.timestamp())}" if made_at else ""
    return _signer().sign(f"{download.pk}-{download.customer_id}{anew}")


def expires_at(download: Download, *, made_at: datetime | None = None) -> datetime:
    began = made_at.replace(microsecond=0) if made_at else download.at
    return began + timedelta(minutes=settings.DOWNLOAD_LINK_MINUTES)


def follow(given: str, *, now: datetime, reader: User | None = None) -> Download | None:
    """The download that a link was made for; None when it never was one, or somebody else's who is signed in.
    Raises when the link or the access ended."""
    try:
        pk, customer, *anew = map(int, _signer().unsign(given).split("-"))
    except (BadSignature, ValueError):
        return None
    download = (
        Download.objects.select_related("asset", "file", "customer")
        .filter(pk=pk, customer_id=customer)
        .first()
    )
    if download is None or not download.customer.is_active or (reader and reader.pk != download.customer_id):
        return None
    made_at = datetime.fromtimestamp(anew[0], UTC) if anew else None
    if now > expires_at(download, made_at=made_at):
        raise _link_ended(settings.DOWNLOAD_LINK_MINUTES)
    if download.struck_at or not PurchaseItem.objects.live().filter(pk=download.item_id).exists():
        raise AccessEnded(title=download.asset.title)
    return download


def _link_ended(minutes: int) -> LinkEnded:
    sentence = ngettext(
        "This link is no longer good: links live for {minutes} minute. Nothing was downloaded and nothing more was "
        "counted; your library gives you a new one.",
        "This link is no longer good: links live for {minutes} minutes. Nothing was downloaded and nothing more was "
        "counted; your library gives you a new one.",
        minutes,
    )
    return LinkEnded(sentence, minutes=minutes)


def _signer() -> Signer:
    return Signer(salt="storefront.download")
