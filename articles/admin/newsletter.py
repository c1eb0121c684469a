"""The newsletter at the desk: writing an issue, looking at it, trying it out, sending it."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from articles.models import IssueStory, MailState, NewsletterIssue, Subscriber
from articles.newsletter import handing_over, sending
from articles.newsletter.letters import letter_of

from .desk import DeskAdmin, signed_in, without_links
from .rows import OrderedInline, OrderedRowForm

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
STORIES_AT_MOST = 40
DONE_BY = {"pause": _("Sending is paused."), "resume": _("Sending goes on."), "stop": _("Stopped.")}


class StoryRow(OrderedRowForm):
    picker = "picked"


class StoryInline(OrderedInline):
    """The stories of an issue: whoever may change it may change them."""

    model = IssueStory
    form = StoryRow
    picker = "picked"
    fields = ["picked", "teaser", "position"]
    extra = 3
    max_num = STORIES_AT_MOST
    verbose_name_plural = _("stories, in their order")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.view_newsletterissue")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.is_draft
        return is_open and request.user.has_perm("articles.change_newsletterissue")

    has_change_permission = has_delete_permission = has_add_permission

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "teaser":
            field.widget.attrs |= {"rows": 2, "cols": 40, "aria-label": field.label}
        return without_links(field) if db_field.name == "picked" else field


class TrialForm(forms.Form):
    """To whom a trial of an issue goes."""

    email = forms.EmailField(label=_("Send a trial to"), max_length=254)


@admin.register(NewsletterIssue)
class NewsletterIssueAdmin(DeskAdmin):
    change_form_template = "admin/articles/newsletterissue/change_form.html"
    list_display = ["subject", "standing", "language", "started_at", "ended_at"]
    list_filter = ["state", "language"]
    search_fields = ["subject"]
    sortable_by = ()

    inlines = [StoryInline]
    fields = ["subject", "preheader", "intro", "language"]

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "look": self.look_view,
            "letter": self.letter_view,
            "trial": self.trial_view,
            "send": self.send_view,
            "progress": self.progress_view,
        }
        own = [
            path(
                f"<int:number>/{name}/",
                self.admin_site.admin_view(view),
                name=f"articles_newsletterissue_{name}",
            )
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=_("state"), ordering="state")
    def standing(self, issue: NewsletterIssue) -> str:
        look = {"sending": "scheduled", "sent": "live", "stopped": "withdrawn"}
        return format_html(
            '<span class="standing standing-{}">{}</span>',
            look.get(issue.state, issue.state),
            issue.get_state_display(),
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_draft)

    def may_send(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.send_newsletterissue")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None: deleting many at once would not ask each whether it was sent."""
        return {}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["may_send"] = self.may_send(request)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def issue_or_404(self, request: HttpRequest, number: int) -> NewsletterIssue:
        """The issue of this number. Raises Http404, and PermissionDenied for who may see none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        issue = NewsletterIssue.objects.filter(pk=number).first()
        if issue is None:
            raise Http404
        return issue

    def look_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """How the issue would look now, in a frame and as text, and the form for a trial."""
        issue = self.issue_or_404(request, number)
        return self._look(request, issue, TrialForm(initial={"email": signed_in(request).email}))

    def _look(
        self, request: HttpRequest, issue: NewsletterIssue, trial: TrialForm, status: int = 200
    ) -> HttpResponse:
        text, _html = letter_of(issue).shown()
        return self._page(
            request,
            issue,
            "look",
            {
                "title": gettext("Preview of the newsletter"),
                "step": gettext("Preview"),
                "text": text,
                "hidden": issue.hidden_stories(),
                "trial": trial,
                "may_try": self._may_try(request),
            },
            status,
        )

    def letter_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The HTML of the issue alone, for the frame: nothing in it runs or is fetched."""
        issue = self.issue_or_404(request, number)
        _text, html = letter_of(issue).shown()
        response: HttpResponse = xframe_options_sameorigin(lambda _request: HttpResponse(html))(
            request
        )
        style = STYLE.search(html)
        digest = hashlib.sha256((style[1] if style else "").encode()).digest()
        response._csp_config = {  # type: ignore[attr-defined]
            "default-src": ["'none'"],
            "style-src": [f"'sha256-{base64.b64encode(digest).decode()}'"],
            "frame-ancestors": ["'self'"],
        }
        response["Cache-Control"] = "no-store"
        return response

    def _may_try(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_newsletterissue")

    def trial_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Send one mail, to an address that is typed and kept nowhere."""
        issue = self.issue_or_404(request, number)
        if not self._may_try(request):
            raise PermissionDenied
        form = TrialForm(request.POST or None)
        if not form.is_valid():
            return self._look(request, issue, form, status=200 if request.method == "GET" else 422)
        message = letter_of(issue).for_trial(form.cleaned_data["email"])
        message.subject = gettext("Trial: %(subject)s") % {"subject": message.subject}
        try:
            with handing_over.connected() as connection:
                handing_over.hand_over(message, connection)
        except (handing_over.Refused, handing_over.NotNow):
            form.add_error("email", gettext("The mail server does not take mail to this address."))
            return self._look(request, issue, form, status=422)
        except (handing_over.NotTaken, handing_over.Doubtful) as trouble:
            text = gettext("The mail server does not answer as it should (%(what)s). Try again.")
            form.add_error(None, text % {"what": trouble})
            return self._look(request, issue, form, status=503)
        messages.success(request, gettext("The trial is on its way."))
        return HttpResponseRedirect(self._address("look", issue))

    def send_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Say to how many it goes and what is left out; pressed, send it."""
        issue = self.issue_or_404(request, number)
        if not self.may_send(request):
            raise PermissionDenied
        if not issue.is_draft:
            return HttpResponseRedirect(self._address("progress", issue))
        errors: list[str] = []
        if request.method == "POST":
            try:
                issue.start(by=signed_in(request))
            except ValidationError as refusal:
                errors = refusal.messages
            else:
                sending.order_batch(issue.pk)
                self.log_change(request, issue, gettext("Sending began."))
                return HttpResponseRedirect(self._address("progress", issue))
        stories = issue.visible_stories()
        context = {
            "title": gettext("Send the newsletter"),
            "step": gettext("Send"),
            "count": Subscriber.objects.readers(issue.language).count(),
            "stories": [story for _pick, story in stories],
            "hidden": issue.hidden_stories(),
            "errors": errors,
        }
        return self._page(request, issue, "send", context, 422 if errors else 200)

    def progress_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """How many it went to; buttons that pause, go on and stop."""
        issue = self.issue_or_404(request, number)
        if request.method == "POST":
            if not self.may_send(request):
                raise PermissionDenied
            self._steer(request, issue)
            return HttpResponseRedirect(self._address("progress", issue))
        if issue.is_draft:
            return HttpResponseRedirect(self._address("look", issue))
        counted = issue.counted()
        total = sum(counted.values())
        context = {
            "title": gettext("How far the newsletter is"),
            "step": gettext("Progress"),
            "rows": [(state.label, counted[state]) for state in MailState],
            "total": total,
            "done": total - counted[MailState.WAITING],
            "may_send": self.may_send(request),
        }
        return self._page(request, issue, "progress", context)

    def _steer(self, request: HttpRequest, issue: NewsletterIssue) -> None:
        step = request.POST.get("step", "")
        if step not in DONE_BY:
            return
        if not getattr(issue, step)():
            messages.warning(request, gettext("Nothing changed: somebody was quicker."))
            return
        if step == "resume":
            sending.order_batch(issue.pk)
        self.log_change(request, issue, str(DONE_BY[step]))
        messages.success(request, str(DONE_BY[step]))

    def _address(self, name: str, issue: NewsletterIssue) -> str:
        return reverse(f"admin:articles_newsletterissue_{name}", args=[issue.pk])

    def _page(
        self,
        request: HttpRequest,
        issue: NewsletterIssue,
        name: str,
        context: dict[str, Any],
        status: int = 200,
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "original": issue,
            **context,
        }
        template = f"admin/articles/newsletterissue/{name}.html"
        return TemplateResponse(request, template, context, status=status)
