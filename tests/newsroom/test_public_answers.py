"""What every answer to a reader carries, and what it never does."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from articles.models import LiveEntry, Page
from tests.factories import JUNE_1, make_photo, make_publication
from tests.reading import read

pytestmark = pytest.mark.django_db

CHECKER = Path(__file__).parent.parent / "html/node_modules/vnu-jar/build/dist/vnu.jar"
STATUS = {
    "front page": 200,
    "story": 200,
    "story with embeds": 200,
    "explainer": 200,
    "interview": 200,
    "gallery": 200,
    "live": 200,
    "plain text": 200,
    "section": 200,
    "theme": 200,
    "author": 200,
    "month": 200,
    "page": 200,
    "search": 200,
    "found": 200,
    "found nothing": 200,
    "completion": 200,
    "newsletter": 200,
    "kept stories": 200,
    "service worker": 200,
    "moved": 301,
    "withdrawn": 410,
    "unknown": 404,
    "photo": 200,
    "file": 200,
    "health": 200,
    "manifest": 200,
    "icon": 302,
    "feed": 200,
    "json feed": 200,
    "sitemap": 200,
    "part of the sitemap": 200,
    "news": 200,
    "robots": 200,
}
NO_PAGES = {"service worker", "moved", "photo", "file", "health", "manifest", "feed", "json feed"}
NO_PAGES |= {"completion", "icon", "plain text", "sitemap", "part of the sitemap", "news", "robots"}
BODIES = {
    "news": '<p class="link-card"><a href="https://youtu.be/eleven-boat">Film</a></p>'
    '<p class="link-card"><a href="https://other.example/film">Another</a></p>',
    "explainer": "<h2>One</h2><p>First.</p><h2>Two</h2><p>Second.</p><h2>Three</h2><p>Third.</p>",
    "interview": "<p><strong>How long?</strong></p><p>For a night.</p>",
    "gallery": '<figure data-photo="{photo}"></figure>',
    "live": "<p>What we know.</p>",
}
HTML = [name for name in STATUS if name not in NO_PAGES]


@pytest.fixture
def answer(client, settings):
    """The response to one of the names in STATUS."""
    settings.WHITENOISE_USE_FINDERS = True
    photo = make_photo()
    story = make_publication(
        tags=["Water"],
        lead_photo=photo,
        body=f'<p>Text</p><figure data-photo="{photo.pk}"></figure>',
        standfirst="First.",
        dateline="HERE",
        is_sensitive=True,
        text_licence_id="CC BY 4.0",
        text_source_url="https://news.example/",
    )
    make_publication(kind="opinion")
    kinds = {
        kind: make_publication(kind=kind, body=body.format(photo=photo.pk))
        for kind, body in BODIES.items()
    }
    LiveEntry.objects.create(
        article=kinds["live"].article, happened_at=JUNE_1, headline="It rises"
    ).publish(by=None)
    gone = make_publication()
    gone.article.withdraw("An error.", by=None)
    Page.objects.create(title="About", slug="about", body="<p>We.</p>", is_public=True)
    addresses = {
        "front page": "/",
        "story": story.get_absolute_url(),
        "story with embeds": kinds["news"].get_absolute_url(),
        **{kind: kinds[kind].get_absolute_url() for kind in BODIES if kind != "news"},
        "plain text": f"{story.get_absolute_url()}.txt",
        "section": "/world",
        "theme": "/theme/water",
        "author": "/author/mara-quist",
        "month": "/archive/2026/06",
        "page": "/page/about",
        "search": "/search",
        "found": "/search?q=text&sort=date&since=x",
        "found nothing": "/search?q=wate&kind=news",
        "completion": "/search/suggest?q=wa",
        "newsletter": "/newsletter",
        "kept stories": "/offline",
        "service worker": "/sw.js",
        "moved": f"/2020/01/01/old-a{story.pk}",
        "withdrawn": gone.get_absolute_url(),
        "unknown": "/nothing",
        "photo": photo.renditions.first().file.url,
        "file": "/static/newsroom/site.css",
        "health": "/healthz",
        "manifest": "/manifest.webmanifest",
        "icon": "/favicon.ico",
        "feed": "/feed.xml",
        "json feed": "/feed.json",
        "sitemap": "/sitemap.xml",
        "part of the sitemap": "/sitemap-pages.xml",
        "news": "/sitemap-news.xml",
        "robots": "/robots.txt",
    }

    def get(name):
        response = client.get(addresses[name])
        assert response.status_code == STATUS[name]
        return response

    return get


@pytest.mark.parametrize("name", STATUS)
def test_it_is_guarded(answer, name):
    response = answer(name)

    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "form-action" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy + response.getvalue().decode(errors="replace")
    loading = [part for part in policy.split("; ") if not part.startswith("form-action")]
    if name == "story with embeds":  # Loads from there once the reader presses, and not before.
        loading.remove("frame-src https://www.youtube-nocookie.com")
    assert not [part for part in loading if "http" in part or "*" in part]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("name", STATUS)
def test_it_is_the_same_for_every_reader(answer, name):
    response = answer(name)

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert "Accept-Language" not in response.get("Vary", "")


@pytest.mark.parametrize("name", HTML)
def test_its_html_is_sound(answer, name):
    page = read(answer(name))

    assert page.faults == []
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("style") == []
    data = {"type": "application/ld+json"}  # Of these a browser runs nothing.
    run = [script for script in page.all("script") if script != data]
    assert run == [{"defer": None, "src": "/static/newsroom/site.js"}]
    assert not [1 for _tag, attributes in page.elements if "style" in attributes]
    assert not [1 for _tag, attributes in page.elements if any(a[:2] == "on" for a in attributes)]
    # No token in any form: the page lies in caches, the views ask where it was sent from.
    assert all(form["action"].startswith("/") for form in page.all("form"))
    assert not [field for field in page.all("input") if field.get("type") == "hidden"]
    ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for image in page.all("img"):
        assert image["width"]
        assert image["height"]
        assert image["alt"] is not None
    elsewhere = {"canonical", "alternate"}  # Named, not loaded.
    hosted = [link["href"] for link in page.all("link") if link["rel"] not in elsewhere]
    hosted += [image["src"] for image in page.all("img")]
    assert all(address.startswith("/") for address in hosted)


@pytest.mark.skipif(
    not CHECKER.exists(), reason="the Nu HTML checker is missing: npm ci in tests/html"
)
@pytest.mark.skipif(not shutil.which("java"), reason="Java, for the Nu HTML checker, is missing")
def test_every_page_is_valid_html(answer, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in HTML:
        (pages / f"{name}.html").write_bytes(answer(name).content)
    (pages / "500.html").write_text(render_to_string("500.html"))

    command = ["java", "-jar", str(CHECKER), "--errors-only", "--stdout", str(pages)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)

    assert checked.stdout == checked.stderr == ""
    assert checked.returncode == 0


@pytest.mark.parametrize("name", HTML)
def test_its_address_is_said_once_and_in_full(answer, name, settings):
    response = answer(name)

    links = [link["href"] for link in read(response).all("link") if link["rel"] == "canonical"]

    if response.status_code == 200:
        assert links == [f"{settings.SITE_URL}{response.wsgi_request.path}"]
    else:
        assert links == []
