"""Where somebody is signed in, and how that is ended: by its owner or by an administrator."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from newsroom.signing_in.sessions import device_of, forget_ended
from tests.codes import SECRET
from tests.factories import make_editor, make_user

DEVICES = "/admin/account/sessions/"
USERS = "/admin/auth/user/"
PASSWORD = "a long enough sentence"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/130.0.0.0 Mobile Safari/537.36"
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    user = make_editor()
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(browser: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": browser}, REMOTE_ADDR="192.0.2.77")
    client.post("/admin/account/login/", {"login": "editor", "password": PASSWORD})
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "Firefox, Linux"),
        (CHROME, "Chrome, Android"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
            "Safari, Mac",
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/130.0.0.0 Safari/537.36",
            "Chrome, ChromeOS",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_known_by_two_words(user_agent, device):
    assert device_of(user_agent) == device
    assert device_of(device) == device


def test_everybody_sees_where_they_are_signed_in_and_nobody_else(editor):
    client, _other = signed_in(), signed_in(CHROME)
    UserSession.objects.create(
        user=make_user("olga"), session_key="x", user_agent="Opera, Windows", ip="0.0.0.0"
    )

    page = client.get(DEVICES).text

    assert page.count("This device") == 1
    assert "Firefox, Linux" in page
    assert "Chrome, Android" in page
    assert "Opera" not in page


def test_no_address_is_kept(editor):
    signed_in()

    stored = UserSession.objects.values().get()

    assert (stored["ip"], stored["user_agent"]) == ("0.0.0.0", "Firefox, Linux")


def test_a_device_is_signed_out_by_its_owner(editor):
    client, other = signed_in(), signed_in(CHROME)
    number = UserSession.objects.get(user_agent="Chrome, Android").pk

    answer = client.post(f"{DEVICES}{number}/end/", follow=True)

    assert "That device is signed out." in answer.text
    assert is_in(client)
    assert not is_in(other)


def test_nobody_signs_out_somebody_else(editor):
    client = signed_in()
    number = UserSession.objects.get().pk
    stranger = Client()
    stranger.force_login(make_user("olga", "Editor"))

    assert stranger.post(f"{DEVICES}{number}/end/").status_code == 404
    assert is_in(client)


def test_a_link_signs_nobody_out(editor):
    client = signed_in()

    assert client.get(f"{DEVICES}{UserSession.objects.get().pk}/end/").status_code == 405


def test_signing_out_this_device_from_the_list_ends_it(editor):
    client = signed_in()

    client.post(f"{DEVICES}{UserSession.objects.get().pk}/end/")

    assert not is_in(client)


def test_all_others_are_signed_out_at_once(editor):
    client, others = signed_in(), [signed_in(CHROME), signed_in()]

    client.post(DEVICES)

    assert is_in(client)
    assert not any(is_in(other) for other in others)


def test_ended_sessions_leave_no_trace(editor):
    signed_in()
    kept = signed_in(CHROME)
    Session.objects.exclude(pk=kept.session.session_key).delete()

    forget_ended()

    assert [session.user_agent for session in UserSession.objects.all()] == ["Chrome, Android"]
    assert is_in(kept)


# Administrators


@pytest.fixture
def root(client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def act(client: Client, action: str, *users: User):
    numbers = [user.pk for user in users]
    return client.post(USERS, {"action": action, "_selected_action": numbers}, follow=True)


def test_who_leaves_is_shut_out_everywhere(editor, root):
    devices = [signed_in(), signed_in(CHROME)]

    act(root, "shut_out", editor)

    assert not any(is_in(device) for device in devices)
    editor.refresh_from_db()
    assert not editor.is_active
    assert not UserSession.objects.exists()
    assert LogEntry.objects.get().change_message == "Shut out."


def test_nobody_shuts_themselves_out(root):
    user = User.objects.get(username="root")

    answer = act(root, "shut_out", user)

    assert "You cannot shut yourself out." in answer.text
    user.refresh_from_db()
    assert user.is_active


def test_who_comes_back_is_not_signed_in_by_an_old_session(editor, root):
    device = signed_in()
    form = root.get(f"{USERS}{editor.pk}/change/").context["adminform"].form
    values = {field.html_name: field.value() for field in form if field.value()}
    values |= {"last_login_0": "", "last_login_1": "", "groups": []}
    values |= {"date_joined_0": "2026-01-01", "date_joined_1": "12:00"}

    for is_active in [False, True]:
        values.pop("is_active", None)
        values |= {"is_active": "on"} if is_active else {}
        assert root.post(f"{USERS}{editor.pk}/change/", values).status_code == 302

    editor.refresh_from_db()
    assert editor.is_active
    assert not is_in(device)


def test_a_lost_factor_is_reset_and_the_devices_signed_out(editor, root):
    device = signed_in()
    TOTP.activate(editor, SECRET)

    act(root, "reset_second_factor", editor)

    assert not Authenticator.objects.exists()
    assert not is_in(device)
    assert LogEntry.objects.get().change_message == "Second factor reset."


def test_accounts_are_for_superusers(client, editor):
    client.force_login(make_user("chief", "Administrator"))

    assert client.get(USERS).status_code == 403
    assert act(client, "shut_out", editor).status_code == 403
    editor.refresh_from_db()
    assert editor.is_active


@pytest.mark.parametrize("secrets", ["mfa/authenticator", "usersessions/usersession"])
def test_factors_and_sessions_of_others_are_not_in_the_admin(root, secrets):
    assert root.get(f"/admin/{secrets}/").status_code == 404


def test_the_list_of_accounts_says_who_has_a_second_factor(
    editor, root, django_assert_max_num_queries
):
    TOTP.activate(editor, SECRET)

    with django_assert_max_num_queries(12):
        page = root.get(USERS)

    assert page.text.count('alt="True"') > 0
