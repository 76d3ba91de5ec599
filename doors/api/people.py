"""Who is asking."""

from typing import cast

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.models import User
from accounts.people import ROLES
from credits.statement import up_to_date
from doors.api import shapes
from doors.api.described import described
from doors.api.views import Route, say


class Me(Route):
    scopes = {"GET": "purchases:read"}

    @described("Who am I", name="me_read", scope="purchases:read", answers={200: shapes.MeAnswer})
    def get(self, request: Request) -> HttpResponse:
        person = cast(User, request.user)
        return say(
            {
                "email": person.email,
                "name": person.name,
                "roles": [role for role, group in ROLES.items() if group in person.role_names],
                "publishers": list(
                    person.memberships.order_by("publisher__slug").values_list("publisher__slug", flat=True)
                ),
                "balance": up_to_date(customer=person, now=request.now).balance,
            }
        )
