"""Requests that concern this publisher: what waits for its answer, the answer, and how each one ended."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from accounts.models import Publisher
from doors.attachments import as_download
from doors.forms import FilesField, ManyFiles
from doors.paging import page_of
from doors.portal.gate import PortalRequest, for_publishers
from doors.portal.opinions import policy_says
from doors.portal.refusals import ShownRefusals
from doors.reading import in_one_state
from ground.doors import Door
from refunds import cases
from refunds.cases.refusals import NotAsked
from refunds.models import Answer, Basis, Case, CaseItem, State
from refunds.models.cases import OPEN_STATES, Side
from storefront.models import Download

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ON_A_PAGE = 25


class NoteForm(forms.Form):
    note = forms.CharField(label=_lazy("Note"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, data: QueryDict | None, page: "AnswerPage") -> None:
        super().__init__(data)
        field = self.fields["note"]
        field.label, field.help_text, field.required = page.label, page.hint, page.required


class MessageForm(forms.Form):
    message = forms.CharField(
        label=_lazy("Message"),
        max_length=10_000,
        help_text=_lazy("The customer gets it by letter; support reads it too."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    attachments = FilesField(label=_lazy("Files"), required=False, widget=ManyFiles(attrs={"multiple": True}))


@dataclass(frozen=True)
class AnswerPage:
    """What the page of an answer says and asks; `explanation` opens it."""

    heading: "StrOrPromise"
    explanation: "StrOrPromise"
    label: "StrOrPromise"
    hint: "StrOrPromise"
    required: bool
    button: "StrOrPromise"
    done: "StrOrPromise"


# By the names in the table of acts.
ANSWERS = {
    "authorise": AnswerPage(
        heading=_lazy("Say yes to the refund"),
        explanation=_lazy(
            "You authorise a refund of your items at your cost. Support still decides; the customer is told."
        ),
        label=_lazy("A note"),
        hint=_lazy("The customer and support read it."),
        required=False,
        button=_lazy("Authorise the refund"),
        done=_lazy("Your yes is in the request. Support decides next."),
    ),
    "decline": AnswerPage(
        heading=_lazy("Say no to the refund"),
        explanation=_lazy(
            "Your items are not refunded at your cost. Support may still refund them at the store’s."
        ),
        label=_lazy("Why not"),
        hint=_lazy("The customer and support read it."),
        required=True,
        button=_lazy("Decline the refund"),
        done=_lazy("Your no is in the request, with your reason."),
    ),
    "offer_help": AnswerPage(
        heading=_lazy("Offer help first"),
        explanation=_lazy(
            "The customer gets your offer by letter. If they accept it, you have seven days more to answer, once."
        ),
        label=_lazy("What you can do"),
        hint=_lazy("Say how you would solve it and how they reach you."),
        required=True,
        button=_lazy("Offer the help"),
        done=_lazy("Your offer is on its way to the customer."),
    ),
}


@for_publishers
@in_one_state
def refunds(request: PortalRequest) -> HttpResponse:
    publisher = request.publisher
    waiting = (
        Answer.objects.filter(publisher=publisher, authorised=None, case__state=State.WAITING_FOR_PUBLISHER)
        .filter(deadline__gte=request.now)
        .select_related("case__purchase")
        .order_by("deadline", "id")
    )
    concerned = Case.objects.filter(pk__in=Case.objects.of_publisher(publisher).values("pk"))
    mine = _with_own_answer(concerned.select_related("purchase", "refund"), publisher)
    other = mine.filter(state__in=OPEN_STATES).exclude(pk__in=waiting.values("case"))
    closed = page_of(request, mine.exclude(state__in=OPEN_STATES), by="closed_at", size=ON_A_PAGE)
    context = {
        "waiting": waiting,
        "open": [_with_outcome(case) for case in other.order_by("-opened_at", "-id")[:100]],
        "closed": [_with_outcome(case) for case in closed.rows],
        "newer": closed.newer,
        "older": closed.older,
    }
    return render(request, "portal/refunds.html", context)


@for_publishers
@in_one_state
def show(request: PortalRequest, number: str) -> HttpResponse:
    return _show(request, _mine(request, number))


@for_publishers
@require_POST
def message(request: PortalRequest, number: str) -> HttpResponseBase:
    """More on the time line, which the customer gets by letter too."""
    case = _mine(request, number)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        with ShownRefusals(request, form):
            uploads = cases.received(form.cleaned_data["attachments"])
            note = form.cleaned_data["message"]
            _do(request, case, "publisher_message", note=note, uploads=uploads, share=True)
            messages.success(request, _("Your message is in the request."))
            return redirect("portal_refund", case.number)
    return _show(request, case, form, status=422)


@for_publishers
def answer(request: PortalRequest, number: str, act: str) -> HttpResponseBase:
    """One page an answer: it says what will happen, takes the note, and does it."""
    name = act.replace("-", "_")
    case, page = _asked_of_it(request, number, name), ANSWERS[name]
    form = NoteForm(request.POST if request.method == "POST" else None, page)
    if request.method == "POST" and form.is_valid():
        with ShownRefusals(request, form):
            _do(request, case, name, note=form.cleaned_data["note"])
            messages.success(request, str(page.done))
            return redirect("portal_refund", case.number)
    context = {"case": case, "act": act, "page": page, "form": form, "items": _own_items(request, case)}
    return render(request, "portal/refund_answer.html", context, status=422 if form.errors else 200)


@for_publishers
def withdraw(request: PortalRequest, number: str) -> HttpResponseBase:
    """Only one's own request."""
    case = _asked_of_it(request, number, "withdraw_request")
    if request.method != "POST":
        return render(request, "portal/refund_withdraw.html", {"case": case})
    with ShownRefusals(request):
        _do(request, case, "withdraw_request")
        messages.success(request, _("The request is withdrawn, and the customer is told."))
    return redirect("portal_refund", case.number)


