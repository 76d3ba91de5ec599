"""Letters and jobs: what waits, what was given up and why, and sending a letter again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from doors.desk.pages import DeskRequest, at, show
from doors.desk.rows import A_PAGE, KeysetList, OwnPageAdmin, ReadOnlyAdmin
from outbox.letters import send_again
from outbox.models import Job, Message

VIEW = "outbox.view_message"


class State(admin.SimpleListFilter):
    title, parameter_name = _lazy("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("dead", _("given up")), ("waiting", _("waiting")), ("sent", _("sent"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        states = {
            "dead": queryset.exclude(dead_at=None),
            "waiting": queryset.filter(sent_at=None, dead_at=None),
            "sent": queryset.exclude(sent_at=None),
        }
        return states.get(self.value() or "", queryset)


class NewestLetters(KeysetList):
    """The newest fifty that match: letters have random ids, so they cannot be paged by id."""

    def get_results(self, request: HttpRequest) -> None:
        newest = list(self.queryset.order_by("-queued_at").values_list("pk", flat=True)[:A_PAGE])
        self.queryset = self.queryset.filter(pk__in=newest)
        super().get_results(request)
        self.result_list.sort(key=lambda letter: letter.queued_at, reverse=True)


@admin.register(Message)
class MessageAdmin(OwnPageAdmin[Message]):
    list_display = ("queued_at", "template", "to", "state", "attempts", "last_error")
    list_filter = (State,)
    search_help_text = _lazy("E-mail, whole")

    def find(self, rows: "QuerySet[Message]", words: str) -> "QuerySet[Message]":
        return rows.filter(to=words.lower())

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[NewestLetters]:
        return NewestLetters

    @admin.display(description=_lazy("state"))
    def state(self, letter: Message) -> str:
        return state_of(letter)

    def address_of(self, letter: Message) -> str:
        return reverse("desk_letter", args=[letter.pk])


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin[Job]):
    list_display = ("name", "due_at", "last_run_at", "claimed_until", "last_error")


def state_of(letter: Message) -> str:
    if letter.sent_at:
        return _("sent")
    if letter.dead_at:
        return _("given up")
    return _("trying") if letter.attempts else _("waiting")


def letter_page(request: DeskRequest, pk: str) -> HttpResponse:
    """Whether a letter was sent. What it says is private to whoever it is for."""
    letter = get_object_or_404(Message.objects.select_related("person"), pk=pk)
    if request.method == "POST":
        if send_again(message=letter, now=request.now):
            messages.success(request, _("The letter is due again; the worker sends it in a moment."))
        else:
            messages.warning(request, "Nothing was done: only a letter that was given up is sent again.")
        return redirect("desk_letter", pk)
    context = {"letter": letter, "state": state_of(letter)}
    title = (
        _("Letter to {address}").format(address=letter.to)
        if letter.to
        else _("Letters of a {template}").format(template=letter.template)
    )
    return show(request, "letter", title, context)


urlpatterns: list[URLPattern] = [
    at(
        r"outbox/message/(?P<pk>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/",
        letter_page,
        "desk_letter",
        may=VIEW,
    ),
]
