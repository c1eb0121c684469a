import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from articles.markup import (
    MAXIMUM_LENGTH,
    excerpt,
    own_story,
    photo_ids,
    plain_text,
    render,
    sanitise,
    story_numbers,
)
from articles.models import Page
from tests.factories import make_article

OWN = "https://news.example"


def clean(text: str) -> str:
    return sanitise(text, figures=True)


@pytest.mark.parametrize(
    ("entered", "stored"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<p style="color:red">a</p>', "<p>a</p>"),
        ('<p class="huge">a</p>', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<a href="JaVaScRiPt&#58;alert(1)">a</a>', "<a>a</a>"),
        ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
        ('<p>a<img src="https://elsewhere.example/a.png">b</p>', "<p>ab</p>"),
        ('<p>a</p><iframe src="https://elsewhere.example"></iframe>', "<p>a</p>"),
        ("<svg><script>alert(1)</script></svg>", ""),
        ("<style>p{}</style><p>a</p>", "<p>a</p>"),
        ("<p>a<!-- note --></p>", "<p>a</p>"),
        ("<p>a\x00b</p>", "<p>ab</p>"),
        (
            '<a href="https://example.org/" target="_blank" rel="x">a</a>',
            '<a href="https://example.org/">a</a>',
        ),
        ("<h1>a</h1><h2>b</h2>", "a<h2>b</h2>"),
        ("<p></p>", ""),
        ('<ol start="4"><li>a</li></ol>', '<ol start="4"><li>a</li></ol>'),
        ('<ol start="x"><li>a</li></ol>', "<ol><li>a</li></ol>"),
        (
            '<blockquote class="pullquote" onclick="x()"><p>a</p></blockquote>',
            '<blockquote class="pullquote"><p>a</p></blockquote>',
        ),
        (
            '<p class="link-card"><a href="https://example.org/">a</a></p>',
            '<p class="link-card"><a href="https://example.org/">a</a></p>',
        ),
    ],
)
def test_only_what_a_story_may_hold_is_kept(entered, stored):
    assert clean(entered) == stored


@pytest.mark.parametrize(
    ("entered", "stored"),
    [
        (
            '<figure data-caption="A &amp; B" data-photo="7"><img src="x"></figure>',
            '<figure data-photo="7" data-caption="A &amp; B"></figure>',
        ),
        ('<figure data-photo="7" onclick="x()"></figure>', '<figure data-photo="7"></figure>'),
        ('<figure data-photo="0"></figure>', ""),
        ('<figure data-photo="1e9"></figure>', ""),
        ('<figure data-photo="١"></figure>', ""),
        ("<figure><figcaption>Caption</figcaption></figure>", ""),
    ],
)
def test_a_figure_is_a_photo_number_and_a_caption(entered, stored):
    assert clean(entered) == stored


def test_a_standing_page_holds_no_figures():
    assert sanitise('<p>a</p><figure data-photo="7"></figure>', figures=False) == "<p>a</p>"


PIECES = [
    *("<p>", "</p>", "<a href='", "javascript:", "'>", '"', "<", ">", "x", "&lt;", "&#60;", "\x00"),
    *("<script>", "</script>", "<svg>", "<math>", "<style>", "<!--", "-->", "onload=x "),
    *(
        "<figure data-photo='7'>",
        "</figure>",
        "<blockquote class=pullquote>",
        "<ol start=2>",
        "<li>",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_whatever_is_entered_is_clean_and_stays_as_it_is(text):
    once = clean(text)

    assert clean(once) == once
    lowered = once.lower()
    assert "<script" not in lowered
    assert "<svg" not in lowered
    assert 'href="javascript' not in lowered


def test_a_text_nested_too_deep_is_refused_at_once():
    started = time.monotonic()
    with pytest.raises(ValidationError, match="nested"):
        clean("<blockquote>" * 30_000 + "a")
    assert time.monotonic() - started < 5


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(ValidationError, match="Divide it"):
        clean("a" * (MAXIMUM_LENGTH + 1))


@pytest.mark.django_db
def test_saving_from_the_shell_cleans_too():
    article = make_article(body="<p>a<script>alert(1)</script></p>")
    article.body += '<p onclick="x()">b</p>'
    article.save()
    page = Page.objects.create(title="About", slug="about", body='<p style="x">c</p>')

    article.refresh_from_db()
    page.refresh_from_db()
    assert article.body == "<p>a</p><p>b</p>"
    assert page.body == "<p>c</p>"


def test_photos_are_named_once_in_their_order():
    body = clean('<figure data-photo="9"></figure><figure data-photo="7"></figure>' * 2)

    assert photo_ids(body) == [9, 7]


def test_links_to_our_stories_are_known_by_their_number():
    body = clean(
        '<a href="/2022/07/25/some-slug-a78">a</a>'
        f'<a href="{OWN}/ru/2022/07/25/other-a79?x=1">b</a>'
        '<a href="https://elsewhere.example/2022/07/25/slug-a80">c</a>'
        f'<a href="{OWN}.evil.example/2022/07/25/slug-a81">d</a>'
    )

    assert story_numbers(body, OWN) == {78, 79}


@pytest.mark.parametrize(
    ("href", "number"),
    [
        (f"{OWN.upper()}/2022/07/25/rivers-rise-a78", 78),
        ("/2022/07/25/rivers-rise-a78/", 78),
        ("/2022/07/25/rivers-rise-a78/?x=1#y", 78),
        ("//other.example/2022/07/25/rivers-rise-a78", None),
        (f"{OWN}.other.example/2022/07/25/rivers-rise-a78", None),
    ],
)
def test_our_stories_are_known_however_their_address_is_written(href, number):
    assert own_story(href, OWN) == number


def test_a_link_to_a_story_nobody_can_see_loses_its_address_and_keeps_its_words():
    body = clean('<p><a href="/2022/07/25/secret-a78">an earlier report</a></p>')

    shown = render(body, figure=lambda number, caption: "", stories={}, own_address=OWN)

    assert shown == "<p>an earlier report</p>"


def test_no_attribute_hides_a_link_to_a_story_nobody_can_see():
    body = clean('<p><a title="" lang="en" href="/2022/07/25/secret-a78">a report</a></p>')

    shown = render(body, figure=lambda number, caption: "", stories={}, own_address=OWN)

    assert shown == "<p>a report</p>"


def test_a_link_to_a_visible_story_leads_to_its_right_address():
    body = clean('<p><a href="/2022/07/25/old-slug-a78">a report</a></p>')

    shown = render(
        body,
        figure=lambda number, caption: "",
        stories={78: "/2022/07/25/new-slug-a78"},
        own_address=OWN,
    )

    assert shown == '<p><a href="/2022/07/25/new-slug-a78">a report</a></p>'


def test_figures_are_expanded_with_their_caption():
    body = clean('<p>a</p><figure data-photo="7" data-caption="A &quot;b&quot;"></figure>')

    shown = render(
        body,
        figure=lambda number, caption: f"[{number}|{caption}]",
        stories={},
        own_address=OWN,
    )

    assert shown == '<p>a</p>[7|A "b"]'


def test_plain_text_has_a_line_per_block_and_reads_captions():
    body = clean(
        '<h2>Head</h2><p>One &amp; two</p><figure data-photo="7" data-caption="Seen"></figure>'
        "<ul><li>Item</li></ul>"
    )

    assert plain_text(body) == "Head\nOne & two\nSeen\nItem"


def test_an_excerpt_is_the_first_paragraph_cut_at_a_word():
    body = clean("<h2>Head</h2><p>" + "word " * 60 + "</p><p>Second</p>")

    text = excerpt(body)

    assert text.endswith("word…")
    assert len(text) <= 161
    assert excerpt("<p>Short.</p><p>Second</p>") == "Short."
