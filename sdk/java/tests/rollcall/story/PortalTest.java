package rollcall.story;

import static org.junit.Assert.assertEquals;
import static rollcall.story.Clients.PASSWORD;
import static rollcall.story.Clients.UNAUTHENTICATED;
import static rollcall.story.Clients.admin;
import static rollcall.story.Clients.as;
import static rollcall.story.Clients.assertRefused;
import static rollcall.story.Clients.portal;

import java.util.List;
import org.junit.Test;
import rollcall.client.ApiException;
import rollcall.client.api.PortalApi;
import rollcall.client.model.PortalPasswordChange;
import rollcall.client.model.PortalPasswordChangeValue;
import rollcall.client.model.PortalUser;
import rollcall.client.model.PortalUserCreate;
import rollcall.client.model.PortalUserCreateValue;
import rollcall.client.model.PortalUserValue;

/** The portal set. */
public class PortalTest {
    private static final String TOO_SHORT =
            "Key: 'UserPasswordRequest.Value.Password' "
                    + "Error:Field validation for 'Password' failed on the 'min' tag";
    private final PortalApi admin = portal(admin());

    private PortalUser put(String name, String password) throws ApiException {
        PortalUserCreateValue value = new PortalUserCreateValue().password(password);
        return admin.createPortalUser(name, new PortalUserCreate().value(value), null).getValue();
    }

    /** Sets a password; without the current one as an admin may. */
    static PortalUserValue setPassword(PortalApi portal, String name, String current, String next)
            throws ApiException {
        PortalPasswordChangeValue value = new PortalPasswordChangeValue();
        value.currentPassword(current).password(next);
        return portal.updatePortalUserPassword(name, null, new PortalPasswordChange().value(value));
    }

    static final PortalApi.APIListPortalUsersRequest EVERYBODY =
            PortalApi.APIListPortalUsersRequest.newBuilder().build();

    @Test
    public void thePortalMakesListsReadsAndRemovesUsers() throws Exception {
        PortalUser expected = new PortalUser().username("zoë").admin(false);
        assertEquals(expected, put("zoë", PASSWORD));
        assertEquals(expected, portal(as("zoë", PASSWORD)).getPortalUser("zoë", null));
        PortalUser root = new PortalUser().username("admin").admin(true);
        assertEquals(List.of(root, expected), admin.listPortalUsers(EVERYBODY).getValue());

        assertEquals(204, admin.deletePortalUserWithHttpInfo("zoë", null).getStatusCode());
        assertRefused(404, "There is no such user", () -> admin.getPortalUser("zoë", null));
    }

    @Test
    public void aPasswordIsChangedWithTheCurrentOne() throws Exception {
        put("erin", PASSWORD);
        PortalApi erin = portal(as("erin", PASSWORD));
        assertRefused(
                403,
                "Current password does not match",
                () -> setPassword(erin, "erin", "wrong", "another one"));
        PortalUser expected = new PortalUser().username("erin").admin(false);
        assertEquals(expected, setPassword(erin, "erin", PASSWORD, "another one").getValue());

        assertRefused(401, UNAUTHENTICATED, () -> erin.getPortalUser("erin", null));
        assertEquals(expected, portal(as("erin", "another one")).getPortalUser("erin", null));
        admin.deletePortalUser("erin", null);
    }

    @Test
    public void thePortalRefusesWhatIsWrong() throws Exception {
        assertRefused(400, TOO_SHORT, () -> put("frank", "short"));
        assertRefused(409, "Username already existed", () -> put("admin", PASSWORD));
        PortalApi impostor = portal(as("admin", "wrong"));
        assertRefused(401, UNAUTHENTICATED, () -> impostor.listPortalUsers(EVERYBODY));
    }
}
