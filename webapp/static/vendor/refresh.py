"""Fetch the front-end files anew from npm and strip what is not ours to use. For maintainers; nobody else needs Node.

    python webapp/static/vendor/refresh.py

Each package is checked against the integrity recorded in vendor.toml before anything of it is read. The fonts, the
crest and the logo of GOV.UK belong to the government: a service that is not part of it has a look of its own.
"""

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
OWN_FONT = "Inter,arial,sans-serif"
FOREIGN = ("GDS Transport", "crest", "govuk-logo", "@font-face", "sourceMappingURL", "url(")


def main() -> None:
    """Fetch, check, clean and write every file that vendor.toml names; print the hashes to be recorded."""
    recorded = tomllib.loads((HERE / "vendor.toml").read_text())
    for package in recorded["package"]:
        with tempfile.TemporaryDirectory() as folder:
            archive = fetch(package, Path(folder))
            for file in package["file"]:
                write(file["path"], cleaned(file["path"], member(archive, file["from"])))


def fetch(package: dict[str, str], folder: Path) -> Path:
    """The package as npm packs it, if it is the one that was recorded."""
    wanted = f"{package['name']}@{package['version']}"
    subprocess.run(["npm", "pack", "--silent", wanted], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archive = next(folder.glob("*.tgz"))
    found = integrity(archive.read_bytes())
    if found != package["integrity"]:
        sys.exit(f"{wanted}: recorded {package['integrity']}, fetched {found}")
    return archive


def member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as package:
        file = package.extractfile(f"package/{name}")
        if file is None:
            sys.exit(f"{archive.name} has no {name}")
        return file.read()


def write(path: str, content: bytes) -> None:
    (HERE / path).write_bytes(content)
    print(path, integrity(content))


def integrity(content: bytes) -> str:
    """As npm and browsers write it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def cleaned(path: str, content: bytes) -> bytes:
    if path.endswith(".css"):
        return clean_css(content.decode()).encode()
    if path.endswith(".js"):
        return without_source_map(content.decode()).encode()
    return content


def clean_css(css: str) -> str:
    """GOV.UK Frontend's stylesheet with our font, and without the crest and logo of the government."""
    css = without_source_map(css)
    css = re.sub(r"/\*(?!!).*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?(,arial,sans-serif)?', OWN_FONT, css)
    css = without_rules(css, r"copyright-logo|licence-logo|govuk-logo|crown|header__logotype")
    for word in FOREIGN:
        if word in css:
            sys.exit(f"the stylesheet still has {word!r}: {css[css.index(word) - 80 : css.index(word) + 80]}")
    return css


def without_rules(css: str, pattern: str) -> str:
    """Drop the selectors that match, and every block that is empty without them."""
    selector_and_block = re.compile(r"([^{}]+)\{([^{}]*)\}")

    def keep(rule: re.Match[str]) -> str:
        selectors = [name for name in rule[1].split(",") if not re.search(pattern, name)]
        return f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""

    css = selector_and_block.sub(lambda rule: keep(rule) if re.search(pattern, rule[1]) else rule[0], css)
    return re.sub(r"@(?:media|supports)[^{}]*\{\}", "", css)


def without_source_map(text: str) -> str:
    return re.sub(r"\s*(//|/\*)# sourceMappingURL=.*$", "\n", text)


if __name__ == "__main__":
    main()
