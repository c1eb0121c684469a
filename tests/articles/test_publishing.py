from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import (
    Article,
    ArticleByline,
    ArticlePick,
    ArticleTag,
    Copy,
    Licence,
    Publication,
    PublicationByline,
    PublicationPick,
    PublicationTag,
    Revision,
)
from tests.factories import (
    make_article,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_tag,
)

pytestmark = pytest.mark.django_db


def own_fields(model):
    """What a link table says beside which side it belongs to."""
    sides = {"id", "article", "publication", "content_object"}
    return {field.name for field in model._meta.concrete_fields} - sides


def test_both_sides_declare_the_same_text():
    shared = {field.name for field in Copy._meta.local_fields}
    for model in (Article, Publication):
        assert shared <= {field.name for field in model._meta.concrete_fields}


@pytest.mark.parametrize(
    ("desk", "public"),
    [
        (ArticleByline, PublicationByline),
        (ArticlePick, PublicationPick),
        (ArticleTag, PublicationTag),
    ],
)
def test_both_sides_link_to_the_same_records(desk, public):
    assert own_fields(desk) == own_fields(public)


def test_publishing_copies_every_field_of_the_text():
    article = make_article(
        source="Coast Wire",
        kicker="Harbour strike",
        kind="feature",
        standfirst="Standfirst.",
        teaser="Teaser.",
        dateline="PORT HALVARD",
        lead_photo=make_photo(),
        lead_caption="Caption here.",
        lead_alt="Alt here",
        language="ru",
        text_licence_id="CC BY 4.0",
        text_credit="Credit",
        text_source_url="https://example.org/original",
        hide_asks=True,
        exclude_from_related=True,
        is_sensitive=True,
        without_byline=True,
    )
    publication = article.publish(by=make_editor())
    publication.refresh_from_db()

    defaults = Article()
    for field in Copy._meta.local_fields:
        value = getattr(publication, field.attname)
        assert value == getattr(article, field.attname)
        assert value != getattr(defaults, field.attname), f"{field.name} holds no value to lose"


def test_publishing_copies_bylines_tags_and_picks_in_their_order():
    picks = [make_publication(), make_publication()]
    article = make_article(authors=["Zoe Abt", "Ada Zorn"], tags=["Water", "Dykes"])
    for position, pick in enumerate(reversed(picks)):
        article.picks.create(picked=pick.article, position=position)

    publication = article.publish(by=make_editor())

    assert [line.author.name for line in publication.bylines.all()] == ["Zoe Abt", "Ada Zorn"]
    assert set(publication.tags.names()) == {"Water", "Dykes"}
    assert [pick.picked_id for pick in publication.picks.all()] == [picks[1].pk, picks[0].pk]


def test_a_draft_is_not_public():
    make_article()

    assert not Publication.objects.visible().exists()


def test_saving_changes_nothing_for_readers():
    publication = make_publication(headline="Before")
    article = publication.article
    article.headline = "After"
    article.save()
    article.record(by=make_editor())

    assert Publication.objects.get(pk=article.pk).headline == "Before"
    assert article.standing == "Live, changes waiting"


def test_publishing_changes_gives_readers_the_new_text_and_keeps_the_first_moment():
    publication = make_publication(headline="Before")
    article = publication.article
    article.headline = "After"
    article.save()

    changed = article.publish(by=make_editor())

    assert changed.headline == "After"
    assert changed.first_published_at == publication.first_published_at
    assert changed.updated_at is None
    assert article.standing == "Live"


def test_only_a_significant_change_counts_as_an_update():
    article = make_publication().article

    assert article.publish(by=make_editor(), is_significant=True).updated_at is not None


def test_a_scheduled_story_appears_at_its_minute():
    soon = timezone.now() + timedelta(hours=1)
    publication = make_article().publish(by=make_editor(), at=soon)

    assert publication not in Publication.objects.visible()
    with time_machine.travel(soon + timedelta(seconds=1)):
        assert publication in Publication.objects.visible()


def test_a_scheduled_story_can_be_given_another_moment():
    now = timezone.now()
    article = make_article()
    article.publish(by=make_editor(), at=now + timedelta(hours=1))

    article.publish(by=make_editor(), at=now + timedelta(hours=2))

    assert article.publication.visible_from == now + timedelta(hours=2)
    assert article.publication.first_published_at == now + timedelta(hours=2)


