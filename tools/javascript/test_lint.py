"""biome.json finds each mistake by the rule that is for it."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE, TESTS = "crates/http/src/handlers/docs", "tools/e2e/browser"
LOAD = "export async function load() { await fetch('/users'); }"

# The rule that must find it, the file that has it, and the mistake.
MISTAKES = [
    ("noUndeclaredVariables", f"{PAGE}/undeclared.js", "absent();"),
    ("noRestrictedGlobals", f"{PAGE}/of-node.js", "console.log(process.env);"),
    ("noUnusedVariables", f"{TESTS}/variable.mjs", "const unused = 1;"),
    ("noUnusedImports", f"{TESTS}/import.mjs", "import assert from 'node:assert/strict';"),
    ("noUnusedFunctionParameters", f"{TESTS}/parameter.mjs", "export const two = (unused) => 2;"),
    ("noUnreachable", f"{TESTS}/unreachable.mjs", "export function two() { return 2; console.log(2); }"),
    ("noConstAssign", f"{TESTS}/constant.mjs", "const two = 1; two = 2;"),
    ("noDoubleEquals", f"{TESTS}/equality.mjs", "export const isTwo = (number) => number == '2';"),
    ("noFallthroughSwitchClause", f"{TESTS}/case.mjs", "switch (1) { case 1: load(); default: load(); }"),
    ("noFloatingPromises", f"{TESTS}/await.test.mjs", "import { load } from './sound.mjs'; load();"),
    ("noMisusedPromises", f"{TESTS}/condition.mjs", f"{LOAD} if (load()) console.log('loaded');"),
    ("noFloatingPromises", "sdk/example/story.ts", "const get = async () => 1; get();"),
]


def lint(files: dict[str, str]) -> tuple[int, dict[str, set[str]]]:
    """The exit code for files of such texts, and the rules that each breaks."""
    tools = subprocess.check_output([ROOT / "scripts/node-tools", "tools/javascript"], text=True)
    command = [f"{tools.strip()}/node_modules/.bin/biome", "lint", "--colors=off", "--max-diagnostics=none"]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "biome.json", folder)
        for name, text in files.items():
            file = pathlib.Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{text}\n")
        done = subprocess.run(command, cwd=folder, text=True, capture_output=True)
    rules: dict[str, set[str]] = {}
    for file, rule in re.findall(r"^(\S+?):\d+:\d+ lint/\w+/(\w+)", done.stdout + done.stderr, re.MULTILINE):
        rules.setdefault(file, set()).add(rule)
    return done.returncode, rules


class Lint(unittest.TestCase):
    def test_sound_code_passes(self) -> None:
        self.assertEqual(lint({f"{TESTS}/sound.mjs": LOAD}), (0, {}))

    def test_each_mistake_is_found(self) -> None:
        sound = {f"{TESTS}/sound.mjs": LOAD}
        code, rules = lint(sound | {name: text for _, name, text in MISTAKES})
        self.assertEqual(code, 1)
        for rule, name, text in MISTAKES:
            with self.subTest(text):
                self.assertIn(rule, rules.get(name, ()))


if __name__ == "__main__":
    unittest.main()
