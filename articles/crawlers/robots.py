"""What robots.txt says: what crawlers are asked to leave alone.  Source: RFC 9309"""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.addresses import absolute

LEFT_ALONE = ["/admin/", "/demo/", "/stripe/"]
LEFT_ALONE_IN_EACH_LANGUAGE = ["/contribute/manage", "/newsletter/", "/preview/", "/search"]

# Those whose makers say that they collect texts to train models and that they honour this file.
# Crawlers that search for somebody who asks are not among them.
TRAINING_CRAWLERS = [
    "AI2Bot",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ClaudeBot",
    "cohere-training-data-crawler",
    "Diffbot",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "img2dataset",
    "Meta-ExternalAgent",
    "PanguBot",
    "Timpibot",
    "Webzio-Extended",
]

RULE = re.compile(r"(?:[A-Za-z-]+[ \t]*:[^\x00-\x1f]*|#.*)?")


def check_rules(text: str) -> None:
    """Raise ValidationError naming the first line that no crawler would understand."""
    for line in text.splitlines():
        if not RULE.fullmatch(line.strip()):
            raise ValidationError(
                _("“%(line)s” is no rule. Write each as “Name: value”: “Disallow: /drafts/”."),
                params={"line": line.strip()[:80]},
            )


def robots_txt(*, more_rules: str, refuses_training: bool) -> str:
    """The file, with the outlet's own rules at its end."""
    prefixes = ["", *(f"/{code}" for code, _name in settings.LANGUAGES[1:])]
    paths = [*LEFT_ALONE]
    paths += [f"{prefix}{path}" for prefix in prefixes for path in LEFT_ALONE_IN_EACH_LANGUAGE]
    groups = [["User-agent: *", *(f"Disallow: {path}" for path in paths)]]
    if refuses_training:
        groups.append([*(f"User-agent: {name}" for name in TRAINING_CRAWLERS), "Disallow: /"])
    groups.append([f"Sitemap: {absolute(reverse(name))}" for name in ("sitemap", "news_sitemap")])
    own = [line.strip() for line in more_rules.splitlines()]
    if any(own):
        groups.append(own)
    return "\n\n".join("\n".join(lines) for lines in groups) + "\n"
