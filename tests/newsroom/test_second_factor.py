"""The second factor: who needs one, how it is set up, that a code counts once."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from articles.models import Outlet
from newsroom.signing_in import second_factor
from tests.codes import SECRET, code_of
from tests.factories import make_editor, make_photo, make_user

LOGIN = "/admin/account/login/"
SECOND = "/admin/account/2fa/authenticate/"
ACCOUNT = "/admin/account/2fa/"
SET_UP = "/admin/account/2fa/totp/activate/"
REMOVE = "/admin/account/2fa/totp/deactivate/"
CODES = "/admin/account/2fa/recovery-codes/"
PASSWORD = "a long enough sentence"

pytestmark = pytest.mark.django_db


NOON = datetime(2026, 6, 1, 12, 0, 10, tzinfo=UTC)  # Well within a half minute.


@pytest.fixture
def editor() -> User:
    user = make_editor()
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def with_app(editor) -> User:
    TOTP.activate(editor, SECRET)
    RecoveryCodes.activate(editor)
    return editor


def password(client, **extra):
    return client.post(LOGIN, {"login": "editor", "password": PASSWORD}, **extra)


def sign_in(client, code: str):
    password(client)
    return client.post(SECOND, {"code": code})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def outlet(*, needs_second_factor: bool) -> Outlet:
    return Outlet.objects.create(pk=1, name="The Estuary", needs_second_factor=needs_second_factor)


# Who needs one


def test_a_new_outlet_wants_a_second_factor(client, editor, second_factor_rule):
    password(client)

    answer = client.get("/admin/")

    assert (answer.status_code, answer["Location"]) == (302, ACCOUNT)
    assert "First a second factor" in client.get(ACCOUNT).text


@pytest.mark.parametrize(
    "address", ["/admin/articles/article/", "/admin/articles/article/add/", "/admin/auth/user/"]
)
def test_no_page_of_the_desk_opens_before(client, address, second_factor_rule):
    client.force_login(User.objects.create_superuser("root"))

    assert client.get(address)["Location"] == ACCOUNT
    assert client.post(address, {"headline": "x"}).status_code == 403


def test_what_is_sent_before_is_refused_and_nothing_is_written(client, second_factor_rule):
    client.force_login(User.objects.create_superuser("root"))

    answer = client.post("/admin/auth/group/add/", {"name": "Intruders"})

    assert answer.status_code == 403
    assert "Nothing was saved" in answer.text
    assert not User.objects.filter(groups__name="Intruders").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/json"},
        {"X-Requested-With": "XMLHttpRequest"},
        {"Sec-Fetch-Dest": "empty", "Accept": "*/*"},
    ],
)
def test_a_script_is_told_in_its_own_language(client, editor, headers, second_factor_rule):
    client.force_login(editor)

    answer = client.get("/admin/autocomplete/", headers=headers)

    assert answer.status_code == 403
    assert answer.json() == {"error": "Set up a second factor first."}


def test_photos_that_are_not_public_stay_closed_too(client, second_factor_rule):
    reporter = make_user("reporter", "Reporter")
    address = make_photo().renditions.first().file.url
    client.force_login(reporter)
    assert client.get(address).status_code == 404

    TOTP.activate(reporter, SECRET)

    assert client.get(address).status_code == 200


def test_logging_out_and_the_account_stay_open(client, editor, second_factor_rule):
    client.force_login(editor)

    for address in [ACCOUNT, "/admin/account/sessions/", "/admin/jsi18n/"]:
        assert client.get(address).status_code == 200
    assert client.post("/admin/logout/")["Location"] == LOGIN


def test_an_outlet_may_do_without(client, editor, second_factor_rule):
    outlet(needs_second_factor=False)
    client.force_login(editor)

    assert client.get("/admin/").status_code == 200


def test_the_rule_is_read_from_the_record_when_it_changes(client, editor, second_factor_rule):
    record = outlet(needs_second_factor=False)
    client.force_login(editor)
    assert client.get("/admin/").status_code == 200

    record.needs_second_factor = True
    record.save()

    assert client.get("/admin/")["Location"] == ACCOUNT


def test_asking_costs_two_queries(with_app, second_factor_rule, django_assert_num_queries):
    # The outlet's rule, the user's factors.
    with django_assert_num_queries(2):
        assert not second_factor.is_missing(with_app)


def test_the_rule_is_asked_for_once_a_second(editor, django_assert_num_queries):
    from newsroom.signing_in.second_factor import Rule

    rule = Rule()
    with django_assert_num_queries(1):
        assert [rule() for _ in range(10)] == [True] * 10


# Setting one up


def test_setting_up_an_app_shows_recovery_codes_and_opens_the_desk(
    client, editor, second_factor_rule
):
    password(client)
    page = client.get(SET_UP)
    secret = page.context["form"].secret

    answer = client.post(SET_UP, {"code": code_of(secret)})

    assert answer["Location"] == CODES
    codes = re.findall(r"<code>(\d{8})</code>", client.get(CODES).text)
    assert len(codes) == 10
    assert client.get("/admin/").status_code == 200


def test_the_picture_for_the_app_names_the_outlet_and_the_user(client, editor, second_factor_rule):
    outlet(needs_second_factor=True)
    password(client)

    address = client.get(SET_UP).context["totp_url"]

    assert address.startswith("otpauth://totp/editor?")
    assert "issuer=The%20Estuary" in address


def test_a_wrong_code_sets_nothing_up(client, editor, second_factor_rule):
    password(client)
    client.get(SET_UP)

    assert "does not fit" in client.post(SET_UP, {"code": "000000"}).text
    assert not Authenticator.objects.exists()


def test_hours_after_signing_in_the_password_is_asked_for_first(client, editor):
    client.force_login(editor)  # As if long ago.

    answer = client.get(SET_UP)

    assert answer["Location"].startswith("/admin/account/reauthenticate/")


def test_secrets_do_not_lie_open_in_the_database(client, editor):
    password(client)
    secret = client.get(SET_UP).context["form"].secret
    client.post(SET_UP, {"code": code_of(secret)})
    codes = re.findall(r"<code>(\d{8})</code>", client.get(CODES).text)

    stored = str(list(Authenticator.objects.values_list("data")))

    assert secret not in stored
    assert codes
    assert not any(code in stored for code in codes)


def test_under_another_secret_key_no_code_fits(client, with_app, settings):
    settings.SECRET_KEY = "another"

    for code in [code_of(SECRET), code_of("")]:
        sign_in(client, code)
        assert not is_signed_in(client)


# A code counts once


def test_a_code_of_the_app_signs_in(client, with_app):
    password(client)
    assert not is_signed_in(client)

    client.post(SECOND, {"code": code_of(SECRET)})

    assert is_signed_in(client)


@pytest.mark.parametrize("later", [-1, 1])
def test_a_clock_may_be_half_a_minute_off(client, with_app, later, time_machine):
    time_machine.move_to(NOON, tick=False)
    sign_in(client, code_of(SECRET, later=later))

    assert is_signed_in(client)


@pytest.mark.parametrize("later", [-2, 2])
def test_a_clock_may_not_be_a_minute_off(client, with_app, later, time_machine):
    time_machine.move_to(NOON, tick=False)
    sign_in(client, code_of(SECRET, later=later))

    assert not is_signed_in(client)


def test_a_code_works_once(with_app):
    code = code_of(SECRET)
    first, second = Client(), Client()
    sign_in(first, code)

    sign_in(second, code)

    assert is_signed_in(first)
    assert not is_signed_in(second)


@pytest.mark.parametrize("spelling", ["{0[0]} {0[1]}", "{0[0]}-{0[1]}", " {0[0]}{0[1]} "])
def test_a_code_written_another_way_is_the_same_code(with_app, spelling):
    code = code_of(SECRET)
    sign_in(Client(), code)
    second = Client()

    sign_in(second, spelling.format([code[:3], code[3:]]))

    assert not is_signed_in(second)


def test_a_code_is_used_up_for_as_long_as_it_would_be_taken(with_app, time_machine):
    time_machine.move_to(NOON, tick=False)
    code_of_next = code_of(SECRET, later=1)
    sign_in(Client(), code_of_next)
    second = Client()

    time_machine.shift(70)  # allauth itself forgot it after 30 seconds.
    sign_in(second, code_of_next)

    assert not is_signed_in(second)


def test_the_code_that_set_the_app_up_does_not_sign_in(client, editor):
    password(client)
    secret = client.get(SET_UP).context["form"].secret
    code = code_of(secret)
    client.post(SET_UP, {"code": code})
    second = Client()

    sign_in(second, code)

    assert not is_signed_in(second)


def test_a_recovery_code_works_once(with_app):
    code = RecoveryCodes.activate(with_app).generate_codes()[0]
    first, second = Client(), Client()
    sign_in(first, code)

    sign_in(second, code)

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_wrong_codes_are_counted_for_the_account(with_app):
    for number in range(5):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        sign_in(client, "000000")
    client = Client(REMOTE_ADDR="198.51.100.7")

    sign_in(client, code_of(SECRET))

    assert not is_signed_in(client)


ANOTHER_PROCESS = """
import sys, django
django.setup()
from allauth.core.context import request_context
from django.contrib.auth.models import User
from django.test import RequestFactory
from newsroom.signing_in.forms import SignInWithCode
with request_context(RequestFactory().post("/")):
    form = SignInWithCode(user=User.objects.get(username="editor"), data={"code": sys.argv[1]})
    print("taken" if form.is_valid() else "refused")
