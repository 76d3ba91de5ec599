"""Lines about people: publishers and users."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import Publisher, PublisherEmail, Role, User
from accounts.people import ROLES, give_role, join
from credits.books import Books
from doors.storefile.names import Names
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.times import parse_time
from ground import rows

AT_ONCE = 10_000
USER = (
    *("id", "password", "is_superuser", "email", "name", "time_zone", "language", "is_staff", "is_active"),
    "date_joined",
)
WITHOUT_PASSWORD = "!"  # noqa: S105 - what Django stores where there is none: it fits no password


@dataclass(frozen=True, slots=True)
class Person:
    pk: int
    email: str
    name: str
    was_there: bool = False  # in the store, before the load


@dataclass(frozen=True, slots=True)
class Seller:
    pk: int
    slug: str
    name: str


class People:
    def __init__(self, *, names: Names, books: Books, now: datetime, allow_passwords: bool) -> None:
        self._names = names
        self._books = books
        self._now = now
        self._allow_passwords = allow_passwords
        self._ids = rows.fresh_ids(User)
        self._some_before = User.objects.exists()
        self._users: list[tuple[object, ...]] = []
        self._addresses: list[tuple[int, str, bool, bool]] = []

    def publisher(self, line: Line) -> None:
        slug, since = line["slug"], parse_time(line.get("since")) or self._now
        known = Publisher.objects.filter(slug=slug).first()
        if known and known.name != line["name"]:
            raise LineRefused(f"names the publisher “{slug}”, which this store knows as {known.name}")
        row = known or Publisher.objects.create(slug=slug, name=line["name"], created_at=since)
        for address in line.get("emails", []):
            _assert_address(address)
            PublisherEmail.objects.get_or_create(
                publisher=row, address=address.lower(), defaults={"added_at": since, "confirmed_at": since}
            )
        self._names.keep("publisher", slug, Seller(row.pk, slug, row.name))

    def user(self, line: Line) -> None:
        email = line["email"].lower()
        _assert_address(email)
        if "password" in line and not self._allow_passwords:
            raise LineRefused("has a password; passwords are read with --allow-passwords only")
        memberships = [_membership(each) for each in line.get("publishers", [])]
        sellers = [self.seller(membership["slug"]) for membership in memberships]
        known = self._from_store(email)
        if known:
            _assert_same(known, line)
            self._names.keep("user", email, Person(known.pk, email, known.name, was_there=True))
            return
        person = Person(next(self._ids), email, line.get("name", ""))
        self._add(person, line)
        self._names.keep("user", email, person)
        if line.get("roles") or sellers:
            self._place(person, line.get("roles", []), list(zip(sellers, memberships, strict=True)))

    def find(self, email: str) -> Person:
        person = self._names.get("user", email.lower(), Person)
        if person is None:
            known = self._from_store(email.lower())
            if known is None:
                raise LineRefused(f"names {email}, and no line above it is about this user")
            person = Person(known.pk, known.email, known.name, was_there=True)
            self._names.keep("user", email.lower(), person)
        return person

    def seller(self, slug: str) -> Seller:
        seller = self._names.get("publisher", slug, Seller)
        if seller is None:
            known = Publisher.objects.filter(slug=slug).first()
            if known is None:
                raise LineRefused(f"names the publisher “{slug}”, and no line above it is about it")
            seller = Seller(known.pk, slug, known.name)
            self._names.keep("publisher", slug, seller)
        return seller

    def store(self) -> None:
        rows.write(User, USER, self._users)
        rows.write(EmailAddress, ("user_id", "email", "verified", "primary"), self._addresses)
        self._users, self._addresses = [], []

    def _add(self, person: Person, line: Line) -> None:
        zone = line.get("time_zone", "UTC")
        if zone not in _time_zones():
            raise LineRefused(f"has the time zone “{zone}”, and there is none of this name")
        password = make_password(line["password"]) if "password" in line else WITHOUT_PASSWORD
        since = parse_time(line.get("since")) or self._now
        self._users.append(
            (
                *(person.pk, password, False, person.email, person.name, zone),
                *(line.get("language", "en"), False, line.get("active", True), since),
            )
        )
        # The shop that moves in has confirmed its customers' addresses; a letter confirms them again with a new password.
        self._addresses.append((person.pk, person.email, line.get("confirmed", True), True))
        self._books.adopt(person.pk)
        if len(self._users) >= AT_ONCE:
            self.store()

    def _place(self, person: Person, roles: list[str], sellers: list[tuple[Seller, Line]]) -> None:
        """Few have a role or a publisher, so these go through the room's own services."""
        self.store()
        user = User.objects.get(pk=person.pk)
        for role in roles:
            give_role(user=user, role=role)
        for seller, membership in sellers:
            join(
                user=user,
                publisher=Publisher.objects.get(pk=seller.pk),
                role=membership.get("role", Role.OWNER),
                now=parse_time(membership.get("since")) or self._now,
            )

    def _from_store(self, email: str) -> User | None:
        return User.objects.filter(email=email).first() if self._some_before else None


def _membership(publisher: str | Line) -> Line:
    return {"slug": publisher} if isinstance(publisher, str) else publisher


@cache
def _time_zones() -> set[str]:
    # Each call of available_timezones() reads a folder of files.
    return available_timezones()


def _assert_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise LineRefused(f"has “{address}” as an e-mail address, which is none") from None


def _assert_same(known: User, line: Line) -> None:
    """A file changes nobody whom the store knows already, and gives them no role."""
    slugs = {_membership(each)["slug"] for each in line.get("publishers", [])}
    own = set(known.memberships.values_list("publisher__slug", flat=True))
    same_name = line.get("name", known.name) == known.name
    if not (
        same_name and all(ROLES[role] in known.role_names for role in line.get("roles", [])) and slugs <= own
    ):
        raise LineRefused(
            f"is about {known.email}, whom this store knows with another name, role or publisher"
        )
