"""The sized copies: how they are cropped and coloured, and what they say of themselves."""

import io
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from articles import images
from articles.credit import credit_of
from articles.models import Photo, Rendition
from tests.factories import make_photo

NO_ATTRIBUTION = images.Attribution(creator="", credit="", rights="", licence_url="")
RED, GREEN, BLUE = (220, 20, 20), (20, 200, 20), (20, 20, 220)


def source(picture: Image.Image, **fields) -> images.Source:
    values = {"picture": picture, "width_px": picture.width, "height_px": picture.height}
    return images.Source(**values | {"extension": "jpg"} | fields)


def encoded(picture: Image.Image, name: str, **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def read(content: bytes) -> images.Source:
    return images.read(images.File(io.BytesIO(content), name="picture"))


def opened(copy: images.SizedCopy) -> Image.Image:
    return Image.open(io.BytesIO(copy.content))


def is_like(pixel, colour, tolerance: int = 40) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, colour, strict=True))


def has(picture: Image.Image, colour) -> bool:
    return any(is_like(pixel, colour) for _count, pixel in picture.getcolors(1_000_000))


class TestCrop:
    def spot(self, x: int, y: int) -> Image.Image:
        """A wide blue picture with a red spot."""
        picture = Image.new("RGB", (1200, 400), BLUE)
        ImageDraw.Draw(picture).rectangle((x - 20, y - 20, x + 20, y + 20), fill=RED)
        return picture

    @pytest.mark.parametrize("crop", ["card", "square", "share"])
    @pytest.mark.parametrize(("x", "y"), [(20, 20), (1180, 380), (600, 200), (250, 40)])
    def test_holds_the_focal_point(self, crop, x, y):
        spotted = source(self.spot(x, y))
        copies = images.sized_copies(spotted, (x / 1200, y / 400), ["jpeg"], NO_ATTRIBUTION)
        found = [copy for copy in copies if copy.crop == crop]
        assert found
        assert all(has(opened(copy), RED) for copy in found)

    def test_leaves_out_what_is_far_from_the_focal_point(self):
        copies = images.sized_copies(source(self.spot(20, 20)), (1, 1), ["jpeg"], NO_ATTRIBUTION)
        assert not any(has(opened(copy), RED) for copy in copies if copy.crop != "full")

    @pytest.mark.parametrize("focal", [(0, 0), (0.5, 0.5), (1, 1), (0.2, 0.9)])
    @pytest.mark.parametrize("size", [(1200, 400), (400, 1200), (3, 2), (7, 7), (8, 1)])
    @pytest.mark.parametrize("ratio", [1.0, 1.5])
    def test_stays_inside_the_picture_and_keeps_its_ratio(self, size, focal, ratio):
        left, top, right, bottom = images.crop_box(size, ratio, focal)
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
        assert (right - left) / (bottom - top) == pytest.approx(ratio)
        assert right - left == pytest.approx(size[0]) or bottom - top == pytest.approx(size[1])


