"""Notes to each other beside a story; never public."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, DeskNote

from .desk import signed_in

SHOWN = 50


class NoteForm(forms.ModelForm):
    class Meta:
        model = DeskNote
        fields = ["text"]
        labels = {"text": _("Note to the desk")}
        widgets = {"text": forms.Textarea(attrs={"rows": 3, "form": "desk-note-form"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_note_%s"} | kwargs)


def notes_context(article: Article) -> dict[str, Any]:
    """What the list of notes beside a story needs: those still open first."""
    newest = article.desk_notes.select_related("by").order_by("-pk")[:SHOWN]
    notes = sorted(newest, key=lambda note: (note.done_at is not None, note.pk))
    return {"notes": notes, "note_form": NoteForm(), "article": article}


def add_note_view(model_admin: Any, request: HttpRequest, number: int) -> HttpResponse:
    """Add a note; a script is answered with the list alone."""
    article = model_admin.article_or_404(request, number)
    form = NoteForm(request.POST)
    if form.is_valid():
        form.instance.article = article
        form.instance.by = signed_in(request)
        form.save()
        form = NoteForm()
    return _answer(request, article, form)


def note_done_view(model_admin: Any, request: HttpRequest, number: int, note: int) -> HttpResponse:
    """Mark a note done, or open again."""
    article = model_admin.article_or_404(request, number)
    found = article.desk_notes.filter(pk=note).first()
    if found is None:
        raise Http404
    found.done_at = None if found.done_at else timezone.now()
    found.save(update_fields=["done_at"])
    return _answer(request, article, NoteForm())


def _answer(request: HttpRequest, article: Article, form: NoteForm) -> HttpResponse:
    if request.headers.get("X-Requested-With") == "fetch":
        context = notes_context(article) | {"note_form": form}
        status = 422 if form.errors else 200
        template = "admin/articles/article/_notes.html"
        return TemplateResponse(request, template, context, status=status)
    for sentence in form.errors.get("text", []):
        messages.error(request, str(sentence))
    here = reverse("admin:articles_article_change", args=[article.pk])
    return HttpResponseRedirect(f"{here}#desk-notes")
