"""Settings: where they come from, and that each wrong one stops the start by its name."""

import pytest

from lti_app.core.errors import SettingsError
from lti_app.core.settings import EMBEDDED_DATABASE, Settings, load_settings

SECRET = "correct horse battery staple, and more"
GOOD = {"COLLOQUY_SECRET_KEY": SECRET}


def faults(environ):
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    told = str(caught.value).splitlines()
    assert told == sorted(f"{name} {reason}" for name, reason in caught.value.reasons.items())
    assert SECRET not in str(caught.value)
    return caught.value.reasons


def test_one_secret_is_all_that_must_be_set():
    settings = load_settings(GOOD)
    assert settings.secret_key.get_secret_value() == SECRET
    assert settings.database_url == EMBEDDED_DATABASE
    assert settings.embedded
    assert SECRET not in repr(settings)


RIGHT = [
    ("BASE_URL", "https://colloquy.example.edu/", "https://colloquy.example.edu"),
    ("BASE_URL", "http://127.0.0.1:8800", "http://127.0.0.1:8800"),
    ("DATABASE_URL", "postgresql://u:p@db/colloquy", "postgresql://u:p@db/colloquy"),
    ("REDIS_URL", "rediss://cache:6380/1", "rediss://cache:6380/1"),
    ("REDIS_URL", "", None),
    ("DEFAULT_TIME_ZONE", "America/Bogota", "America/Bogota"),
    ("TRUSTED_PROXIES", "2", 2),
]


@pytest.mark.parametrize(("name", "text", "value"), RIGHT)
def test_each_setting_is_read(name, text, value):
    assert getattr(load_settings({**GOOD, f"COLLOQUY_{name}": text}), name.lower()) == value


WRONG = [
    ("BASE_URL", ""),
    ("BASE_URL", "colloquy.example.edu"),
    ("BASE_URL", "ftp://colloquy.example.edu"),
    ("BASE_URL", "https://colloquy.example.edu/lti"),
    ("BASE_URL", "https://colloquy.example.edu/?x=1"),
    ("BASE_URL", "https://"),
    ("BASE_URL", "https://[::1"),
    ("BASE_URL", "https://colloquy.example.edu:port"),
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "mysql://db/colloquy"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "postgresql://u:p@db:port/colloquy"),
    ("REDIS_URL", "http://cache"),
    ("REDIS_URL", "redis://cache:port"),
    ("BUCKET_ENDPOINT", "https://objects:port"),
    ("DOI_LOOKUP", "perhaps"),
    ("READING_FILE_MB", "501"),
    ("MAIL_BOUNCES", "bounces"),
    ("MAIL_BOUNCES", "a@b@example.edu"),
    ("MAIL_BOUNCES", "Bounces <bounces@example.edu>"),
    ("MAIL_BOUNCES", "bounces+x@example.edu"),
    ("MAIL_BOUNCES", f"{'b' * 25}@example.edu"),
    ("BOUNCES_IMAP_URL", "imap.example.edu"),
    ("BOUNCES_IMAP_URL", "imaps://bounces:hunter2@imap.example.edu"),
    ("SECRET_KEY", ""),
    ("SECRET_KEY", "x" * 31),
    ("DEFAULT_TIME_ZONE", "Mars/Phobos"),
    ("DEFAULT_TIME_ZONE", ""),
    ("TRUSTED_PROXIES", "many"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "9" * 5000),
]


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_each_wrong_setting_is_named_with_an_example(name, text):
    ((named, reason),) = faults({**GOOD, f"COLLOQUY_{name}": text}).items()
    assert named == f"COLLOQUY_{name}"
    assert f". Example: {named}=" in reason
    assert "Value error" not in reason
    assert "unable" not in reason.lower()


@pytest.mark.parametrize("field", Settings.model_fields)
def test_each_example_is_a_right_value(field):
    (example,) = Settings.model_fields[field].examples
    mail = {"COLLOQUY_MAIL_FROM": "colloquy@example.edu"}  # which a mail server needs
    if field == "bounces_imap_url":
        mail = {"COLLOQUY_MAIL_BOUNCES": "bounces@example.edu", "COLLOQUY_BOUNCES_IMAP_PASSWORD": SECRET}
    load_settings({**GOOD, **mail, f"COLLOQUY_{field.upper()}": example})


def test_a_mail_server_needs_a_sender():
    ((name, reason),) = faults({**GOOD, "COLLOQUY_SMTP_HOST": "mail.example.edu"}).items()
    assert (name, reason[:44]) == ("COLLOQUY_MAIL_FROM", "must be set where COLLOQUY_SMTP_HOST is. Exa")


