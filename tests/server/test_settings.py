from pathlib import Path

import pytest
from refserver.settings import Settings, SettingsError

URL = "postgresql://app:hunter2@postgres/app"


def test_only_the_database_is_required() -> None:
    """Everything but DATABASE_URL has a default, and the default of the token is off."""
    settings = Settings.from_environment({"DATABASE_URL": URL})
    assert settings == Settings(URL, "", Path("/app/migrations"), "127.0.0.1", 8080, advisory_lock=True)


@pytest.mark.parametrize(
    ("environment", "named"),
    [({}, "DATABASE_URL"), ({"DATABASE_URL": ""}, "DATABASE_URL")]
    + [({"DATABASE_URL": URL, "PORT": port}, "PORT") for port in ("0", "65536", "http", "-1", "")],
)
def test_a_bad_variable_is_named(environment: dict[str, str], named: str) -> None:
    """A missing or senseless variable is an error that names it."""
    with pytest.raises(SettingsError, match=named):
        Settings.from_environment(environment)


def test_a_blank_token_is_no_token() -> None:
    """White space alone does not switch the bootstrap on."""
    assert Settings.from_environment({"DATABASE_URL": URL, "BOOTSTRAP_TOKEN": " \n"}).bootstrap_token == ""


def test_secrets_stay_out_of_repr() -> None:
    """Neither the password nor the token stands in what a traceback or a log would print."""
    settings = Settings.from_environment({"DATABASE_URL": URL, "BOOTSTRAP_TOKEN": "s3cret"})
    assert "hunter2" not in repr(settings)
    assert "s3cret" not in repr(settings)
