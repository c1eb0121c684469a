"""Coming in to the desk: password, app with codes, passkey, by hand in a browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from articles.models import Outlet
from tests.codes import code_of
from tests.factories import make_editor

LOGIN = "/admin/account/login/"
PASSWORD = "a long enough sentence"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor(second_factor_rule) -> User:
    Outlet.objects.create(pk=1, name="The Estuary", needs_second_factor=True)
    user = make_editor()
    user.set_password(PASSWORD)
    user.save()
    return user


def give_password(page: Page, word: str = PASSWORD) -> None:
    page.get_by_role("textbox", name="Username").fill("editor")
    page.get_by_role("textbox", name="Password").fill(word)
    page.get_by_role("button", name="Sign in", exact=True).click()


def give_device(page: Page) -> None:
    """A device that makes passkeys and whose owner always agrees."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def check_accessibility(page: Page) -> None:
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()


def test_a_new_editor_sets_up_an_app_before_the_desk_opens(page, editor):
    page.goto("/admin/articles/article/")
    give_password(page)

    expect(page.get_by_role("heading", name="First a second factor")).to_be_visible()
    page.goto("/admin/articles/article/add/")
    expect(page.get_by_role("heading", name="First a second factor")).to_be_visible()

    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("code.key").inner_text()
    code, next_code = code_of(secret), code_of(secret, later=1)
    page.get_by_label("Authenticator code").fill(code)
    page.get_by_role("button", name="Set up").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    recovery_code = page.locator(".recovery-codes code").first.inner_text()
    page.get_by_role("link", name="to the desk").click()
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()

    sign_out(page)
    give_password(page)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This code was used already.")).to_be_visible()
    page.get_by_label("Code").fill(next_code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()

    sign_out(page)
    give_password(page)
    page.get_by_label("Code").fill(recovery_code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()


def test_a_passkey_signs_in_while_others_try_out_passwords(page, new_page, editor):
    give_device(page)
    page.goto("/admin/")
    give_password(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="to the desk").click()
    sign_out(page)

    attacker = new_page()
    attacker.goto(LOGIN)
    for _ in range(6):
        give_password(attacker, "guessed")
    expect(attacker.get_by_text("Too many attempts")).to_be_visible()
    give_password(page)
    expect(page.get_by_text("Too many attempts")).to_be_visible()

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", name="The desk")).to_be_visible()


def test_a_passkey_is_a_second_factor_too(page, editor):
    give_device(page)
    page.goto("/admin/")
    give_password(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Sign in with it alone").uncheck()
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="to the desk").click()
    sign_out(page)

    give_password(page)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="The desk")).to_be_visible()


def test_a_passkey_that_does_not_come_is_said_in_words(page, editor):
    page.goto(LOGIN)
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error()) }")
    note = page.get_by_text("No passkey was used. Try again, or choose another way.")
    expect(note).to_be_hidden()

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert").locator(note)).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_every_page_can_be_used_by_everybody(new_page, editor, width, dark):
    page = new_page(width=width, dark=dark)
    give_device(page)

    def look_at(name: str) -> None:
        check_accessibility(page)
        is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not is_wide, name

    page.goto(LOGIN)
    look_at("login")
    give_password(page, "wrong")
    look_at("login-refused")
    give_password(page)
    look_at("account-first")
    page.goto("/admin/account/2fa/webauthn/add/")
    look_at("passkey-add")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    look_at("recovery-codes")
    page.goto("/admin/account/2fa/webauthn/")
    look_at("passkeys")
    page.get_by_role("link", name="Remove").click()
    look_at("passkey-remove")
    page.goto("/admin/account/2fa/totp/activate/")
    look_at("app")
    page.get_by_label("Authenticator code").fill(code_of(page.locator("code.key").inner_text()))
    page.get_by_role("button", name="Set up").click()
    look_at("account")
    for address in ["sessions/", "password/change/", "logout/", "2fa/recovery-codes/generate/"]:
        page.goto(f"/admin/account/{address}")
        look_at(address.strip("/").replace("/", "-"))
    page.goto("/admin/account/2fa/webauthn/reauthenticate/")
    look_at("reauthenticate")
    page.goto("/admin/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    give_password(page)
    look_at("second-factor")
