// Tells the story of sdk/story/steps.py, and checks what the client makes of the answers.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"reflect"
	"time"

	openapi "github.com/GIT_USER_ID/GIT_REPO_ID"
)

const password = "correct horse battery"

var anonymous = context.Background()

func main() {
	configuration := openapi.NewConfiguration()
	configuration.Servers = openapi.ServerConfigurations{{URL: os.Getenv("ROLLCALL_URL")}}
	api := openapi.NewAPIClient(configuration)
	directory, portal := api.DirectoryAPI, api.PortalAPI
	admin := as("admin", os.Getenv("ROLLCALL_PASSWORD"))

	info := openapi.NewUserRegistrationInfo("Zoë", "zoe@example.com", password)
	made, _, err := directory.CreateUser(anonymous).UserRegistration(*openapi.NewUserRegistration(*info)).Execute()
	check(err)
	user := made.User
	equal(user.Name, "Zoë")

	credentials := openapi.NewCredentials("Zoë", password)
	request := openapi.NewSessionTokenRequest(*credentials)
	session, _, err := api.TokensAPI.CreateSessionToken(anonymous).SessionTokenRequest(*request).Execute()
	check(err)
	equal(session.SessionToken.UserId, user.Id)

	own, _, err := portal.GetPortalUser(as("Zoë", password), "Zoë").Execute()
	check(err)
	equal(own.Username, "Zoë")
	read, response, err := directory.GetUser(admin, user.Id).Execute()
	check(err)
	equal(read.User, user)

	var names []string
	list := directory.ListUsers(admin).Limit(1)
	for more := true; more; {
		page, _, err := list.Execute()
		check(err)
		for _, listed := range page.UserList.Users {
			names = append(names, listed.Name)
		}
		var token *string
		token, more = page.UserList.GetNextPageTokenOk()
		if more {
			list = list.PageToken(*token)
		}
	}
	equal(names, []string{"admin", "Zoë"})

	tellOfKey(api, user)

	update := func(version string, info openapi.UserChangeInfo) (openapi.User, error) {
		body := openapi.NewUserChange()
		body.SetUserInfo(info)
		changed, _, err := directory.UpdateUser(admin, user.Id).UserChange(*body).IfMatch(version).Execute()
		if err != nil {
			return openapi.User{}, err
		}
		return changed.User, nil
	}
	etag := response.Header.Get("ETag")
	disabled := openapi.UserChangeInfo{Status: *openapi.NewNullableUserStatus(openapi.DISABLED.Ptr())}
	roles := []openapi.Role{*openapi.NewRole("auditor")}

	user.Version, user.Email = 1, address("zoe@example.org")
	version := changed(update(etag, openapi.UserChangeInfo{Email: address("zoe@example.org")}))(user)
	_, err = update(etag, disabled)
	refused(err, http.StatusPreconditionFailed)
	user.Version, user.Roles = 2, roles
	version = changed(update(version, openapi.UserChangeInfo{Roles: roles}))(user)
	user.Version, user.Status = 3, openapi.DISABLED
	version = changed(update(version, disabled))(user)
	user.Version, user.Email = 4, none()
	changed(update(version, openapi.UserChangeInfo{Email: address("")}))(user)

	_, err = portal.DeletePortalUser(admin, "Zoë").Execute()
	check(err)
	_, _, err = directory.GetUser(admin, user.Id).Execute()
	refused(err, http.StatusNotFound)
}

// tellOfKey makes a key, uses it for what its scopes permit and lack, and ends it.
func tellOfKey(api *openapi.APIClient, user openapi.User) {
	own, keys := as("Zoë", password), api.KeysAPI
	expiry := time.Date(2100, 1, 31, 0, 0, 0, 0, time.UTC)
	scopes := []openapi.KeyScope{openapi.VERIFY, openapi.USERS_READ}
	info := openapi.NewKeyInfo("nightly backup", scopes)
	info.SetExpireTime(expiry)
	made, _, err := keys.CreateApiKey(own, user.Id).KeyCreation(*openapi.NewKeyCreation(*info)).Execute()
	check(err)
	equal(made.Key.Name, "nightly backup")
	equal(made.Key.Scopes, scopes)
	equal(made.Key.GetExpireTime(), expiry)
	list, _, err := keys.ListApiKeys(own, user.Id).Execute()
	check(err)
	equal(list.KeyList.Keys, []openapi.ApiKey{made.Key})

	program := context.WithValue(anonymous, openapi.ContextAccessToken, made.Secret)
	caller, _, err := api.DirectoryAPI.GetCurrentUser(program).Execute()
	check(err)
	equal(caller.User, user)
	change := openapi.NewUserChange()
	change.SetUserInfo(openapi.UserChangeInfo{Email: address("zoe@example.org")})
	_, _, err = api.DirectoryAPI.UpdateUser(program, user.Id).UserChange(*change).IfMatch("0").Execute()
	refused(err, http.StatusForbidden)
	_, err = keys.DeleteApiKey(own, user.Id, made.Key.Id).Execute()
	check(err)
	_, _, err = api.DirectoryAPI.GetCurrentUser(program).Execute()
	refused(err, http.StatusUnauthorized)
}

// as is a context with credentials.
func as(name, password string) context.Context {
	auth := openapi.BasicAuth{UserName: name, Password: password}
	return context.WithValue(anonymous, openapi.ContextBasicAuth, auth)
}

func address(email string) openapi.NullableString { return *openapi.NewNullableString(&email) }

func none() openapi.NullableString { return *openapi.NewNullableString(nil) }

// changed compares the user that a change was answered with, and returns its version.
func changed(got openapi.User, err error) func(openapi.User) string {
	check(err)
	return func(want openapi.User) string {
		equal(got, want)
		return fmt.Sprint(got.Version)
	}
}

// refused stops unless a call was refused with the problem of a status.
func refused(err error, status int) {
	var refusal *openapi.GenericOpenAPIError
	if !errors.As(err, &refusal) {
		log.Fatalf("not refused, but %v", err)
	}
	problem, ok := refusal.Model().(openapi.Problem)
	if !ok || int(problem.Status) != status {
		log.Fatalf("refused with %s", refusal.Body())
	}
}

func equal(got, want any) {
	if !reflect.DeepEqual(got, want) {
		log.Fatalf("got  %#v\nwant %#v", got, want)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
