"""Requests that the automatic path cannot answer, and what people said of them."""

import secrets
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Publisher, User
from credits.models import MOST, Lot
from ground.guards import Guard
from refunds.enums import OPEN_STATES, Grounds, Side, State
from storefront.models import Purchase, PurchaseItem


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def of_customer(self, person: User) -> Self:
        """A customer also sees the cases that others opened on their purchases."""
        return self.filter(customer=person)

    def of_publisher(self, publisher: Publisher) -> Self:
        """Those that ask this publisher, or that it opened."""
        return self.filter(Q(publisher=publisher) | Q(answers__publisher=publisher)).distinct()


class Case(models.Model):
    """One request. It is changed only under the lock of its purchase (or, without one, of its customer's wallet)."""

    number = models.CharField(max_length=9, unique=True)
    # Empty only for `credits_wrong`, which may concern no purchase at all.
    purchase = models.ForeignKey(Purchase, models.PROTECT, null=True, blank=True, related_name="cases")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cases")
    grounds = models.CharField(max_length=25, choices=Grounds)
    state = models.CharField(max_length=25, choices=State)
    subject = models.CharField(max_length=200, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_side = models.CharField(max_length=10, choices=Side)
    # The publisher whose request this is, with the address it wrote from; empty for the others' cases.
    publisher = models.ForeignKey(Publisher, models.PROTECT, null=True, blank=True, related_name="requests")
    reply_to = models.EmailField(blank=True)
    opened_at = models.DateTimeField()
    state_since = models.DateTimeField()
    deadline = models.DateTimeField(null=True, blank=True, help_text=_("of the current state"))
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    with_lead = models.BooleanField(default=False, help_text=_("handed over, or overdue"))
    # A customer's answer to a publisher's request: None while they are silent.
    customer_agreed = models.BooleanField(null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # What a first agent proposed and a second must confirm.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_credits = models.BigIntegerField(null=True, blank=True)
    proposed_keep = models.JSONField(default=list, blank=True)
    proposed_basis = models.CharField(max_length=20, blank=True)
    proposed_note = models.TextField(blank=True)
    compensation = models.OneToOneField(Lot, models.PROTECT, null=True, blank=True, related_name="case")

    objects = CaseQuerySet.as_manager()

    class Meta:
        permissions: ClassVar = [
            ("decide_case", "Can decide cases"),  # English: stored
            ("overrule_case", "Can decide beyond the policy and the publishers"),  # English: stored
        ]
        indexes: ClassVar = [
            models.Index(fields=["deadline"], name="case_due", condition=Q(state__in=OPEN_STATES)),
            models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
            models.Index(
                fields=["-closed_at", "-id"], name="case_closed", condition=Q(closed_at__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "purchase", name="case_open_once_per_purchase", condition=Q(state__in=OPEN_STATES)
            ),
            models.CheckConstraint(
                condition=Q(purchase__isnull=False) | Q(grounds=Grounds.CREDITS_WRONG),
                name="case_names_its_purchase",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="case_in_a_known_state"),
            models.CheckConstraint(condition=Q(grounds__in=Grounds.values), name="case_on_known_grounds"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, state__in=OPEN_STATES)
                | Q(closed_at__isnull=False) & ~Q(state__in=OPEN_STATES),
                name="case_closed_at_its_end",
            ),
            models.CheckConstraint(
                condition=Q(proposed_credits=None) | Q(proposed_credits__gte=0, proposed_credits__lte=MOST),
                name="case_proposes_whole_credits",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


def fresh_case_number() -> str:
    """C and eight digits, drawn and not counted: a case's number tells nobody how many there are."""
    return f"C{secrets.randbelow(10**8):08d}"


class CaseItem(models.Model):
    """An item that the case is about."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="items")
    item = models.ForeignKey(PurchaseItem, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("case", "item", name="case_names_an_item_once")]

    def __str__(self) -> str:
        return f"{self.item} in {self.case}"


class Answer(models.Model):
    """What one publisher says of its own items in a case: an authorisation, a no, or silence so far."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="answers")
    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="answers")
    asked_at = models.DateTimeField()
    deadline = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    authorised = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)
    help_offered_at = models.DateTimeField(null=True, blank=True)
    help_note = models.TextField(blank=True)
    help_accepted = models.BooleanField(null=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint("case", "publisher", name="answer_once_per_publisher"),
            models.CheckConstraint(
                condition=Q(authorised__isnull=True, answered_at__isnull=True)
                | Q(authorised__isnull=False, answered_at__isnull=False),
                name="answer_given_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publisher} on {self.case}"


class CaseEvent(models.Model):
    """One step of the time line: who did what, through which door, with which words."""

    guard = Guard()

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    side = models.CharField(max_length=10, choices=Side)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    publisher = models.ForeignKey(Publisher, models.PROTECT, null=True, blank=True, related_name="+")
    door = models.CharField(max_length=20)
    act = models.CharField(max_length=30)
    note = models.TextField(blank=True, help_text=_("seen by every side"))
    private_note = models.TextField(blank=True, help_text=_("seen by this side alone"))
    credits = models.BigIntegerField(null=True, blank=True, help_text=_("what the step did to the credits"))

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.act} {self.case_id}"


def random_name() -> str:
    return secrets.token_urlsafe(18)


class Attachment(models.Model):
    """A file that somebody sent with a case: kept under a random name, served only as a download."""

    ref = models.CharField(max_length=30, unique=True, default=random_name)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    event = models.ForeignKey(CaseEvent, models.PROTECT, null=True, blank=True, related_name="attachments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    content = models.BinaryField()
    shared = models.BooleanField(default=False, help_text=_("with the publisher; else for support only"))
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
