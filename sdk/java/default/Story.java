import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.ApiResponse;
import org.openapitools.client.JSON;
import org.openapitools.client.api.DirectoryApi;
import org.openapitools.client.api.KeysApi;
import org.openapitools.client.api.PortalApi;
import org.openapitools.client.api.TokensApi;
import org.openapitools.client.model.*;

/** Tells the story of sdk/story/steps.py, and checks what the client makes of the answers. */
class Story {
    static final String PASSWORD = "correct horse battery";

    interface Call {
        void run() throws ApiException;
    }

    static ApiClient anonymous() {
        return new ApiClient().setBasePath(System.getenv("ROLLCALL_URL"));
    }

    static ApiClient by(String name, String password) {
        ApiClient client = anonymous();
        client.setUsername(name);
        client.setPassword(password);
        return client;
    }

    static void equal(Object got, Object want) {
        if (!Objects.equals(got, want)) throw new AssertionError("got " + got + ", want " + want);
    }

    /** Checks the problem that a call is refused with. */
    static void refused(int status, ProblemType type, Call call) {
        try {
            call.run();
        } catch (ApiException refusal) {
            Problem problem = JSON.deserialize(refusal.getResponseBody(), Problem.class);
            equal(refusal.getCode(), status);
            equal(problem.getType(), type);
            return;
        }
        throw new AssertionError("it is not refused");
    }

    public static void main(String[] arguments) throws ApiException {
        ApiClient admin = by("admin", System.getenv("ROLLCALL_PASSWORD"));
        DirectoryApi directory = new DirectoryApi(admin);

        var info = new UserRegistrationInfo().name("Zoë").email("zoe@example.com");
        var registration = new UserRegistration().userInfo(info.plaintextPassword(PASSWORD));
        User user = new DirectoryApi(anonymous()).createUser(registration).getUser();
        equal(user.getName() + user.getEmail() + user.getRoles(), "Zoëzoe@example.com[]");

        var credentials = new Credentials().name("Zoë").password(PASSWORD);
        var request = new SessionTokenRequest().credentials(credentials);
        SessionToken session = new TokensApi(anonymous()).createSessionToken(request).getSessionToken();
        equal(session.getUserId(), user.getId());

        equal(new PortalApi(by("Zoë", PASSWORD)).getPortalUser("Zoë", null).getUsername(), "Zoë");
        ApiResponse<UserEnvelope> read = directory.getUserWithHttpInfo(user.getId(), null);
        equal(read.getData().getUser(), user);

        List<String> names = new ArrayList<>();
        String token = null;
        do {
            UserList page =
                directory.listUsers(1, token, null, null, null, null, null, null).getUserList();
            for (User listed : page.getUsers()) names.add(listed.getName());
            token = page.getNextPageToken();
        } while (token != null);
        equal(names, List.of("admin", "Zoë"));

        Long id = user.getId();
        tellOfKey(user);
        String etag = read.getHeaders().get("etag").get(0);
        UserChangeInfo disabled = new UserChangeInfo().status(UserStatus.DISABLED);
        User expected = user.email("zoe@example.org").version(1L);
        User changed = change(directory, id, etag, new UserChangeInfo().email("zoe@example.org"));
        equal(changed, expected);
        refused(412, ProblemType.VERSION_MISMATCH, () -> change(directory, id, etag, disabled));

        List<Role> roles = List.of(new Role().name("auditor"));
        expected.roles(roles).version(2L);
        changed = change(directory, id, versionOf(changed), new UserChangeInfo().roles(roles));
        equal(changed, expected);
        expected.status(UserStatus.DISABLED).version(3L);
        changed = change(directory, id, versionOf(changed), disabled);
        equal(changed, expected);
        expected.email(null).version(4L);
        changed = change(directory, id, versionOf(changed), new UserChangeInfo().email(""));
        equal(changed, expected);

        new PortalApi(admin).deletePortalUser("Zoë", null);
        refused(404, ProblemType.NOT_FOUND, () -> directory.getUser(id, null));
    }

    /** Makes a key, uses it for what its scopes permit and lack, and ends it. */
    static void tellOfKey(User user) throws ApiException {
        Long id = user.getId();
        KeysApi keys = new KeysApi(by("Zoë", PASSWORD));
        var expiry = OffsetDateTime.parse("2100-01-31T00:00:00Z");
        var scopes = List.of(KeyScope.VERIFY, KeyScope.USERS_READ);
        var info = new KeyInfo().name("nightly backup").scopes(scopes).expireTime(expiry);
        NewKeyEnvelope made = keys.createApiKey(id, new KeyCreation().keyInfo(info));
        ApiKey key = made.getKey();
        equal(key.getName() + key.getScopes(), "nightly backup" + scopes);
        equal(key.getExpireTime(), expiry);
        equal(keys.listApiKeys(id).getKeyList().getKeys(), List.of(key));

        ApiClient bearer = anonymous();
        bearer.setBearerToken(made.getSecret());
        DirectoryApi program = new DirectoryApi(bearer);
        equal(program.getCurrentUser().getUser(), user);
        var address = new UserChangeInfo().email("zoe@example.org");
        refused(403, ProblemType.INSUFFICIENT_SCOPE, () -> change(program, id, "0", address));
        keys.deleteApiKey(id, key.getId());
        refused(401, ProblemType.UNAUTHENTICATED, program::getCurrentUser);
    }

    static String versionOf(User user) {
        return user.getVersion().toString();
    }

    static User change(DirectoryApi directory, Long id, String version, UserChangeInfo info)
            throws ApiException {
        return directory.updateUser(id, new UserChange().userInfo(info), version).getUser();
    }
}
