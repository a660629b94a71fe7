package rollcall.story;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.junit.function.ThrowingRunnable;
import rollcall.client.ApiClient;
import rollcall.client.ApiException;
import rollcall.client.ApiResponse;
import rollcall.client.api.DirectoryApi;
import rollcall.client.api.PortalApi;
import rollcall.client.model.Problem;

/** Clients of the server under test, and what they are refused with. */
final class Clients {
    static final String PASSWORD = "Schnée ☃ und mehr";
    static final String ADMIN_PASSWORD = System.getenv("ROLLCALL_PASSWORD");
    static final String UNAUTHENTICATED = "Credentials are missing or wrong";

    private Clients() {}

    /** A client whose requests go through an interceptor; without one it has no credentials. */
    static ApiClient client(Consumer<HttpRequest.Builder> interceptor) {
        ApiClient client = new ApiClient();
        // Java would ask for HTTP/2 first, and the server ends a connection where that is asked for.
        client.setHttpClientBuilder(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1));
        client.updateBaseUri(System.getenv("ROLLCALL_URL"));
        return client.setRequestInterceptor(interceptor);
    }

    /** A client with a name and a password. */
    static ApiClient as(String name, String password) {
        byte[] credentials = (name + ":" + password).getBytes(UTF_8);
        String basic = "Basic " + Base64.getEncoder().encodeToString(credentials);
        return client(builder -> builder.setHeader("Authorization", basic));
    }

    static ApiClient admin() {
        return as("admin", ADMIN_PASSWORD);
    }

    static DirectoryApi directory(ApiClient client) {
        return new DirectoryApi(client);
    }

    static PortalApi portal(ApiClient client) {
        return new PortalApi(client);
    }

    /** A header of an answer. */
    static List<String> header(ApiResponse<?> response, String name) {
        return response.getHeaders().get(name);
    }

    /** The problem that a call of the directory set is refused with. */
    static Problem problem(int status, String kind, ThrowingRunnable call)
            throws JsonProcessingException {
        Problem problem = refusal(status, Problem.class, call);
        assertEquals(Integer.valueOf(status), problem.getStatus());
        assertEquals("urn:rollcall:problem:" + kind, problem.getType().getValue());
        return problem;
    }

    /** Asserts the message that a call of the portal set is refused with. */
    static void assertRefused(int status, String message, ThrowingRunnable call)
            throws JsonProcessingException {
        assertEquals(message, refusal(status, String.class, call));
    }

    private static <T> T refusal(int status, Class<T> type, ThrowingRunnable call)
            throws JsonProcessingException {
        ApiException refusal = assertThrows(ApiException.class, call);
        assertEquals(status, refusal.getCode());
        return new ApiClient().getObjectMapper().readValue(refusal.getResponseBody(), type);
    }
}
