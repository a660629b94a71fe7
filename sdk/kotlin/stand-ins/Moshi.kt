// What the default client uses of Moshi, which no registry but Maven has: enough to compile it.
package com.squareup.moshi

annotation class Json(val name: String)

annotation class JsonClass(val generateAdapter: Boolean)

annotation class ToJson

annotation class FromJson

abstract class JsonAdapter<T> {
    abstract fun fromJson(text: String): T?

    abstract fun toJson(value: T?): String
}

abstract class Moshi {
    abstract fun <T> adapter(type: Class<T>): JsonAdapter<T>

    class Builder {
        fun add(adapter: Any): Builder = this

        fun build(): Moshi = TODO("the client is only compiled")
    }
}

inline fun <reified T> Moshi.adapter(): JsonAdapter<T> = adapter(T::class.java)
