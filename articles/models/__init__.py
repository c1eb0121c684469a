from .article import Article
from .article_links import ArticleByline, ArticlePick, ArticleTag
from .author import Author
from .autosave import Autosave
from .banner import Banner
from .copy import Copy, Kind
from .correction import Correction
from .desk_note import DeskNote
from .front_page import FrontPageSlot
from .licence import Licence
from .live import LiveEntry, PublishedEntry
from .outlet import Outlet, Page
from .photo import Photo
from .photo_use import ArticlePhoto, LiveEntryPhoto
from .presence import Presence
from .preview_link import PreviewLink
from .publication import (
    Publication,
    PublicationByline,
    PublicationPhoto,
    PublicationPick,
    PublicationTag,
)
from .redirect import Redirect
from .rendition import Rendition
from .revision import Revision
from .section import Section
from .standing import Stage, Standing
from .tag import Tag, TagAlias
from .word import Word

__all__ = [
    "Article",
    "ArticleByline",
    "ArticlePhoto",
    "ArticlePick",
    "ArticleTag",
    "Author",
    "Autosave",
    "Banner",
    "Copy",
    "Correction",
    "DeskNote",
    "FrontPageSlot",
    "Kind",
    "Licence",
    "LiveEntry",
    "LiveEntryPhoto",
    "Outlet",
    "Page",
    "Photo",
    "Presence",
    "PreviewLink",
    "Publication",
    "PublicationByline",
    "PublicationPhoto",
    "PublicationPick",
    "PublicationTag",
    "PublishedEntry",
    "Redirect",
    "Rendition",
    "Revision",
    "Section",
    "Stage",
    "Standing",
    "Tag",
    "TagAlias",
    "Word",
]
