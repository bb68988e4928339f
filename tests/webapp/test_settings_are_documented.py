import re
from pathlib import Path

from webapp.settings import Settings

ROOT = Path(__file__).parents[2]
FOR_THE_TESTS = {"TEST_DATABASE_URL"}
SENTENCES = {name.upper(): str(field.description) for name, field in Settings.model_fields.items()}


def test_the_reference_tells_of_every_setting_in_the_codes_own_words() -> None:
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (.*) \| .*\|$", (ROOT / "docs/reference/settings.md").read_text(), re.MULTILINE
    )

    told = {name: sentence for name, sentence in rows if name not in FOR_THE_TESTS}

    assert told == SENTENCES


def test_the_example_file_has_every_setting_and_no_other() -> None:
    names = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert sorted(names) == sorted({*SENTENCES, *FOR_THE_TESTS})


def test_the_example_file_changes_nothing_when_it_is_copied_as_it_is() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()

    assert [line for line in lines if line and not line.startswith("#")] == []