class TestSizes:
    def widths(self, size: tuple[int, int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {crop: [] for crop in images.WIDTHS}
        picture = source(Image.new("RGB", size))
        for copy in images.sized_copies(picture, (0.5, 0.5), ["jpeg"], NO_ATTRIBUTION):
            assert opened(copy).size == (copy.width_px, copy.height_px)
            found[copy.crop].append(copy.width_px)
        return found

    def test_a_large_picture_has_every_width(self):
        assert self.widths((1800, 1200)) == {name: [*all] for name, all in images.WIDTHS.items()}

    def test_nothing_is_made_larger_than_it_is(self):
        assert self.widths((900, 600)) == {
            "full": [480, 800],
            "card": [240, 400, 640],
            "square": [96, 192, 384],
            "share": [900],
        }

    def test_a_small_picture_has_one_copy_of_each_crop_in_its_own_size(self):
        assert self.widths((90, 60)) == {"full": [90], "card": [90], "square": [60], "share": [90]}

    def test_a_single_pixel_is_a_picture(self):
        assert self.widths((1, 1)) == {"full": [1], "card": [1], "square": [1], "share": [1]}

    @pytest.mark.parametrize("size", [(7000, 3000), (3000, 7000), (3599, 1707), (3600, 1708)])
    @pytest.mark.parametrize("name", ["JPEG", "PNG"])
    def test_a_huge_original_is_read_smaller_but_large_enough(self, size, name):
        found = read(encoded(Image.new("L", size), name))
        assert (found.width_px, found.height_px) == size
        assert found.picture.width < size[0] or size[0] < 3600 or size[1] < 1708
        for crop, widths in images.WIDTHS.items():
            box = images.crop_box(found.picture.size, images.RATIOS.get(crop), (0.5, 0.5))
            assert [width for width, _height in images.sizes_of(crop, box)] == [*widths]

    def test_a_huge_original_on_its_side_stays_large_enough_too(self):
        exif = Image.Exif()
        exif[images.ORIENTATION] = 6
        found = read(encoded(Image.new("L", (3600, 1720)), "JPEG", exif=exif))
        assert (found.width_px, found.height_px) == found.picture.size == (1720, 3600)


class TestColour:
    def test_the_picture_is_turned_upright(self):
        lying = Image.new("RGB", (60, 40), BLUE)
        lying.paste(RED, (0, 0, 60, 20))  # Above in the file; to the right when turned.
        exif = Image.Exif()
        exif[images.ORIENTATION] = 6
        upright = read(encoded(lying, "JPEG", exif=exif, quality=95)).picture
        assert upright.size == (40, 60)
        assert is_like(upright.getpixel((35, 30)), RED)
        assert is_like(upright.getpixel((5, 30)), BLUE)

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_every_way_to_hold_a_camera(self, orientation):
        corner = Image.new("RGB", (64, 48), BLUE)
        corner.paste(RED, (0, 0, 32, 24))
        turn = images.TURNS.get(orientation)
        undo = {Image.Transpose.ROTATE_90: Image.Transpose.ROTATE_270}
        undo |= {after: before for before, after in undo.items()}
        stored = corner.transpose(undo.get(turn, turn)) if turn is not None else corner
        exif = Image.Exif()
        exif[images.ORIENTATION] = orientation
        upright = read(encoded(stored, "PNG", exif=exif)).picture
        assert upright.size == (64, 48)
        assert is_like(upright.getpixel((10, 10)), RED)
        assert is_like(upright.getpixel((60, 40)), BLUE)

    def test_damaged_exif_does_not_keep_a_picture_out(self):
        content = encoded(Image.new("RGB", (60, 40)), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff")
        assert read(content).width_px == 60

    def test_what_is_transparent_becomes_white(self):
        clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
        clear.paste((*RED, 255), (0, 0, 30, 40))
        picture = read(encoded(clear, "PNG")).picture
        assert picture.getpixel((50, 20)) == (255, 255, 255)
        assert picture.getpixel((10, 20)) == RED

    def test_a_transparent_colour_of_a_palette_becomes_white(self):
        palette = Image.new("P", (60, 40), 0)
        palette.putpalette([0, 0, 0, *RED])
        palette.paste(1, (0, 0, 30, 40))
        picture = read(encoded(palette, "PNG", transparency=0)).picture
        assert picture.getpixel((50, 20)) == (255, 255, 255)
        assert picture.getpixel((10, 20)) == RED

    def test_16_bits_become_8(self):
        grey = Image.new("I;16", (60, 40), 0x8000)
        assert is_like(read(encoded(grey, "PNG")).picture.getpixel((5, 5)), (128,) * 3, 1)

    def test_a_profile_is_applied_and_taken_out(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        # With these two names exchanged, the profile takes red for blue.
        profile = profile.replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ")
        profile = profile.replace(b"____", b"bXYZ")
        red = Image.new("RGB", (60, 40), (255, 0, 0))
        picture = read(encoded(red, "PNG", icc_profile=profile)).picture
        assert is_like(picture.getpixel((5, 5)), (0, 0, 255))
        assert "icc_profile" not in picture.info

    def test_a_profile_that_does_not_fit_is_ignored(self):
        picture = read(encoded(Image.new("RGB", (60, 40), RED), "PNG", icc_profile=b"junk")).picture
        assert picture.getpixel((5, 5)) == RED


SECRETS = [
    b"GPSSECRET",
    b"SERIAL-4711",
    b"COMMENTSECRET",
    b"XMPSECRET",
    b"OWNERSECRET",
    b"PNGSECRET",
]


def telling_jpeg() -> bytes:
    """A JPEG that says where, with which camera and by whom it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "OWNERSECRET maker"
    exif.get_ifd(0x8769)[0xA431] = "SERIAL-4711"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 22.0, 1.5), 29: "GPSSECRET"})
    return encoded(
        Image.effect_noise((120, 80), 50).convert("RGB"),
        "JPEG",
        exif=exif,
        comment=b"COMMENTSECRET",
        xmp=b"<x:xmpmeta>XMPSECRET</x:xmpmeta>",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )


def telling_png() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "PNGSECRET")
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>XMPSECRET</x:xmpmeta>")
    exif = Image.Exif()
    exif[0x010F] = "OWNERSECRET maker"
    return encoded(Image.new("RGB", (60, 40)), "PNG", pnginfo=texts, exif=exif)


def public_copies(photo: Photo) -> list[Rendition]:
    photo.make_modern_renditions()
    copies = list(photo.renditions.all())
    assert {copy.format for copy in copies} == {"jpeg", "webp", "avif"}
    return copies


def content_of(rendition: Rendition) -> bytes:
    with rendition.file.open() as file:
        return file.read()


@pytest.mark.django_db
class TestMetadata:
    @pytest.mark.parametrize("make", [telling_jpeg, telling_png])
    def test_nothing_of_the_original_reaches_a_public_copy(self, make):
        content = make()
        told = [secret for secret in SECRETS if secret in content]
        assert told
        for rendition in public_copies(make_photo(content=content)):
            copy = content_of(rendition)
            assert [secret for secret in told if secret in copy] == []
            with Image.open(io.BytesIO(copy)) as picture:
                assert "icc_profile" not in picture.info
                assert "comment" not in picture.info
                assert set(picture.getexif()) <= {images.ARTIST, images.COPYRIGHT}

    def test_every_copy_says_what_the_page_says(self):
        photo = make_photo(
            creator="Müller & Söhne <Foto>", agency="AP / TASS", caption="The caption."
        )
        line = str(credit_of(photo)).removeprefix("The caption. ")
        assert "CC BY-SA 4.0" in line
        for rendition in public_copies(photo):
            with Image.open(rendition.file) as picture:
                packet = picture.info["xmp"].strip(b"\0").decode()
            texts = [text for text in ElementTree.fromstring(packet).itertext() if text.strip()]
            assert texts == [
                "Müller & Söhne <Foto>",
                "Müller & Söhne <Foto> / AP / TASS",
                line,
                "https://creativecommons.org/licenses/by-sa/4.0/",
            ]

    def test_a_jpeg_says_it_in_exif_too(self):
        photo = make_photo(creator="Ana Šarić")
        with Image.open(photo.renditions.first().file) as picture:
            exif = picture.getexif()
        assert exif[images.ARTIST].encode("latin-1").decode() == "Ana Šarić"
        assert "CC BY-SA 4.0" in exif[images.COPYRIGHT]

    @pytest.mark.parametrize(
        ("field", "value", "mark"),
        [
            ("creator", "Somebody Else", b"Somebody Else"),
            ("agency", "Reuters", b"Reuters"),
            ("licence_id", "CC BY 3.0", b"licenses/by/3.0/"),
            ("modification", "Cropped", b"Cropped"),
        ],
    )
    def test_copies_follow_a_change_of_credit(self, field, value, mark):
        photo = make_photo()
        public_copies(photo)
        setattr(photo, field, value)
        photo.save()
        for rendition in public_copies(photo):
            assert mark in content_of(rendition)

    def test_control_characters_cannot_break_the_metadata(self):
        packet = images.xmp_of(
            images.Attribution("A\x0bB", "]]>", "\ud7ff", "https://x.example/?a&b")
        )
        assert "A B" in ElementTree.fromstring(packet.decode()).itertext()
