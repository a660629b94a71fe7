package io.gsonfire;

import com.google.gson.GsonBuilder;

/** What the default client uses of gson-fire, which no registry but Maven has. */
public class GsonFireBuilder {
    public GsonBuilder createGsonBuilder() {
        return new GsonBuilder();
    }
}
