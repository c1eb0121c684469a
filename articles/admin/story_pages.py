"""The addresses of a story at the desk that are not of its form: which view answers at each."""

from collections.abc import Callable

from django.http import HttpResponse

from . import corrections, desk_notes, history, live, preview, preview_links, translations
from .blocking import blocking_view
from .colleagues import colleagues_view
from .tags_offered import tags_view
from .withdraw import withdraw_view

Page = tuple[str, Callable[..., HttpResponse], str]  # Its address, its view and its name.

POSTED: list[Page] = [  # To these something is sent; there is nothing to look at.
    ("blocking/", blocking_view, "blocking_new"),
    ("<int:number>/blocking/", blocking_view, "blocking"),
    ("<int:number>/notes/", desk_notes.add_note_view, "notes"),
    ("<int:number>/notes/<int:note>/", desk_notes.note_done_view, "note_done"),
]
PAGES: list[Page] = [
    ("tags/", tags_view, "tags"),
    ("colleagues/", colleagues_view, "colleagues"),
    ("<int:number>/history/compare/", history.compare_view, "compare"),
    ("<int:number>/history/<int:revision>/", preview.version_view, "version"),
    ("<int:number>/history/<int:revision>/name/", history.name_view, "name_version"),
    ("<int:number>/history/<int:revision>/restore/", history.restore_view, "restore"),
    ("<int:number>/preview/", preview.preview_view, "preview"),
    ("<int:number>/preview/widths/", preview.widths_view, "preview_widths"),
    ("<int:number>/preview/typed/", preview.typed_view, "preview_typed"),
    ("preview/typed/", preview.typed_view, "preview_typed_new"),
    ("<int:number>/preview/links/", preview_links.links_view, "preview_links"),
    ("<int:number>/preview/links/<uuid:link>/revoke/", preview_links.revoke_view, "revoke_link"),
    ("<int:number>/live/", live.live_view, "live"),
    ("<int:number>/live/<int:entry_number>/", live.live_entry_view, "live_entry"),
    ("<int:number>/corrections/", corrections.corrections_view, "corrections"),
    (
        "<int:number>/corrections/<int:correction_number>/take-back/",
        corrections.take_back_view,
        "take_back",
    ),
    ("<int:number>/translations/", translations.translations_view, "translations"),
    ("<int:number>/withdraw/", withdraw_view, "withdraw"),
]
