"""What the database itself refuses, whatever way a value comes to it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.db.models import CheckConstraint, F
from django.utils import timezone

from articles.models import (
    ArticlePick,
    Banner,
    Correction,
    NewsletterIssue,
    Outlet,
    Redirect,
    Subscriber,
)
from tests.factories import JUNE_1, make_article, make_editor, make_photo, make_publication


def make_outlet():
    return Outlet.objects.create(pk=1, name="The Tide")


def make_redirect():
    return Redirect.objects.create(old_path="/old", article=make_article())


def make_pick():
    return ArticlePick.objects.create(article=make_article(), picked=make_article())


def make_correction():
    article = make_publication().article
    return Correction.objects.make(article, kind="correction", text="Right.", by=None)


def make_banner():
    return Banner.objects.create(text="Now.", ends_at=timezone.now() + timedelta(hours=1))


def make_approved():
    return make_article(stage="approved", approved_by=make_editor())


def make_subscriber():
    return Subscriber.objects.create(
        email="reader@example.org",
        state="confirmed",
        wording="Yes, write to me.",
        asked_at=JUNE_1,
        confirmed_at=JUNE_1,
    )


def make_issue():
    return NewsletterIssue.objects.create(subject="This week")


REFUSED = {
    "article_approved_by_only_when_approved": (make_approved, {"stage": "draft"}),
    "article_pick_is_another": (make_pick, {"picked": F("article")}),
    "banner_ends_after_it_starts": (make_banner, {"ends_at": F("starts_at")}),
    "correction_says_something": (make_correction, {"text": ""}),
    "correction_taken_back_has_reason": (make_correction, {"taken_back_at": JUNE_1}),
    "issue_began_and_ended": (make_issue, {"started_at": JUNE_1}),
    "outlet_is_one": (make_outlet, {"id": 2}),
    "photo_cc_by_has_creator_and_source": (make_photo, {"source_url": ""}),
    "photo_focal_point_is_inside": (make_photo, {"focal_x": 1.5}),
    "photo_rights_begin_before_they_end": (
        make_photo,
        {"usable_from": JUNE_1, "usable_until": JUNE_1},
    ),
    "publication_has_headline_slug_and_section": (make_publication, {"section": None}),
    "publication_withdrawn_has_reason": (make_publication, {"withdrawn_at": JUNE_1}),
    "redirect_has_one_target": (make_redirect, {"article": None}),
    "redirect_path_starts_with_slash": (make_redirect, {"old_path": "old"}),
    "subscriber_address_while_reachable": (make_subscriber, {"state": "unsubscribed"}),
    "subscriber_consent_is_known": (make_subscriber, {"confirmed_at": None}),
}
CHECKS = {
    constraint.name: constraint
    for model in apps.get_app_config("articles").get_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, CheckConstraint)
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHECKS)
def test_a_row_that_cannot_be_true_is_refused(name):
    make, change = REFUSED[name]
    row = make()

    with pytest.raises(IntegrityError, match=name):
        type(row).objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize("constraint", CHECKS.values(), ids=CHECKS)
def test_people_are_told_in_a_sentence_of_its_own(constraint):
    assert constraint.violation_error_message != constraint.default_violation_error_message
