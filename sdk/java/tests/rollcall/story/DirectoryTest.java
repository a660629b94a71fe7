package rollcall.story;

import static org.junit.Assert.assertEquals;
import static rollcall.story.Clients.PASSWORD;
import static rollcall.story.Clients.admin;
import static rollcall.story.Clients.as;
import static rollcall.story.Clients.client;
import static rollcall.story.Clients.directory;
import static rollcall.story.Clients.header;
import static rollcall.story.Clients.portal;
import static rollcall.story.Clients.problem;

import java.util.List;
import org.junit.Test;
import rollcall.client.ApiException;
import rollcall.client.ApiResponse;
import rollcall.client.api.DirectoryApi;
import rollcall.client.model.FieldError;
import rollcall.client.model.Problem;
import rollcall.client.model.Role;
import rollcall.client.model.User;
import rollcall.client.model.UserChange;
import rollcall.client.model.UserChangeInfo;
import rollcall.client.model.UserEnvelope;
import rollcall.client.model.UserRegistration;
import rollcall.client.model.UserRegistrationInfo;
import rollcall.client.model.UserStatus;

/** The directory set. */
public class DirectoryTest {
    private static final Role ADMIN = new Role().name("admin");
    private final DirectoryApi admin = directory(admin());
    private final DirectoryApi anonymous = directory(client(null));

    static UserRegistration registration(String name, String email, String password) {
        UserRegistrationInfo info = new UserRegistrationInfo();
        info.name(name).email(email).plaintextPassword(password);
        return new UserRegistration().userInfo(info);
    }

    static final DirectoryApi.APIListUsersRequest EVERYBODY =
            DirectoryApi.APIListUsersRequest.newBuilder().build();

    @Test
    public void theDirectoryListsItsUsers() throws ApiException {
        User first = admin.listUsers(EVERYBODY).getUserList().getUsers().get(0);
        assertEquals(0, first.getCreateTime().getNano());
        User expected =
                new User()
                        .id(1L)
                        .version(0L)
                        .createTime(first.getCreateTime())
                        .name("admin")
                        .status(UserStatus.ENABLED)
                        .roles(List.of(ADMIN));
        assertEquals(expected, first);
    }

    @Test
    public void aNewUserIsReadWithItsETag() throws Exception {
        UserRegistration body = registration("bob", "bob@example.com", PASSWORD);
        ApiResponse<UserEnvelope> created = anonymous.createUserWithHttpInfo(body);
        User made = created.getData().getUser();
        assertEquals(201, created.getStatusCode());
        assertEquals(List.of("users/" + made.getId()), header(created, "Location"));
        assertEquals(List.of("\"0\""), header(created, "ETag"));
        assertEquals("bob@example.com", made.getEmail());
        assertEquals(List.of(), made.getRoles());

        ApiResponse<UserEnvelope> read =
                directory(as("bob", PASSWORD)).getUserWithHttpInfo(made.getId(), null);
        assertEquals(made, read.getData().getUser());
        assertEquals(List.of("\"0\""), header(read, "ETag"));

        portal(admin()).deletePortalUser("bob", null);
        Problem problem = problem(404, "not-found", () -> admin.getUser(made.getId(), null));
        assertEquals("There is no such user", problem.getDetail());
    }

    @Test
    public void aChangeIsGuardedByTheVersion() throws Exception {
        UserRegistration body = registration("carol", "carol@example.com", PASSWORD);
        ApiResponse<UserEnvelope> created = anonymous.createUserWithHttpInfo(body);
        User user = created.getData().getUser();
        String tag = header(created, "ETag").get(0);
        UserChange promotion = new UserChange().userInfo(new UserChangeInfo().addRolesItem(ADMIN));
        ApiResponse<UserEnvelope> changed =
                admin.updateUserWithHttpInfo(user.getId(), promotion, tag);
        user.version(1L).roles(List.of(ADMIN));
        assertEquals(user, changed.getData().getUser());
        assertEquals(List.of("\"1\""), header(changed, "ETag"));

        UserChangeInfo info = new UserChangeInfo().status(UserStatus.DISABLED);
        UserChange disabling = new UserChange().userInfo(info);
        problem(412, "version-mismatch", () -> admin.updateUser(user.getId(), disabling, tag));
        assertEquals(user, admin.getUser(user.getId(), null).getUser());
        String version = user.getVersion().toString();
        User disabled = admin.updateUser(user.getId(), disabling, version).getUser();
        assertEquals(user.version(2L).status(UserStatus.DISABLED), disabled);
        portal(admin()).deletePortalUser("carol", null);
    }

    @Test
    public void theDirectoryRefusesWhatIsWrong() throws Exception {
        UserRegistration weak = registration("dora", "dora@example.com", "short");
        Problem problem = problem(400, "invalid-fields", () -> anonymous.createUser(weak));
        FieldError error = new FieldError().field("userInfo.plaintextPassword");
        assertEquals(List.of(error.message("must have at least 8 characters")), problem.getErrors());

        UserRegistration taken = registration("ADMIN", "dora@example.com", PASSWORD);
        problem = problem(409, "name-taken", () -> anonymous.createUser(taken));
        assertEquals("Another user has this name", problem.getDetail());
        problem(401, "unauthenticated", () -> directory(as("admin", "wrong")).listUsers(EVERYBODY));
    }
}
