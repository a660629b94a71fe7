package story

import (
	"net/http"
	"testing"

	"example.com/go/rollcall"
)

// put makes a user by name.
func put(name, password string) (*rollcall.PortalUserValue, *http.Response, error) {
	body := rollcall.PortalUserCreate{Value: rollcall.PortalUserCreateValue{Password: password}}
	return api.PortalAPI.CreatePortalUser(admin(), name).PortalUserCreate(body).Execute()
}

func TestThePortalMakesListsReadsAndRemovesUsers(t *testing.T) {
	want := rollcall.PortalUser{Username: "zoë", Admin: false}
	made, response, err := put("zoë", password)
	succeeds(t, response, err, 201)
	equal(t, made.Value, want)

	read, response, err := api.PortalAPI.GetPortalUser(as("zoë", password), "zoë").Execute()
	succeeds(t, response, err, 200)
	equal(t, *read, want)

	list, response, err := api.PortalAPI.ListPortalUsers(admin()).Execute()
	succeeds(t, response, err, 200)
	equal(t, list.Value, []rollcall.PortalUser{{Username: "admin", Admin: true}, want})

	remove(t, "zoë")
	_, response, err = api.PortalAPI.GetPortalUser(admin(), "zoë").Execute()
	equal(t, message(t, response, err, 404), "There is no such user")
}

func TestAPasswordIsChangedWithTheCurrentOne(t *testing.T) {
	_, response, err := put("dora", password)
	succeeds(t, response, err, 201)
	change := func(current string) (*rollcall.PortalUserValue, *http.Response, error) {
		value := rollcall.PortalPasswordChangeValue{Password: "another one"}
		value.SetCurrentPassword(current)
		body := rollcall.PortalPasswordChange{Value: value}
		return api.PortalAPI.UpdatePortalUserPassword(as("dora", password), "dora").PortalPasswordChange(body).Execute()
	}
	_, response, err = change("wrong")
	equal(t, message(t, response, err, 403), "Current password does not match")
	changed, response, err := change(password)
	succeeds(t, response, err, 200)
	equal(t, changed.Value, rollcall.PortalUser{Username: "dora"})

	_, response, err = api.PortalAPI.GetPortalUser(as("dora", password), "dora").Execute()
	equal(t, message(t, response, err, 401), "Credentials are missing or wrong")
	_, response, err = api.PortalAPI.GetPortalUser(as("dora", "another one"), "dora").Execute()
	succeeds(t, response, err, 200)
	remove(t, "dora")
}

func TestThePortalRefusesWhatIsWrong(t *testing.T) {
	_, response, err := put("erin", "short")
	equal(t, message(t, response, err, 400), "Key: 'UserPasswordRequest.Value.Password' "+
		"Error:Field validation for 'Password' failed on the 'min' tag")
	_, response, err = put("admin", password)
	equal(t, message(t, response, err, 409), "Username already existed")
	_, response, err = api.PortalAPI.ListPortalUsers(as("admin", "wrong")).Execute()
	equal(t, message(t, response, err, 401), "Credentials are missing or wrong")
}
