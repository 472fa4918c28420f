"""Recognition read slowly: the rules by ISO calendar and plain loops, sharing nothing with the rulebook."""

from datetime import date, timedelta

WEEK = timedelta(days=7)
THRESHOLDS = (0, 250, 1_000, 2_500, 5_000, 10_000, 20_000)
OF_TYPE = {
    "market-10": "market_visit",
    "market-50": "market_visit",
    "farmer-10": "farmer_group",
    "base-10": "base_visit",
    "faith-10": "religious_meeting",
    "door-25": "door_to_door",
    "radio-5": "radio",
    "renewal-25": "renewal_visit",
}
# What each badge takes; of first-time approval the least number of decided reports.
LIMITS = {code: int(code.rpartition("-")[2]) for code in OF_TYPE} | {
    "first-report": 1,
    "reports-50": 50,
    "reports-250": 250,
    "villages-5": 5,
    "villages-20": 20,
    "all-types": 10,
    "month-20": 20,
    "signups-1": 1,
    "signups-10": 10,
    "signups-100": 100,
    "signups-500": 500,
    "signups-25-month": 25,
    "streak-4": 4,
    "streak-12": 12,
    "streak-26": 26,
    "level-4": 4,
    "level-7": 7,
    "first-time-20": 20,
    "first-time-100": 100,
}


def slow_streak(days, neutral, today, freezes):
    """Read the rule week by week from the first day of 2014 on; return number and longest."""
    weeks = {day.isocalendar()[:2] for day in days if day <= today}
    number = longest = 0
    frozen = {}
    day = min([date(2014, 1, 2), *days])
    while day.isocalendar()[:2] <= today.isocalendar()[:2]:
        this = day.isocalendar()[:2]
        thursday = date.fromisocalendar(*this, 4)
        month = (thursday.year, thursday.month)
        running = this == today.isocalendar()[:2]
        if this in weeks:
            number += 1
            longest = max(longest, number)
        elif running or date.fromisocalendar(*this, 1) in neutral:
            pass
        elif number and frozen.get(month, 0) < freezes:
            frozen[month] = frozen.get(month, 0) + 1
        else:
            number = 0
        day += WEEK
    return number, longest


def slow_level(points):
    number = 1
    for place, threshold in enumerate(THRESHOLDS, start=1):
        if points >= threshold:
            number = place
    return number


def slow_badges(reports, signups, *, longest, level, limits):
    """Return the codes that reports (type, day, village, approved, at first, decided) and days of sign-ups suffice for."""
    good = [one for one in reports if one["approved"]]
    decided = [one for one in reports if one["decided"]]
    neat = len([one for one in decided if one["approved"] and one["at_first"]]) * 10 >= len(decided) * 9
    reached = {code: len([one for one in good if one["type"] == kind]) for code, kind in OF_TYPE.items()}
    for prefix, count in (
        ("reports-", len(good)),
        ("first-report", len(good)),
        ("villages-", len({one["village"] for one in good})),
        ("all-types", len({one["type"] for one in good})),
        ("streak-", longest),
        ("level-", level),
        ("first-time-", len(decided) if neat else 0),
        ("month-20", _most_in_a_month([one["day"] for one in good])),
    ):
        reached |= {code: count for code in limits if code.startswith(prefix)}
    for code in ("signups-1", "signups-10", "signups-100", "signups-500"):
        reached[code] = len(signups)
    reached["signups-25-month"] = _most_in_a_month(signups)
    return {code for code, limit in limits.items() if reached[code] >= limit}


def _most_in_a_month(days):
    months = [(day.year, day.month) for day in days]
    return max((months.count(month) for month in months), default=0)
