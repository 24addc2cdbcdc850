"""The open peer as a service: Flask and python-threatexchange's PDQIndex, one hash per request.

An upper bound of Hasher-Matcher-Actioner, which also asks its database at every request. Served by
gunicorn with one process, as its own image is; the index is of the same generated entries.
"""

import os

from flask import Flask, Response, jsonify, request
from threatexchange.signal_type.pdq.pdq_index import PDQIndex

from tests.hashcheck.many import digest

ENTRIES = int(os.environ["ENTRIES"])

app = Flask(__name__)
index = PDQIndex([(digest(number).hex(), number) for number in range(ENTRIES)])


@app.get("/m/raw_lookup")
def raw_lookup() -> Response:
    found = index.query(request.args["signal"])
    return jsonify(matches=[match.metadata for match in found])


@app.get("/status")
def status() -> str:
    return "I-AM-ALIVE"
