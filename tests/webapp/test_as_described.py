"""The service does what docs/reference/http.yaml says, whatever is sent to it, and never fails.

The description is read by schemathesis, which makes requests of it: such as keep to it, and such as do not.
"""

import logging
import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from werkzeug.wrappers import Request

from telephony import signature
from webapp import composition

Case = schemathesis.Case[Any]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DESCRIPTION = Path(__file__).parents[2] / "docs/reference/http.yaml"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
REQUESTS_OF_EACH_KIND = 12


class AsTwilio:
    """The application behind somebody who signs whatever is posted to a webhook."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._line = composition.line(app.config["SETTINGS"])

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Read the fields, sign them and pass the request on as it came."""
        if environ["PATH_INFO"].startswith("/twilio/"):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            fields = Request(environ | {"wsgi.input": BytesIO(body)}).form
            url = signature.requested_url(self._line, environ)
            environ["HTTP_X_TWILIO_SIGNATURE"] = signature.sign(self._line.secrets[0], url, fields)
            environ["wsgi.input"] = BytesIO(body)
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


@pytest.fixture
def described(app: Flask) -> schemathesis.BaseSchema:
    app.config["WTF_CSRF_ENABLED"] = False  # so that what is behind the forms is reached
    app.config["PROPAGATE_EXCEPTIONS"] = False
    api = schemathesis.openapi.from_path(DESCRIPTION)
    api.app = AsTwilio(app)
    return api


@pytest.mark.parametrize("mode", [pytest.param(mode, id=mode.value) for mode in schemathesis.GenerationMode])
def test_whatever_is_asked_the_answer_is_one_of_those_described(
    described: schemathesis.BaseSchema, mode: schemathesis.GenerationMode, caplog: pytest.LogCaptureFixture
) -> None:
    for operation in _operations(described, mode):

        @seed(1)
        @settings(
            max_examples=REQUESTS_OF_EACH_KIND, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_as_described(case: Case) -> None:
            case.call_and_validate(checks=CHECKS)

        answers_as_described()

    # Whoever is on the line hears a sentence even when we fail, so a webhook's answer alone does not tell.
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def _operations(described: schemathesis.BaseSchema, mode: schemathesis.GenerationMode) -> list[Any]:
    """Of what asks for nothing there are no wrong requests; and whether all is well depends on more than the web."""
    found = [cast("Ok[Any]", operation).ok() for operation in described.get_all_operations()]
    is_asked = mode is schemathesis.GenerationMode.POSITIVE
    return [
        one for one in found if one.path != "/readyz" and (is_asked or one.body or one.path_parameters or one.query)
    ]


def test_everything_that_is_described_is_there_and_no_webhook_is_missing(app: Flask) -> None:
    paths = schemathesis.openapi.from_path(DESCRIPTION).raw_schema["paths"]
    described = {(path, verb) for path, verbs in paths.items() for verb in verbs}
    served = {
        (re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule), verb.lower())
        for rule in app.url_map.iter_rules()
        for verb in rule.methods or ()
    }

    assert described - served == set()
    assert {(path, verb) for path, verb in served if path.startswith("/twilio/") and verb == "post"} <= described
