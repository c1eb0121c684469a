"""The outlet's mark, checked and made into icons that nobody needs to ask for twice."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, PngImagePlugin

from articles import icons
from articles.models import Outlet
from articles.tasks import remove_stray_files
from tests.factories import make_photo, make_publication
from tests.html_forms import form_in
from tests.pictures import mark_png
from tests.reading import read

pytestmark = pytest.mark.django_db

RED = (220, 20, 20)


def make_outlet(mark: SimpleUploadedFile | None = None) -> Outlet:
    return Outlet.objects.create(pk=1, name="The Tide", mark=mark or mark_png())


def picture(client, outlet: Outlet, purpose: str) -> Image.Image:
    response = client.get(outlet.icon(purpose))
    assert response.status_code == 200
    return Image.open(io.BytesIO(response.getvalue()))


def files(tmp_path: Path) -> set[str]:
    return {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*") if path.is_file()}


def test_every_icon_is_made_in_its_size(client):
    outlet = make_outlet()

    for purpose, size_px in icons.SIZES.items():
        assert picture(client, outlet, purpose).size == (size_px, size_px)
    assert picture(client, outlet, "share").size == icons.SHARE_PX


def test_icons_keep_their_transparency_but_where_phones_print_it_black(client):
    outlet = make_outlet()

    assert picture(client, outlet, "large").getpixel((0, 0))[3] == 0
    for purpose in icons.OPAQUE:
        assert picture(client, outlet, purpose).convert("RGBA").getpixel((0, 0)) == (255,) * 4


@pytest.mark.parametrize("name", ["PNG", "JPEG"])
@pytest.mark.parametrize("drawn", ["to its corners", "in the middle"])
def test_a_phone_that_shows_a_circle_shows_all_that_is_drawn(name, drawn):
    mark = mark_png(name=name)
    if drawn == "to its corners":
        file = io.BytesIO()
        full = Image.new("RGB", (600, 600), RED)
        full.paste((255, 255, 255), (0, 0, 8, 8))
        full.save(file, name)
        mark = SimpleUploadedFile("mark", file.getvalue())

    [maskable] = [i for i in icons.icons_of(icons.read(mark)) if i.purpose == "maskable"]

    seen = Image.open(io.BytesIO(maskable.content)).convert("RGB")
    side, radius = seen.width, seen.width * 0.4  # As the standard of manifests has it.
    outside = [
        (x, y)
        for y in range(0, side, 4)
        for x in range(0, side, 4)
        if ((x - side / 2) ** 2 + (y - side / 2) ** 2) ** 0.5 > radius + 4
    ]
    assert not [place for place in outside if seen.getpixel(place)[1] < 128]
    assert seen.getpixel((side // 2, side // 2))[1] < 128


def test_addresses_change_with_the_content_and_are_kept_for_ever(client):
    outlet = make_outlet()
    before = outlet.icon("large")
    response = client.get(before)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Type"] == "image/png"

    outlet.mark = mark_png(700, 640)
    outlet.save()

    assert outlet.icon("large") != before
    assert client.get(outlet.icon("large")).status_code == 200


def test_the_same_mark_again_changes_no_address(client):
    outlet = make_outlet()
    before = outlet.icons
    outlet.mark = mark_png()
    outlet.save()

    assert outlet.icons == before
    assert client.get(outlet.icon("large")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_files_of_a_former_mark_go(tmp_path):
    outlet = make_outlet()
    assert len(files(tmp_path)) == 1 + len(icons.SIZES) + 1

    outlet.mark = mark_png(700, 640)
    outlet.save()
    assert files(tmp_path) == {f"originals/{outlet.mark.name}"} | {
        f"media/{name}" for name in outlet.icons.values()
    }

    outlet.mark = ""
    outlet.save()
    assert files(tmp_path) == set()
    assert outlet.icons == {}


def test_a_failed_save_leaves_no_file(tmp_path):
    outlet = Outlet(pk=2, name="Another", mark=mark_png())  # There is one outlet.
    with pytest.raises(Exception, match="outlet_is_one"):
        outlet.save()
    assert files(tmp_path) == set()


def test_saving_something_else_makes_nothing_anew(monkeypatch):
    outlet = make_outlet()
    monkeypatch.setattr(icons, "read", lambda file: pytest.fail("read again"))

    outlet.name = "The Ebb"
    outlet.save()

    assert Outlet.load().icons == outlet.icons


def test_nothing_the_file_said_reaches_readers(client):
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "SECRET")
    outlet = make_outlet(mark_png(pnginfo=told))

    assert "secret" not in outlet.mark.name
    for purpose in icons.SIZES:
        content = client.get(outlet.icon(purpose)).getvalue()
        assert b"SECRET" not in content


@pytest.mark.parametrize(
    ("file", "remedy"),
    [
        (SimpleUploadedFile("mark.png", b""), "Choose the picture again"),
        (SimpleUploadedFile("mark.svg", b"<svg onload='alert(1)'/>"), "as PNG again"),
        (SimpleUploadedFile("mark.png", mark_png().read()[:900]), "as PNG again"),
        (mark_png(400, 400), "Save it larger"),
        (mark_png(1000, 600), "Crop it first"),
        (mark_png(4100, 4100), "Save it smaller"),
        (mark_png(600, 600, "GIF"), "as PNG again"),
    ],
)
def test_what_makes_no_icon_is_refused_with_a_remedy(file, remedy):
    outlet = Outlet(pk=1, name="The Tide", mark=file)
    with pytest.raises(ValidationError, match=remedy) as refusal:
        outlet.full_clean()
    assert set(refusal.value.message_dict) == {"mark"}


def test_a_huge_picture_is_refused_before_it_is_decoded(monkeypatch):
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(ValidationError, match="megapixels"):
        icons.read(SimpleUploadedFile("mark.png", bomb.getvalue()))


def test_only_icons_of_the_record_are_given_out(client):
    outlet = make_outlet()
    photo = make_photo()
    name = outlet.icons["large"].removeprefix("outlet/")

    assert client.get(f"/media/outlet/{name}").status_code == 200
    for wrong in ("x.png", f"..%2F{photo.pk}", name.replace("large", "small"), outlet.mark.name):
        assert client.get(f"/media/outlet/{wrong}").status_code == 404


def test_tidying_leaves_mark_and_icons_alone(tmp_path):
    make_outlet()
    make_photo()
    before = files(tmp_path)

    with time_machine.travel(timezone.now() + timedelta(days=3)):
        remove_stray_files()

    assert files(tmp_path) == before


def test_pages_name_the_icons_made_from_the_mark(client):
    make_publication()
    outlet = make_outlet()

    links = {link["rel"]: link for link in read(client.get("/")).all("link")}

    assert links["icon"]["href"] == outlet.icon("favicon")
    assert links["apple-touch-icon"]["href"] == outlet.icon("touch")


def test_without_a_mark_pages_name_icons_that_come_with_the_site(client, settings):
    settings.WHITENOISE_USE_FINDERS = True
    make_publication()

    links = {link["rel"]: link for link in read(client.get("/")).all("link")}

    for rel in ("icon", "apple-touch-icon"):
        assert client.get(links[rel]["href"]).status_code == 200


def test_the_address_of_old_leads_to_the_icon_of_today(client, settings):
    settings.WHITENOISE_USE_FINDERS = True
    ours = client.get("/favicon.ico", follow=True)
    assert ours.status_code == 200
    assert ours["Content-Type"] == "image/png"

    outlet = make_outlet()
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302  # 301 would be remembered beyond the next mark.
    assert answer["Location"] == outlet.icon("favicon")
    assert client.get(answer["Location"]).status_code == 200


def test_the_mark_is_put_in_at_the_desk(admin_client):
    make_outlet()
    address = "/admin/articles/outlet/1/change/"
    typed = form_in(admin_client.get(address).content.decode(), "outlet_form")

    refused = admin_client.post(address, typed | {"mark": mark_png(400, 400)})
    assert "Save it larger" in refused.content.decode()

    taken = admin_client.post(address, typed | {"mark": mark_png(640, 640)})
    assert taken.status_code == 302
    assert admin_client.get(Outlet.load().icon("large")).status_code == 200
