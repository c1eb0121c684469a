import pytest

from articles.importing.terms import OGL_STATEMENT, credit_of_text, licence_of, licences_by_key
from articles.models import Licence
from tests.articles.import_lines import imported

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CC BY 2.5", "CC BY 2.5"),
        ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
        ("cc by-sa 3.0", "CC BY-SA 3.0"),
        ("Creative Commons Attribution 4.0", "CC BY 4.0"),
        (
            "Creative Commons Attribution-ShareAlike 4.0 International (CC BY-SA 4.0)",
            "CC BY-SA 4.0",
        ),
        ("Creative Commons Attribution-NonCommercial-NoDerivs 2.0 Generic", "CC BY-NC-ND 2.0"),
        ("https://creativecommons.org/licenses/by-nc/3.0/", "CC BY-NC 3.0"),
        ("CC BY 4", "CC BY 4.0"),
        ("CC0", "CC0 1.0"),
        ("CC0 1.0 (US government)", "CC0 1.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("Public domain (VOA)", "Public domain"),
        ("Public domain (US government)", "Public domain"),
        ("public-domain", "Public domain"),
        ("OGL v3.0", "OGL v3.0"),
        ("OGL 3", "OGL v3.0"),
        ("Open Government License v3.0", "OGL v3.0"),
        ("CC BY", None),  # Which version?
        ("CC BY 9.0", None),
        ("OGL", None),
        ("All rights reserved", None),
        ("", None),
    ],
)
def test_a_licence_is_known_by_its_usual_spellings(text, code):
    licence = licence_of(text, licences_by_key())

    assert (licence.code if licence else None) == code


@pytest.mark.parametrize(
    ("terms", "fields", "credit"),
    [
        ("CC BY 4.0", {"credit_line": "By Ida."}, "By Ida."),
        ("CC BY 4.0", {}, "Ida Holm, Per Lund"),
        ("CC BY 2.5", {"source_url": "https://en.wikinews.org/wiki/X"}, "Wikinews"),
        (
            "Public domain",
            {
                "source_url": "https://learningenglish.voanews.com/a/1.html",
                "credit_line": "By Ida.",
            },
            "VOA Learning English. By Ida.",
        ),
        ("Public domain", {}, "Ida Holm, Per Lund"),
        ("OGL v3.0", {}, OGL_STATEMENT),
        ("OGL v3.0", {"credit_line": "© Crown copyright"}, "© Crown copyright"),
        ("CC0 1.0", {}, ""),
        ("", {}, ""),
        ("Ask first", {}, "Ida Holm, Per Lund (Ask first)"),
        ("Ask first", {"authors": []}, "(Ask first)"),
    ],
)
def test_the_credit_is_what_the_licence_asks_for(terms, fields, credit):
    values = {"credit_line": "", "authors": ["Ida Holm", "Per Lund"], "source_url": ""} | fields
    licence = Licence.objects.filter(code=terms).first()

    assert credit_of_text(terms=terms, licence=licence, **values) == credit


def test_credit_licence_and_source_are_printed_under_the_body(client):
    page = client.get(imported().publication.get_absolute_url()).content.decode()

    assert "Written by Ida Holm." in page
    assert 'href="https://creativecommons.org/licenses/by/4.0/"' in page
    assert 'href="https://elsewhere.example/harbour"' in page
