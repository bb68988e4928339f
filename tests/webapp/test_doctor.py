import socket

from click.testing import CliRunner

from tests import machine as tests_machine
from webapp import machine
from webapp.doctor import doctor


def test_the_doctor_names_a_port_that_is_taken_and_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody_else:
        port = somebody_else.getsockname()[1]

        told = CliRunner().invoke(doctor, ["--port", str(port)])

    assert f"port {port}: address already in use" in told.output
    assert "PORT=8001 ./run" in told.output
    assert told.exit_code == 1


def test_the_doctor_and_the_tests_find_the_same_browser_and_database() -> None:
    assert machine.chromium().is_well == (tests_machine.chromium() is not None)
    assert machine.postgresql().is_well == (tests_machine.postgresql_programs() is not None)


def test_what_only_the_tests_need_does_not_make_the_doctor_unhappy() -> None:
    needed = {finding.what for finding in machine.look() if finding.needed}

    assert not {what for what in needed if "tests" in what}
