// Every enum names its values for generated clients, in a way that compiles in each language of scripts/sdk.

import { reservedWords } from './reserved-words.js';

const CONSTANT = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;

// A generator writes NOT_FOUND as it is, or as NotFound.
const spellings = (name) => [
  name,
  name.split('_').map((word) => word.charAt(0) + word.slice(1).toLowerCase()).join(''),
];

function flaw(name) {
  for (const [language, words] of Object.entries(reservedWords)) {
    const reserved = spellings(String(name)).find((spelling) => words.includes(spelling));
    if (reserved) return `"${reserved}" is reserved in ${language}`;
  }
  if (!CONSTANT.test(name)) return `"${name}" is not in upper case, with underscores between words`;
  return undefined;
}

export default function enumNames(schema) {
  if (!Array.isArray(schema?.enum)) return [];
  const names = schema['x-enum-varnames'];
  if (!Array.isArray(names)) return [{ message: 'An enum must name its values in x-enum-varnames.' }];
  if (names.length !== schema.enum.length || new Set(names).size !== names.length) {
    return [{ message: 'x-enum-varnames must have one name for each value, and none twice.' }];
  }
  return names.flatMap((name, index) => {
    const message = flaw(name);
    return message ? [{ message: `${message}.`, path: ['x-enum-varnames', index] }] : [];
  });
}
