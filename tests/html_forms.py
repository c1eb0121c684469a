"""What a browser would send of a form in a page of HTML."""

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """The fields of the form `form_id` in `values`, each with the texts it would send."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.values: dict[str, list[str]] = {}
        self._is_inside = False
        self._select = self._textarea = ""

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name", "")
        if tag == "form":
            self._is_inside = given.get("id") == self.form_id
        elif not self._is_inside or given.get("form"):
            return
        elif tag == "input" and name and self._is_sent(given):
            self._add(name, given.get("value", ""))
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._add(self._select, given.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._textarea = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data):
        if self._textarea and self._is_inside:
            self.values[self._textarea][0] += data

    def _is_sent(self, given):
        is_ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
        return is_ticked and given.get("type") != "submit"

    def _add(self, name, value):
        self.values.setdefault(name, []).append(value)


def form_in(page: str, form_id: str) -> dict[str, list[str]]:
    """The fields of a form; none where the page has no such form."""
    reader = FormReader(form_id)
    reader.feed(page)
    return {
        name: [text.removeprefix("\n") for text in texts] for name, texts in reader.values.items()
    }
