package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postroom/problem"
	"postroom/store"
)

func TestTheKeyFileIsMadeOnceForUsAlone(t *testing.T) {
	h := newHouse(t)
	path := filepath.Join(h.dir, "keys", "postroom.keys")
	file, err := os.Stat(path)
	check(t, err)
	dir, err := os.Stat(filepath.Dir(path))
	check(t, err)
	if file.Mode().Perm() != 0o600 || dir.Mode().Perm() != 0o700 {
		t.Errorf("modes %v in %v", file.Mode(), dir.Mode())
	}
	sealed, err := h.keys.Seal("x", Where{Table: "t"})
	check(t, err)
	again, created, err := OpenKeys(context.Background(), h.store, path)
	check(t, err)
	if created {
		t.Error("made again")
	}
	if plain, err := again.Open(sealed, Where{Table: "t"}); err != nil || plain != "x" {
		t.Errorf("opened %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(h.dir, "keys", ".*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestAKeyFileThatOthersMayReadIsRefused(t *testing.T) {
	h := newHouse(t)
	path := filepath.Join(h.dir, "keys", "postroom.keys")
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o644} {
		check(t, os.Chmod(path, mode))
		_, _, err := OpenKeys(context.Background(), h.store, path)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
}

func TestAWrongOrMissingKeyFileStopsTheStart(t *testing.T) {
	h, _, _ := connected(t)
	ctx := context.Background()
	missing := filepath.Join(h.dir, "elsewhere", "postroom.keys")
	_, _, err := OpenKeys(ctx, h.store, missing)
	if err == nil || !strings.Contains(err.Error(), missing) || !strings.Contains(err.Error(), "missing") {
		t.Errorf("missing file: %v", err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a new key was made silently")
	}
	stranger := newHouse(t)
	_, _, err = OpenKeys(ctx, h.store, filepath.Join(stranger.dir, "keys", "postroom.keys"))
	if err == nil || !strings.Contains(err.Error(), "does not belong to this database") {
		t.Errorf("wrong file: %v", err)
	}
	broken := filepath.Join(h.dir, "broken.keys")
	check(t, os.WriteFile(broken, []byte("{"), 0o600))
	if _, _, err = OpenKeys(ctx, h.store, broken); err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("broken file: %v", err)
	}
}

func TestSealedValuesWithoutAKeyCheckStillForbidANewKey(t *testing.T) {
	h := newHouse(t)
	h.provider(newIssuer(t, h.clock))
	checks, err := h.store.KeyChecks(context.Background())
	check(t, err)
	for id := range checks {
		check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.ForgetKeyCheck(id) }))
	}
	if _, _, err := OpenKeys(context.Background(), h.store, filepath.Join(h.dir, "new.keys")); err == nil {
		t.Error("a new key was made for a database with sealed values")
	}
}

func TestASealedValueOpensInItsPlaceAlone(t *testing.T) {
	h := newHouse(t)
	at := Where{Table: "mailboxes", Column: "grant", Row: "r1", Owner: "u1", Version: 7}
	sealed, err := h.keys.Seal("canary-secret", at)
	check(t, err)
	if bytes.Contains(sealed, []byte("canary")) {
		t.Fatal("sealed in the clear")
	}
	for name, other := range map[string]Where{
		"table": {"providers", "grant", "r1", "u1", 7}, "column": {"mailboxes", "x", "r1", "u1", 7}, "row": {"mailboxes", "grant", "r2", "u1", 7},
		"owner": {"mailboxes", "grant", "r1", "u2", 7}, "older": {"mailboxes", "grant", "r1", "u1", 6}, "newer": {"mailboxes", "grant", "r1", "u1", 8},
	} {
		_, err := h.keys.Open(sealed, other)
		if !problem.Is(err, problem.SecretUnreadable) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	for i := range sealed {
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 1
		if _, err := h.keys.Open(flipped, at); !problem.Is(err, problem.SecretUnreadable) {
			t.Errorf("byte %d flipped: %v", i, err)
		}
		if _, err := h.keys.Open(sealed[:i], at); !problem.Is(err, problem.SecretUnreadable) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	plain, err := h.keys.Open(sealed, at)
	check(t, err)
	if plain != "canary-secret" {
		t.Error("opened as something else")
	}
}

func TestRow27ASecretDoesNotPrint(t *testing.T) {
	const canary = "canary-9f8e7d"
	s := Secret(canary)
	token := newToken{Access: s, Refresh: s}
	grant := pending{Access: s, Refresh: s, Code: s, Verifier: s}
	kept := held{Access: s}
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("x", "secret", s, "token", token, "any", map[string]Secret{"a": s}, "held", kept)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s, "token", token)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&log, verb, s)
		fmt.Fprintf(&log, verb, token)
		fmt.Fprintf(&log, verb, grant)
		fmt.Fprintf(&log, verb, kept)
		fmt.Fprintf(&log, verb, &Tokens{held: map[string]held{"x": kept}})
		fmt.Fprintf(&log, verb, []Secret{s})
		fmt.Fprintf(&log, verb, map[Secret]int{s: 1})
	}
	for _, v := range []any{s, struct{ S Secret }{s}, map[string]Secret{"s": s}} {
		raw, err := json.Marshal(v)
		check(t, err)
		log.Write(raw)
	}
	if _, err := s.Value(); err == nil {
		t.Error("a database takes a secret in the clear")
	}
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
		if i := strings.Index(log.String(), form); i >= 0 {
			t.Log(log.String()[max(0, i-200):i])
			t.Errorf("printed as %s", form)
		}
	}
	if s.Reveal() != canary {
		t.Error("not revealed")
	}
}
