package rollcall.story;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static rollcall.story.Clients.ADMIN_PASSWORD;
import static rollcall.story.Clients.PASSWORD;
import static rollcall.story.Clients.UNAUTHENTICATED;
import static rollcall.story.Clients.as;
import static rollcall.story.Clients.assertRefused;
import static rollcall.story.Clients.client;
import static rollcall.story.Clients.directory;
import static rollcall.story.Clients.portal;
import static rollcall.story.Clients.problem;

import org.junit.Test;
import rollcall.client.ApiClient;
import rollcall.client.ApiException;
import rollcall.client.api.DirectoryApi;
import rollcall.client.api.PortalApi;
import rollcall.client.api.TokensApi;
import rollcall.client.model.Credentials;
import rollcall.client.model.PortalUser;
import rollcall.client.model.SessionToken;
import rollcall.client.model.SessionTokenRequest;
import rollcall.client.model.User;
import rollcall.client.model.UserChange;
import rollcall.client.model.UserChangeInfo;
import rollcall.client.model.UserRegistration;
import rollcall.client.model.UserSort;
import rollcall.signing.Signer;

/** Sessions, and requests that are signed with them. */
public class SessionTest {
    private static SessionToken logIn() throws ApiException {
        Credentials credentials = new Credentials().name("admin").password(ADMIN_PASSWORD);
        SessionTokenRequest request = new SessionTokenRequest().credentials(credentials);
        SessionToken session =
                new TokensApi(client(null)).createSessionToken(request).getSessionToken();
        assertEquals(Long.valueOf(1), session.getUserId());
        assertTrue(session.getAdmin());
        return session;
    }

    @Test
    public void aSessionSignsRequestsOfBothSets() throws ApiException {
        UserRegistration body = DirectoryTest.registration("faÿ", "fay@example.com", PASSWORD);
        Long id = directory(client(null)).createUser(body).getUser().getId();
        SessionToken session = logIn();
        ApiClient signed = client(new Signer(session.getKey(), session.getToken()));
        PortalApi portal = portal(signed);
        DirectoryApi directory = directory(signed);

        PortalUser expected = new PortalUser().username("faÿ").admin(false);
        assertEquals(expected, portal.getPortalUser("faÿ", null));
        // Twice: the two requests are equal, and a signature is taken once.
        PortalTest.setPassword(portal, "faÿ", null, "Glück ☘ gehabt");
        PortalTest.setPassword(portal, "faÿ", null, "Glück ☘ gehabt");
        User user = directory(as("faÿ", "Glück ☘ gehabt")).getUser(id, null).getUser();

        UserChange change = new UserChange().userInfo(new UserChangeInfo().name("gaël"));
        User changed = directory.updateUser(id, change, user.getVersion().toString()).getUser();
        assertEquals(user.name("gaël").version(user.getVersion() + 1), changed);
        assertEquals(changed, directory.getUser(id, null).getUser());
        portal.deletePortalUser("gaël", null);
    }

    @Test
    public void aSessionThatIsOverSignsNothing() throws Exception {
        SessionToken session = logIn();
        ApiClient signed = client(new Signer(session.getKey(), session.getToken()));
        var page = DirectoryApi.APIListUsersRequest.newBuilder().limit(1);
        page.namePrefix("ad").sort(UserSort.NAME);
        var first = directory(signed).listUsers(page.build()).getUserList().getUsers().get(0);
        assertEquals("admin", first.getName());
        ApiClient forged = client(new Signer(session.getKey(), "another token"));
        problem(401, "unauthenticated", () -> directory(forged).listUsers(DirectoryTest.EVERYBODY));

        new TokensApi(signed).deleteSessionToken(session.getKey());
        problem(401, "unauthenticated", () -> directory(signed).listUsers(DirectoryTest.EVERYBODY));
        assertRefused(401, UNAUTHENTICATED, () -> portal(signed).listPortalUsers(PortalTest.EVERYBODY));
    }
}
