package story

import (
	"os"
	"strconv"
	"testing"

	"example.com/go/rollcall"
	"example.com/go/rollcall-sdk/signing"
)

func itoa(number int64) string { return strconv.FormatInt(number, 10) }

// logIn begins a session of the admin, and gives its key and a client that signs with it.
func logIn(t *testing.T) (string, *rollcall.APIClient) {
	t.Helper()
	body := rollcall.SessionTokenRequest{
		Credentials: rollcall.Credentials{Name: "admin", Password: os.Getenv("ROLLCALL_PASSWORD")},
	}
	made, response, err := api.TokensAPI.CreateSessionToken(anonymous).SessionTokenRequest(body).Execute()
	succeeds(t, response, err, 201)
	session := made.SessionToken
	equal(t, session.UserId, int64(1))
	equal(t, session.Admin, true)
	return session.Key, connect(&signing.Transport{Key: session.Key, Token: session.Token})
}

func TestASessionSignsRequestsOfBothSetsUntilItEnds(t *testing.T) {
	user, _ := register(t, "faÿ", "fay@example.com")
	key, signed := logIn(t)

	read, response, err := signed.PortalAPI.GetPortalUser(anonymous, "faÿ").Execute()
	succeeds(t, response, err, 200)
	equal(t, *read, rollcall.PortalUser{Username: "faÿ"})
	password := rollcall.PortalPasswordChange{Value: rollcall.PortalPasswordChangeValue{Password: "Glück ☘ gehabt"}}
	// Twice: the two requests are equal, and a signature is taken once.
	for range [2]int{} {
		_, response, err = signed.PortalAPI.UpdatePortalUserPassword(anonymous, "faÿ").PortalPasswordChange(password).Execute()
		succeeds(t, response, err, 200)
	}
	envelope, response, err := api.DirectoryAPI.GetUser(as("faÿ", "Glück ☘ gehabt"), user.Id).Execute()
	succeeds(t, response, err, 200)

	name, renaming := rollcall.UserChange{}, rollcall.UserChangeInfo{}
	renaming.SetName("gaël")
	name.SetUserInfo(renaming)
	version := itoa(envelope.User.Version)
	changed, response, err := signed.DirectoryAPI.UpdateUser(anonymous, user.Id).UserChange(name).IfMatch(version).Execute()
	succeeds(t, response, err, 200)
	equal(t, changed.User.Name, "gaël")
	envelope, response, err = signed.DirectoryAPI.GetUser(anonymous, user.Id).Execute()
	succeeds(t, response, err, 200)
	equal(t, envelope.User, changed.User)

	page, response, err := signed.DirectoryAPI.ListUsers(anonymous).Limit(1).NamePrefix("gaë").Sort(rollcall.USERSORT_NAME).Execute()
	succeeds(t, response, err, 200)
	equal(t, page.UserList.Users, []rollcall.User{changed.User})

	response, err = signed.PortalAPI.DeletePortalUser(anonymous, "gaël").Execute()
	succeeds(t, response, err, 204)
	response, err = signed.TokensAPI.DeleteSessionToken(anonymous, key).Execute()
	succeeds(t, response, err, 204)
	_, response, err = signed.DirectoryAPI.ListUsers(anonymous).Execute()
	problem(t, response, err, 401, unauthenticated)
	_, response, err = signed.PortalAPI.ListPortalUsers(anonymous).Execute()
	equal(t, message(t, response, err, 401), "Credentials are missing or wrong")
}

func TestASignatureWithAnotherTokenIsRefused(t *testing.T) {
	key, signed := logIn(t)
	forged := connect(&signing.Transport{Key: key, Token: "another token"})
	_, response, err := forged.DirectoryAPI.GetUser(anonymous, 1).Execute()
	problem(t, response, err, 401, unauthenticated)
	_, response, err = signed.DirectoryAPI.GetUser(anonymous, 1).Execute()
	succeeds(t, response, err, 200)
}
