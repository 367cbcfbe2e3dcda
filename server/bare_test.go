package server

import (
	"log/slog"
	"net/http"
	"testing"
	"testing/fstest"
	"time"

	"postroom/auth"
)

// bare is a server with no store behind it, for what only looks at its table.
func bare(t *testing.T, options ...option) *Server {
	t.Helper()
	const public = "http://localhost:8080"
	c := Config{
		Providers: auth.NewProviders(auth.Connections{PublicURL: public}),
		Sessions:  auth.NewSessions(nil, public, slog.New(slog.DiscardHandler)),
		PublicURL: public, Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler),
		FrameKey: make([]byte, 32), ImageClient: http.DefaultClient,
		Dist: fstest.MapFS{}, FrameFS: frameFiles,
	}
	for _, o := range options {
		o(&c)
	}
	s, err := New(c)
	check(t, err)
	return s
}

var frameFiles = fstest.MapFS{
	"frame/frame.css": {Data: []byte("body{margin:0}")},
	"frame/frame.js":  {Data: []byte("parent.postMessage({},'*')")},
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
