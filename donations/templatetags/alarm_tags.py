from typing import Any

from django import template
from django.template import Context

from donations import alarm

register = template.Library()


@register.inclusion_tag("admin/donations/_alarms.html", takes_context=True)
def alarms(context: Context) -> dict[str, Any]:
    """What a person should look at, for those of the desk who do; asks nothing for others."""
    user = context["request"].user
    if not user.has_perm("donations.see_alarms"):
        return {}
    return {"alarms": [(each, each.is_for(user)) for each in alarm.current()]}
