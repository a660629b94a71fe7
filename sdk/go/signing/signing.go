// Package signing signs requests with a Rollcall session, as POST /tokens describes.
package signing

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// DefaultHost is the signing host of every server whose operator has not set another.
const DefaultHost = "pennprovenance.net"

// Transport signs each request and hands it on. Many goroutines may use one at once.
type Transport struct {
	// Key and Token are the session's.
	Key, Token string
	// Host is the signing host; DefaultHost when it is empty.
	Host string
	// Base sends the signed requests; http.DefaultTransport when it is nil.
	Base http.RoundTripper

	mutex sync.Mutex
	last  time.Time
}

// RoundTrip sends the request with its signature.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	// A RoundTripper must not change what it is given.
	signed := request.Clone(request.Context())
	var body []byte
	if request.Body != nil {
		defer request.Body.Close()
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
		signed.Body = io.NopCloser(bytes.NewReader(body))
	}
	path, query, _ := strings.Cut(request.URL.RequestURI(), "?")
	timestamp := t.timestamp()
	signed.Header.Set("sessionKey", t.Key)
	signed.Header.Set("timestamp", timestamp)
	signed.Header.Set("signature", t.signature(request.Method, path, query, timestamp, body))
	if t.Base == nil {
		return http.DefaultTransport.RoundTrip(signed)
	}
	return t.Base.RoundTrip(signed)
}

// timestamp is the time, or a nanosecond after the last one: a signature is taken only once, and
// equal requests differ by nothing else.
func (t *Transport) timestamp() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	now := time.Now().UTC()
	if !now.After(t.last) {
		now = t.last.Add(time.Nanosecond)
	}
	t.last = now
	return now.Format("2006-01-02T15:04:05.000000000Z")
}

// signature is the base64 text of the HMAC of the request. The path and the query are as they are sent.
func (t *Transport) signature(method, path, query, timestamp string, body []byte) string {
	host := t.Host
	if host == "" {
		host = DefaultHost
	}
	if method == "" {
		method = http.MethodGet
	}
	hash := sha256.Sum256(body)
	lines := []string{t.Key, method, host, path, query, timestamp, base64.StdEncoding.EncodeToString(hash[:])}
	mac := hmac.New(sha256.New, []byte(t.Token))
	mac.Write([]byte(strings.Join(lines, "\n")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
