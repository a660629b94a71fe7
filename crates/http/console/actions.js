// What a component does: it loads, or it acts on a person's behalf. Both tell how far they are.

import { asFailure } from './failure.js';
import { useEffect, useRef, useState } from './html.js';
import { store } from './store.js';
import { text } from './text.js';

/** @typedef {import('./failure.js').Failure} Failure */

// The last thing that was done, for the line that announces it.
export const done = store({ text: '', number: 0 });

/** @param {string} text */
export const announce = (text) => done.set({ text, number: done.get().number + 1 });

// An action that is pending, failed, or neither. While it is pending it does not begin again.
/**
 * @template {unknown[]} P
 * @param {(...parameters: P) => Promise<unknown>} work
 * @param {string} [unanswered]
 */
export function useAction(work, unanswered = text.failure.notSaved) {
  const [state, setState] = useState(/** @type {{ isPending: boolean, failure: Failure | null }} */ (idle));
  const isPending = useRef(false);
  /** @param {P} parameters */
  const run = async (...parameters) => {
    if (isPending.current) return;
    isPending.current = true;
    setState({ isPending: true, failure: null });
    try {
      await work(...parameters);
      setState(idle);
    } catch (error) {
      setState({ isPending: false, failure: asFailure(error, unanswered) });
    } finally {
      isPending.current = false;
    }
  };
  return { ...state, run, reset: () => setState(idle) };
}

const idle = { isPending: false, failure: null };

// Loads when `keys` change. The earlier content stays until the next has come, so that nothing moves.
/**
 * @template T
 * @param {() => Promise<T>} load
 * @param {unknown[]} keys
 */
export function useLoad(load, keys) {
  const [state, setState] = useState(
    /** @type {{ content: T | null, failure: Failure | null, isLoading: boolean }} */ (
      { content: null, failure: null, isLoading: true }
    ),
  );
  const latest = useRef(0);
  const reload = async () => {
    const number = ++latest.current;
    setState((before) => ({ ...before, isLoading: true }));
    try {
      const content = await load();
      if (number === latest.current) setState({ content, failure: null, isLoading: false });
    } catch (error) {
      const failure = asFailure(error, text.failure.notLoaded);
      if (number === latest.current) setState((before) => ({ ...before, failure, isLoading: false }));
    }
  };
  useEffect(() => {
    void reload();
    return () => void latest.current++;
  }, keys);
  /** @param {T} content */
  const replace = (content) => setState({ content, failure: null, isLoading: false });
  return { ...state, reload, replace };
}
