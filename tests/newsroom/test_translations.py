"""Every string of ours in every language we ship, compiled, and nothing beyond them."""

import json
import re
from io import BytesIO

import pytest
from django.contrib.admin.sites import site
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext, ngettext

from newsroom import translations

EACH = [
    (language, domain) for language in translations.languages() for domain in translations.DOMAINS
]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{\w*\}")


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def test_russian_is_shipped():
    assert "ru" in translations.languages()


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_every_string_is_translated(language, domain):
    messages = translations.gathered(language, domain)

    assert len(messages) > 50
    assert [message.id for message in translations.missing(messages)] == []


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_a_translation_has_the_placeholders_of_its_original(language, domain):
    differing = []
    for message in translations.catalogue(language, domain):
        originals = message.id if message.pluralizable else (message.id,)
        written = message.string if message.pluralizable else (message.string,)
        wanted = placeholders(originals[-1])  # A plural counts; an English singular need not.
        differing += [(message.id, each) for each in written if placeholders(each) != wanted]
    assert differing == []


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_a_translation_keeps_the_spaces_at_both_ends(language, domain):
    def ends(text):
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    messages = translations.catalogue(language, domain)
    assert [
        message.id
        for message in messages
        if message.id and not message.pluralizable and ends(message.id) != ends(message.string)
    ] == []


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_plurals_have_every_form_of_the_language(language, domain):
    messages = translations.catalogue(language, domain)
    assert [
        message.id
        for message in messages
        if message.pluralizable and len(message.string) != messages.num_plurals
    ] == []


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_the_files_are_what_the_command_would_write(language, domain):
    path = translations.po_file(language, domain)
    messages = translations.gathered(language, domain)
    advice = "Run “make messages” and commit what it writes."

    assert path.read_bytes() == translations.as_po(messages), advice
    assert path.with_suffix(".mo").read_bytes() == translations.as_mo(messages), advice


def test_the_command_keeps_translations_and_drops_what_is_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    monkeypatch.setattr(
        translations,
        "DOMAINS",
        {"django": lambda: iter([("a.py", "python", BytesIO(b'_("Kept"); _("New")'))])},
    )
    path = translations.po_file("ru", "django")
    path.parent.mkdir(parents=True)
    path.write_text('msgid "Gone"\nmsgstr "Ушло"\n\nmsgid "Kept"\nmsgstr "Осталось"\n')

    call_command("messages", verbosity=0)

    written = path.read_text()
    assert 'msgid "Kept"\nmsgstr "Осталось"' in written
    assert 'msgid "New"\nmsgstr ""' in written
    assert "Gone" not in written
    assert path.with_suffix(".mo").exists()


def test_readers_are_given_the_translation():
    with translation.override("ru"):
        assert gettext("Read more") == "Читайте также"
        assert [
            ngettext("%(months)s month", "%(months)s months", number) % {"months": number}
            for number in (1, 3, 5, 21)
        ] == ["1 месяц", "3 месяца", "5 месяцев", "21 месяц"]


def test_the_scripts_of_the_desk_are_given_theirs(rf):
    with translation.override("ru"):
        answer = site.i18n_javascript(rf.get("/admin/jsi18n/"))

    assert json.dumps("Редакция не отвечает. Введите адрес.") in answer.content.decode()
