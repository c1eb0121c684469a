"""Feeds: the newest stories in full, for programs that readers choose themselves."""
