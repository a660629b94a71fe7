// Numbers are told apart by every JSON reader: those of the document, and those that it allows.

const isSafe = (value) => !Number.isInteger(value) || Number.isSafeInteger(value);

const isObject = (value) => typeof value === 'object' && value !== null;

function* unsafe(value, path) {
  if (!isSafe(value)) yield { message: `${value} is beyond 2^53 - 1.`, path };
  if (!isObject(value)) return;
  if (value.format === 'int64' && !(isSafe(value.maximum) && value.maximum <= Number.MAX_SAFE_INTEGER)) {
    yield { message: `An int64 must have a maximum of at most ${Number.MAX_SAFE_INTEGER}.`, path };
  }
  for (const [name, member] of Object.entries(value)) yield* unsafe(member, [...path, name]);
}

export default (document) => [...unsafe(document, [])];
