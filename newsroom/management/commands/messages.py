from typing import Any

from django.core.management import BaseCommand

from newsroom import translations


class Command(BaseCommand):
    help = "Gather the strings of code, templates and scripts; keep their translations; compile."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: Any) -> None:
        for language in translations.languages():
            for domain in translations.DOMAINS:
                messages = translations.bring_up_to_date(language, domain)
                path = translations.po_file(language, domain)
                missing = len(translations.missing(messages))
                self.stdout.write(f"{path}: {len(messages)} strings, {missing} to translate")
