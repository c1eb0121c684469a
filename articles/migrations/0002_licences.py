"""The licences under which a newsroom usually gets its pictures and texts."""

from django.db import migrations

DEEDS = "https://creativecommons.org/licenses"
VERSIONS = ["2.0", "2.5", "3.0", "4.0"]
CREATIVE_COMMONS = {
    "CC BY": "Attribution",
    "CC BY-SA": "Attribution-ShareAlike",
    "CC BY-ND": "Attribution-NoDerivatives",
    "CC BY-NC": "Attribution-NonCommercial",
    "CC BY-NC-SA": "Attribution-NonCommercial-ShareAlike",
    "CC BY-NC-ND": "Attribution-NonCommercial-NoDerivatives",
}


def licences() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {
            "code": f"{short} {version}",
            "name": f"Creative Commons {name} {version}",
            "version": version,
            "url": f"{DEEDS}/{short.removeprefix('CC ').lower()}/{version}/",
            "requires_creator": True,
            "requires_source": True,
        }
        for short, name in CREATIVE_COMMONS.items()
        for version in VERSIONS
    ]
    rows += [
        {
            "code": "CC0 1.0",
            "name": "Creative Commons Zero 1.0",
            "version": "1.0",
            "url": "https://creativecommons.org/publicdomain/zero/1.0/",
        },
        {
            "code": "Public domain",
            "name": "Public domain",
            "url": "https://creativecommons.org/publicdomain/mark/1.0/",
        },
        {
            "code": "OGL v3.0",
            "name": "Open Government Licence v3.0",
            "version": "3.0",
            "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            "requires_creator": True,
        },
        {"code": "Agency", "name": "Contract with an agency", "is_printed": False},
        {"code": "Own work", "name": "Made for this outlet", "is_printed": False},
        {"code": "Permission", "name": "Permission of the owner", "is_printed": False},
    ]
    return rows


def add_licences(apps, schema_editor) -> None:
    licence = apps.get_model("articles", "Licence")
    licence.objects.bulk_create((licence(**row) for row in licences()), ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]

    operations = [migrations.RunPython(add_licences, migrations.RunPython.noop)]