def test_unscheduling_leaves_no_trace_for_readers():
    article = make_article()
    article.publish(by=make_editor(), at=timezone.now() + timedelta(hours=1))

    article.unschedule(by=make_editor())

    assert not Publication.objects.exists()
    assert article.standing == "Draft"


def test_a_live_story_cannot_be_unscheduled():
    article = make_publication().article

    with pytest.raises(ValidationError, match="Withdraw it instead"):
        article.unschedule(by=make_editor())


def test_a_draft_cannot_be_unscheduled():
    with pytest.raises(ValidationError, match="not scheduled"):
        make_article().unschedule(by=make_editor())


def test_changes_to_a_live_story_cannot_wait():
    article = make_publication().article

    with pytest.raises(ValidationError, match="cannot be scheduled"):
        article.publish(by=make_editor(), at=timezone.now() + timedelta(hours=1))


def test_withdrawing_takes_a_story_from_readers_and_keeps_the_reason():
    article = make_publication().article

    article.withdraw("The source took it back.", by=make_editor())

    assert not Publication.objects.visible().exists()
    assert article.publication.withdrawn_reason == "The source took it back."
    assert article.standing == "Withdrawn"


def test_withdrawing_demands_a_reason():
    article = make_publication().article

    with pytest.raises(ValidationError, match="Say why"):
        article.withdraw("  ", by=make_editor())


def test_a_story_nobody_can_see_cannot_be_withdrawn():
    with pytest.raises(ValidationError, match="Only a story that readers can see"):
        make_article().withdraw("Reason", by=make_editor())


def test_a_withdrawn_story_is_not_published_over():
    article = make_publication().article
    article.withdraw("Reason", by=make_editor())

    with pytest.raises(ValidationError, match="Reinstate"):
        article.publish(by=make_editor())


def test_reinstating_brings_a_story_back_as_readers_knew_it():
    article = make_publication(headline="Before").article
    article.withdraw("Reason", by=make_editor())
    article.headline = "After"
    article.save()

    article.reinstate(by=make_editor())

    assert Publication.objects.visible().get().headline == "Before"


def test_reinstating_with_changes_never_shows_the_old_text_again():
    article = make_publication(headline="Before").article
    article.withdraw("Reason", by=make_editor())
    article.headline = "After"
    article.save()

    article.reinstate(by=make_editor(), with_changes=True)

    assert Publication.objects.visible().get().headline == "After"


def test_refused_changes_leave_a_withdrawn_story_withdrawn():
    article = make_publication().article
    article.withdraw("Reason", by=make_editor())
    article.section = None
    article.save()

    with pytest.raises(ValidationError, match="Section"):
        article.reinstate(by=make_editor(), with_changes=True)

    assert not Publication.objects.visible().exists()


def test_every_step_is_in_the_history():
    editor = make_editor()
    article = make_article()
    article.publish(by=editor, at=timezone.now() + timedelta(hours=1))
    article.unschedule(by=editor)
    article.publish(by=editor)
    article.publish(by=editor)
    article.withdraw("Reason", by=editor)
    article.reinstate(by=editor)

    actions = [revision.action for revision in article.revisions.order_by("pk")]
    assert actions == [
        "saved",
        "scheduled",
        "unscheduled",
        "published",
        "changes",
        "withdrawn",
        "reinstated",
    ]
    withdrawn = article.revisions.get(action="withdrawn")
    assert (withdrawn.by, withdrawn.note) == (editor, "Reason")


def test_a_revision_holds_the_text_with_bylines_tags_and_picks():
    picked = make_publication()
    article = make_article(headline="Rivers rise", tags=["Water"], authors=["Ada Zorn"])
    article.picks.create(picked=picked.article)
    revision = article.record(by=make_editor())

    assert revision.snapshot["fields"]["headline"] == "Rivers rise"
    assert revision.snapshot["tags"] == ["Water"]
    assert revision.snapshot["bylines"] == [article.bylines.get().author_id]
    assert revision.snapshot["picks"] == [picked.pk]
    assert set(revision.snapshot["fields"]) == {field.name for field in Copy._meta.local_fields}


def test_a_revision_is_never_changed():
    revision = make_article().revisions.get()
    revision.note = "Another"

    with pytest.raises(TypeError):
        revision.save()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Revision.objects.update(note="Another")


def test_a_revision_outlives_the_account_of_whoever_made_it():
    editor = make_editor()
    revision = make_article().record(by=editor)

    editor.delete()

    revision.refresh_from_db()
    assert revision.by is None


