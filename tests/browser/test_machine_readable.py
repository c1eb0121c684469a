"""What Chromium makes of what pages tell machines; its complaints fail any test here."""

import json

from django.db import transaction

from articles.models import Outlet
from tests.factories import make_photo, make_publication
from tests.pictures import mark_png


def test_the_policy_lets_data_through_and_nothing_in_it_runs(new_page, live_server):
    with transaction.atomic():
        Outlet.objects.create(pk=1, name="The Tide")
        headline = "</script><script>document.title = 'run'</script>"
        story = make_publication(headline=headline, lead_photo=make_photo())
    page = new_page()

    for address in ("/", story.get_absolute_url(), "/world", "/author/mara-quist"):
        page.goto(address)
        data = page.locator('script[type="application/ld+json"]')
        assert data.count() == 1
        assert json.loads(data.text_content())["@graph"]
        assert page.title() != "run"


def test_chromium_reads_the_manifest_and_its_icons(new_page, live_server):
    with transaction.atomic():
        outlet = Outlet.objects.create(pk=1, name="The Tide", mark=mark_png())
        make_publication()
    page = new_page()
    page.goto("/")
    chromium = page.context.new_cdp_session(page)

    answer = chromium.send("Page.getAppManifest")

    assert answer["errors"] == []
    assert answer["url"] == f"{live_server.url}/manifest.webmanifest"
    said = json.loads(answer["data"])
    assert said["name"] == "The Tide"
    for icon in said["icons"]:
        width = page.evaluate(
            "async src => (await createImageBitmap(await (await fetch(src)).blob())).width",
            icon["src"],
        )
        assert f"{width}x{width}" == icon["sizes"]
    assert outlet.icon("large") in answer["data"]
