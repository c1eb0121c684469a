"""The records stories refer to: authors, sections, licences, and addresses that were right once."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.models import Author, Licence, Redirect, Section

from .desk import DeskAdmin
from .in_languages import InLanguagesAdmin


@admin.register(Author)
class AuthorAdmin(DeskAdmin):
    list_display = ["name", "job_title", "slug"]
    search_fields = ["name"]
    ordering = ["name", "pk"]

    fields = ["name", "slug", "job_title", "bio", "photo"]
    prepopulated_fields = {"slug": ["name"]}
    raw_id_fields = ["photo"]


@admin.register(Section)
class SectionAdmin(InLanguagesAdmin):
    list_display = ["name", "slug", "position", "front_page_stories", "front_page_position"]
    search_fields = ["name"]

    fields = [
        "name",
        "slug",
        "description",
        "position",
        "front_page_stories",
        "front_page_position",
    ]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Licence)
class LicenceAdmin(DeskAdmin):
    list_display = ["code", "name", "requires_creator", "requires_source", "is_printed"]
    search_fields = ["code", "name"]

    fields = ["code", "name", "version", "url", "requires_creator", "requires_source", "is_printed"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []  # The code is the key: photos and texts refer to it.


@admin.register(Redirect)
class RedirectAdmin(DeskAdmin):
    list_display = ["old_path", "target"]
    list_select_related = ["article", "tag", "section", "author"]
    search_fields = ["old_path"]
    sortable_by = ()

    fields = ["old_path", "article", "tag", "section", "author"]
    autocomplete_fields = ["article", "tag", "section", "author"]

    @admin.display(description=_("leads to"))
    def target(self, redirect: Redirect) -> str:
        return str(redirect.article or redirect.tag or redirect.section or redirect.author or "")
