"""People, publishers and keys."""

from datetime import datetime
from typing import Any, ClassVar, Self
from zoneinfo import available_timezones

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Permission, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.roles import AGENTS, LEAD, LEADS
from ground.guards import Guard
from ground.prepared import Given, Prepared, as_model, columns


def known_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("There is no time zone of this name."))


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def lock(self, pk: int) -> "User":
        """For what is counted per person. Rows that merely name the person are not kept waiting by it."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def with_standing(self) -> "models.QuerySet[User]":
        """With what every page asks about whoever is signed in: the cached properties of the same names, filled."""
        return self.annotate(  # type: ignore[no-redef] # see above
            acts_for_publisher=Exists(Membership.objects.filter(user=OuterRef("pk"))),
            has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"))),
        )

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in by e-mail. Never deleted, only deactivated: money rows name their people."""

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=150, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_time_zone])
    language = models.CharField(max_length=10, default="en", choices=[("en", "English")])
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_the_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    @cached_property
    def is_lead(self) -> bool:
        """Whoever holds the permission, by the leads' group or by name. A superuser is none by that alone: they change no
        money."""
        return self.is_active and _lead_by(self).exists()

    @property
    def is_agent(self) -> bool:
        """Leads are agents who may also overrule."""
        return bool({AGENTS, LEADS} & self.role_names)

    @cached_property
    def acts_for_publisher(self) -> bool:
        return self.memberships.exists()

    @cached_property
    def has_second_factor(self) -> bool:
        return Authenticator.objects.filter(user=self).exists()

    @cached_property
    def role_names(self) -> set[str]:
        return set(self.groups.values_list("name", flat=True)) if self.is_active else set()


def _lead_by(person: "User | OuterRef") -> "models.QuerySet[Permission]":
    """What makes somebody a lead."""
    room, codename = LEAD.split(".")
    held = Permission.objects.filter(Q(group__user=person) | Q(user=person))
    return held.filter(content_type__app_label=room, codename=codename)


class PublisherQuerySet(models.QuerySet["Publisher"]):
    def lock(self, pk: int) -> "Publisher":
        """For who acts for it and how it is reached. Sales, which merely name it, are not kept waiting by it."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class Publisher(models.Model):
    """Whoever sells assets in the store."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PublisherQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PublisherEmail(models.Model):
    """A publisher's business address; usable once a letter to it was answered."""

    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="emails")
    address = models.EmailField()
    added_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("publisher", Lower("address"), name="publisher_email_once"),
        ]

    def __str__(self) -> str:
        return self.address


class Role(models.TextChoices):
    OWNER = "owner", _lazy("Owner")
    MEMBER = "member", _lazy("Member")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(user__is_active=True)


class Membership(models.Model):
    """A person who acts for a publisher. Removing the row ends it at once."""

    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    since = models.DateTimeField(default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("publisher", "user", name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.publisher}"


class Invitation(models.Model):
    """An invitation by e-mail to act for a publisher; whoever signs in with that address may accept it."""

    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.email} for {self.publisher}"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def lock(self, pk: int) -> "ApiKey":
        """For what changes the key. Rows that merely name it are not kept waiting by it."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def note_use(self, pk: int, now: datetime) -> None:
        """Also locks the key, as `lock` does, for what is counted per key."""
        self.filter(pk=pk).update(last_used_at=now)

    def find(self, prefix: str) -> "ApiKey | None":
        """The key with its owner, the owner's roles, and whether the owner still acts for the key's publisher: one
        statement."""
        rows = _with_owner(prefix=prefix)
        return _key_of(rows[0]) if rows else None


class ApiKey(models.Model):
    """A machine's credential: shown once, stored as a digest, found by its public prefix."""

    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=100, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_keys")
    publisher = models.ForeignKey(Publisher, models.PROTECT, null=True, blank=True, related_name="api_keys")
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    # Whether its owner acts for its publisher; known to whoever found it by its prefix.
    owner_is_member = False

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}".strip()


def _asked_for() -> "models.QuerySet[ApiKey, tuple[object, ...]]":
    roles = User.groups.through.objects.filter(user=OuterRef("owner"))
    members = Membership.objects.filter(user=OuterRef("owner"), publisher=OuterRef("publisher"))
    return (
        ApiKey.objects.filter(prefix=Given("prefix"))
        .annotate(
            acts_for_it=Exists(members),
            in_agents=Exists(roles.filter(group__name=AGENTS)),
            in_leads=Exists(roles.filter(group__name=LEADS)),
            leads=Exists(_lead_by(OuterRef("owner"))),
        )
        .values_list(
            *(*columns(ApiKey), *columns(User, of="owner"), *columns(Publisher, of="publisher")),
            *("acts_for_it", "in_agents", "in_leads", "leads"),
        )
    )


_with_owner = Prepared(_asked_for)


def _key_of(row: tuple[Any, ...]) -> ApiKey:
    own, owner = len(columns(ApiKey)), len(columns(User))
    *_, acts_for_it, in_agents, in_leads, leads = row
    key = as_model(ApiKey, row[:own])
    key.owner = as_model(User, row[own : own + owner])
    roles = {AGENTS: in_agents, LEADS: in_leads}
    key.owner.role_names = {name for name, has in roles.items() if has}
    key.owner.is_lead = key.owner.is_active and leads
    key.publisher = as_model(Publisher, row[own + owner : -4]) if key.publisher_id else None
    key.owner_is_member = acts_for_it
    return key


class AuditLine(models.Model):
    """What a person with power did: who, what, to what, why. No screen edits it and the database refuses it too."""

    guard = Guard()

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="audit_lines")
    act = models.CharField(max_length=50)
    subject = models.CharField(max_length=100, db_index=True)
    why = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
