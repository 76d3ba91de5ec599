"""The addresses of a customer's requests to support."""

from django.urls import URLPattern, path, re_path

from doors.shop.views import cases

urlpatterns: list[URLPattern] = [
    path("cases/", cases.mine, name="cases"),
    path("cases/new/", cases.new, name="new_case"),
    re_path(r"^cases/(?P<number>C[0-9]{8})/$", cases.show, name="case"),
    re_path(r"^cases/(?P<number>C[0-9]{8})/messages/$", cases.message, name="case_message"),
    re_path(r"^cases/(?P<number>C[0-9]{8})/answer/$", cases.answer, name="case_answer"),
    re_path(r"^cases/(?P<number>C[0-9]{8})/withdraw/$", cases.withdraw, name="case_withdraw"),
    re_path(
        r"^cases/(?P<number>C[0-9]{8})/files/(?P<ref>[-\w]{10,40})/$",
        cases.attachment,
        name="case_attachment",
    ),
]
