"""What a page says to machines: JSON-LD in the words of schema.org, the same as readers see.

    Story, Section, Author, … with the outlet's record → plain dicts → graph() → a script element

Each kind of page has one function that gives all its nodes. The outlet's record and its standing
pages come from the page's `Furniture`, so nothing here asks the database.

Source: https://schema.org/NewsArticle
Source: https://developers.google.com/search/docs/appearance/structured-data/article
"""

from .pages import author_nodes, front_page_nodes, list_nodes, page_nodes
from .script import Node, graph
from .stories import story_nodes

__all__ = [
    "Node",
    "author_nodes",
    "front_page_nodes",
    "graph",
    "list_nodes",
    "page_nodes",
    "story_nodes",
]
