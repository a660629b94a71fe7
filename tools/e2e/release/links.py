"""Fails if a link of a page in the folder names a file that is not there: links.py FOLDER."""

import re, sys
from pathlib import Path

LINK = re.compile(r"\]\(([^)#\s]+)")


def main(folder):
    pages = sorted(Path(folder).rglob("*.md"))
    links = [(page, link) for page in pages for link in LINK.findall(page.read_text()) if ":" not in link]
    dead = [f"{page}: {link}" for page, link in links if not (page.parent / link).exists()]
    print(f"{len(links)} links of {len(pages)} pages")
    sys.exit("\n".join(dead) or None)


main(sys.argv[1])
