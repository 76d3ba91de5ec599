"""Lists of rows that nobody edits: paged by key and never counted, so that half a million rows are as quick as fifty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from doors.desk.names import heading_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Shown = TypeVar("Shown", bound=Model)
BEFORE = "before"
A_PAGE = 50
LONGEST_KEY = 18  # digits


def place(text: str) -> int | None:
    """The key of a row in an address."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY else None


class Page(Paginator):
    """Holds one page, and counts no other rows."""

    @property
    def count(self) -> int:
        return len(self.object_list)


class KeysetList(ChangeList):
    """Newest first, from the row before `?before=` on. One row more tells whether there is another page."""

    def get_filters_params(self, params: dict[str, list[str]] | None = None) -> dict[str, list[str]]:
        return {key: value for key, value in super().get_filters_params(params).items() if key != BEFORE}

    def get_results(self, request: HttpRequest) -> None:
        # Django goes on to call the page "Select … to view"; the template shows this instead.
        self.heading = heading_of(self.opts)
        rows = self.queryset.order_by("-pk")
        before = request.GET.get(BEFORE, "")
        if before:
            if place(before) is None:
                raise IncorrectLookupParameters
            rows = rows.filter(pk__lt=place(before))
        shown = list(rows[: A_PAGE + 1])
        self.result_list = shown[:A_PAGE]
        self.older = f"?{self._with_before(shown[A_PAGE - 1].pk)}" if len(shown) > A_PAGE else ""
        self.newest = self.get_query_string(remove=[BEFORE]) if before else ""
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_result_count = False
        self.show_admin_actions = True
        self.can_show_all, self.multi_page = True, False
        self.paginator = Page(self.result_list, A_PAGE)

    def _with_before(self, pk: int) -> str:
        return self.get_query_string({BEFORE: pk}, remove=[BEFORE]).lstrip("?")

    def url_for_result(self, result: Model) -> str:
        address: Callable[[Model], str] = getattr(self.model_admin, "address_of", lambda row: "")
        return address(result) or super().url_for_result(result)


class AskedByFilters(admin.ModelAdmin):
    """Allows no look-up by address beyond the filters that the page offers."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        offered: set[str] = set()
        for filtered in self.get_list_filter(request):
            name = str(getattr(filtered, "parameter_name", filtered))
            offered |= {name, f"{name}__exact"}
        return lookup in offered


class ReadOnlyAdmin(AskedByFilters, Generic[Shown]):
    """For people who may view the rows; nobody adds, changes or deletes one."""

    change_list_template = "desk/list.html"
    change_form_template = "desk/read.html"
    actions: Sequence[str] = ()
    list_per_page = A_PAGE
    show_full_result_count = False
    sortable_by = ()
    ordering = ("-pk",)
    show_facets = admin.ShowFacets.NEVER
    # The hint of the search field; `find` then finds rows exactly, by an index.
    search_help_text: ClassVar[StrOrPromise] = ""

    def address_of(self, row: Shown) -> str:
        """The desk's own page about this row, if it has one."""
        return ""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Redirects to the row's own page, if it has one."""
        row = self.get_object(request, object_id)
        address = self.address_of(row) if row is not None and self.has_view_permission(request, row) else ""
        if address and address != request.path:
            return redirect(address)
        return super().change_view(request, object_id, form_url, extra_context)

    def find(self, rows: QuerySet[Shown], words: str) -> QuerySet[Shown]:
        return rows.none()

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("pk",) if self.search_help_text else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Shown], search_term: str
    ) -> tuple[QuerySet[Shown], bool]:
        words = search_term.replace("\x00", "").strip()
        return (self.find(queryset, words), False) if words else (queryset, False)

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return KeysetList

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Shown | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OwnPageAdmin(ReadOnlyAdmin[Shown]):
    """For rows that have a page of the desk, which says itself who may read it."""

    def change_view(
        self, request: HttpRequest, object_id: str, *args: object, **options: object
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return redirect(self.address_of(row))
