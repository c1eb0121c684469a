"""Reading a page as a test does: its words, its links, whether its elements fit together."""

from html.parser import HTMLParser

from django.http import HttpResponse

VOID = {"base", "br", "img", "input", "link", "meta", "source"}


class Reader(HTMLParser):
    """What is in a page; `faults` lists elements that do not fit together."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        self.faults += [
            f"<{tag}> says {name} twice" for name in set(names) if names.count(name) > 1
        ]
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes another element")

    def handle_data(self, data: str) -> None:
        if "main" in self.open:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]


def read(response: HttpResponse) -> Reader:
    return Reader(response.content.decode())


def words_of(response: HttpResponse) -> str:
    """The text of the page's main part, with single blanks."""
    return " ".join("".join(read(response).text).split())


def headlines_of(response: HttpResponse) -> list[str]:
    """The headlines of the cards on a page, in their order."""
    html = response.content.decode()
    return [part.split("</a>")[0].split(">")[-1] for part in html.split("<h3>")[1:]]
