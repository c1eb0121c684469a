"""Who may sign in at /admin/account/, where that leads, and what is refused."""

import re
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from tests.factories import make_editor, make_user

LOGIN = "/admin/account/login/"
PASSWORD = "a long enough sentence"

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return with_password(make_editor())


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, user="editor", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": user, "password": password}, **extra)


def is_signed_in(client) -> bool:
    return client.get("/admin/").status_code == 200


def test_the_desk_sends_who_is_not_signed_in_to_the_one_login_page(client):
    answer = client.get("/admin/articles/article/", follow=True)

    assert answer.redirect_chain[-1][0].startswith(LOGIN)
    assert "Sign in" in answer.text


def test_name_and_password_lead_to_the_page_that_was_asked_for(client, editor):
    page = client.get("/admin/articles/article/", follow=True)
    login = page.redirect_chain[-1][0]

    answer = client.post(
        login,
        {"login": "editor", "password": PASSWORD, "next": page.context["redirect_field_value"]},
    )

    assert (answer.status_code, answer["Location"]) == (302, "/admin/articles/article/")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_signing_in_leads_to_no_other_site(client, editor, elsewhere):
    answer = client.post(LOGIN, {"login": "editor", "password": PASSWORD, "next": elsewhere})

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_signing_out_leads_to_the_login_page(client, editor):
    for address in ["/admin/logout/", "/admin/account/logout/"]:
        sign_in(client)
        answer = client.post(address)

        assert (answer.status_code, answer["Location"]) == (302, LOGIN)
        assert not is_signed_in(client)


def test_the_admin_has_no_page_of_its_own_for_passwords(client, editor):
    sign_in(client)

    answer = client.get("/admin/password_change/")

    assert answer["Location"] == "/admin/account/password/change/"


@pytest.mark.parametrize(
    "changes", [{"is_staff": False}, {"is_active": False}], ids=["a reader", "who has left"]
)
def test_an_account_that_is_not_of_the_desk_is_told_so(client, editor, changes):
    User.objects.update(**changes)

    answer = client.post(LOGIN, {"login": "editor", "password": PASSWORD}, follow=True)

    assert "This account may not use the desk." in answer.text
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, editor):
    wrong = sign_in(client, password="something else").context["form"].errors
    unknown = sign_in(client, user="nobody").context["form"].errors

    assert wrong == unknown != {}


@pytest.mark.parametrize(
    "rest",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "password/reset/",
        "login/code/",
        "inactive/",
        "3rdparty/",
    ],
)
def test_what_the_desk_does_not_use_is_not_there(client, rest):
    assert client.get(f"/admin/account/{rest}").status_code == 404
    assert client.post(f"/admin/account/{rest}").status_code == 404


def test_nobody_can_sign_up():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_five_wrong_passwords_close_an_account_to_passwords_from_everywhere(client, editor):
    for number in range(5):
        sign_in(client, password="wrong", REMOTE_ADDR=f"192.0.2.{number}")

    answer = sign_in(client, REMOTE_ADDR="198.51.100.7")

    assert "Too many attempts" in str(answer.context["form"].errors)
    assert not is_signed_in(client)


def test_writing_a_name_another_way_gives_no_further_attempts(client, editor):
    for name in ["editor", "EDITOR", " editor", "Editor ", "eDitor"]:
        sign_in(client, user=name, password="wrong")

    assert "Too many attempts" in str(sign_in(client).context["form"].errors)


def test_an_address_that_tries_many_names_is_slowed_down(client, editor):
    for number in range(20):
        sign_in(client, user=f"name-{number}", REMOTE_ADDR="192.0.2.1")

    assert "Too many attempts" in str(
        sign_in(client, REMOTE_ADDR="192.0.2.1").context["form"].errors
    )
    assert sign_in(client, REMOTE_ADDR="192.0.2.2").status_code == 302


def test_an_address_counts_as_one_whatever_it_writes_into_its_headers(client, editor):
    for number in range(20):
        sign_in(
            client,
            user=f"name-{number}",
            REMOTE_ADDR="192.0.2.1",
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )

    assert sign_in(client, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_behind_a_trusted_proxy_each_reader_counts_for_themselves(client, editor, settings):
    from ipaddress import ip_network

    settings.TRUSTED_PROXIES = [ip_network("192.0.2.1")]
    for number in range(20):
        sign_in(
            client,
            user=f"name-{number}",
            REMOTE_ADDR="192.0.2.1",
            headers={"X-Forwarded-For": "203.0.113.1"},
        )

    def tries(address: str) -> int:
        headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
        return sign_in(client, REMOTE_ADDR="192.0.2.1", headers=headers).status_code

    assert tries("203.0.113.1") == 200
    assert tries("203.0.113.2") == 302


def test_attempts_are_counted_where_all_processes_see_them(client, editor):
    """The table, not this process: another connection of the cache reads the same."""
    from django.core.cache.backends.db import DatabaseCache

    sign_in(client, password="wrong", REMOTE_ADDR="192.0.2.1")

    assert isinstance(cache._connections["default"], DatabaseCache)
    keys = stored_keys()
    assert any("login_failed" in key for key in keys)
    assert not any("192.0.2.1" in key or "editor" in key for key in keys)


def stored_keys() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM newsroom_cache")
        return [key for (key,) in cursor.fetchall()]


def test_pages_of_readers_set_no_cookie_and_journalists_csrf_token_stays_at_the_desk(
    client, editor
):
    sign_in(client)

    assert client.cookies["csrftoken"]["path"] == "/admin/"
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"
    assert client.cookies["sessionid"]["max-age"] == 12 * 3600
    assert not client.get("/").cookies
    assert "messages" not in client.cookies


def test_changing_the_password_signs_out_everywhere_else(client, editor):
    from django.test import Client

    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)

    answer = client.post(
        "/admin/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "another long one", "password2": "another long one"},
    )

    assert answer.status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize("what", ["is_staff", "is_active"])
def test_who_is_of_the_desk_no_longer_is_out_at_the_next_request(client, editor, what):
    sign_in(client)
    assert is_signed_in(client)

    User.objects.update(**{what: False})

    for address in ["/admin/", "/admin/account/2fa/", "/admin/articles/article/"]:
        assert client.get(address).status_code == 302
    assert "_auth_user_id" not in client.session


def test_pages_of_readers_ask_nothing_about_who_is_signed_in(
    client, editor, django_assert_num_queries
):
    sign_in(client)
    with mock.patch("newsroom.signing_in.door._admitted", side_effect=AssertionError):
        client.get("/")
        client.get("/contribute")


def test_signing_in_writes_nobody_into_the_log(client, editor, caplog):
    sign_in(client, password="wrong")
    sign_in(client)

    assert not re.search("editor|127.0.0.1", caplog.text)


def test_an_account_without_password_is_not_sent_round_in_circles(client):
    user = make_user("keyed", "Editor")
    user.set_unusable_password()
    user.save()
    client.force_login(user)

    answer = client.get("/admin/account/password/change/", follow=True)

    assert answer.status_code == 200
    assert "Change password" not in answer.text


def test_nobody_fills_the_table_of_sessions_by_asking_for_passkeys(client):
    def ask(address: str):
        client.cookies.clear()
        return client.get(
            "/admin/account/2fa/webauthn/login/",
            headers={"Accept": "application/json"},
            REMOTE_ADDR=address,
        )

    answers = [ask("192.0.2.1").status_code for _ in range(61)]

    assert answers == [200] * 60 + [429]
    assert ask("192.0.2.2").status_code == 200
    assert Session.objects.count() == 61
