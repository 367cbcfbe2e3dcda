package server

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write openapi.yaml and the golden files anew")

// The web app's types are generated from openapi.yaml.
func TestOpenAPIDocumentIsFresh(t *testing.T) {
	got, err := bare(t).api.OpenAPI().YAML()
	check(t, err)
	golden(t, "openapi.yaml", got)
}

func TestOpenAPIDocumentIsServedAndLeaksNoInternals(t *testing.T) {
	got, err := bare(t).api.OpenAPI().MarshalJSON()
	check(t, err)
	for _, word := range []string{"$schema", "password_hash", "PasswordHash", "Grant", "/m/", "/healthz"} {
		if bytes.Contains(got, []byte(word)) {
			t.Errorf("the document speaks of %q", word)
		}
	}
}

// golden compares got with a file; with -update it writes the file.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		check(t, os.MkdirAll(filepath.Dir(path), 0o755))
		check(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	check(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: run go test ./server -update", path)
	}
}
