// Package story drives a server through the generated client.
package story

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"reflect"
	"testing"

	"example.com/go/rollcall"
)

const password = "Schnée ☃ und mehr"

// anonymous is a context without credentials.
var anonymous = context.Background()

// as is a context with credentials.
func as(name, password string) context.Context {
	auth := rollcall.BasicAuth{UserName: name, Password: password}
	return context.WithValue(anonymous, rollcall.ContextBasicAuth, auth)
}

// admin is a context with the admin's credentials.
func admin() context.Context { return as("admin", os.Getenv("ROLLCALL_PASSWORD")) }

// connect gives a client whose requests go through a transport.
func connect(transport http.RoundTripper) *rollcall.APIClient {
	configuration := rollcall.NewConfiguration()
	configuration.Servers = rollcall.ServerConfigurations{{URL: os.Getenv("ROLLCALL_URL")}}
	configuration.HTTPClient = &http.Client{Transport: transport}
	return rollcall.NewAPIClient(configuration)
}

var api = connect(http.DefaultTransport)

// equal fails the test unless two values are the same.
func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %#v\nwant %#v", got, want)
	}
}

// succeeds fails the test unless the call was answered with a status.
func succeeds(t *testing.T, response *http.Response, err error, status int) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, response.StatusCode, status)
}

// problem gives the problem that a call of the directory set was refused with.
func problem(t *testing.T, response *http.Response, err error, status int, kind rollcall.ProblemType) rollcall.Problem {
	t.Helper()
	refusal := refused(t, response, err, status)
	problem, ok := refusal.Model().(rollcall.Problem)
	if !ok {
		t.Fatalf("%s is not a problem", refusal.Body())
	}
	equal(t, problem.Status, int32(status))
	equal(t, problem.Type, kind)
	return problem
}

// message gives the JSON string that a call of the portal set was refused with.
func message(t *testing.T, response *http.Response, err error, status int) string {
	t.Helper()
	var message string
	if err := json.Unmarshal(refused(t, response, err, status).Body(), &message); err != nil {
		t.Fatal(err)
	}
	return message
}

func refused(t *testing.T, response *http.Response, err error, status int) *rollcall.GenericOpenAPIError {
	t.Helper()
	var refusal *rollcall.GenericOpenAPIError
	if !errors.As(err, &refusal) {
		t.Fatalf("not refused, but %v", err)
	}
	equal(t, response.StatusCode, status)
	return refusal
}
