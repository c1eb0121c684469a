import os
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from articles.importing import Outcome, import_stories


class Command(BaseCommand):
    help = (
        "Publish the stories of a JSON Lines file; articles/importing/__init__.py says what a line"
        " holds. A story is known by its id, or else by its source_url. One that is here already"
        " is left as it is, whatever its line says now: the desk may have worked on it. A damaged"
        " line is reported by its number, the rest goes in, and the exit code is 1. An import may"
        " be stopped and repeated at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="JSON Lines in UTF-8; - is standard input")
        parser.add_argument(
            "--section",
            metavar="NAME",
            default=_("News"),
            help="where a story without a section is filed (default: %(default)s)",
        )

    def handle(self, *args: Any, file: str, section: str, **options: Any) -> None:
        try:
            if file == "-":
                outcome = self._import(sys.stdin.buffer, None, section)
            else:
                with open(file, "rb") as source:
                    outcome = self._import(source, os.path.getsize(file), section)
        except OSError as problem:
            raise CommandError(f"{file}: {problem.strerror}.") from None
        except KeyboardInterrupt:
            raise CommandError(
                _("Stopped. Repeat the command to go on where it was."), returncode=130
            ) from None
        self._tell(outcome)
        if outcome.damaged:
            raise CommandError(
                ngettext(
                    "%(count)d line is damaged and was left out, see above.",
                    "%(count)d lines are damaged and were left out, see above.",
                    outcome.damaged,
                )
                % {"count": outcome.damaged}
            )

    def _import(self, source: BinaryIO, size: int | None, section: str) -> Outcome:
        with tqdm(total=size, unit="B", unit_scale=True, disable=None, leave=False) as bar:

            def report(number: int, sentence: str) -> None:
                bar.clear()
                self.stderr.write(
                    _("Line %(number)d: %(sentence)s") % {"number": number, "sentence": sentence}
                )

            return import_stories(
                source, default_section=section, on_damaged=report, on_read=bar.update
            )

    def _tell(self, outcome: Outcome) -> None:
        if outcome.changed:
            self.stdout.write(_("Here already, but their lines say something else now:"))
            for remark in outcome.changed:
                self.stdout.write(f"  {remark}")
        if outcome.left_over:
            counts = Counter(name for remark in outcome.left_over for name in remark.left_over)
            fields = ", ".join(f"{count} × {name}" for name, count in counts.most_common())
            self.stdout.write(_("Not taken over (%(fields)s):") % {"fields": fields})
            for remark in outcome.left_over:
                self.stdout.write(f"  {remark}")
        self.stdout.write(
            _("%(new)d imported, %(known)d already here.")
            % {"new": outcome.new, "known": outcome.known}
        )
