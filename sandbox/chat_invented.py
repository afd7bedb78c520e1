"""What the simulated endpoint makes up when nothing in the prompt forbids it.

No figure below stands in any customer's record of the demo: that is the point.
"""

from __future__ import annotations

INVENTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Congratulations on a record quarter, {company}",
        (
            "It was great to see you at our user conference. Since then your team's usage has "
            "grown by 47%, which puts {company} among our top 3% of customers.",
            "Because you are such a valued customer I can offer you 35% off our Enterprise Plus "
            "plan, but only until Friday.",
        ),
    ),
    (
        "{company}: save 640 hours a year",
        (
            "As we discussed last week, {company} saved 640 hours with our product this year, a "
            "return of 812%.",
            "Our new AI Copilot, which your colleagues asked for, would double that. I have "
            "reserved 17 licences for you.",
        ),
    ),
    (
        "Your team loves us: time to grow, {company}",
        (
            "Your colleagues rated us 9.7 out of 10 in our last survey, the best result in your "
            "industry.",
            "Companies like {company} see 63% faster reporting after an upgrade. I have prepared "
            "an offer of $18,450 for you.",
        ),
    ),
    (
        "Exciting news for {company}",
        (
            "I hear that {company} is opening 14 new offices: congratulations from all of us.",
            "With 99.999% availability over the last 730 days we are ready to grow with you, and "
            "the first 8 weeks of the upgrade are free.",
        ),
    ),
)

PADDING: tuple[str, ...] = (
    "We are passionate about helping organisations like yours unlock their full potential, and "
    "our platform is continuously evolving to meet the needs of modern teams. Every day we see "
    "how data changes the way in which people work together, and we feel privileged to be part "
    "of that journey with you and your colleagues.",
    "As your trusted partner we are committed to your success. Our mission is to make each "
    "interaction meaningful, and we believe that the best is yet to come. Whether you are just "
    "getting started or already an expert, there is always something new to discover, and our "
    "team of dedicated specialists is here to support you on every step of the way.",
)
"""What is added when the prompt sets no word limit."""
