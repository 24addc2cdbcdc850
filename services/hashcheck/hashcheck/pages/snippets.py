"""A first check in four languages, each whole: it asks whether one file is known.

They read the key from OFFLIMITS_KEY and the address from OFFLIMITS_URL, so that neither stands in
a program. The tests run every one of them whose language is there.
"""

from collections.abc import Mapping
from types import MappingProxyType

CURL = """\
sha256=$(sha256sum "$FILE" | cut -d ' ' -f 1)
curl --silent --show-error --fail \\
  -H "Authorization: Bearer $OFFLIMITS_KEY" -H "Content-Type: application/json" \\
  -d "{\\"items\\": [{\\"type\\": \\"sha256\\", \\"value\\": \\"$sha256\\"}]}" \\
  "$OFFLIMITS_URL/v1/check"
"""

PYTHON = """\
import hashlib, json, os, urllib.request

with open(os.environ["FILE"], "rb") as file:
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
request = urllib.request.Request(
    os.environ["OFFLIMITS_URL"] + "/v1/check",
    json.dumps({"items": [{"type": "sha256", "value": sha256}]}).encode(),
    {
        "Authorization": "Bearer " + os.environ["OFFLIMITS_KEY"],
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as answer:
    print(json.load(answer)["results"][0]["outcome"])
"""

PHP = """\
<?php
$items = [["type" => "sha256", "value" => hash_file("sha256", getenv("FILE"))]];
$answer = file_get_contents(getenv("OFFLIMITS_URL") . "/v1/check", false,
    stream_context_create(["http" => [
        "method" => "POST",
        "header" => ["Authorization: Bearer " . getenv("OFFLIMITS_KEY"),
                     "Content-Type: application/json"],
        "content" => json_encode(["items" => $items]),
    ]]));
if ($answer === false) exit(1);
echo json_decode($answer)->results[0]->outcome, "\\n";
"""

JAVASCRIPT = """\
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

const { FILE, OFFLIMITS_KEY, OFFLIMITS_URL } = process.env;
const value = createHash("sha256").update(await readFile(FILE)).digest("hex");
const answer = await fetch(OFFLIMITS_URL + "/v1/check", {
  method: "POST",
  headers: { Authorization: "Bearer " + OFFLIMITS_KEY, "Content-Type": "application/json" },
  body: JSON.stringify({ items: [{ type: "sha256", value }] }),
});
if (!answer.ok) throw new Error("HTTP " + answer.status);
console.log((await answer.json()).results[0].outcome);
"""

SNIPPETS: Mapping[str, str] = MappingProxyType(
    {"curl": CURL, "Python": PYTHON, "PHP": PHP, "JavaScript": JAVASCRIPT}
)
