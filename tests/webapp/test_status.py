"""How the service fares: a page for staff, and figures for a monitor."""

import pytest
from flask import Flask

from scheduling.models import Role
from tests.webapp.conftest import SignIn

FROM_A_MONITOR = {"REMOTE_ADDR": "192.0.2.7"}


def test_the_status_page_tells_every_sign_in_words(sign_in: SignIn) -> None:
    page = sign_in(Role.ADMINISTRATOR).opens("/status")

    assert page.status == 200
    assert "Worker has not been seen Needs somebody" in page.text
    assert "None are made by the clock: the setting BACKUP_DIR names no folder." in page.text


def test_a_monitor_on_this_machine_reads_the_figures(app: Flask) -> None:
    told = app.test_client().get("/metrics").get_data(as_text=True)

    assert 'common_ground_well{sign="worker"} 0.0' in told
    assert "common_ground_oldest_due_message_seconds" in told


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        pytest.param("192.0.2.7", {}, id="another machine"),
        pytest.param("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, id="another machine, through our proxy"),
        pytest.param("192.0.2.7", {"Authorization": "Bearer "}, id="an empty token where none is set"),
    ],
)
def test_nobody_else_reads_them(app: Flask, address: str, headers: dict[str, str]) -> None:
    answer = app.test_client().get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == 404


def test_with_a_token_whoever_has_it_reads_them_and_nobody_else(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"metrics_token": "t" * 32})
    client = app.test_client()

    def asked(token: str) -> int:
        header = {"Authorization": f"Bearer {token}"}
        return client.get("/metrics", headers=header, environ_overrides=FROM_A_MONITOR).status_code

    assert asked("t" * 32) == 200
    assert asked("u" * 32) == 404
    assert client.get("/metrics").status_code == 404
