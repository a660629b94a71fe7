package rollcall.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.Test;

/** The contents of a signature, tested without a server. */
public class SignerTest {
    private static final String BODY = "{\"schnée\":\"☃\"}";

    @Test
    public void everyPublishedVectorHasItsSignature() throws IOException {
        Path file = Path.of(System.getProperty("vectors"));
        JsonNode vectors = new ObjectMapper().readTree(file.toFile()).path("vectors");
        assertFalse(vectors.isEmpty());
        for (JsonNode vector : vectors) {
            Signer signer =
                    new Signer(text(vector, "key"), text(vector, "token"), text(vector, "signingHost"));
            JsonNode request = vector.required("request");
            String signature =
                    signer.signature(
                            text(request, "method"),
                            text(request, "path"),
                            text(request, "query"),
                            text(request, "timestamp"),
                            text(request, "body").getBytes(UTF_8));
            assertEquals(text(vector, "what"), text(vector, "signature"), signature);
        }
    }

    private static String text(JsonNode node, String name) {
        return node.required(name).textValue();
    }

    @Test
    public void whatIsSentIsWhatIsSigned() {
        Signer signer = new Signer("key", "token");
        String url = "http://localhost/users/zo%c3%AB%2f?b=2&a=%2f+%20&&c";
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url))
                        .method("PATCH", HttpRequest.BodyPublishers.ofString(BODY));
        signer.accept(builder);
        HttpRequest request = builder.build();
        assertEquals(Set.of("sessionKey", "timestamp", "signature"), request.headers().map().keySet());
        assertEquals("key", header(request, "sessionKey"));
        String timestamp = header(request, "timestamp");
        String signature =
                signer.signature(
                        "PATCH",
                        "/users/zo%c3%AB%2f",
                        "b=2&a=%2f+%20&&c",
                        timestamp,
                        BODY.getBytes(UTF_8));
        assertEquals(signature, header(request, "signature"));
    }

    @Test
    public void equalRequestsHaveTimestampsThatDiffer() {
        Signer signer = new Signer("key", "token");
        Set<String> timestamps = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://localhost"));
            signer.accept(builder.DELETE());
            timestamps.add(header(builder.build(), "timestamp"));
        }
        assertEquals(10_000, timestamps.size());
    }

    private static String header(HttpRequest request, String name) {
        return request.headers().firstValue(name).orElseThrow();
    }
}
