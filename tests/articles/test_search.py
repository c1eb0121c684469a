"""The search as readers meet it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import JUNE_1, make_article, make_publication, make_section
from tests.reading import read

pytestmark = pytest.mark.django_db


def found(client, query="", path="/search", **parameters):
    """The headlines of the stories on the page, in its order."""
    response = client.get(path, {"q": query} | parameters)
    assert response.status_code == 200
    return [result.story.headline for result in response.context.get("results", [])]


def test_words_find_their_other_forms(client):
    make_publication(headline="Dykes were flooded")
    make_publication(headline="Nothing of this")

    assert found(client, "flooding dyke") == ["Dykes were flooded"]
    assert found(client, "flooding nothing") == []


def test_russian_words_find_their_other_forms_with_and_without_dots(client):
    make_publication(headline="Плотины затопило", body="<p>Ещё зелёные ёлки.</p>", language="ru")

    for query in ("плотина", "ПЛОТИНЕ", "затопила", "ёлка", "елка", "зеленый"):
        assert found(client, query, path="/ru/search") == ["Плотины затопило"], query


def test_accents_and_signs_do_not_matter(client):
    make_publication(headline="L’été à São Paulo", body="<p>COVID-19, dyke/dam</p>")

    for query in ("ete", "été", "sao paulo", "covid-19", "covid 19", "dam", "dyke/dam", "ｓａｏ"):
        assert found(client, query) == ["L’été à São Paulo"], query


def test_phrases_minus_and_or(client):
    make_publication(headline="The old harbour wall", at=JUNE_1)
    make_publication(headline="The wall of the old harbour", at=JUNE_1 - timedelta(days=1))
    make_publication(headline="A budget", at=JUNE_1 - timedelta(days=2))

    assert found(client, '"old harbour wall"') == ["The old harbour wall"]
    assert found(client, "“harbour wall”") == ["The old harbour wall"]
    assert found(client, 'harbour -"harbour wall"') == ["The wall of the old harbour"]
    assert found(client, "wall -old") == []
    assert found(client, "budget or wall", sort="date")[-1] == "A budget"
    assert len(found(client, "budget OR wall")) == 3


def test_only_what_readers_may_see_is_found(client):
    make_article(headline="Secret draft")
    at = timezone.now() + timedelta(hours=1)
    make_publication(headline="Secret tomorrow", at=at)
    withdrawn = make_publication(headline="Secret withdrawn").article
    withdrawn.withdraw("Wrong.", by=None)
    changed = make_publication(headline="Open").article
    changed.headline = "Secret change"
    changed.save()

    assert found(client, "secret") == []
    assert client.get("/search/suggest?q=secret").json() == {"suggestions": []}
    assert b"0 stor" not in client.get("/search?q=secret").content


def test_authors_and_sections_of_what_is_not_public_are_as_unknown_as_others(client):
    make_publication(headline="Dam")
    make_article(headline="Dam", authors=["Bo Birk"], section=make_section("Secret"))

    def page(name):
        answer = client.get(f"/search?q=dam&author={name}&section={name}")
        return answer.content.decode().replace(name, "")

    assert page("bo-birk") == page("bo-nobody")
    assert page("secret") == page("nowhere")


def test_a_scheduled_story_is_found_once_its_time_has_come(client):
    story = make_publication(headline="Dam", at=timezone.now() + timedelta(hours=1))
    assert found(client, "dam") == []

    type(story).objects.filter(pk=story.pk).update(visible_from=timezone.now())

    assert found(client, "dam") == ["Dam"]


def test_a_reinstated_story_is_found_again(client):
    article = make_publication(headline="Dam").article
    article.withdraw("Wrong.", by=None)
    article.reinstate(by=None)

    assert found(client, "dam") == ["Dam"]


def test_a_page_speaks_of_its_language_and_offers_the_others(client):
    make_publication(headline="Dam one")
    make_publication(headline="Dam zwei", language="ru")

    assert found(client, "dam") == ["Dam one"]
    assert found(client, "dam", path="/ru/search") == ["Dam zwei"]
    assert set(found(client, "dam", language="all")) == {"Dam one", "Dam zwei"}


def test_the_headline_says_more_than_the_text_and_what_is_new_more_than_what_is_old(client):
    now = timezone.now()
    make_publication(headline="Old dam", at=now - timedelta(days=3000))
    make_publication(headline="Older dam", at=now - timedelta(days=3001))
    make_publication(headline="News", body="<p>Near the dam.</p>", at=now)

    assert found(client, "dam") == ["Old dam", "Older dam", "News"]
    assert found(client, "dam", sort="date") == ["News", "Old dam", "Older dam"]


def test_filters_narrow_the_search(client):
    now = timezone.now()
    make_publication(headline="Dam A", section=make_section("World"), at=now)
    make_publication(
        headline="Dam B",
        section=make_section("Culture"),
        kind="analysis",
        authors=["Bo Birk"],
        at=now - timedelta(days=20),
    )

    assert found(client, "dam", section="culture") == ["Dam B"]
    assert found(client, "dam", kind="analysis") == ["Dam B"]
    assert found(client, "dam", author="bo-birk") == ["Dam B"]
    assert found(client, "dam", author="birk") == ["Dam B"]
    assert found(client, "dam", author="nobody") == []
    assert found(client, "dam", period="week") == ["Dam A"]
    assert len(found(client, "dam", period="month")) == 2
    day = timezone.localdate(now - timedelta(days=20)).isoformat()
    assert found(client, "dam", since=day, until=day) == ["Dam B"]
    assert found(client, "dam", section="culture", author="mara-quist") == []


def test_what_is_not_understood_is_said_and_left_out(client):
    make_publication(headline="Dam")

    response = client.get(
        "/search?q=dam&since=nonsense&until=9999-12-31&kind=x%00&section=nowhere&period=age&sort=x"
    )

    assert [result.story.headline for result in response.context["results"]] == ["Dam"]
    page = response.content.decode()
    assert page.count("Write it as 2026-12-31.") == 2
    assert page.count("There is no such choice") == 4


def test_words_are_marked_and_the_rest_is_escaped(client):
    filler = "<p>" + "Nothing here. " * 60 + "</p>"
    make_publication(
        headline="<b>Dams</b> & co",
        body=f"{filler}<p>Then the old &lt;i&gt;dám&lt;/i&gt; broke.</p>{filler}",
    )

    response = client.get("/search?q=dam")

    (result,) = response.context["results"]
    assert result.headline == "&lt;b&gt;<mark>Dams</mark>&lt;/b&gt; &amp; co"
    assert "the old &lt;i&gt;<mark>dám</mark>&lt;/i&gt; broke" in result.fragment
    assert result.fragment[:2] == "… "
    assert result.fragment[-2:] == " …"
    assert result.headline + "</a>" in response.content.decode()
    assert result.fragment + "</p>" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "headline", "marked"),
    [
        ("elan", "Sans Élan", "Sans <mark>Élan</mark>"),
        ("елка", "Где Ёлка", "Где <mark>Ёлка</mark>"),
        ("dam", "Ｄam upper-dam", "<mark>Ｄam</mark> upper-<mark>dam</mark>"),
        ("dam", "$dam macadam", "$<mark>dam</mark> macadam"),
        ("ду", "и\u0306ду", "и\u0306ду"),
        ("水", "上水道", "上<mark>水</mark>道"),
        ("dam", "水dam", "水<mark>dam</mark>"),
        ("2026", "By 2026: dams", "By <mark>2026</mark>: dams"),
    ],
)
def test_words_are_marked_where_they_begin_whatever_sign_they_begin_with(
    client, typed, headline, marked
):
    make_publication(headline=headline, teaser=typed, standfirst=f"Here {typed} is.")

    (result,) = client.get("/search", {"q": typed}).context["results"]

    assert result.headline == marked


def test_counts_are_honest(client, monkeypatch):
    monkeypatch.setattr("articles.search.finding.MOST_COUNTED", 3)
    for number in range(3):
        make_publication(headline=f"Dam {number}")
    assert "3 stories" in client.get("/search?q=dam").content.decode()

    make_publication(headline="Dam")
    page = client.get("/search?q=dam").content.decode()

    assert "More than" in page
    assert "4 stories" not in page


@pytest.mark.parametrize("sort", ["", "date"])
def test_pages_follow_each_other_without_gap_or_double(client, sort):
    for number in range(45):
        make_publication(headline=f"Dam {number}", at=JUNE_1 + timedelta(minutes=number // 2))

    address, seen = f"/search?q=dam&sort={sort}", []
    while address:
        page = read(client.get(address))
        seen += [result.story.url for result in client.get(address).context["results"]]
        following = [link["href"] for link in page.all("a") if link.get("rel") == "next"]
        address = f"/search{following[0]}" if following else ""

    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize(
    "query", ["page=0", "page=51", "page=x", "page=2", "sort=date&before=x", "sort=date&before=99"]
)
def test_pages_that_no_link_leads_to_are_not_there(client, query):
    make_publication(headline="Dam")

    assert client.get(f"/search?q=dam&{query}").status_code == 404


def test_before_anything_is_typed_themes_are_offered(client):
    make_publication(tags=["Water"])
    make_publication(tags=["Secret"], at=timezone.now() + timedelta(days=1))

    response = client.get("/search")

    assert [theme.name for theme in response.context["themes"]] == ["Water"]


def test_finding_nothing_helps(client):
    make_publication(headline="Harbour wall", tags=["Harbourside"])
    make_publication(headline="Мост bridge", language="ru")

    page = client.get("/search?q=harbour+budget&kind=news").context
    assert page["help"].wider == "harbour"
    assert page["help"].wider_address == "?q=harbour&kind=news"
    assert [theme.name for theme in page["help"].themes] == ["Harbourside"]
    assert client.get("/search?q=wall&kind=opinion").context["help"].without_filters == "?q=wall"
    assert client.get('/search?q="wall+harbour"').context["help"].wider == "wall harbour"
    assert client.get("/search?q=bridge").context["help"].every_language == "?q=bridge&language=all"
    nothing = client.get("/search?q=nowhere").context["help"]
    assert not any([nothing.wider_address, nothing.without_filters, nothing.every_language])


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("the and of", "nearly every story"),
        ("-dam", "at least one word"),
        ("!!! 😀", "at least one word"),
        ("dam " * 60, "Only its beginning"),
        ("x" * 10_000, "Only its beginning"),
    ],
)
def test_what_cannot_be_looked_for_is_explained(client, query, says):
    response = client.get("/search", {"q": query})

    assert response.status_code == 200
    assert says in response.content.decode()


def test_a_search_that_takes_too_long_is_stopped_and_says_so(client, monkeypatch):
    from articles.search import finding

    make_publication(headline="Dam")
    monkeypatch.setattr(finding, "LONGEST_MS", 10)
    original = finding._hits

    def slow(*args, **kwargs):
        with finding.connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(2)")
        return original(*args, **kwargs)

    monkeypatch.setattr(finding, "_hits", slow)

    response = client.get("/search?q=dam")

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response["Cache-Control"] == "no-store"
    assert "takes too long" in response.content.decode()


# Completion


def test_beginnings_are_completed_from_tags_and_headlines(client):
    story = make_publication(headline="Harbour wall", tags=["Harbours", "Kyïv"])
    make_publication(headline="Old harbourside", body="<p>Wallpaper</p>")
    make_publication(headline="Гавань", language="ru")

    answer = client.get("/search/suggest?q=harb")
    rows = answer.json()["suggestions"]

    assert rows[0] == {"text": "Harbours", "address": "/theme/harbours", "theme": True}
    assert [row["text"] for row in rows[1:]] == ["Old harbourside", "Harbour wall"]
    assert rows[2]["address"] == story.get_absolute_url()
    assert answer["Cache-Control"] == "public, max-age=10"
    assert not answer.cookies
    texts = [row["text"] for row in client.get("/search/suggest?q=wall+harb").json()["suggestions"]]
    assert texts == ["Harbour wall"]
    assert client.get("/ru/search/suggest?q=гав").json()["suggestions"][0]["text"] == "Гавань"


@pytest.mark.parametrize("query", ["", "h", " ", "'", "\x00", "😀" * 5_000])
def test_too_little_completes_nothing(client, query):
    make_publication(headline="Harbour", tags=["Harbours"])

    assert client.get("/search/suggest", {"q": query}).json() == {"suggestions": []}
