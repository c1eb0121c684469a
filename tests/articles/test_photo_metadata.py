"""What a picture's file says of itself, and what no file can do to an upload."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles import photo_metadata
from articles.models import Photo
from articles.photo_metadata import values_of
from tests.factories import make_editor
from tests.pictures import (
    BY_LINE,
    CAPTION,
    COPYRIGHT,
    CREDIT,
    KEYWORD,
    TITLE,
    UTF_8,
    iptc,
    picture,
    xmp,
)

ARTIST, DESCRIPTION, RIGHTS, XP_TITLE = 0x013B, 0x010E, 0x8298, 0x9C9B
ALL = {
    "creator": "Zoë Müller",
    "agency": "Agence Été",
    "caption": "Une crue à Liège",
    "copyright_notice": "© 2026 Zoë Müller",
    "title": "La crue",
    "keywords": ["été", "crue"],
}


def told(content: bytes) -> photo_metadata.Told:
    return photo_metadata.read(io.BytesIO(content))


def all_in_iptc(encoding: str, *, charset: bytes = b"") -> bytes:
    numbers = {BY_LINE: "creator", CREDIT: "agency", CAPTION: "caption"}
    numbers |= {COPYRIGHT: "copyright_notice", TITLE: "title"}
    values = [(number, ALL[name].encode(encoding)) for number, name in numbers.items()]
    values += [(KEYWORD, word.encode(encoding)) for word in ALL["keywords"]]
    return picture(iptc_block=iptc(values, charset=charset))


# What it says


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("utf-8", UTF_8), ("utf-8", b""), ("latin-1", b""), ("latin-1", b"\x1b.A")],
)
def test_iptc_is_read_in_any_encoding_declared_or_not(encoding, charset):
    assert values_of(told(all_in_iptc(encoding, charset=charset))) == ALL


def test_a_letter_that_was_cut_in_two_is_left_out():
    block = iptc([(BY_LINE, "Zoë".encode()[:-1])], charset=UTF_8)

    assert values_of(told(picture(iptc_block=block))) == {"creator": "Zo"}


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "PNG", "TIFF", "AVIF"])
def test_xmp_is_read(format):
    packet = xmp(
        creator=["Zoë Müller"],
        credit=ALL["agency"],
        description=ALL["caption"],
        rights=ALL["copyright_notice"],
        title=ALL["title"],
        subject=ALL["keywords"],
    )
    assert values_of(told(picture(packet=packet, format=format))) == ALL


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_exif_is_read(encoding):
    tags = {
        ARTIST: ALL["creator"].encode(encoding),
        DESCRIPTION: ALL["caption"].encode(encoding),
        RIGHTS: ALL["copyright_notice"].encode(encoding),
        XP_TITLE: ALL["title"].encode("utf-16-le") + b"\x00\x00",
    }
    expected = {name: ALL[name] for name in ("creator", "caption", "copyright_notice", "title")}

    assert values_of(told(picture(tags=tags))) == expected


def test_iptc_wins_and_what_the_others_say_is_said():
    content = picture(
        iptc_block=iptc([(BY_LINE, b"A. Name")]),
        packet=xmp(creator=["Another Name"], description="A dam"),
        tags={ARTIST: b"a.  name", DESCRIPTION: b"Another dam"},
    )
    said = told(content)

    assert values_of(said) == {"creator": "A. Name", "caption": "A dam"}
    assert photo_metadata.sentences_of(said, {"creator": "creator", "caption": "caption"}) == [
        "Caption: from XMP. The file says “Another dam” in EXIF too.",
        "Creator: from IPTC. The file says “Another Name” in XMP too.",
    ]


def test_what_a_camera_writes_by_itself_is_no_caption():
    assert told(picture(tags={DESCRIPTION: b"OLYMPUS DIGITAL CAMERA         "})) == {}


def test_an_agency_that_is_the_creator_is_not_named_twice():
    block = iptc([(BY_LINE, b"A. Name"), (CREDIT, b"A. NAME")])

    assert values_of(told(picture(iptc_block=block))) == {"creator": "A. Name"}


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0", "CC BY-SA 4.0"),
        ("http://creativecommons.org/licenses/by/2.0/deed.nl", "CC BY 2.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "Public domain"),
        ("https://photos.example/terms", None),
    ],
)
def test_a_licence_is_known_by_its_address(address, code):
    assert values_of(told(picture(packet=xmp(rights_url=address)))).get("licence") == code


# What it cannot do

BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>'
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
HOSTILE = {
    "entities": {"packet": BOMB},
    "an outside entity": {"packet": OUTSIDE},
    "broken XML": {"packet": b"<x:xmpmeta><rdf:RDF"},
    "no XML": {"packet": b"\x00\xff\xfe nothing"},
    "nested XML": {"packet": b"<a>" * 9_000 + b"</a>" * 9_000},
    "broken IPTC": {"iptc_block": b"\x1c\x02\x50\xff\xff nothing"},
    "no IPTC": {"iptc_block": b"nothing of the kind"},
    "NUL and control characters": {"iptc_block": iptc([(BY_LINE, b"A\x00\x07\x1b[31m B\r\n")])},
    "a turn of direction": {"iptc_block": iptc([(BY_LINE, "A\u202egpj".encode())])},
    "half letters": {"packet": b"<x>\xed\xa0\x80</x>"},
    "much of everything": {
        "iptc_block": iptc(
            [(CAPTION, b"word " * 6_000), *[(KEYWORD, b"k%d" % n * 30) for n in range(200)]]
        )
    },
    "HTML": {"iptc_block": iptc([(CAPTION, b"<script>alert(1)</script>")])},
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_metadata_breaks_an_upload(client, kind):
    client.force_login(make_editor())
    upload = SimpleUploadedFile("x.jpg", picture(**HOSTILE[kind]))

    answer = client.post(
        reverse("admin:articles_photo_upload"),
        {"pictures": upload},
        headers={"Accept": "application/json"},
    ).json()

    photo = Photo.objects.get()
    assert answer["photo"]["number"] == photo.pk
    photo.full_clean()
    page = client.get(reverse("admin:articles_photo_change", args=[photo.pk])).content
    assert b"<script>alert" not in page
    for text in (photo.creator, photo.caption, *photo.keywords):
        assert text.isprintable()
        assert "\u202e" not in text


def test_entities_are_not_expanded():
    assert told(picture(packet=BOMB)) == {}
    assert told(picture(packet=OUTSIDE)) == {}


def test_what_is_too_long_is_cut_to_its_field_and_said():
    said = told(picture(iptc_block=iptc([(CAPTION, b"word " * 6_000)])))

    assert len(values_of(said)["caption"]) <= 600
    assert photo_metadata.sentences_of(said, {"caption": "caption"}) == [
        "Caption: longer in the file; only the beginning was taken."
    ]


@pytest.mark.parametrize("name", photo_metadata.LONGEST)
def test_no_value_is_longer_than_its_field(name):
    field = Photo._meta.get_field(name)
    if name == "keywords":
        field = field.base_field
    if name == "licence":
        field = field.related_model._meta.pk

    assert photo_metadata.LONGEST[name] == field.max_length


def test_one_broken_kind_leaves_the_others():
    content = picture(packet=BOMB, tags={ARTIST: b"A. Name"})

    assert values_of(told(content)) == {"creator": "A. Name"}


def test_a_file_that_is_no_picture_says_nothing():
    assert told(b"nothing of the kind") == {}


# In the form


@pytest.fixture
def editor() -> User:
    return make_editor()


def save(client, content: bytes, **typed) -> Photo:
    typed = {"focal_x": "0.5", "focal_y": "0.5"} | typed
    address = reverse("admin:articles_photo_add")
    client.post(address, typed | {"original": SimpleUploadedFile("x.jpg", content)})
    return Photo.objects.get()


@pytest.mark.django_db
def test_what_the_file_says_goes_into_the_fields_left_empty(client, editor):
    client.force_login(editor)

    photo = save(client, all_in_iptc("utf-8", charset=UTF_8), creator="Typed", title="Typed too")

    assert (photo.creator, photo.title) == ("Typed", "Typed too")
    assert (photo.agency, photo.caption) == (ALL["agency"], ALL["caption"])
    assert photo.copyright_notice == ALL["copyright_notice"]
    assert photo.keywords == ALL["keywords"]


@pytest.mark.django_db
def test_what_a_person_emptied_stays_empty(client, editor):
    client.force_login(editor)

    photo = save(client, all_in_iptc("utf-8", charset=UTF_8), creator="Typed", is_read="on")

    assert (photo.creator, photo.caption) == ("Typed", "")


@pytest.mark.django_db
def test_a_licence_of_the_file_is_chosen_when_what_it_demands_is_there(client, editor):
    client.force_login(editor)
    packet = xmp(
        creator=["A. Name"],
        rights_url="https://creativecommons.org/licenses/by-sa/4.0/",
        source_url="https://photos.example/dam",
    )

    photo = save(client, picture(packet=packet))

    assert (photo.licence_id, photo.source_url) == ("CC BY-SA 4.0", "https://photos.example/dam")
    page = client.get(reverse("admin:articles_photo_change", args=[photo.pk])).content.decode()
    assert "The file says its licence is CC BY-SA 4.0." in page


@pytest.mark.django_db
def test_the_form_says_where_the_file_disagrees_with_itself(client, editor):
    client.force_login(editor)
    content = picture(iptc_block=iptc([(BY_LINE, b"A. Name")]), packet=xmp(creator=["B. Name"]))

    photo = save(client, content)

    page = client.get(reverse("admin:articles_photo_change", args=[photo.pk])).content.decode()
    assert "Creator: from IPTC. The file says “B. Name” in XMP too." in page


@pytest.mark.django_db
def test_a_file_is_read_for_the_form_before_it_is_saved(client, editor):
    client.force_login(editor)
    upload = SimpleUploadedFile("x.jpg", all_in_iptc("utf-8", charset=UTF_8))

    answer = client.post(reverse("admin:articles_photo_read"), {"original": upload}).json()

    assert answer["values"] == ALL
    assert not Photo.objects.exists()
