"""What the library takes in, and what it refuses."""

import functools
import hashlib
import io
import struct
import time
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.forms import modelform_factory
from PIL import Image

from articles import images
from articles.models import Photo
from tests.factories import jpeg, make_photo, make_publication

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def encoded(picture: Image.Image, name: str, **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


@functools.cache
def png_of_144_megapixels() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        mark = zlib.crc32(name + data).to_bytes(4)
        return len(data).to_bytes(4) + name + data + mark

    side_px = 12_000
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(side_px * (1 + side_px // 8)), 9)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def animation(frames: int, side_px: int) -> bytes:
    first, *others = [Image.new("RGB", (side_px, side_px), (n % 255, 0, 0)) for n in range(frames)]
    return encoded(first, "PNG", save_all=True, append_images=others)


def noisy_jpeg() -> bytes:
    return encoded(Image.effect_noise((400, 300), 60).convert("RGB"), "JPEG")


def upload(content: bytes, name: str = "picture.jpg") -> Photo:
    return Photo(original=SimpleUploadedFile(name, content))


def refusal(content: bytes, name: str = "picture.jpg") -> str:
    """The sentence with which an upload is refused in the form, by `full_clean` and by `save`."""
    with pytest.raises(ValidationError) as of_clean:
        upload(content, name).full_clean()
    with pytest.raises(ValidationError) as of_save:
        upload(content, name).save()
    form = modelform_factory(Photo, fields=["original", "caption"])(
        {"caption": "Typed"}, {"original": SimpleUploadedFile(name, content)}
    )
    assert not form.is_valid()
    assert form["caption"].value() == "Typed"
    [sentence] = form.errors["original"]
    if content:  # The form has a sentence of its own for empty files.
        assert of_clean.value.message_dict == {"original": [sentence]}
        assert of_save.value.messages == [sentence]
    return sentence


@pytest.fixture
def no_stray_file(tmp_path):
    yield
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("no_stray_file")
class TestRefusal:
    def test_a_small_file_of_144_megapixels_is_refused_before_it_is_decoded(self):
        content = png_of_144_megapixels()
        assert len(content) < 20_000
        start = time.monotonic()
        assert "100 megapixels" in refusal(content)
        assert time.monotonic() - start < 1

    def test_the_frames_of_an_animation_count_together(self, monkeypatch):
        monkeypatch.setattr(images, "MAXIMUM_PIXELS", 3 * 20 * 20)
        upload(animation(3, 20)).full_clean()
        assert "megapixels" in refusal(animation(4, 20))

    def test_pillow_refuses_too_many_pixels_wherever_else_it_meets_them(self):
        with pytest.raises(Image.DecompressionBombError):
            Image.open(io.BytesIO(png_of_144_megapixels()))

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
    def test_a_truncated_jpeg(self, share):
        whole = noisy_jpeg()
        assert "damaged or incomplete" in refusal(whole[: int(len(whole) * share)])

    @pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF", "TIFF"])
    def test_a_truncated_picture_of_another_format(self, name):
        whole = encoded(Image.effect_noise((200, 200), 60).convert("RGB"), name)
        assert "damaged" in refusal(whole[: len(whole) // 2])

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (SVG, "drawing.svg"),
            (SVG, "drawing.jpg"),
            (b"This is a text.\n" * 50, "picture.jpg"),
            (encoded(Image.new("RGB", (9, 9)), "GIF"), "picture.gif"),
            (encoded(Image.new("RGB", (9, 9)), "BMP"), "picture.png"),
        ],
    )
    def test_a_file_of_another_type_whatever_its_name(self, content, name):
        start = time.monotonic()
        assert "JPEG, PNG, WebP, AVIF or TIFF" in refusal(content, name)
        assert time.monotonic() - start < 1

    def test_an_empty_file(self):
        assert "empty" in refusal(b"")
        with pytest.raises(ValidationError, match="Choose the picture again"):
            upload(b"").full_clean()

    def test_more_bytes_than_allowed(self, monkeypatch):
        monkeypatch.setattr(images, "MAXIMUM_BYTES", 500)
        assert "megabytes" in refusal(noisy_jpeg())

    def test_a_strip_too_long_to_be_shown(self):
        assert "Crop it" in refusal(encoded(Image.new("RGB", (10, 81)), "PNG"))

    def test_32_bits_to_the_pixel(self):
        assert "8 or 16 bits" in refusal(encoded(Image.new("F", (40, 40)), "TIFF"))

    def test_a_row_the_database_refuses_leaves_no_file(self):
        photo = upload(jpeg())
        photo.licence_id = "CC BY 4.0"  # Demands a creator and a source.
        with pytest.raises(IntegrityError):
            photo.save()

    def test_a_full_disk_leaves_no_file(self, monkeypatch):
        photo = upload(jpeg())
        make = Photo._make_jpeg_renditions

        def full(self, *args):
            make(self, *args)
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Photo, "_make_jpeg_renditions", full)
        with pytest.raises(OSError, match="No space left"):
            photo.save()
        assert not Photo.objects.exists()


def test_a_second_attempt_succeeds_after_the_database_refused():
    photo = upload(jpeg())
    photo.licence_id = "CC BY 4.0"
    with pytest.raises(IntegrityError):
        photo.save()
    photo.creator, photo.source_url = "Ana Ruiz", "https://photos.example/1"
    photo.save()
    assert photo.renditions.exists()


def test_facts_come_from_the_file():
    content = jpeg(90, 60)
    photo = make_photo(content=content)
    assert (photo.width_px, photo.height_px) == (90, 60)
    assert photo.content_hash == hashlib.sha256(content).hexdigest()
    with photo.original.open() as file:
        assert file.read() == content


def test_the_sides_are_those_of_the_upright_picture():
    exif = Image.Exif()
    exif[images.ORIENTATION] = 6
    photo = make_photo(content=encoded(Image.new("RGB", (90, 60)), "JPEG", exif=exif))
    assert (photo.width_px, photo.height_px) == (60, 90)


@pytest.mark.parametrize(
    ("name", "ending"), [("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"), ("TIFF", "tif")]
)
def test_the_stored_name_says_the_real_type_and_nothing_else(name, ending):
    photo = upload(encoded(Image.new("RGB", (30, 20)), name), "../Informant Müller.php")
    photo.full_clean()
    photo.save()
    assert photo.original.name.endswith(f".{ending}")
    assert "M" not in photo.original.name


def test_originals_are_not_among_the_public_files(settings, admin_client):
    photo = make_photo()
    make_publication(lead_photo=photo)
    assert not photo.original.path.startswith(str(settings.MEDIA_ROOT))
    assert admin_client.get(f"/media/{photo.original.name}").status_code == 404


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("1", "PNG"),
        ("L", "JPEG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("RGBA", "WEBP"),
        ("I;16", "PNG"),
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
    ],
)
def test_pictures_of_all_usual_kinds_are_taken_in(mode, name):
    photo = make_photo(content=encoded(Image.new(mode, (60, 40)), name))
    photo.make_modern_renditions()
    for rendition in photo.renditions.all():
        with Image.open(rendition.file) as copy:
            assert copy.mode == "RGB"


def test_a_camera_file_with_previews_is_a_jpeg():
    preview = Image.new("RGB", (30, 20))
    content = encoded(Image.new("RGB", (60, 40)), "MPO", save_all=True, append_images=[preview])
    photo = make_photo(content=content)
    assert photo.original.name.endswith(".jpg")
    assert photo.renditions.exists()
