"""The addresses of the queue, the case page and its acts, and the files that came with a case."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, reverse

from doors.attachments import as_download
from doors.desk.act_pages import PAGES
from doors.desk.acts import act
from doors.desk.approving import approve
from doors.desk.case_page import case_page
from doors.desk.pages import DeskRequest, at, desk_request
from doors.desk.queue import queue
from doors.desk.rows import ReadOnlyAdmin
from refunds.cases import rights
from refunds.models import Attachment, Case

NUMBER = r"(?P<number>C[0-9]{8})"


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin[Case]):
    """The queue is its list, and the case page the page of a row."""

    def changelist_view(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        return queue(desk_request(request))

    def address_of(self, row: Case) -> str:
        return reverse("desk_case", args=[row.number])


def attachment(request: DeskRequest, number: str, ref: str) -> HttpResponse:
    return as_download(get_object_or_404(Attachment, case__number=number, ref=ref))


urlpatterns: list[URLPattern] = [
    at(r"refunds/case/", queue, "desk_queue", may="refunds.view_case"),
    at(rf"refunds/case/{NUMBER}/", case_page, "desk_case", may="refunds.view_case"),
    at(rf"refunds/case/{NUMBER}/approve/", approve, "desk_approve", may=rights.DECIDE),
    at(rf"refunds/case/{NUMBER}/(?P<name>{'|'.join(PAGES)})/", act, "desk_act", may=rights.DECIDE),
    at(
        rf"refunds/case/{NUMBER}/files/(?P<ref>[-\w]{{10,40}})/",
        attachment,
        "desk_attachment",
        may="refunds.view_attachment",
    ),
]
