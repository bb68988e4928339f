"""Is the service alive, is it ready, and how does it fare? For whoever supervises it; nothing about anybody."""

import secrets
from collections.abc import Iterator
from typing import Final

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.operation import vitals
from scheduling.operation.vitals import Vital
from webapp import migrations
from webapp.auth import public

blueprint = Blueprint("health", __name__)

OPENMETRICS: Final = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-Ip")
"""What a proxy adds: a request that has one comes from another machine, whatever its address says."""


@blueprint.get("/livez")
@public
def livez() -> ResponseReturnValue:
    """The process answers; it asks nothing of the database."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The database answers in its newest form, the disk has room, and worker and clock have shown themselves."""
    try:
        with db.Reading() as session:
            checks = look(session)
    except SQLAlchemyError:
        checks = [Vital(name="database", is_well=False, says="does not answer")]
    is_ready = all(check.is_well for check in checks)
    told = {check.name: {"ok": check.is_well, "says": check.says} for check in checks}
    return jsonify(ready=is_ready, checks=told), 200 if is_ready else 503


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Every vital sign as Prometheus reads it, for a monitor that has the token or runs on this machine."""
    if not _may_measure():
        abort(404)
    registry = CollectorRegistry()
    with db.Reading() as session:
        registry.register(_Signs(vitals.look(session, now=clock.now())))
    return Response(generate_latest(registry), content_type=OPENMETRICS)


def look(session: Session) -> list[Vital]:
    """What has to be well before the service is ready."""
    db.ping(session)
    checks = [Vital(name="database", is_well=True, says="answers")]
    is_current = migrations.is_current(session.connection())
    says = "in the newest form" if is_current else "run `migrate`"
    checks.append(Vital(name="migrations", is_well=is_current, says=says))
    checks.append(vitals.disk())
    if is_current:
        checks += vitals.processes(session, at=db.moment(session))
    return checks


class _Signs(Collector):
    """The vital signs as two gauges each: whether it is well, and its figure in its unit."""

    def __init__(self, signs: list[Vital]) -> None:
        self._signs = signs

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Write them down."""
        well = GaugeMetricFamily("common_ground_well", "1 where a vital sign is as it should be.", labels=["sign"])
        for sign in self._signs:
            well.add_metric([sign.name], int(sign.is_well))
        yield well
        for sign in self._signs:
            if sign.figure is not None:
                name = f"common_ground_{sign.name.replace(' ', '_')}_{sign.unit}"
                yield GaugeMetricFamily(name, f"Vital sign: {sign.name}.", value=sign.figure)


def _may_measure() -> bool:
    token = current_app.config["SETTINGS"].metrics_token
    if token:
        return secrets.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    is_near = request.remote_addr in {"127.0.0.1", "::1"}
    return is_near and not any(name in request.headers for name in FORWARDED)
