"""One running service for the stories of a module, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.conftest import BOTH_DATABASES
from tests.journeys import service
from tests.journeys.service import Service


@pytest.fixture(params=BOTH_DATABASES, scope="module")
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with places and people, and without any case, on a Monday morning."""
    folder = tmp_path_factory.mktemp("service")
    if request.param == "sqlite":
        with service.running(folder, at="2026-11-23T10:05") as running:
            yield running
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with (
        server.fresh_database() as url,
        service.running(folder, database=url, at="2026-11-23T10:05") as running,
    ):
        yield running
