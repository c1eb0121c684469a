from .announcement import Announcement
from .article import Article
from .article_links import ArticleByline, ArticlePick, ArticleTag
from .author import Author
from .autosave import Autosave
from .banner import Banner
from .copy import Copy, Kind
from .correction import Correction
from .desk_note import DeskNote
from .front_page import FrontPageSlot
from .in_languages import InLanguages
from .licence import Licence
from .live import LiveEntry, PublishedEntry
from .newsletter import Delivery, IssueState, IssueStory, NewsletterIssue
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
from .publication_search import PublicationSearch, StoryToIndex
from .redirect import Redirect
from .rendition import Rendition
from .revision import Revision
from .section import Section
from .standing import Stage, Standing
from .subscriber import MailState, SignUpAttempt, SignUpMail, Subscriber, SubscriberState
from .tag import Tag, TagAlias
from .word import Word

__all__ = [
    "Announcement",
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
    "Delivery",
    "DeskNote",
    "FrontPageSlot",
    "InLanguages",
    "IssueState",
    "IssueStory",
    "Kind",
    "Licence",
    "LiveEntry",
    "LiveEntryPhoto",
    "MailState",
    "NewsletterIssue",
    "Outlet",
    "Page",
    "Photo",
    "Presence",
    "PreviewLink",
    "Publication",
    "PublicationByline",
    "PublicationPhoto",
    "PublicationPick",
    "PublicationSearch",
    "PublicationTag",
    "PublishedEntry",
    "Redirect",
    "Rendition",
    "Revision",
    "Section",
    "SignUpAttempt",
    "SignUpMail",
    "Stage",
    "Standing",
    "StoryToIndex",
    "Subscriber",
    "SubscriberState",
    "Tag",
    "TagAlias",
    "Word",
]
