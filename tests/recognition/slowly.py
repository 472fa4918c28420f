"""Recognition read slowly: the rules by ISO calendar and plain loops, sharing nothing with the rulebook."""

from datetime import date, timedelta

WEEK = timedelta(days=7)
THRESHOLDS = (0, 250, 1_000, 2_500, 5_000, 10_000, 20_000)
OF_TYPE = {
    "market-10": ("market_visit", 10),
    "market-50": ("market_visit", 50),
    "farmer-10": ("farmer_group", 10),
    "base-10": ("base_visit", 10),
    "faith-10": ("religious_meeting", 10),
    "door-25": ("door_to_door", 25),
    "radio-5": ("radio", 5),
    "renewal-25": ("renewal_visit", 25),
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


def slow_badges(reports, signups, *, longest, level):
    """Return the codes that reports (type, day, village, approved, at first, decided) and days of sign-ups suffice for."""
    good = [one for one in reports if one["approved"]]
    found = set()

    def give(code, *, when):
        if when:
            found.add(code)

    for code, (kind, count) in OF_TYPE.items():
        give(code, when=len([one for one in good if one["type"] == kind]) >= count)
    for code, count in (("first-report", 1), ("reports-50", 50), ("reports-250", 250)):
        give(code, when=len(good) >= count)
    for code, count in (("villages-5", 5), ("villages-20", 20)):
        give(code, when=len({one["village"] for one in good} - {None}) >= count)
    give("all-types", when=len({one["type"] for one in good}) == 10)
    months = [(one["day"].year, one["day"].month) for one in good]
    give("month-20", when=any(months.count(month) >= 20 for month in months))
    for code, count in (("signups-1", 1), ("signups-10", 10), ("signups-100", 100), ("signups-500", 500)):
        give(code, when=len(signups) >= count)
    months = [(day.year, day.month) for day in signups]
    give("signups-25-month", when=any(months.count(month) >= 25 for month in months))
    for code, count in (("streak-4", 4), ("streak-12", 12), ("streak-26", 26)):
        give(code, when=longest >= count)
    for code, count in (("level-4", 4), ("level-7", 7)):
        give(code, when=level >= count)
    decided = [one for one in reports if one["decided"]]
    share = sum(one["approved"] and one["at_first"] for one in decided)
    for code, count in (("first-time-20", 20), ("first-time-100", 100)):
        give(code, when=len(decided) >= count and share * 10 >= len(decided) * 9)
    return found
