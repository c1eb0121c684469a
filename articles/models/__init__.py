from .article import Article, ArticleByline, ArticlePick, ArticleTag
from .author import Author
from .copy import Copy, Kind
from .licence import Licence
from .outlet import FrontPageSlot, Outlet, Page
from .photo import Photo, Rendition
from .publication import (
    Publication,
    PublicationByline,
    PublicationPhoto,
    PublicationPick,
    PublicationTag,
)
from .redirect import Redirect
from .revision import Revision
from .section import Section
from .tag import Tag
from .word import Word

__all__ = [
    "Article",
    "ArticleByline",
    "ArticlePick",
    "ArticleTag",
    "Author",
    "Copy",
    "FrontPageSlot",
    "Kind",
    "Licence",
    "Outlet",
    "Page",
    "Photo",
    "Publication",
    "PublicationByline",
    "PublicationPhoto",
    "PublicationPick",
    "PublicationTag",
    "Redirect",
    "Rendition",
    "Revision",
    "Section",
    "Tag",
    "Word",
]