def test_changing_a_tag_counts_as_a_change_waiting():
    article = make_publication(tags=["Water"]).article
    article.tags.add(make_tag("Dykes"))
    article.record(by=make_editor())

    assert article.standing == "Live, changes waiting"


def test_a_change_taken_back_leaves_nothing_waiting():
    article = make_publication(headline="Before").article
    for headline in ("After", "Before"):
        article.headline = headline
        article.save()
        article.record(by=make_editor())

    assert article.standing == "Live"


def test_a_change_by_someone_who_may_not_approve_takes_the_approval_back():
    article = make_article(stage=Article.Stage.APPROVED)
    article.headline = "Changed"
    article.save()
    article.record(by=make_reporter())

    article.refresh_from_db()
    assert article.stage == Article.Stage.DRAFT


def test_a_change_by_an_approver_keeps_the_approval():
    article = make_article()
    article.stage = Article.Stage.APPROVED
    article.headline = "Changed"
    article.save()
    article.record(by=make_editor())

    article.refresh_from_db()
    assert article.stage == Article.Stage.APPROVED


def test_two_stories_never_share_a_revision_or_a_number():
    first, second = make_publication(), make_publication()

    assert first.pk != second.pk
    assert Revision.objects.filter(article_id=first.pk).count() == 2


class TestWhatBlocksPublishing:
    def refusal(self, **fields) -> dict[str, list[str]]:
        authors = fields.pop("authors", ["Mara Quist"])
        article = make_article(authors=authors, **fields)
        with pytest.raises(ValidationError) as refused:
            article.publish(by=make_editor())
        assert not Publication.objects.filter(pk=article.pk).exists()
        return refused.value.message_dict

    def test_no_headline(self):
        assert "Headline" in self.refusal(headline="", slug="x")["headline"][0]

    def test_no_section(self):
        assert "Section" in self.refusal(section=None)["section"][0]

    def test_no_byline_without_the_choice_of_none(self):
        assert "no byline" in self.refusal(authors=[])["bylines"][0]

    def test_the_choice_of_no_byline_is_enough(self):
        make_article(authors=[], without_byline=True).publish(by=make_editor())

    def test_an_opinion_without_author_even_when_no_byline_was_chosen(self):
        problems = self.refusal(authors=[], without_byline=True, kind="opinion")
        assert "author" in problems["bylines"][0]

    def test_a_lead_photo_without_alt_text(self):
        assert "Alt text" in self.refusal(lead_photo=make_photo(alt=""))["lead_alt"][0]

    def test_alt_text_of_this_use_is_enough(self):
        photo = make_photo(alt="")
        make_article(lead_photo=photo, lead_alt="A boat").publish(by=make_editor())

    def test_a_photo_without_credit(self):
        photo = make_photo(creator="", licence_id="Permission")
        assert "no credit" in self.refusal(lead_photo=photo)["lead_photo"][0]

    def test_an_agency_is_credit_enough(self):
        photo = make_photo(creator="", agency="AP / TASS", licence_id="Agency")
        make_article(lead_photo=photo).publish(by=make_editor())

    def test_a_photo_without_licence(self):
        assert "no licence" in self.refusal(lead_photo=make_photo(licence_id=None))["lead_photo"][0]

    def test_a_photo_without_what_its_licence_demands(self):
        Licence.objects.create(code="Museum", requires_creator=True, requires_source=True)
        photo = make_photo(creator="", agency="AP", source_url="", licence_id="Museum")
        sentences = self.refusal(lead_photo=photo)["lead_photo"]
        assert "no creator" in sentences[0]
        assert "no source" in sentences[1]

    def test_rights_that_ended_yesterday(self):
        photo = make_photo(usable_until=timezone.now() - timedelta(days=1))
        assert "rights" in self.refusal(lead_photo=photo)["lead_photo"][0]

    def test_rights_that_begin_tomorrow(self):
        photo = make_photo(usable_from=timezone.now() + timedelta(days=1))
        assert "rights" in self.refusal(lead_photo=photo)["lead_photo"][0]

    def test_a_photo_in_the_text_is_checked_like_the_lead_photo(self):
        photo = make_photo(alt="", creator="", licence_id="Permission")
        sentences = self.refusal(body=f'<figure data-photo="{photo.pk}"></figure>')["body"]
        assert any("no credit" in sentence for sentence in sentences)
        assert any("alt text" in sentence for sentence in sentences)

    def test_a_photo_in_the_text_that_is_not_in_the_library(self):
        sentences = self.refusal(body='<figure data-photo="999999"></figure>')["body"]
        assert "not in the library" in sentences[0]
