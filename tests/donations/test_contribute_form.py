"""The form at /contribute: what it shows, what it takes, what it refuses and how."""

import pytest

from donations.models import Appeal, Contribution, ContributionRules, CurrencyRule
from tests.donations.giving import FORM, open_form, send
from tests.factories import JUNE_1, make_article, make_publication
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db


def checked(response, name):
    """The values ticked or chosen in a field."""
    return [
        field["value"]
        for field in read(response).all("input")
        if field.get("name") == name and "checked" in field
    ]


def value(response, name):
    return next(
        field.get("value") for field in read(response).all("input") if field.get("name") == name
    )


def make_yen() -> CurrencyRule:
    return CurrencyRule.objects.create(currency="JPY", minimum_minor=100, maximum_minor=1_000_000)


def test_it_opens_monthly_with_the_first_currency_and_its_chosen_amount(client):
    response = client.get("/contribute")

    assert response.status_code == 200
    assert checked(response, "frequency") == ["monthly"]
    assert checked(response, "amount") == ["1000"]
    assert "You will give €10.00 every month." in words_of(response)
    assert "€0.56 on €10.00" in words_of(response)
    assert not read(response).faults
    radios = [field for field in read(response).all("input") if field.get("name") == "frequency"]
    assert radios[0]["value"] == "monthly"


def test_a_link_may_say_frequency_and_currency(client):
    response = client.get("/contribute?frequency=once&currency=USD")

    assert checked(response, "frequency") == ["once"]
    assert "You will give $25.00 once." in words_of(response)


@pytest.mark.parametrize(
    "query", ["?frequency=hourly&currency=XXX", "?back=nonsense", "?appeal=x&article=%00&back=%00"]
)
def test_nonsense_in_a_link_is_ignored(client, query):
    assert "You will give €10.00 every month." in words_of(client.get(f"/contribute{query}"))


def test_it_is_kept_by_no_cache_and_sets_no_cookie(client, checkouts):
    for response in (client.get("/contribute"), send(client), send(client, email="")):
        assert "no-store" in response["Cache-Control"]
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


def test_browsers_may_follow_the_form_to_stripe_and_nowhere_else(client):
    policy = client.get("/contribute")["Content-Security-Policy"]

    [targets] = [part for part in policy.split("; ") if part.startswith("form-action")]
    assert targets.split()[1:4] == [
        "'self'",
        "https://checkout.stripe.com",
        "https://billing.stripe.com",
    ]


def test_what_the_outlet_says_is_shown_to_every_reader(client):
    ContributionRules.objects.create(
        pk=1, safety_notice="Do not give\n\nfrom <there>.", small_print="Gifts are gifts."
    )

    html = client.get("/contribute").content.decode()

    assert "<p>from &lt;there&gt;.</p>" in html
    assert "Gifts are gifts." in html


def test_other_choices_show_other_amounts_and_keep_what_was_typed(client):
    make_yen().presets.create(frequency="once", amount_minor=3000, is_default=True)
    token = open_form(client)

    response = send(
        client,
        token,
        step="show",
        frequency="once",
        currency="JPY",
        shown_for="monthly EUR",
        email="not yet",
        message="Keep <going>",
    )

    assert response.status_code == 200
    assert "You will give ¥3,000 once." in words_of(response)
    assert value(response, "email") == "not yet"
    assert "Keep &lt;going&gt;" in response.content.decode()
    assert value(response, "form_token") == token
    assert "error" not in response.content.decode()


def test_the_total_names_the_fee_that_is_covered(client):
    response = send(client, step="show", cover_fee="1", amount="other", other_amount="12,50")

    assert "You will give €13.14 every month. €12.50 for us and €0.64" in words_of(response)


@pytest.mark.parametrize(
    ("typed", "amount_minor"),
    [("12,50", 1250), ("12.50", 1250), ("1 000", 100_000), ("1", 100), ("10000", 1_000_000)],
)
def test_another_amount_is_taken_as_typed(client, checkouts, typed, amount_minor):
    assert send(client, amount="other", other_amount=typed).status_code == 303
    assert Contribution.objects.get().total_minor == amount_minor
    assert checkouts.orders[0].total_minor == amount_minor


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1,000", "Do you mean 1000?"),
        ("1.000", "Do you mean 1000?"),
        ("0.001", "Do you mean 1?"),
        ("１２", "Write the amount in digits"),
        ("NaN", "Write the amount in digits"),
        ("-5", "Write the amount in digits"),
        ("1e9", "Write the amount in digits"),
        ("5 JPY", "Write the amount in digits"),
        ("", "Write the amount in digits"),
        ("0", "The smallest gift is €1.00."),
        ("0.99", "The smallest gift is €1.00."),
        ("10000.01", "The largest gift is €10,000.00."),
        ("999999999999", "The largest gift is"),
        ("12\x00", "Null characters are not allowed."),
    ],
)
def test_any_other_amount_is_refused_with_a_sentence(client, checkouts, typed, sentence):
    response = send(client, amount="other", other_amount=typed, name="Ida")

    assert response.status_code == 400
    assert sentence in words_of(response)
    assert value(response, "name") == "Ida"
    assert not Contribution.objects.exists()


