"""JSON-LD: complete for each kind of page, the same as the page says, safe in a script element."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import structured_data
from articles.models import Correction, Licence, LiveEntry, Outlet, Page
from tests.articles.machine_readable import (
    PRINTED_PHOTO,
    REQUIRED,
    faults_of,
    graph_of,
    node_of,
    story_of,
)
from tests.factories import make_article, make_author, make_photo, make_publication
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db

KINDS = {
    "news": "NewsArticle",
    "analysis": "AnalysisNewsArticle",
    "opinion": "OpinionNewsArticle",
    "feature": "NewsArticle",
    "explainer": "BackgroundNewsArticle",
    "interview": "NewsArticle",
    "gallery": "NewsArticle",
    "live": "LiveBlogPosting",
}


@pytest.fixture
def outlet():
    return Outlet.objects.create(
        pk=1,
        name="The Tide",
        short_name="Tide",
        tagline="What the water brings",
        description="News from the coast.",
        founded_in=1987,
        email="desk@tide.example",
    )


def get(client, thing):
    response = client.get(thing if isinstance(thing, str) else thing.get_absolute_url())
    assert response.status_code == 200
    return response


def full_story(**fields):
    """A story with everything a story may have."""
    photo = make_photo(
        creator="Inger Lund",
        creator_url="https://lund.example/",
        agency="AP / TASS",
        source_url="https://photos.example/dyke",
        caption="A dyke at dawn",
    )
    other = make_photo(caption="Seen from the air")
    publication = make_publication(
        **{
            "headline": "Dyke holds",
            "standfirst": "For one more night.",
            "dateline": "LOWMARK",
            "lead_photo": photo,
            "body": f'<p>Text.</p><figure data-photo="{other.pk}"></figure>',
            "tags": ["Water", "Dykes"],
            "authors": ["Ann Ash", "Bo Birk"],
        }
        | fields
    )
    Correction.objects.make(
        publication.article, kind="correction", text="It was Tuesday.", by=None, is_significant=True
    )
    return publication


def add_entry(publication, **fields):
    LiveEntry.objects.create(article=publication.article, **fields).publish(by=None)


@pytest.mark.parametrize(("kind", "expected"), KINDS.items())
def test_every_kind_of_story_is_complete(client, outlet, kind, expected):
    publication = full_story(kind=kind)
    if kind == "live":
        add_entry(publication, headline="It began")

    page = get(client, publication)

    assert story_of(page)["@type"] == expected
    assert faults_of(graph_of(page)) == []


def test_every_other_page_is_complete(client, outlet):
    make_author("Ann Ash", job_title="Reporter", bio="Writes.", photo=make_photo())
    full_story()
    Page.objects.create(title="About", slug="about", body="<p>We.</p>", is_public=True)
    pages = {
        "/": ["NewsMediaOrganization", "WebSite", "CollectionPage"],
        "/world": ["CollectionPage", "BreadcrumbList"],
        "/theme/water": ["CollectionPage", "BreadcrumbList"],
        "/author/ann-ash": ["ProfilePage", "BreadcrumbList"],
        "/archive/2026/06": ["CollectionPage", "BreadcrumbList"],
        "/page/about": ["WebPage", "BreadcrumbList"],
        "/corrections": ["CollectionPage", "BreadcrumbList"],
    }
    for path, types in pages.items():
        graph = graph_of(get(client, path))
        assert [node["@type"] for node in graph] == types
        assert faults_of(graph) == []


def test_the_list_of_what_is_required_can_be_failed():
    lacking = {"@type": "NewsArticle", "headline": "", "url": "/a"}
    faults = faults_of(lacking)

    assert " NewsArticle lacks author" in faults
    assert " NewsArticle: headline says nothing" in faults
    assert " NewsArticle: url is not a whole address: /a" in faults
    assert len(faults) == len(REQUIRED["NewsArticle"]) - 2 + 2


def test_it_says_the_same_as_the_page(client, outlet, settings):
    page = get(client, full_story())
    said, reader, words = story_of(page), read(page), words_of(page)
    links = {link["href"]: link for link in reader.all("a") if "href" in link}

    assert said["url"] == said["mainEntityOfPage"]["@id"]
    assert {"rel": "canonical", "href": said["url"]} in reader.all("link")
    for text in (said["headline"], said["description"], said["articleSection"], said["dateline"]):
        assert text in words
    machine_times = {time["datetime"] for time in reader.all("time")}
    assert {said["datePublished"], said["dateModified"]} <= machine_times
    assert said["datePublished"] != said["dateModified"]
    assert [author["name"] for author in said["author"]] == ["Ann Ash", "Bo Birk"]
    for author in said["author"]:
        assert links[author["url"].removeprefix(settings.SITE_URL)]["rel"] == "author"
    tags = [link["href"] for link in reader.all("a") if link.get("rel") == "tag"]
    assert len(tags) == len(said["keywords"])
    assert all(name in words for name in said["keywords"])
    [correction] = said["correction"]
    assert correction["text"] in words
    assert correction["datePublished"] in machine_times
    assert said["publisher"]["name"] == outlet.name


def test_each_photo_says_whose_it_is_as_the_line_under_it_does(client, outlet, settings):
    page = get(client, full_story())
    images, words = story_of(page)["image"], words_of(page)

    assert len(images) == 2
    shown = {image["src"]: image for image in read(page).all("img")}
    for image in images:
        assert set(image) >= PRINTED_PHOTO
        printed = shown[image["url"].removeprefix(settings.SITE_URL)]
        measures = (str(image["width"]), str(image["height"]))
        assert (printed["width"], printed["height"]) == measures
        assert image["copyrightNotice"].startswith(image["creditText"])
        assert f"{image['caption']} {image['copyrightNotice']}" in words
        assert image["license"] == Licence.objects.get(code="CC BY-SA 4.0").url
    lead = images[0]
    assert lead["creator"] == [
        {"@type": "Person", "name": "Inger Lund", "url": "https://lund.example/"},
        {"@type": "Organization", "name": "AP"},
        {"@type": "Organization", "name": "TASS"},
    ]
    assert lead["creditText"] == "Inger Lund / AP / TASS"
    assert lead["acquireLicensePage"] == "https://photos.example/dyke"


def test_our_own_photos_lead_to_the_page_on_rights(client, outlet, settings):
    rights = Page.objects.create(title="Use", slug="use", is_public=True, tells=Page.Tells.RIGHTS)
    own = make_photo(creator="Inger Lund", source_url="", licence_id="Own work")
    agencies = make_photo(creator="", agency="AP", source_url="", licence_id="Agency")
    body = f'<figure data-photo="{agencies.pk}"></figure>'

    ours, theirs = story_of(get(client, make_publication(lead_photo=own, body=body)))["image"]

    address = f"{settings.SITE_URL}{rights.get_absolute_url()}"
    assert ours["license"] == ours["acquireLicensePage"] == address
    assert "license" not in theirs
    assert "acquireLicensePage" not in theirs


def test_a_photo_whose_rights_ended_is_not_named(client, outlet):
    photo = make_photo()
    publication = make_publication(lead_photo=photo)
    photo.usable_until = timezone.now() - timedelta(days=1)
    photo.save()

    said = story_of(get(client, publication))

    assert "image" not in said
    assert "thumbnailUrl" not in said


def test_without_byline_our_own_text_is_ours(client, outlet):
    publication = make_publication(authors=[], without_byline=True)

    [author] = story_of(get(client, publication))["author"]

    assert (author["@type"], author["name"]) == ("NewsMediaOrganization", "The Tide")


def test_a_republished_text_says_whose_it_is_and_claims_no_author(client, outlet):
    publication = make_publication(
        authors=[],
        without_byline=True,
        text_credit="By the writers of Example News.",
        text_licence_id="CC BY 2.5",
        text_source_url="https://news.example/original",
    )

    said = story_of(get(client, publication))

    assert said["creditText"] == "By the writers of Example News."
    assert said["license"] == Licence.objects.get(code="CC BY 2.5").url
    assert said["isBasedOn"] == "https://news.example/original"
    assert "author" not in said


def test_a_report_of_others_names_them(client, outlet):
    said = story_of(get(client, make_publication(source="WSJ", authors=[], without_byline=True)))

    assert said["sourceOrganization"] == {"@type": "Organization", "name": "WSJ"}
    assert said["author"] == [said["sourceOrganization"]]


def test_a_genre_is_said_as_on_the_page(client, outlet):
    page = get(client, make_publication(kind="interview"))

    assert story_of(page)["genre"] in words_of(page)


def test_translations_name_each_other(client, outlet, settings):
    english = make_publication()
    russian = make_publication(language="ru", translation_key=english.translation_key)
    withdrawn = make_publication(language="ru", translation_key=english.translation_key)
    withdrawn.article.withdraw("An error.", by=None)

    for one, other in ((english, russian), (russian, english)):
        said = story_of(get(client, one))
        address = f"{settings.SITE_URL}{other.get_absolute_url()}"
        assert said["inLanguage"] == one.language
        [translation] = said["workTranslation"]
        assert (translation["url"], translation["inLanguage"]) == (address, other.language)


def test_live_coverage_names_its_entries(client, outlet, settings):
    publication = make_publication(kind="live")
    add_entry(publication, headline="First", body="<p>It began.</p>")
    add_entry(publication, body="<p>More &amp; more.</p>")

    page = get(client, publication)
    said = story_of(page)

    assert faults_of(graph_of(page)) == []
    assert {update["headline"] for update in said["liveBlogUpdate"]} == {"First", "More & more."}
    ids = {section.get("id") for section in read(page).all("article")}
    for update in said["liveBlogUpdate"]:
        assert update["url"].partition("#")[2] in ids
    assert said["dateModified"] >= max(each["datePublished"] for each in said["liveBlogUpdate"])


def test_breadcrumbs_lead_by_the_section(client, outlet, settings):
    publication = make_publication(headline="Dyke holds")

    steps = node_of(get(client, publication), "BreadcrumbList")["itemListElement"]

    assert [(step["position"], step["name"]) for step in steps] == [
        (1, "The Tide"),
        (2, "World"),
        (3, "Dyke holds"),
    ]
    for step in steps:
        assert client.get(step["item"].removeprefix(settings.SITE_URL)).status_code == 200


def test_the_front_page_says_who_publishes_it_and_only_what_is_set(client, outlet, settings):
    Page.objects.create(title="Ethics", slug="ethics", is_public=True, tells=Page.Tells.ETHICS)
    Page.objects.create(title="Hidden", slug="hidden", tells=Page.Tells.MISSION)
    Page.objects.create(title="Этика", slug="e", language="ru", is_public=True, tells="masthead")
    make_publication()

    said = node_of(get(client, "/"), "NewsMediaOrganization")

    assert said == {
        "@type": "NewsMediaOrganization",
        "@id": f"{settings.SITE_URL}/#publisher",
        "name": "The Tide",
        "alternateName": "Tide",
        "url": f"{settings.SITE_URL}/",
        "logo": said["logo"],
        "slogan": "What the water brings",
        "description": "News from the coast.",
        "email": "desk@tide.example",
        "foundingDate": "1987",
        "ethicsPolicy": f"{settings.SITE_URL}/page/ethics",
    }


def test_no_word_of_a_story_can_leave_the_script_element(client, outlet):
    nasty = "</script><script>alert(1)</script><!-- & \u2028 “quoted”"
    page = get(client, make_publication(headline=nasty, standfirst=nasty))
    html = page.content.decode()

    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert not set(script) & set("<>&\u2028\u2029")
    assert story_of(page)["headline"] == nasty
    assert "alert(1)</script>" not in html.replace("&lt;/script&gt;", "")


def test_a_page_that_is_not_there_says_nothing(client, outlet):
    gone = make_publication()
    gone.article.withdraw("An error.", by=None)

    assert graph_of(client.get(gone.get_absolute_url())) == []
    assert graph_of(client.get("/nowhere")) == []


def test_a_preview_says_nothing(admin_client, outlet):
    article = make_article()

    page = admin_client.get(f"/admin/articles/article/{article.pk}/preview/")

    assert page.status_code == 200
    assert graph_of(page) == []


def test_it_asks_the_database_nothing(outlet, django_assert_num_queries, rf):
    from articles.furniture import Furniture, Shared
    from articles.models import Publication
    from articles.story import story_of_publication

    publication = Publication.objects.for_page().get(pk=full_story().pk)
    story = story_of_publication(publication, [])
    shared = Shared("en")
    shared.outlet, shared.pages = outlet, []

    with django_assert_num_queries(0):
        nodes = structured_data.story_nodes(Furniture(shared), story)

    assert faults_of(nodes) == []
