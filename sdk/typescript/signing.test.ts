/** The signing helper against the examples that are published with the document. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { signature, timestamp } from "./signing.js";

interface Vector {
  what: string;
  key: string;
  token: string;
  signingHost: string;
  request: { method: string; path: string; query: string; timestamp: string; body: string };
  signature: string;
}

const file = readFileSync("openapi/signing-test-vectors.json", "utf8");
const { vectors } = JSON.parse(file) as { vectors: Vector[] };

test("there are vectors", () => {
  assert.ok(vectors.length > 0);
});

for (const vector of vectors) {
  test(`signs ${vector.what}`, async () => {
    const body = new TextEncoder().encode(vector.request.body);
    const made = await signature(vector, { ...vector.request, body }, vector.signingHost);
    assert.equal(made, vector.signature);
  });
}

test("no timestamp comes twice", () => {
  const times = Array.from({ length: 10_000 }, timestamp);
  assert.equal(new Set(times).size, times.length);
});