def test_why_no_total_can_be_shown_is_said_beside_the_amount(client):
    response = send(client, step="show", amount="other", other_amount="1,000")
    page = words_of(response)

    assert response.status_code == 200
    assert "Do you mean 1000?" in page
    assert "You will give" not in page
    assert "Write your e-mail address" not in words_of(send(client, step="show", email=""))


def test_nothing_is_said_about_another_amount_before_one_is_typed(client):
    page = words_of(send(client, step="show", amount="other", other_amount=""))

    assert "This is not sent yet" not in page


@pytest.mark.parametrize("amount", ["", "ten", "-500", "1e3", "１２", "99", "1000001", "9" * 30])
def test_a_forged_suggestion_is_refused(client, checkouts, amount):
    assert send(client, amount=amount).status_code == 400
    assert not Contribution.objects.exists()


def test_a_suggestion_of_one_currency_is_no_amount_of_another(client, checkouts):
    make_yen()

    response = send(client, currency="JPY", shown_for="monthly EUR")

    assert response.status_code == 400
    assert "The amounts are in JPY now. Choose one." in words_of(response)


def test_yen_are_given_whole(client, checkouts):
    make_yen()

    refused = send(client, currency="JPY", amount="other", other_amount="500.50")
    assert "Write a whole number." in words_of(refused)
    send(client, currency="JPY", amount="other", other_amount="500")
    assert checkouts.orders[0].total_minor == 500


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("email", "", "Write your e-mail address"),
        ("email", "reader@", "Write an e-mail address such as"),
        ("frequency", "hourly", "Choose how often"),
        ("frequency", "", "Choose how often"),
        ("currency", "XXX", "Choose one of these currencies."),
        ("name", "x" * 121, "at most 120 characters"),
        ("message", "x" * 1001, "at most 1000 characters"),
    ],
)
def test_an_error_stands_above_and_at_its_field(client, checkouts, field, wrong, sentence):
    response = send(client, **{field: wrong})

    assert response.status_code == 400
    assert words_of(response).count(sentence) == 2
    assert {"href": f"#{field}"} in read(response).all("a")
    html = response.content.decode()
    assert f'id="{field}-error"' in html
    assert f'{field}-error"' in html.split(f'id="{field}-error"')[0]
    assert not read(response).faults


def test_a_form_of_another_site_is_refused(client, checkouts):
    for headers in (
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
    ):
        assert send(client, headers=headers).status_code == 403
    assert not Contribution.objects.exists()
    same = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert send(client, headers=same).status_code == 303


@pytest.mark.parametrize("token", ["", "forged", "forged:1abc:forged", "\x00"])
def test_a_form_that_is_not_ours_is_shown_again_as_it_was(client, checkouts, token):
    response = send(client, token, name="Ida")

    assert response.status_code == 400
    assert "This form was open for too long." in words_of(response)
    assert value(response, "name") == "Ida"
    assert not Contribution.objects.exists()


def test_a_form_grows_old(client, checkouts, time_machine):
    time_machine.move_to(JUNE_1, tick=False)
    token = open_form(client)
    time_machine.shift(12 * 3600 + 1)

    assert send(client, token).status_code == 400
    assert send(client).status_code == 303


def test_it_remembers_the_appeal_and_the_story_that_led_to_it(client, checkouts):
    appeal = Appeal.objects.create(placement="article_end", headline="Help", button="Give")
    story = make_publication()
    page = client.get(appeal.address(story.pk))

    send(client, appeal=value(page, "appeal"), article=value(page, "article"))

    contribution = Contribution.objects.get()
    assert (contribution.appeal, contribution.publication) == (appeal, story)


def test_what_readers_cannot_see_is_not_remembered(client, checkouts):
    draft = make_article()

    for article in (str(draft.pk), "0", "x", "9" * 9, "9" * 30):
        assert send(client, article=article, appeal=article).status_code == 303
    assert not Contribution.objects.exclude(publication=None, appeal=None).exists()


def test_without_currencies_nothing_can_be_given(client):
    CurrencyRule.objects.all().delete()

    for response in (client.get("/contribute"), client.post("/contribute", FORM)):
        assert response.status_code == 503
        assert "We cannot take contributions at the moment" in words_of(response)


def test_query_count(client, checkouts, django_assert_num_queries):
    """Breaking news, outlet, sections, pages, languages; currencies, their suggestions, rules."""
    with django_assert_num_queries(8):
        token = open_form(client)
    with django_assert_num_queries(8):
        send(client, token, email="")
    # Currencies, suggestions; what the form led to, once before and once inside the transaction
    # (begin, lock, end); rules, two counts, forgetting, counting; the contribution, its session,
    # its state.
    with django_assert_num_queries(15):
        send(client, token)
