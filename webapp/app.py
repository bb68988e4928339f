"""The web application, put together: pages, webhooks, and in the demo the simulator."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from scheduling import db
from telephony import webhooks
from telephony.simulator import pages as simulator
from webapp import (
    auth,
    authorities,
    certificates,
    composition,
    console,
    enrolment,
    errors,
    feeds,
    filters,
    guide,
    headers,
    health,
    mediators,
    parties,
    public,
    second_factor,
    settings,
)
from webapp.settings import Settings

LARGEST_BODY = 1024 * 1024
LARGEST_FORM = 64 * 1024
MOST_FIELDS = 200


def create_app(chosen: Settings | None = None) -> Flask:
    """The web application with these settings, or those of the environment."""
    chosen = chosen or settings.load_or_leave()
    composition.prepare(chosen)
    app = Flask(__name__)
    app.config.update(
        SETTINGS=chosen,
        SECRET_KEY=chosen.secret,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
    )
    app.url_map.strict_slashes = False  # a redirect for a slash would lose what Twilio posted
    forms = CSRFProtect(app)
    filters.register(app)
    headers.register(app)
    auth.register(app)
    errors.register(app)
    console.register(app)
    parties.register(app)
    mediators.register(app)
    authorities.register(app)
    public.register(app)
    guide.register(app)
    app.register_blueprint(certificates.blueprint)
    app.register_blueprint(feeds.blueprint)
    app.register_blueprint(health.blueprint)
    answering = webhooks.blueprint(composition.line(chosen))
    forms.exempt(answering)  # guarded by Twilio's signature instead
    app.register_blueprint(answering)
    if chosen.has_simulator:
        line = composition.line(chosen)
        app.register_blueprint(simulator.blueprint(line, chosen.data_dir, target=chosen.local_url, codes=_codes))
    return app


def _codes() -> list[tuple[str, str, str]]:
    """Name, address and current code of everybody who may sign in: the simulator plays their authenticator app."""
    with db.Reading() as session:
        return [
            (account.staff.name, account.staff.email, second_factor.current_code(session, account))
            for account in enrolment.accounts(session)
        ]
