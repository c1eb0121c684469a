"""The newsletter at the desk: composing, looking, trying out, sending; subscribers."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.models import NewsletterIssue, Subscriber
from tests.articles.newsletters import make_issue, make_subscriber, work_until_nothing_waits
from tests.desk import form_values
from tests.factories import make_article, make_editor, make_publication, make_user

pytestmark = pytest.mark.django_db

SUBSCRIBERS = "/admin/articles/subscriber/"


def address(name, issue):
    return reverse(f"admin:articles_newsletterissue_{name}", args=[issue.pk])


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def care(client):
    client.force_login(make_user("care", "Supporter care"))
    return client


class TestAnIssue:
    def test_is_composed_of_picked_stories(self, desk):
        first, second = make_publication(), make_publication()
        form = form_values(desk.get("/admin/articles/newsletterissue/add/"))
        typed = {
            "subject": "The week",
            "stories-0-picked": second.pk,
            "stories-0-teaser": "Ours.",
            "stories-1-picked": first.pk,
        }
        answer = desk.post("/admin/articles/newsletterissue/add/", form | typed)

        assert answer.status_code == 302
        issue = NewsletterIssue.objects.get()
        assert [(row.picked_id, row.teaser) for row in issue.stories.all()] == [
            (second.pk, "Ours."),
            (first.pk, ""),
        ]
        assert desk.get(address("change", issue)).status_code == 200
        assert desk.get("/admin/articles/newsletterissue/").status_code == 200

    def test_is_shown_as_it_would_be_sent_now(self, desk):
        issue = make_issue(make_publication(headline="Seen"), make_publication(headline="Also"))
        issue.stories.create(picked=make_article(headline="Hidden"), position=9)

        page = desk.get(address("look", issue)).content.decode()
        letter = desk.get(address("letter", issue))

        assert "Seen" in page
        assert "do not go in" in page
        assert page.index("do not go in") < page.index("Hidden") < page.index("Seen")
        assert "Seen" in letter.content.decode()
        assert "Hidden" not in letter.content.decode()
        policy = letter["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sha256-" in policy
        assert "unsafe" not in policy
        assert letter["X-Frame-Options"] == "SAMEORIGIN"

    def test_can_be_tried_out(self, desk, mailoutbox):
        issue = make_issue()
        answer = desk.post(address("trial", issue), {"email": "me@example.org"})

        assert answer.status_code == 302
        [mail] = mailoutbox
        assert mail.to == ["me@example.org"]
        assert mail.subject == "Trial: The week"
        assert "List-Unsubscribe" not in mail.extra_headers
        assert not Subscriber.objects.exists()
        assert desk.post(address("trial", issue), {"email": "me"}).status_code == 422

    def test_is_sent_after_a_look_at_how_many_get_it(self, desk, mailoutbox):
        make_subscriber("a@example.org")
        make_subscriber("b@example.org")
        issue = make_issue()
        assert "goes to 2 readers" in desk.get(address("send", issue)).content.decode()

        answer = desk.post(address("send", issue), follow=True)
        assert "0 of 2" in answer.content.decode()
        work_until_nothing_waits("newsletter")

        assert len(mailoutbox) == 2
        page = desk.get(address("progress", issue)).content.decode()
        assert "2 of 2" in page
        issue.refresh_from_db()
        assert issue.sent_by == make_editor()
        assert "example.org" not in page

    def test_that_went_to_somebody_is_not_changed_or_deleted(self, desk):
        make_subscriber()
        issue = make_issue()
        desk.post(address("send", issue))

        desk.post(address("change", issue), {"subject": "Other"})
        assert desk.post(address("delete", issue), {"post": "yes"}).status_code == 403
        assert NewsletterIssue.objects.get().subject == "The week"
        assert desk.get(address("change", issue)).status_code == 200

    def test_with_nobody_to_read_it_is_refused_in_words(self, desk):
        page = desk.post(address("send", make_issue()))

        assert page.status_code == 422
        assert "Nobody is subscribed" in page.content.decode()

    def test_can_be_paused_resumed_and_stopped(self, desk):
        make_subscriber()
        issue = make_issue()
        desk.post(address("send", issue))
        for step, state in [("pause", "paused"), ("resume", "sending"), ("stop", "stopped"),
                            ("resume", "stopped"), ("nonsense", "stopped")]:  # fmt: skip
            assert desk.post(address("progress", issue), {"step": step}).status_code == 302
            issue.refresh_from_db()
            assert issue.state == state

    def test_is_not_for_reporters(self, client):
        client.force_login(make_user("reporter", "Reporter"))
        issue = make_issue()
        for name in ("change", "look", "letter", "trial", "send", "progress"):
            assert client.get(address(name, issue)).status_code == 403
            assert client.post(address(name, issue)).status_code == 403
        assert not ProcrastinateJob.objects.filter(queue_name="newsletter").exists()

    def test_costs_the_same_number_of_queries_however_many_get_it(
        self, desk, django_assert_max_num_queries
    ):
        issue = make_issue(*(make_publication() for _number in range(8)))
        for number in range(20):
            make_subscriber(f"reader{number}@example.org")
        desk.post(address("send", issue))

        with django_assert_max_num_queries(10):
            desk.get(address("progress", issue))
        with django_assert_max_num_queries(16):
            desk.get(address("look", issue))


class TestSubscribers:
    def test_are_counted_and_not_listed(self, care):
        make_subscriber("a@example.org")
        make_subscriber("b@example.org", language="ru")

        page = care.get(SUBSCRIBERS).content.decode()
        assert "example.org" not in page
        assert "Subscribed" in page

    def test_of_one_address_are_found_which_is_logged_without_it(self, care):
        make_subscriber("ida@example.org", wording="I agree to this.")

        page = care.post(SUBSCRIBERS, {"email": "Ida@example.org", "step": "find"})
        assert "I agree to this." in page.content.decode()
        assert "no-store" in page["Cache-Control"]
        [entry] = LogEntry.objects.all()
        assert "ida" not in f"{entry.object_repr}{entry.change_message}{entry.object_id}"
        page = care.post(SUBSCRIBERS, {"email": "nobody@example.org", "step": "find"})
        assert "Nothing is known" in page.content.decode()

    @pytest.mark.parametrize(
        ("step", "state"), [("unsubscribe", "unsubscribed"), ("suppress", "suppressed")]
    )
    def test_can_be_ended(self, care, step, state):
        make_subscriber("ida@example.org")
        care.post(SUBSCRIBERS, {"email": "ida@example.org", "step": step})

        assert Subscriber.objects.get().state == state

    def test_can_be_forgotten(self, care):
        make_subscriber("ida@example.org")
        care.post(SUBSCRIBERS, {"email": "ida@example.org", "step": "forget"})

        assert not Subscriber.objects.exists()

    def test_whose_mail_came_back_are_pasted(self, care):
        make_subscriber("ida@example.org")
        pasted = "Ida <IDA@example.org>; new@example.org\nnew@example.org,"
        page = care.post(SUBSCRIBERS, {"emails": pasted, "step": "paste"}, follow=True)

        assert page.status_code == 200
        assert "2 addresses" in page.content.decode()
        assert {row.state for row in Subscriber.objects.all()} == {"suppressed"}
        assert not Subscriber.objects.exclude(email="").exists()

    @pytest.mark.parametrize("pasted", ["", "none", "a@b.example bad@", "a@b.example " * 1001])
    def test_pasted_nonsense_changes_nothing(self, care, pasted):
        page = care.post(SUBSCRIBERS, {"emails": pasted, "step": "paste"})

        assert page.status_code == 422
        assert not Subscriber.objects.exists()

    def test_leave_with_the_outlet_by_a_superuser_alone(self, care):
        make_subscriber("ida@example.org")
        assert care.post(f"{SUBSCRIBERS}export/").status_code == 403

        care.force_login(User.objects.create_superuser("chief"))
        assert care.get(f"{SUBSCRIBERS}export/").status_code == 405
        answer = care.post(f"{SUBSCRIBERS}export/")
        [row] = csv.DictReader(io.StringIO(answer.getvalue().decode()))
        assert row["email"] == "ida@example.org"
        assert row["wording"] == "Yes."
        assert LogEntry.objects.get().change_message == "Took all addresses along."

    def test_are_not_for_editors(self, desk):
        for form in ({}, {"email": "ida@example.org", "step": "find"}):
            assert desk.post(SUBSCRIBERS, form).status_code == 403
        assert desk.get(SUBSCRIBERS).status_code == 403

    def test_are_changed_only_by_who_may(self, client):
        user = make_user("looker")
        user.user_permissions.add(Permission.objects.get(codename="view_subscriber"))
        client.force_login(user)
        make_subscriber("ida@example.org")
        for form in (
            {"email": "ida@example.org", "step": "unsubscribe"},
            {"email": "ida@example.org", "step": "suppress"},
            {"email": "ida@example.org", "step": "forget"},
            {"emails": "ida@example.org", "step": "paste"},
        ):
            assert client.post(SUBSCRIBERS, form).status_code == 403
        assert Subscriber.objects.get().is_confirmed