"""


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_given_the_same_code_one_takes_it(with_app):
    to_database = connection.get_connection_params()
    address = "postgres://{user}:{password}@/{dbname}?host={host}&port={port}".format_map(
        {"password": "", "port": ""} | to_database
    )
    environment = os.environ | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    }
    command = [sys.executable, "-c", ANOTHER_PROCESS, code_of(SECRET)]

    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    answers = [process.communicate()[0].strip() for process in processes]
    assert sorted(answers) == ["refused", "taken"]


# Losing and removing one


def test_the_last_factor_is_not_removed_while_one_is_wanted(client, with_app, second_factor_rule):
    sign_in(client, code_of(SECRET))

    assert "this is your only one" in client.get(REMOVE).text
    client.post(REMOVE)

    assert Authenticator.objects.filter(type="totp").exists()


def test_it_is_removed_where_none_is_wanted(client, with_app, second_factor_rule):
    outlet(needs_second_factor=False)
    sign_in(client, code_of(SECRET))

    client.post(REMOVE)

    assert not Authenticator.objects.exists()


def test_the_last_passkey_is_not_removed_either(client, editor, second_factor_rule):
    passkey = Authenticator.objects.create(
        user=editor, type="webauthn", data={"name": "Phone", "credential": {}}
    )
    password_only = f"/admin/account/2fa/webauthn/keys/{passkey.pk}/remove/"
    client.force_login(editor)
    client.post("/admin/account/reauthenticate/", {"password": PASSWORD})

    assert "this is your only one" in client.get(password_only).text
    client.post(password_only)

    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_one_of_two_may_go(client, with_app, second_factor_rule):
    Authenticator.objects.create(
        user=with_app, type="webauthn", data={"name": "Phone", "credential": {}}
    )
    client.force_login(with_app)
    client.post("/admin/account/reauthenticate/", {"password": PASSWORD})

    client.post(REMOVE)

    assert not Authenticator.objects.filter(type="totp").exists()


def test_a_command_helps_who_lost_everything(with_app):
    call_command("reset_second_factor", "editor")

    assert not Authenticator.objects.exists()


def test_the_command_says_when_it_knows_nobody_of_that_name():
    with pytest.raises(CommandError, match="Nobody is called nobody"):
        call_command("reset_second_factor", "nobody")


def test_the_rule_is_shown_to_who_may_change_it(client):
    outlet(needs_second_factor=True)
    client.force_login(make_user("chief", "Administrator"))

    page = client.get("/admin/articles/outlet/1/change/").text
    assert re.search(r'<input[^>]*name="needs_second_factor"', page)

    client.force_login(make_editor())
    page = client.get("/admin/articles/outlet/1/change/").text
    assert not re.search(r'<input[^>]*name="needs_second_factor"', page)


@pytest.mark.parametrize("address", [ACCOUNT, SET_UP, CODES, "/admin/account/sessions/", LOGIN])
def test_no_cache_keeps_pages_of_an_account(client, editor, address):
    RecoveryCodes.activate(editor)
    client.force_login(editor)

    assert "no-store" in client.get(address)["Cache-Control"]
