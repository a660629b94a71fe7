// A value that components share. They are rendered again when it changes.

import { useEffect, useState } from './html.js';

/**
 * @template T
 * @param {T} initial
 */
export function store(initial) {
  let value = initial;
  const listeners = new Set();
  return {
    get: () => value,
    /** @param {T} next */
    set(next) {
      value = next;
      for (const listener of listeners) listener(next);
    },
    use() {
      const [current, setCurrent] = useState(value);
      useEffect(() => {
        // The value may have changed between the first rendering and now.
        setCurrent(value);
        listeners.add(setCurrent);
        return () => void listeners.delete(setCurrent);
      }, []);
      return current;
    },
  };
}