def test_a_mailbox_needs_a_password_and_the_address_that_it_is_for():
    mailbox = {**GOOD, "COLLOQUY_BOUNCES_IMAP_URL": "imaps://bounces@imap.example.edu"}
    assert list(faults(mailbox)) == ["COLLOQUY_MAIL_BOUNCES"]
    assert list(faults({**mailbox, "COLLOQUY_MAIL_BOUNCES": "b@example.edu"})) == ["COLLOQUY_BOUNCES_IMAP_PASSWORD"]
    settings = load_settings(
        {**mailbox, "COLLOQUY_MAIL_BOUNCES": "b@example.edu", "COLLOQUY_BOUNCES_IMAP_PASSWORD": "hunter2"}
    )
    assert "hunter2" not in repr(settings)


def test_a_password_within_a_wrong_address_is_not_told():
    (reason,) = faults({**GOOD, "COLLOQUY_DATABASE_URL": "postgresql://u:hunter2@db:port/colloquy"}).values()
    assert "hunter2" not in reason


def test_all_wrong_settings_are_named_at_once(tmp_path):
    wrong = {
        "COLLOQUY_BASE_URL": "nowhere",
        "COLLOQUY_DATABASE_URL_FILE": f"{tmp_path}/missing",
        "COLLOQUY_TRUSTED_PROXIES": "-1",
    }
    assert set(faults(wrong)) == {*wrong, "COLLOQUY_SECRET_KEY"}


def test_a_missing_secret_is_named():
    reason = faults({})["COLLOQUY_SECRET_KEY"]
    assert reason.startswith("is missing. Example: COLLOQUY_SECRET_KEY=")


def test_a_secret_of_a_settings_file_is_taken_as_it_stands(tmp_path):
    secret = "correct horse # battery ${HOME} 'staple'"
    (tmp_path / "colloquy.env").write_text(f"COLLOQUY_SECRET_KEY={secret}\n")
    settings = load_settings({"COLLOQUY_SETTINGS_FILE": f"{tmp_path}/colloquy.env"})
    assert settings.secret_key.get_secret_value() == secret


def test_only_what_is_handed_over_is_read(monkeypatch):
    monkeypatch.setenv("COLLOQUY_BASE_URL", "https://elsewhere.example")
    assert load_settings(GOOD).base_url == "http://localhost:8800"
    monkeypatch.setenv("COLLOQUY_SECRET_KEY", SECRET)
    assert load_settings().base_url == "https://elsewhere.example"


def test_a_value_can_come_from_a_file(tmp_path):
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    assert load_settings({"COLLOQUY_SECRET_KEY_FILE": f"{tmp_path}/secret"}).secret_key.get_secret_value() == SECRET


def test_a_wrong_value_from_a_file_is_named(tmp_path):
    (tmp_path / "secret").write_text("short")
    assert list(faults({"COLLOQUY_SECRET_KEY_FILE": f"{tmp_path}/secret"})) == ["COLLOQUY_SECRET_KEY"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfa"], ids=["missing", "not text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    if content:
        (tmp_path / "secret").write_bytes(content)
    path = f"{tmp_path}/secret"
    for name, environ in (("SECRET_KEY_FILE", {}), ("SETTINGS_FILE", GOOD)):
        ((named, reason),) = faults({**environ, f"COLLOQUY_{name}": path}).items()
        assert named == f"COLLOQUY_{name}"
        assert f". Example: {named}=/" in reason


def test_a_value_and_a_file_for_it_contradict_each_other(tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    reasons = faults({**GOOD, "COLLOQUY_SECRET_KEY_FILE": f"{tmp_path}/secret"})
    assert list(reasons) == ["COLLOQUY_SECRET_KEY"]
    assert "COLLOQUY_SECRET_KEY_FILE" in reasons["COLLOQUY_SECRET_KEY"]


def test_a_settings_file_says_what_the_environment_does_not(tmp_path):
    file = tmp_path / "colloquy.env"
    lines = [
        "# the tool",
        "",
        f"COLLOQUY_SECRET_KEY = {SECRET}",
        "COLLOQUY_BASE_URL=https://file.example",
        "COLLOQUY_DATABASE_URL=postgresql://db/colloquy?sslmode=require",
        "OTHER=1",
    ]
    file.write_text("\n".join(lines))
    settings = load_settings({"COLLOQUY_SETTINGS_FILE": str(file), "COLLOQUY_BASE_URL": "https://environment.example"})
    assert settings.secret_key.get_secret_value() == SECRET
    assert settings.base_url == "https://environment.example"
    assert settings.database_url == "postgresql://db/colloquy?sslmode=require"
    assert not settings.embedded
