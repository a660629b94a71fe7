package signing

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestEveryPublishedVectorHasItsSignature(t *testing.T) {
	text, err := os.ReadFile("../../../openapi/signing-test-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			What, Key, Token, SigningHost, Signature string
			Request                                  struct{ Method, Path, Query, Timestamp, Body string }
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) == 0 {
		t.Fatal("there are no vectors")
	}
	for _, vector := range file.Vectors {
		transport := Transport{Key: vector.Key, Token: vector.Token, Host: vector.SigningHost}
		r := vector.Request
		if got := transport.signature(r.Method, r.Path, r.Query, r.Timestamp, []byte(r.Body)); got != vector.Signature {
			t.Errorf("%s: %s, not %s", vector.What, got, vector.Signature)
		}
	}
}

// recorder keeps the request that it is given and answers it with 204.
type recorder struct{ request *http.Request }

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.request = request
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
}

func TestWhatIsSentIsWhatIsSigned(t *testing.T) {
	base := recorder{}
	transport := &Transport{Key: "key", Token: "token", Base: &base}
	url := "http://localhost/users/zo%c3%AB%2f?b=2&a=%2f+%20&&c"
	request, _ := http.NewRequest("PATCH", url, strings.NewReader(`{"schnée":"☃"}`))
	if _, err := (&http.Client{Transport: transport}).Do(request); err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(base.request.Body)
	if string(body) != `{"schnée":"☃"}` || base.request.URL.String() != url {
		t.Errorf("sent %s to %s", body, base.request.URL)
	}
	timestamp := base.request.Header.Get("timestamp")
	want := transport.signature("PATCH", "/users/zo%c3%AB%2f", "b=2&a=%2f+%20&&c", timestamp, body)
	if got := base.request.Header.Get("signature"); got != want {
		t.Errorf("signed with %s, not %s", got, want)
	}
	if base.request.Header.Get("sessionKey") != "key" || len(request.Header) != 0 {
		t.Errorf("sent %v for %v", base.request.Header, request.Header)
	}
}

func TestEqualRequestsHaveTimestampsThatDiffer(t *testing.T) {
	transport, seen := Transport{}, map[string]bool{}
	for range [10000]int{} {
		seen[transport.timestamp()] = true
	}
	if len(seen) != 10000 {
		t.Errorf("%d timestamps for 10000 requests", len(seen))
	}
}
