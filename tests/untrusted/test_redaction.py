"""Redaction as properties: no form of a secret survives, ordinary text does, and twice is as good as once."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.redact import MASK, Redactor, passwords_in, secrets_of
from tests.untrusted.calm import CALM

SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=24).filter(
    lambda text: len(text.strip()) >= 6 and "*" not in text
)
AROUND = st.text("abc =/+%&\\\"'\n", max_size=8)
ASIDE = st.binary(max_size=5)


def shapes(secret: str) -> list[str]:
    """Return what programs make of a text, from what is sent over a wire to what stands in a log."""
    lower = "".join(f"%{octet:02x}" if octet < 128 else f"%{octet:02X}" for octet in secret.encode())
    php = json.dumps(secret).replace("/", "\\/")[1:-1]
    once = json.dumps(secret)[1:-1]
    go = once.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return [
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote(secret, safe="!'()*~"),
        quote_plus(secret),
        quote(quote(secret, safe=""), safe=""),
        *([lower] if not secret.isalnum() and not any(map(str.isalnum, secret)) else []),
        once,
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(once)[1:-1],
        json.dumps(json.dumps(secret, ensure_ascii=False)[1:-1], ensure_ascii=False)[1:-1],
        php,
        go,
    ]


@CALM
@given(secret=SECRETS, before=AROUND, after=AROUND)
def test_no_form_of_a_secret_survives(secret: str, before: str, after: str) -> None:
    """As it stands, URL-encoded once or twice, or in JSON, also in JSON inside of JSON: all of it is gone."""
    redactor = Redactor([secret])
    for shape in shapes(secret):
        assert shape not in redactor.text(f"{before}{shape}{after}")
        left = redactor.text(f"<<{shape}>>")
        assert re.fullmatch(r"<<\*\*\*[\\%25]*>>", left)  # of a last sign, the rest of its second escape may stay


@CALM
@given(secret=SECRETS, before=ASIDE, after=ASIDE)
def test_base64_hides_no_secret_wherever_it_begins(secret: str, before: bytes, after: bytes) -> None:
    """`user:password` encoded as a whole, as in a header, gives the password away at any of three alignments."""
    raw = secret.encode()
    whole = before + raw + after
    for encode, altchars in ((base64.b64encode, b"+/"), (base64.urlsafe_b64encode, b"-_")):
        encoded = encode(whole).decode()
        left = Redactor([secret]).text(encoded)
        assert MASK in left
        for part in left.split(MASK):
            shifted = ["A" * shift + part.rstrip("=") for shift in range(4)]
            decoded = [base64.b64decode(text + "A" * (-len(text) % 4), altchars) for text in shifted]
            assert not any(raw in found for found in decoded)


@CALM
@given(secrets=st.lists(SECRETS, max_size=4), text=st.text(max_size=60))
def test_redacting_twice_is_redacting_once(secrets: list[str], text: str) -> None:
    """A journal that is rendered again through the same redactor stays as it is."""
    redactor = Redactor(secrets)
    once = redactor.text(" ".join([text, *secrets, text]))
    assert redactor.text(once) == once


@CALM
@given(secret=st.text("*a", min_size=4, max_size=7), text=st.text("*a", max_size=40))
def test_no_mask_completes_a_secret_that_has_stars_in_it(secret: str, text: str) -> None:
    """What the masking itself has put together is masked too."""
    assert secret not in Redactor([secret]).text(text)


@CALM
@given(text=st.text(st.sampled_from("abcdefghij klm\n.,:;()'\"$0123456789%"), max_size=200), secret=SECRETS)
def test_ordinary_text_is_unharmed(text: str, secret: str) -> None:
    """A text without a secret comes back as it is."""
    encoded = "".join(shape for shape in shapes(secret))
    if not any(letters in text for letters in (secret[:4], encoded[:4])):
        assert Redactor([f"{secret}-{secret}"]).text(text) == text


@pytest.mark.parametrize(
    "line",
    [
        'FATAL:  password authentication failed for user "app"',
        "ALTER TABLE users ADD COLUMN password_hash text NOT NULL",
        "UPDATE users SET token = NULL WHERE secret = $1",
        "see https://example.org:8443/docs?page=2#token for a basic introduction to bearer tokens",
        "DATABASE_URL=postgres://db:5432/app?sslmode=disable",
        "environment: {TOKEN: ${token}, PASSWORD: password=${PASSWORD}}",
        "commit 9a12dc0e3f1b2c4d5e6f7a8b9c0d1e2f3a4b5c6d of sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e1",
        "docker run -e TOKEN --token-ttl=3600 --key-file /run/secrets/key",
    ],
)
def test_lines_that_speak_of_secrets_are_no_secrets(line: str) -> None:
    """Error messages, SQL, options and addresses without a password are read as they were written."""
    assert Redactor().text(line) == line


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("postgres://app:hunter2@db:5432/app", "postgres://app:***@db:5432/app"),
        ("DB_PASSWORD=hunter2 go", "DB_PASSWORD=*** go"),
        ('{"token": "abcdefg", "n": 1}', '{"token": "***", "n": 1}'),
        ("Authorization: Bearer abcdefghijklmnop123", "Authorization: Bearer ***"),
        ("key AKIAIOSFODNN7EXAMPLE is used", "key *** is used"),
        ("ghp_0123456789abcdefghijklmnopqrstuvwxyz", "***"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx", "***\nx"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "***"),
    ],
)
def test_a_secret_that_nobody_told_us_of_is_known_by_its_looks(line: str, left: str) -> None:
    """A program may log what stands in no environment of the project."""
    assert Redactor().text(line) == left


def test_what_a_variable_says_about_a_secret_is_no_secret() -> None:
    """How long it lasts, where it is, whether it is needed: these words are all over a log."""
    about = {
        "TOKEN_TTL": "3600",
        "AUTH_TOKEN_REQUIRED": "true",
        "USE_TOKEN": "true",
        "KEY_PATH": "/keys/a.pem",
        "PWD": "/app",
    }
    assert secrets_of(about, guess=True) == set()


def test_a_long_random_value_is_a_secret_under_any_name() -> None:
    """`guess` is for the environment of a container; a commit or an id says what it is by its name."""
    value = "9f86d081884c7d659a2feaa0"
    assert secrets_of({"PEPPER": value, "GIT_COMMIT": "0" + value}, guess=True) == {value}
    assert secrets_of({"PEPPER": value}) == set()


def test_passwords_of_addresses_are_found_in_a_command() -> None:
    """Whatever stands around them; both as written and decoded."""
    command = "serve --dsn=postgres://app:p%40ss1@db/app --cache 'redis://:hunter2@cache:6379'"
    assert passwords_in(command) == {"p%40ss1", "p@ss1", "hunter2"}
