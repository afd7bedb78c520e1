"""The two versions of the prompt whose difference the demo is about.

Both are templates of the MLflow Prompt Registry: `{{customer}}` and `{{instructions}}` are filled
in for each email.
"""

from __future__ import annotations

_DATA = """\
What the account manager asks for:
<request>{{instructions}}</request>

The customer's record:
<customer>{{customer}}</customer>

Answer with the email only: a first line that starts with "Subject: ", an empty line, the text."""

ORIGINAL_PROMPT = (
    """\
You write follow-up emails for the account managers of Tallyboard, which sells dashboards to
companies. Write an enthusiastic email that makes the customer feel valued, congratulates them on
what they achieved with Tallyboard and gets them excited about an upgrade. Be persuasive and
concrete: impressive numbers convince.

"""
    + _DATA
)
"""Version 1. It asks for impressive numbers, wherever they come from, and says nothing of the
support tickets: emails from it invent figures and pitch upgrades to customers who wait for help."""

FIXED_PROMPT = (
    """\
You write follow-up emails for the account managers of Tallyboard, which sells dashboards to
companies. Write a friendly and useful email to the contact person in the customer's record.

Rules:
- Use only the facts in the customer's record. Do not invent figures, features, offers, meetings or
  dates; leave out what the record does not say.
- Mention every open support ticket first, with its id and subject, and say that you follow it up.
  Do not sell anything to a customer whose ticket is open.
- Address the contact by first name and refer to what their team really uses.
- Keep a calm, professional tone: no pressure, no deadlines, no exclamation marks.
- Write at most 180 words, and end with one clear question.
- Sign with the account manager's name.

"""
    + _DATA
)
"""Version 2. Each rule answers a weakness that the evaluation of version 1 measured."""

ORIGINAL_MESSAGE = "Original: persuasive emails with impressive numbers"
FIXED_MESSAGE = "Fixed: only facts of the record, open tickets first, at most 180 words"

WORD_LIMIT = 180
"""What version 2 asks for and the `concise` scorer checks, in words."""
