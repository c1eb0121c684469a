"""Who may do what at the desk: one table, applied after every migrate."""

from django.apps import AppConfig, apps

STORY = ["view_article", "add_article", "change_article", "submit_article"]
STORY_RECORDS = ["view_author", "view_tag", "add_tag", "view_section", "view_licence"]
PHOTOS = ["view_photo", "add_photo", "change_photo"]
EDITING = [
    "edit_any_article",
    "delete_article",
    "approve_article",
    "publish_article",
    "withdraw_article",
    "correct_article",
    "add_author",
    "change_author",
    "change_tag",
    "delete_tag",
    "add_section",
    "change_section",
    "delete_photo",
    "view_redirect",
    "add_redirect",
    "change_redirect",
    "delete_redirect",
    "view_frontpageslot",
    "add_frontpageslot",
    "change_frontpageslot",
    "delete_frontpageslot",
    *(f"{may}_banner" for may in ("view", "add", "change", "delete")),
    "view_page",
    "add_page",
    "change_page",
    "view_outlet",
    *(f"{may}_newsletterissue" for may in ("view", "add", "change", "delete", "send")),
]
RUNNING = [
    "delete_author",
    "delete_section",
    "delete_page",
    "add_licence",
    "change_licence",
    "delete_licence",
    "add_outlet",
    "change_outlet",
]
# Taking their addresses along is left to superusers.
SUBSCRIBERS = ["view_subscriber", "change_subscriber", "delete_subscriber"]
APPEALS = ["view_appeal", "add_appeal", "change_appeal", "delete_appeal"]
ALARMS = ["see_alarms"]
PEOPLE = [
    *ALARMS,
    "view_supporter",
    "forget_supporter",
    "view_contribution",
    "refund_contribution",
    "view_pledge",
    "view_outgoingmail",
    "change_outgoingmail",
]
BOOKS = [*ALARMS, "view_ledgerentry", "view_stripeevent", "change_stripeevent"]
GIVING = [
    *ALARMS,
    "view_procrastinatejob",  # Lists what failed in the background, to have it tried again.
    "view_contributionrules",
    "add_contributionrules",
    "change_contributionrules",
    *(f"{may}_{what}" for what in ("currencyrule", "preset") for may in ("view", "add", "change")),
    "delete_preset",
    *(f"{may}_rulestext" for may in ("view", "add", "change", "delete")),
]

ROLES: dict[str, list[str]] = {
    "Reporter": [*STORY, *STORY_RECORDS, *PHOTOS],  # Of stories, their own.
    "Photo editor": [
        "view_article",
        "edit_any_article",  # All of them; changing any needs another permission.
        *STORY_RECORDS,
        *PHOTOS,
        "delete_photo",
        "add_licence",
        "change_licence",
    ],
    "Editor": [*STORY, *STORY_RECORDS, *PHOTOS, *EDITING],
    "Campaign editor": APPEALS,
    "Supporter care": [*PEOPLE, *SUBSCRIBERS],
    "Finance": BOOKS,  # Money without people.
    # Accounts and groups are left to superusers: who may change them may become anybody.
    "Administrator": [*STORY, *STORY_RECORDS, *PHOTOS, *EDITING, *RUNNING, *APPEALS, *GIVING],
}


def apply_roles(sender: AppConfig, **kwargs: object) -> None:
    """Make the groups of this table and give each exactly the permissions it names."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    for app in (sender, apps.get_app_config("procrastinate")):
        create_permissions(app, verbosity=0)
    for name, codes in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(
            Permission.objects.filter(
                content_type__app_label__in=["articles", "donations", "procrastinate"],
                codename__in=codes,
            )
        )
