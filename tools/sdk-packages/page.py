"""The sections of docs/sdks.md about packages."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADINGS = {
    "python": "The Python wheel",
    "typescript": "The npm package",
    "rust": "The Rust crate",
    "java": "The Java archive",
    "go": "The Go module",
}


class Section:
    """One language: its text, the example with the file's name, and the commands."""

    def __init__(self, language):
        page = (ROOT / "docs/sdks.md").read_text()
        heading = f"### {HEADINGS[language]}\n"
        assert page.count(heading) == 1, f"docs/sdks.md has no section {HEADINGS[language]}"
        self.text = re.split(r"^##", page.split(heading)[1], maxsplit=1, flags=re.MULTILINE)[0].strip()
        blocks = re.findall(r"^```(\w+)\n(.*?)^```$", self.text, re.MULTILINE | re.DOTALL)
        [self.example] = [code for marker, code in blocks if marker != "sh"]
        [self.commands] = [code for marker, code in blocks if marker == "sh"]
        [self.file] = re.findall(r"Save the example as `([^`]+)`", self.text)

    def readme(self):
        """The text without links into the repository, which users of the package do not have."""
        text = re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", self.text)
        return f"# A client of Rollcall\n\n{text}\n"
