"""`colloquy platform …`: registrations as operators make, look at and switch off."""

import pytest

from tests.cli.conftest import Result, Run

MOODLE = {
    "issuer": "https://moodle.example.edu",
    "client-id": "NsJcwA25oQBCoMZ",
    "auth-login-url": "https://moodle.example.edu/mod/lti/auth.php",
    "auth-token-url": "https://moodle.example.edu/mod/lti/token.php",
    "jwks-url": "https://moodle.example.edu/mod/lti/certs.php",
    "deployment-id": "1",
}
CANVAS = {
    "issuer": "https://canvas.instructure.com",
    "client-id": "10000000000068",
    "auth-login-url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
    "auth-token-url": "https://canvas.instructure.com/login/oauth2/token",
    "jwks-url": "https://sso.canvaslms.com/api/lti/security/jwks",
    "deployment-id": "106:8865aa05b4b79b64a91a86042e43af5ea8ae79eb",
}


def add(run: Run, registration: dict[str, str], **changes: str | None) -> Result:
    given = registration | {name.replace("_", "-"): value for name, value in changes.items()}
    options = [word for name, value in given.items() if value is not None for word in (f"--{name}", value)]
    return run("platform", "add", *options, BASE_URL="https://colloquy.example.edu")


def test_add_tells_what_to_enter_in_the_lms(run: Run):
    result = add(run, MOODLE)
    assert (result.returncode, result.stderr) == (0, "")
    for address in ("/lti/login", "/lti/launch", "/lti/jwks"):
        assert f"https://colloquy.example.edu{address}" in result.stdout


def test_list_show_disable_and_enable(run: Run):
    assert add(run, MOODLE).returncode == 0
    assert add(run, CANVAS).returncode == 0
    first, second = run("platform", "list").stdout.splitlines()
    assert first.split("\t") == ["1", "enabled", "https://moodle.example.edu", "NsJcwA25oQBCoMZ", "1"]
    assert second.split("\t")[2:] == [CANVAS["issuer"], CANVAS["client-id"], CANVAS["deployment-id"]]
    shown = run("platform", "show", "2").stdout
    assert all(value in shown for value in CANVAS.values())
    assert run("platform", "disable", "1").returncode == 0
    assert [line.split("\t")[1] for line in run("platform", "list").stdout.splitlines()] == ["disabled", "enabled"]
    assert run("platform", "disable", "1", "--undo").returncode == 0
    assert run("platform", "list").stdout.split("\t")[1] == "enabled"


def test_adding_again_changes_addresses_and_adds_deployments(run_on_sqlite: Run):
    assert add(run_on_sqlite, MOODLE).returncode == 0
    moved = "https://moodle.example.edu/public/mod/lti/token.php"
    assert add(run_on_sqlite, MOODLE, deployment_id="2", auth_token_url=moved).returncode == 0
    assert run_on_sqlite("platform", "list").stdout.strip().endswith("\t1,2")
    assert moved in run_on_sqlite("platform", "show", "1").stdout


def test_command_that_a_refused_launch_proposes_adds_a_deployment(run_on_sqlite: Run):
    """The page for an unknown deployment names issuer, client id and deployment id, and nothing else."""
    assert add(run_on_sqlite, MOODLE).returncode == 0
    urls: dict[str, str | None] = dict.fromkeys(("auth_login_url", "auth_token_url", "jwks_url"))
    result = add(run_on_sqlite, MOODLE, deployment_id="7", **urls)
    assert (result.returncode, result.stderr) == (0, "")
    assert run_on_sqlite("platform", "list").stdout.strip().endswith("\t1,7")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"auth_token_url": "http://moodle.example.edu/token.php"}, "auth_token_url"),
        ({"issuer": "moodle"}, "issuer"),
        ({"client_id": " spaces "}, "client_id"),
        ({"jwks_url": None}, "jwks_url"),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(run_on_sqlite: Run, changes: dict[str, str], word: str):
    result = add(run_on_sqlite, MOODLE, **changes)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("colloquy: ")
    assert word in result.stderr
    assert not set("{}'") & set(result.stderr)
    assert run_on_sqlite("platform", "list").stdout == ""


@pytest.mark.parametrize("command", ["show", "disable"])
def test_unknown_number_is_refused_in_a_sentence(run_on_sqlite: Run, command: str):
    result = run_on_sqlite("platform", command, "99")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "colloquy: there is no such platform; run `colloquy platform list` to see all platforms\n"


def test_join_shows_what_it_would_do_before_it_does_it(run_on_sqlite: Run):
    assert add(run_on_sqlite, MOODLE).returncode == 0
    words = ("platform", "join", "1", "--old", "1", "--new", "5")
    assert "Nothing has changed yet" in run_on_sqlite(*words).stdout
    assert run_on_sqlite("platform", "list").stdout.strip().endswith("\t1")
    assert "Joined." in run_on_sqlite(*words, "--apply").stdout
    assert run_on_sqlite("platform", "list").stdout.strip().endswith("\t5")
    assert "Nothing to do" in run_on_sqlite(*words, "--apply").stdout
    unknown = run_on_sqlite("platform", "join", "1", "--old", "8", "--new", "9")
    assert (unknown.returncode, "no such deployment" in unknown.stderr) == (1, True)
