package story

import (
	"context"
	"net/http"
	"testing"
	"time"

	"example.com/go/rollcall"
)

const (
	conflict        = rollcall.ProblemType("urn:rollcall:problem:name-taken")
	invalid         = rollcall.ProblemType("urn:rollcall:problem:invalid-fields")
	mismatch        = rollcall.ProblemType("urn:rollcall:problem:version-mismatch")
	notFound        = rollcall.ProblemType("urn:rollcall:problem:not-found")
	unauthenticated = rollcall.ProblemType("urn:rollcall:problem:unauthenticated")
)

func registration(name, email, password string) rollcall.UserRegistration {
	return rollcall.UserRegistration{UserInfo: rollcall.UserRegistrationInfo{
		Name: name, Email: email, PlaintextPassword: password,
	}}
}

// register makes a user without credentials and returns it with the response.
func register(t *testing.T, name, email string) (rollcall.User, *http.Response) {
	t.Helper()
	body := registration(name, email, password)
	made, response, err := api.DirectoryAPI.CreateUser(anonymous).UserRegistration(body).Execute()
	succeeds(t, response, err, 201)
	return made.User, response
}

// change asks for a change of a user, guarded by a version.
func change(ctx context.Context, id int64, info rollcall.UserChangeInfo, version string) (*rollcall.UserEnvelope, *http.Response, error) {
	body := rollcall.UserChange{}
	body.SetUserInfo(info)
	return api.DirectoryAPI.UpdateUser(ctx, id).UserChange(body).IfMatch(version).Execute()
}

func remove(t *testing.T, name string) {
	t.Helper()
	response, err := api.PortalAPI.DeletePortalUser(admin(), name).Execute()
	succeeds(t, response, err, 204)
}

func TestTheDirectoryListsItsUsers(t *testing.T) {
	list, response, err := api.DirectoryAPI.ListUsers(admin()).Execute()
	succeeds(t, response, err, 200)
	first := list.UserList.Users[0]
	equal(t, first.CreateTime.Equal(first.CreateTime.Truncate(time.Second)), true)
	equal(t, first, rollcall.User{
		Id: 1, CreateTime: first.CreateTime, Name: "admin", Email: *rollcall.NewNullableString(nil),
		Status: rollcall.USERSTATUS_ENABLED, Roles: []rollcall.Role{{Name: "admin"}},
	})
}

func TestAChangeIsGuardedByTheVersion(t *testing.T) {
	made, response := register(t, "bob", "bob@example.com")
	equal(t, response.Header.Get("ETag"), `"0"`)
	equal(t, response.Header.Get("Location"), "users/"+itoa(made.Id))
	equal(t, made.GetEmail(), "bob@example.com")
	equal(t, made.Roles, []rollcall.Role{})

	read, response, err := api.DirectoryAPI.GetUser(as("bob", password), made.Id).Execute()
	succeeds(t, response, err, 200)
	equal(t, read.User, made)
	tag := response.Header.Get("ETag")
	equal(t, tag, `"0"`)
	_, response, _ = api.DirectoryAPI.GetUser(admin(), made.Id).IfNoneMatch(tag).Execute()
	equal(t, response.StatusCode, 304)

	change1 := rollcall.UserChangeInfo{Roles: []rollcall.Role{{Name: "admin"}}}
	change1.SetEmail("")
	changed, response, err := change(admin(), made.Id, change1, tag)
	succeeds(t, response, err, 200)
	equal(t, response.Header.Get("ETag"), `"1"`)
	want := made
	want.Version, want.Roles = 1, change1.Roles
	want.Email.Set(nil)
	equal(t, changed.User, want)

	disabled := rollcall.UserChangeInfo{}
	disabled.SetStatus(rollcall.USERSTATUS_DISABLED)
	_, response, err = change(admin(), made.Id, disabled, tag)
	problem(t, response, err, 412, mismatch)
	changed, response, err = change(admin(), made.Id, disabled, itoa(changed.User.Version))
	succeeds(t, response, err, 200)
	want.Version, want.Status = 2, rollcall.USERSTATUS_DISABLED
	equal(t, changed.User, want)

	remove(t, "bob")
	_, response, err = api.DirectoryAPI.GetUser(admin(), made.Id).Execute()
	equal(t, problem(t, response, err, 404, notFound).Detail, "There is no such user")
}

func TestTheDirectoryRefusesWhatIsWrong(t *testing.T) {
	create := func(body rollcall.UserRegistration) (*rollcall.UserEnvelope, *http.Response, error) {
		return api.DirectoryAPI.CreateUser(anonymous).UserRegistration(body).Execute()
	}
	_, response, err := create(registration("carol", "carol@example.com", "short"))
	equal(t, problem(t, response, err, 400, invalid).Errors, []rollcall.FieldError{
		{Field: "userInfo.plaintextPassword", Message: "must have at least 8 characters"},
	})
	_, response, err = create(registration("ADMIN", "other@example.com", password))
	equal(t, problem(t, response, err, 409, conflict).Detail, "Another user has this name")
	_, response, err = api.DirectoryAPI.ListUsers(as("admin", "wrong")).Execute()
	problem(t, response, err, 401, unauthenticated)
}
