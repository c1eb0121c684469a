"""How days are written in Russian: the month in the genitive where a day stands before it."""

DATE_FORMAT = "j E Y"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j E"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "H:i, j E Y"
