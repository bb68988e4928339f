"""The webhooks as a process of their own under waitress: `python -m tests.telephony.served URL_OF_THE_DATABASE`.

Prints the port that the machine gave it, and serves until it is killed.
"""

import sys

import waitress
from flask import Flask

from scheduling import db
from telephony import webhooks
from telephony.line import Line
from tests import our_vault
from tests.telephony.conftest import ACCOUNT, BASE_URL, SECRET

if __name__ == "__main__":
    our_vault.use()
    db.connect(sys.argv[1])
    app = Flask(__name__)
    line = Line(
        base_url=BASE_URL,
        secrets=(SECRET,),
        account_sid=ACCOUNT,
        voice_number="+443001234567",
        sms_number="+447700900000",
    )
    app.register_blueprint(webhooks.blueprint(line))
    server = waitress.create_server(app, listen="127.0.0.1:0", threads=8)
    sys.stdout.write(f"{server.effective_port}\n")
    sys.stdout.flush()
    server.run()