@for_publishers
def attachment(request: PortalRequest, number: str, ref: str) -> HttpResponse:
    visible = cases.visible_attachments(
        _mine(request, number), side=Side.PUBLISHER, publisher=request.publisher
    )
    return as_download(get_object_or_404(visible, ref=ref))


def _do(request: PortalRequest, case: Case, act: str, **brought: Any) -> None:
    cases.do(
        act,
        case=case,
        by=request.user,
        publisher=request.publisher,
        door=Door.PAGE,
        now=request.now,
        **brought,
    )


def _asked_of_it(request: PortalRequest, number: str, act: str) -> Case:
    """The case, where this publisher has a say of this kind in it; else it never was."""
    case = _mine(request, number)
    why_not = cases.why_not(act, case, request.user, publisher=request.publisher, now=request.now)
    if isinstance(why_not, NotAsked):
        raise Http404
    return case


def _mine(request: PortalRequest, number: str) -> Case:
    found = Case.objects.of_publisher(request.publisher).select_related(
        "purchase__customer", "purchase__terms", "purchase__payment", "publisher", "refund"
    )
    return get_object_or_404(
        _with_own_answer(found, request.publisher), number=number, purchase__isnull=False
    )


def _with_own_answer(found: "QuerySet[Case]", publisher: Publisher) -> "QuerySet[Case]":
    own = Answer.objects.filter(publisher=publisher)
    return found.prefetch_related(Prefetch("answers", queryset=own, to_attr="own_answers"))


def _with_outcome(case: Case) -> tuple[Case, Answer | None, bool]:
    """The case, what this publisher said, and whether the store bore the refund."""
    refund = getattr(case, "refund", None)
    answer = next(iter(case.own_answers), None)  # type: ignore[attr-defined] # prefetched above
    return case, answer, bool(refund and refund.basis == Basis.GOODWILL)


def _own_items(request: PortalRequest, case: Case) -> list[CaseItem]:
    rows = CaseItem.objects.filter(case=case, item__publisher=request.publisher)
    return list(rows.select_related("item__asset").order_by("item__position"))


def _show(
    request: PortalRequest, case: Case, form: MessageForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The evidence that concerns the publisher's own items; never the customer's name or address."""
    publisher, items = request.publisher, _own_items(request, case)
    _, answer, by_the_store = _with_outcome(case)
    possible = cases.possible(case, request.user, side=Side.PUBLISHER, publisher=publisher, now=request.now)
    downloads = (
        Download.objects.filter(item__in=[one.item_id for one in items])
        .select_related("asset", "via")
        .order_by("at", "id")
    )
    opinion = {}
    if case.purchase and case.is_open:
        opinion = policy_says(case.purchase, at=case.opened_at, now=request.now)
    context = {
        "case": case,
        "answer": answer,
        "can": {name for name, why_not in possible.items() if why_not is None},
        "items": items,
        "downloads": downloads,
        **opinion,
        "story": cases.lines(case, side=Side.PUBLISHER, publisher=publisher),
        "by_the_store": by_the_store,
        "form": form or MessageForm(),
    }
    return render(request, "portal/refund.html", context, status=status)
