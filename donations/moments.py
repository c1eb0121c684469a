"""When pages change by the clock alone: fields that hold such moments, by model."""

MOMENTS = {
    "donations.Appeal": ["starts_at", "ends_at"],
}
