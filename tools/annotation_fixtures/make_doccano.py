"""Make the exports of doccano with doccano's own export code: ``DOCCANO_HOME=/tmp/d python make_doccano.py OUT``.

Run in an environment of its own with doccano installed, after ``doccano init``. Projects are made in its database
(SQLite), and exported by the function that its web server runs when a user presses "Export".
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import backend

OUT = Path(sys.argv[1])
HOME = os.environ["DOCCANO_HOME"]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.production"
os.environ["STANDALONE"] = "True"
os.environ["DATABASE_URL"] = f"sqlite:///{HOME}/db.sqlite3"
os.environ["MEDIA_ROOT"] = f"{HOME}/media"
sys.path.insert(0, str(Path(backend.__file__).parent))

import django  # noqa: E402

django.setup()

from data_export.celery_tasks import export_dataset  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from examples.models import Comment, Example, ExampleState  # noqa: E402
from label_types.models import CategoryType  # noqa: E402
from labels.models import Category  # noqa: E402
from passages import CODES, PASSAGES, PILLARS, SENTIMENTS  # noqa: E402
from projects.models import Member, TextClassificationProject  # noqa: E402
from roles.models import Role  # noqa: E402


def make_project(*, shared: bool) -> TextClassificationProject:
    """Make a project with the passages, the labels, two coders and their codes."""
    users = {name: User.objects.get_or_create(username=name)[0] for name in ("codeur-a", "codeur-b")}
    project = TextClassificationProject.objects.create(
        name="fixture",
        project_type="DocumentClassification",
        collaborative_annotation=shared,
        created_by=users["codeur-a"],
    )
    for user in users.values():
        Member.objects.create(project=project, user=user, role=Role.objects.get(name="annotator"))
    names = [f"pillar:{name}" for name in PILLARS] + [f"sentiment:{name}" for name in SENTIMENTS]
    labels = {name: CategoryType.objects.create(project=project, text=name) for name in names}
    examples = {}
    for passage in PASSAGES:
        meta = {key: value for key, value in passage.items() if key != "text"}
        examples[passage["passage"]] = Example.objects.create(project=project, text=passage["text"], meta=meta)
    for coder, passage, pillars, sentiment, comment in CODES:
        user, example = users[coder], examples[passage]
        for name in [*(f"pillar:{pillar}" for pillar in pillars), f"sentiment:{sentiment}"]:
            Category.objects.get_or_create(example=example, label=labels[name], user=user)
        if comment:
            Comment.objects.create(example=example, user=user, text=comment)
        ExampleState.objects.create(example=example, confirmed_by=user)
    return project


def main() -> None:
    """Export per coder and shared, in each format, and with confirmed passages only."""
    own, shared = make_project(shared=False), make_project(shared=True)
    for name, project, file_format, confirmed in [
        ("doccano-per-coder-jsonl.zip", own, "JSONL", False),
        ("doccano-per-coder-confirmed-jsonl.zip", own, "JSONL", True),
        ("doccano-per-coder-csv.zip", own, "CSV", False),
        ("doccano-per-coder-json.zip", own, "JSON", False),
        ("doccano-shared-jsonl.zip", shared, "JSONL", False),
    ]:
        shutil.move(export_dataset(project.pk, file_format, confirmed_only=confirmed), OUT / name)


main()
