"""Who is asking."""

from django.http import HttpResponse

from accounts.people import ROLES
from credits.statement import up_to_date
from doors.api import shapes
from doors.api.requests import ApiRequest
from doors.api.routes import route
from doors.api.views import say


@route(
    "get",
    "me/",
    "Who am I",
    name="me_read",
    scope="purchases:read",
    writes=True,
    answers={200: shapes.MeAnswer},
)
def read_me(request: ApiRequest) -> HttpResponse:
    person = request.user
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
