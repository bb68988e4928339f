"""One word for one thing, wherever a person reads it: what docs/reference/words-and-times.md says, held to."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
OTHER_WORDS = re.compile(r"\b(ring|phone|telephone) us\b", re.IGNORECASE)


def test_whoever_is_to_reach_us_by_telephone_is_asked_to_call_us_everywhere() -> None:
    read = [
        path
        for folder in ("scheduling", "telephony", "webapp", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".po", ".pot", ".md"} and path.name != "words-and-times.md"
    ]

    assert len(read) > 300
    assert [str(path.relative_to(ROOT)) for path in read if OTHER_WORDS.search(path.read_text("utf-8"))] == []
