"""Secrets stay off screens, logs and files; ordinary text stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.redaction import HIDDEN, Redactor

TOKEN = "dapi" + "0123456789abcdef" * 2
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ5b3UifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"token is {TOKEN}, keep it", TOKEN),
        (f"Authorization: Bearer {JWT}", JWT),
        (f"GET /x?access_token={JWT}&page=2", JWT),
        ("DATABRICKS_TOKEN=abcdef-not-shaped", "abcdef-not-shaped"),
        ('{"client_secret": "s3cr3tvalue"}', "s3cr3tvalue"),
        ("accessToken: abc123def456", "abc123def456"),
        ("https://joe:hunter22@host/path", "hunter22"),
        ("password = 'pa55word99'", "pa55word99"),
    ],
)
def test_what_looks_like_a_secret_goes(text: str, secret: str) -> None:
    cleaned = Redactor().clean(text)
    assert secret not in cleaned
    assert HIDDEN in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "tiktoken==0.9.0",
        "tokens: 1234567 in, 89 out",
        "catalog: workspace, schema: mlflow_demo",
        "https://adb-123.azuredatabricks.net/ml/experiments/1",
        "the token bucket limit has been exceeded",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert Redactor().clean(text) == text


@given(st.text(alphabet="abcdefgh0123456789-_", min_size=6), st.text(), st.text())
def test_a_known_secret_never_stays(secret: str, before: str, after: str) -> None:
    assert secret not in Redactor((secret,)).clean(f"{before} {secret} {after}")


def test_a_short_value_is_no_secret() -> None:
    assert Redactor(("a",)).clean("a catalog") == "a catalog"
