"""What every answer to a reader carries, and what it never does."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from articles.models import Page
from tests.factories import make_photo, make_publication
from tests.reading import read

pytestmark = pytest.mark.django_db

CHECKER = Path(__file__).parent.parent / "html/node_modules/vnu-jar/build/dist/vnu.jar"
STATUS = {
    "front page": 200,
    "story": 200,
    "section": 200,
    "theme": 200,
    "author": 200,
    "month": 200,
    "page": 200,
    "moved": 301,
    "withdrawn": 410,
    "unknown": 404,
    "photo": 200,
    "file": 200,
    "health": 200,
}
HTML = [name for name in STATUS if name not in {"moved", "photo", "file", "health"}]


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
    gone = make_publication()
    gone.article.withdraw("An error.", by=None)
    Page.objects.create(title="About", slug="about", body="<p>We.</p>", is_public=True)
    addresses = {
        "front page": "/",
        "story": story.get_absolute_url(),
        "section": "/world",
        "theme": "/theme/water",
        "author": "/author/mara-quist",
        "month": "/archive/2026/06",
        "page": "/page/about",
        "moved": f"/2020/01/01/old-a{story.pk}",
        "withdrawn": gone.get_absolute_url(),
        "unknown": "/nothing",
        "photo": photo.renditions.first().file.url,
        "file": "/static/newsroom/site.css",
        "health": "/healthz",
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
    assert page.all("script") == page.all("style") == page.all("form") == []
    assert not [1 for _tag, attributes in page.elements if "style" in attributes]
    assert not [1 for _tag, attributes in page.elements if any(a[:2] == "on" for a in attributes)]
    ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for image in page.all("img"):
        assert image["width"]
        assert image["height"]
        assert image["alt"] is not None
    hosted = [link["href"] for link in page.all("link") if link["rel"] != "canonical"]
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
