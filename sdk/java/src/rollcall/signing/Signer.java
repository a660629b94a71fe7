package rollcall.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs each request with a Rollcall session, as {@code POST /tokens} describes. It is given to
 * {@code ApiClient.setRequestInterceptor}. Many threads may use one at once.
 */
public final class Signer implements Consumer<HttpRequest.Builder> {
    /** The signing host of every server whose operator has not set another. */
    public static final String DEFAULT_HOST = "pennprovenance.net";

    private final String key;
    private final String token;
    private final String host;
    private Instant last = Instant.EPOCH;

    /** Signs with a session's key and token. */
    public Signer(String key, String token) {
        this(key, token, DEFAULT_HOST);
    }

    /** Signs with a session's key and token, for a signing host. */
    public Signer(String key, String token, String host) {
        this.key = key;
        this.token = token;
        this.host = host;
    }

    @Override
    public void accept(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        URI uri = request.uri();
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = Objects.requireNonNullElse(uri.getRawQuery(), "");
        byte[] body = request.bodyPublisher().map(Signer::bytes).orElse(new byte[0]);
        String timestamp = timestamp();
        builder.setHeader("sessionKey", key);
        builder.setHeader("timestamp", timestamp);
        builder.setHeader("signature", signature(request.method(), path, query, timestamp, body));
    }

    /** The base64 text of a request's signature. The path and the query are as they are sent. */
    public String signature(
            String method, String path, String query, String timestamp, byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            String hashed = Base64.getEncoder().encodeToString(hash);
            String text = String.join("\n", key, method, host, path, query, timestamp, hashed);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token.getBytes(UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256 and HmacSHA256", e);
        }
    }

    /**
     * The time, or a nanosecond after the last one: a signature is taken only once, and equal
     * requests differ by nothing else.
     */
    private synchronized String timestamp() {
        Instant now = Instant.now();
        last = now.isAfter(last) ? now : last.plusNanos(1);
        return last.toString();
    }

    /** What a publisher publishes. */
    private static byte[] bytes(HttpRequest.BodyPublisher publisher) {
        HttpResponse.BodySubscriber<byte[]> all = HttpResponse.BodySubscribers.ofByteArray();
        publisher.subscribe(
                new Flow.Subscriber<ByteBuffer>() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        all.onSubscribe(subscription);
                    }

                    @Override
                    public void onNext(ByteBuffer part) {
                        all.onNext(List.of(part));
                    }

                    @Override
                    public void onError(Throwable error) {
                        all.onError(error);
                    }

                    @Override
                    public void onComplete() {
                        all.onComplete();
                    }
                });
        return all.getBody().toCompletableFuture().join();
    }
}
