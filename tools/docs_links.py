"""Hook of mkdocs: links that leave the folder docs, which serve those who read the files, lead to pages of the site.

Files beside docs that are pages of the site have their page; of others the site names the path.
"""

from __future__ import annotations

import re

PAGES = {
    "../models": "models.md",
    "../data/annotated/README.md": "data-card.md",
    "../data/annotated/codebook.md": "codebook.md",
}
OUTSIDE = re.compile(r"\[([^\]]+)\]\((\.\./[^)#]+)\)")


def on_page_markdown(markdown: str, **_: object) -> str:
    """Rewrite the links of a page."""
    return OUTSIDE.sub(_rewritten, markdown)


def _rewritten(link: re.Match[str]) -> str:
    text, target = link.groups()
    if target in PAGES:
        return f"[{text}]({PAGES[target]})"
    return f"{text} (`{target.removeprefix('../')}`)"
