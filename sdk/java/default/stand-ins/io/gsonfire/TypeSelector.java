package io.gsonfire;

/** The default client imports it, and does without. */
public interface TypeSelector<T> {}
