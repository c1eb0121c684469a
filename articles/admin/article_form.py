"""The form of a story: what one person typed, and which version they began with."""

import uuid
from datetime import datetime
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from .conflict import Conflict, conflict_of, newest_revision_of, version_of
from .desk import YEARS
from .widgets import TagsField

KNOWN = {"assigned_to", "lead_photo", "text_licence"}


class ArticleForm(forms.ModelForm):
    """A story as one person typed it.

    It remembers which version it was loaded with, and in which window: a save over anybody
    else's is refused, and both texts are shown.
    """

    tags = TagsField(
        label=_("Tags"),
        required=False,
        help_text=_("Type a name and press Enter; known tags are offered."),
    )
    loaded_version = forms.CharField(required=False, widget=forms.HiddenInput)
    loaded_revision = forms.CharField(required=False, widget=forms.HiddenInput)
    tab = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    taken_over = forms.CharField(required=False, widget=forms.HiddenInput)
    kept_in_browser = forms.CharField(required=False, widget=forms.HiddenInput)
    publish_at = forms.CharField(
        required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    is_significant = forms.BooleanField(
        label=_("This is a significant change: tell readers when it was made"), required=False
    )
    step_note = forms.CharField(
        label=_("Note for the history"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    conflict: Conflict | None = None  # Why a save was refused: what others saved meanwhile.

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["publish_at"].label = _("Publish at (time in %(zone)s)") % {
            "zone": settings.TIME_ZONE
        }
        self.fields["publish_at"].widget.attrs["data-zone"] = settings.TIME_ZONE
        if "assigned_to" in self.fields:
            self._offer_colleagues()
        for name in KNOWN & self.fields.keys():  # Their records need not be asked for again.
            widget: Any = self.fields[name].widget
            getattr(widget, "widget", widget).known = getattr(self.instance, name)
        self.initial["tab"] = str(uuid.uuid4())
        if self.instance.pk:
            self.initial["loaded_version"] = version_of(self.instance)
            if not self.is_bound:
                self.initial["loaded_revision"] = newest_revision_of(self.instance)
            published = self.instance.published
            if published is not None and published.is_scheduled:
                moment = timezone.localtime(published.visible_from)
                self.initial["publish_at"] = moment.strftime("%Y-%m-%dT%H:%M")

    def _offer_colleagues(self) -> None:
        """Whoever works at the desk, and who has the story already."""
        field: Any = self.fields["assigned_to"]
        works_here = Q(is_staff=True, is_active=True)
        field.queryset = User.objects.filter(works_here | Q(pk=self.instance.assigned_to_id))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.instance.pk:
            self._refuse_to_overwrite(values)
        if "_ask_changes" in self.data and not values.get("step_note", "").strip():
            self.add_error("step_note", _("Say what is to be changed, so that the author knows."))
        values["publish_at"] = None
        if "_schedule" in self.data:
            try:
                values["publish_at"] = coming_moment(self.data.get("publish_at", ""))
            except ValidationError as refusal:
                self.add_error("publish_at", refusal)
        return values

    def _refuse_to_overwrite(self, values: dict[str, Any]) -> None:
        if values.get("loaded_version") == version_of(self.instance):
            return
        data = cast(QueryDict, self.data)
        self.conflict = conflict_of(data, type(self)(instance=self.instance))
        if self.conflict is not None:
            raise ValidationError(
                _("Somebody saved this story after you opened it. Choose between both texts."),
                code="conflict",
            )


def coming_moment(text: str) -> datetime:
    """The moment a local date and time stands for.

    Raises ValidationError for what is no time, past, or missing or double in the outlet's
    zone because clocks change.
    """
    if not text.strip():
        raise ValidationError(_("Say when: give a day and a time."))
    try:
        naive = parse_datetime(text.strip())
    except ValueError:
        naive = None
    if naive is None or not text.isascii():
        raise ValidationError(_("This is no day and time. Write it like 2026-07-25 14:00."))
    if naive.year > YEARS[-1]:
        raise ValidationError(_("This is too far ahead. Choose an earlier moment."))
    moment = naive if timezone.is_aware(naive) else _aware(naive)
    if moment <= timezone.now():
        raise ValidationError(_("This moment has passed. Choose a coming one, or publish now."))
    return moment


def _aware(naive: datetime) -> datetime:
    zone = timezone.get_current_timezone()
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    about = {"time": date_format(naive, "H:i"), "zone": timezone.get_current_timezone_name()}
    if first.utcoffset() < second.utcoffset():  # type: ignore[operator]
        raise ValidationError(
            _("Clocks go forward that night: there is no %(time)s in %(zone)s. Choose another.")
            % about
        )
    raise ValidationError(
        _("Clocks go back that night: %(time)s comes twice in %(zone)s. Choose another.") % about
    )
