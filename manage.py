#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    if sys.argv[1:2] == ["demo"] and not os.environ.get("DATABASE_URL"):
        os.environ.setdefault("DEMO", "1")  # On a database named from outside, one has to say so.
    from django.core.management import execute_from_command_line

    from newsroom.environment import SettingError

    try:
        execute_from_command_line(sys.argv)
    except SettingError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
