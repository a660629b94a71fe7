package org.openapitools.jackson.nullable;

/** The default client names it in methods that it does not call; only Maven has it. */
public interface JsonNullable<T> {
    boolean isPresent();

    T get();
}
