"""Make the exports of Label Studio through its REST interface: ``python make_label_studio.py URL TOKEN CONFIG OUT``.

CONFIG is the file that ``mhnlp.label_studio_config()`` gives. Needs a server on this machine, started with
``label-studio start --enable-legacy-api-token --user-token TOKEN --username codeur-a@example.org``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from passages import CODES, PASSAGES

URL, TOKEN, CONFIG, OUT = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])


def call(method: str, path: str, content: Any = None) -> bytes:
    """Call the server."""
    headers = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
    data = None if content is None else json.dumps(content).encode()
    with urlopen(Request(f"{URL}/api/{path}", data, headers, method=method)) as answer:  # noqa: S310 - localhost
        body: bytes = answer.read()
        return body


def choices(name: str, labels: list[str]) -> dict[str, Any]:
    """One answer of a coder, as the labelling page posts it."""
    return {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": labels}}


def main() -> None:
    """Make a project with two coders, a skipped task and a task without answer, and export it."""
    project = json.loads(call("POST", "projects/", {"title": "fixture", "label_config": CONFIG.read_text()}))["id"]
    data = [{"heading": "", **passage} for passage in PASSAGES]
    call("POST", f"projects/{project}/import?return_task_ids=true", [{"data": each} for each in data])
    tasks = json.loads(call("GET", f"tasks?project={project}&fields=all&page_size=100"))["tasks"]
    ids = {each["data"]["passage"]: each["id"] for each in tasks}
    other = json.loads(
        call("POST", "users/", {"username": "codeur-b", "email": "codeur-b@example.org", "password": "fixture-fixture"})
    )
    for coder, passage, pillars, sentiment, comment in CODES:
        result = [choices("sentiment", [sentiment])]
        result += [choices("pillars", pillars)] if pillars else []
        if comment:
            result.append({"from_name": "reason", "to_name": "text", "type": "textarea", "value": {"text": [comment]}})
        content = {"result": result, **({"completed_by": other["id"]} if coder == "codeur-b" else {})}
        call("POST", f"tasks/{ids[passage]}/annotations/", content)
    skipped = {"result": [], "was_cancelled": True, "completed_by": other["id"]}
    call("POST", f"tasks/{ids['brief-03-2']}/annotations/", skipped)
    call(
        "POST",
        f"projects/{project}/import",
        [{"data": {**data[0], "passage": "brief-04-1", "text": "Niet gecodeerd."}}],
    )
    for kind, suffix in [("JSON", "json"), ("JSON_MIN", "json"), ("CSV", "csv"), ("TSV", "tsv")]:
        body = call("GET", f"projects/{project}/export?exportType={kind}&download_all_tasks=true")
        (OUT / f"label-studio-{kind.lower().replace('_', '-')}.{suffix}").write_bytes(body)


main()
