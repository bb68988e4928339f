"""A world with people in it, and a family that has a letter."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from scheduling import clock, db
from tests.stories import world as worlds
from tests.stories.desk import Desk
from tests.stories.world import Family, World
from webapp import app as web
from webapp.settings import Settings


@pytest.fixture
def world(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[World]:
    settings = Settings(database_url=database_url, data_dir=tmp_path / "var", secret_key="k" * 40)
    app = web.create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    built = World(app, settings)
    worlds.people(built)
    yield built
    clock.shift(timedelta())
    db.Session.kw["bind"].dispose()


@pytest.fixture
def family(world: World) -> Family:
    return Family(world)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def app(world: World) -> Flask:
    """For browsers of people who have no account."""
    return world.app
