import pytest

from articles.credit import Agent, credit_of, ended
from articles.models import Licence, Photo


def licence(code: str = "CC BY-SA 4.0", **fields) -> Licence:
    return Licence(code=code, url="https://licences.example/deed", **fields)


def test_the_line_is_caption_creator_and_licence():
    photo = Photo(
        caption="The lighthouse in a storm.", creator="Rosa Lind", licence=licence("CC BY-SA 4.0")
    )

    assert str(credit_of(photo)) == "The lighthouse in a storm. Rosa Lind (CC BY-SA 4.0)"


def test_the_caption_of_this_use_stands_before_the_photos_own():
    photo = Photo(caption="Its own.", creator="Rosa Lind", licence=licence())

    assert str(credit_of(photo, "Of this use")).startswith("Of this use. Rosa Lind")


def test_two_agencies_are_two_agents():
    photo = Photo(agency="AP / TASS", licence=licence("Agency", is_printed=False))

    credit = credit_of(photo)

    assert credit.agents == (Agent("AP"), Agent("TASS"))
    assert str(credit) == "AP / TASS"


def test_a_creator_and_an_agency_are_both_named():
    photo = Photo(creator="Rosa Lind", agency="Coast Wire", licence=licence("Agency"))

    assert credit_of(photo).agents_text == "Rosa Lind / Coast Wire"


def test_the_creator_leads_to_the_source_and_the_licence_to_its_deed():
    photo = Photo(
        creator="Rosa Lind",
        creator_url="https://rosa.example/",
        source_url="https://photos.example/7",
        licence=licence(),
    )

    credit = credit_of(photo)

    assert credit.agents[0].url == "https://photos.example/7"
    assert credit.licence_url == "https://licences.example/deed"


def test_a_licence_that_says_nothing_to_readers_is_not_printed():
    photo = Photo(creator="Rosa Lind", licence=licence("Own work", is_printed=False))

    assert str(credit_of(photo)) == "Rosa Lind"


def test_a_photo_without_anything_has_an_empty_line():
    assert str(credit_of(Photo())) == ""


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("A boat", "A boat."),
        ("A boat.", "A boat."),
        ("Whose boat?", "Whose boat?"),
        ("“A boat.”", "“A boat.”"),
        ("", ""),
    ],
)
def test_a_caption_ends_with_a_mark(typed, printed):
    assert ended(typed) == printed
