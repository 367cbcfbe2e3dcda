package auth

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postroom/problem"
	"postroom/store"
)

func (h *house) keyFile() string { return filepath.Join(h.dir, "keys", "postroom.keys") }

// reopened is the key ring of a process that starts now.
func (h *house) reopened() (*Keys, error) {
	keys, _, err := OpenKeys(context.Background(), h.store, h.keyFile())
	return keys, err
}

func (h *house) addKey(primary bool) int64 {
	h.t.Helper()
	keys, err := h.reopened()
	check(h.t, err)
	id, err := keys.Add(context.Background(), primary)
	check(h.t, err)
	return id
}

func (h *house) rotate() Rotation {
	h.t.Helper()
	keys, err := h.reopened()
	check(h.t, err)
	r, err := keys.Rotate(context.Background(), func(Rotation) {})
	check(h.t, err)
	return r
}

func (h *house) status() KeyStatus {
	h.t.Helper()
	keys, err := h.reopened()
	check(h.t, err)
	s, err := keys.Status(context.Background(), true)
	check(h.t, err)
	return s
}

func TestARunningProcessTakesAKeyThatWasAddedAndSealsWithTheNewPrimary(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		_, box := h.connected()
		old := h.keys.current().primary
		added := h.addKey(false)
		if sealed, err := h.keys.Seal("x", Where{}); err != nil || keyOf(sealed) != old {
			t.Errorf("sealed with %d, want the old primary: %v", keyOf(sealed), err)
		}
		keys, err := h.reopened()
		check(t, err)
		check(t, keys.MakePrimary(added))
		sealed, err := keys.Seal("x", Where{})
		check(t, err)
		if plain, err := h.keys.Open(sealed, Where{}); err != nil || plain != "x" {
			t.Errorf("a value of the new key: %v", err)
		}
		h.access(box)
		if after := h.reread(box); after.GrantKeyID != added || after.AccessKeyID != added {
			t.Errorf("the renewed grant is under %d, the token under %d, want %d", after.GrantKeyID, after.AccessKeyID, added)
		}
	})
}

func TestAKeyFileThatDoesNotFitIsNotTakenWhileWeRun(t *testing.T) {
	h, _, box := connected(t)
	good, err := os.ReadFile(h.keyFile())
	check(t, err)
	stranger := newHouse(t)
	foreign, err := os.ReadFile(stranger.keyFile())
	check(t, err)
	h.keys.Log = h.tokens.Log
	for name, raw := range map[string][]byte{"foreign": foreign, "half": good[:len(good)/2], "empty": nil} {
		check(t, os.WriteFile(h.keyFile(), raw, 0o600))
		h.tokens.Drop(box.ID)
		h.access(box)
		s, err := h.keys.Status(context.Background(), false)
		check(t, err)
		if s.Refused == "" || !strings.Contains(h.journal.String(), "not taken") {
			t.Errorf("%s: refused %q", name, s.Refused)
		}
	}
	check(t, os.WriteFile(h.keyFile(), good, 0o600))
	h.tokens.Drop(box.ID)
	h.access(box)
	if s, err := h.keys.Status(context.Background(), false); err != nil || s.Refused != "" {
		t.Errorf("the good one: %q, %v", s.Refused, err)
	}
}

func TestChangingTheKeyFileKeepsItsModeAndLeavesNothingBehind(t *testing.T) {
	h := newHouse(t)
	for _, mode := range []os.FileMode{0o600, 0o400} {
		check(t, os.Chmod(h.keyFile(), mode))
		h.addKey(true)
		info, err := os.Stat(h.keyFile())
		check(t, err)
		if info.Mode().Perm() != mode {
			t.Errorf("mode %v, want %v", info.Mode().Perm(), mode)
		}
	}
	check(t, os.Chmod(h.keyFile(), 0o640))
	if _, err := h.keys.Add(context.Background(), true); err == nil {
		t.Error("a file that others may read was changed")
	}
	if left, _ := filepath.Glob(filepath.Join(h.dir, "keys", ".keys*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestRow37RotationLeavesNothingUnderTheOldKey(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		is, box := h.connected()
		token := h.access(box)
		h.begin(store.User{ID: box.UserID}, store.Provider{ID: box.ProviderID}, box.ID)
		sealed, err := h.keys.Seal("frame", SettingAt("frame_key"))
		check(t, err)
		check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.SetSealedSetting("frame_key", sealed) }))
		old := h.keys.current().primary

		next := h.addKey(true)
		if err := h.keys.Forget(context.Background(), old); err == nil || !strings.Contains(err.Error(), "mailboxes: 1") {
			t.Errorf("a key in use was forgotten, or not named: %v", err)
		}
		if r := h.rotate(); r.Done != r.Total || r.Unreadable != 0 || r.Total != 5 {
			t.Errorf("rotated %+v", r)
		}
		for _, u := range h.status().Keys {
			if u.ID == old && u.N() != 0 || u.ID == next && (u.N() != 5 || !u.Primary) {
				t.Errorf("key %d seals %s", u.ID, u)
			}
		}
		again, _, err := h.replica().Access(context.Background(), box.ID)
		check(t, err)
		if again != token || is.refreshes() != 1 {
			t.Error("the token was lost")
		}
		keys, err := h.reopened()
		check(t, err)
		if err := keys.Forget(context.Background(), next); err == nil {
			t.Error("the primary key was forgotten")
		}
		check(t, keys.Forget(context.Background(), old))
		keys, err = h.reopened()
		check(t, err)
		if ids := keys.current().ids; len(ids) != 1 || ids[0] != next {
			t.Errorf("keys %v", ids)
		}
		h.clock.advance(2 * 60 * 60e9)
		h.access(box)
	})
}

func TestARefreshInFlightWinsOverTheRotation(t *testing.T) {
	h, _, box := connected(t)
	for _, c := range store.SealedColumns() {
		if c.Name != "grant" {
			continue
		}
		rows, err := h.store.SealedRows(context.Background(), c, 0, 0, "", 10)
		check(t, err)
		token := h.access(box) // the refresh that was under way
		keys, err := h.reopened()
		check(t, err)
		var p pass
		check(t, keys.resealAll(context.Background(), c, rows, &p))
		if p.missed != 1 || p.Done != 0 {
			t.Errorf("missed %d, done %d", p.missed, p.Done)
		}
		h.clock.advance(2 * 60 * 60e9)
		if h.access(box) == token {
			t.Error("not renewed")
		}
	}
}

func TestRow37AKeyThatWasDroppedEarlyStopsTheStartAndIsNamed(t *testing.T) {
	h, _, box := connected(t)
	check(t, os.Rename(h.keyFile(), h.keyFile()+".old"))
	_, err := makeKeyset(h.keyFile())
	check(t, err)
	_, err = h.reopened()
	trouble, ok := err.(*KeyTrouble)
	if !ok || !strings.Contains(err.Error(), "mailboxes: 1, client secrets: 1") || !strings.Contains(err.Error(), h.keyFile()) {
		t.Fatalf("started, or without a name: %v", err)
	}
	t.Log(trouble)

	use, err := LoseKey(context.Background(), h.store, h.keyFile(), box.GrantKeyID)
	check(t, err)
	if use.String() != "mailboxes: 1, client secrets: 1" {
		t.Errorf("gave up %s", use)
	}
	keys, err := h.reopened()
	check(t, err)
	after := h.reread(box)
	if after.State != store.NeedsYou || after.Problem.Code != problem.SecretUnreadable || after.Problem.Who != problem.You || len(after.Grant) != 0 {
		t.Errorf("state %s, problem %v", after.State, after.Problem)
	}
	p, err := h.providers.Get(context.Background(), box.ProviderID)
	check(t, err)
	if p.SecretHint != "" || p.SecretSetAt != 0 {
		t.Errorf("the secret is said to be there: %q", p.SecretHint)
	}
	connections := h.tokens.Connections
	connections.Keys = keys
	_, _, err = NewTokens(connections).Access(context.Background(), box.ID)
	wantProblem(t, err, problem.SecretUnreadable)
}

func TestAKeyThatIsThereIsNotLost(t *testing.T) {
	h, _, box := connected(t)
	if _, err := LoseKey(context.Background(), h.store, h.keyFile(), box.GrantKeyID); err == nil {
		t.Error("given up")
	}
	if _, err := LoseKey(context.Background(), h.store, h.keyFile(), 7); err == nil {
		t.Error("an unknown key was given up")
	}
	h.access(box)
}

// A replica whose file is older than the value is not the owner's business.
func TestAMissingKeyIsForWhoeverRunsPostroom(t *testing.T) {
	h, _, box := connected(t)
	stranger := newHouse(t)
	connections := h.tokens.Connections
	connections.Keys = stranger.keys
	_, _, err := NewTokens(connections).Access(context.Background(), box.ID)
	wantProblem(t, err, problem.SecretUnreadable)
	if v := Classify(err); v.State != store.NeedsOperator {
		t.Errorf("verdict %+v", v)
	}
}

// One damaged row is one mailbox's trouble: the start goes on, and nothing is deleted.
func TestRow37ADamagedRowNeedsItsOwnerAndNobodyElse(t *testing.T) {
	h, is, box := connected(t)
	eve := h.connect(is, h.user("eve@postroom.example"), store.Provider{ID: box.ProviderID})
	grants := store.SealedColumns()[0]
	rows, err := h.store.SealedRows(context.Background(), grants, 0, 0, "", 10)
	check(t, err)
	damage := func(v store.Sealed) {
		t.Helper()
		now, err := h.store.SealedRows(context.Background(), grants, 0, 0, "", 10)
		check(t, err)
		check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Reseal(grants, now[0], v)
			return err
		}))
	}
	whole := rows[0].Value
	for i := 5; i < len(whole); i++ { // the first five name the key
		flipped := append(store.Sealed(nil), whole...)
		flipped[i] ^= 0x40
		damage(flipped)
		if _, err := h.tokens.openGrant(h.reread(box)); Classify(err).State != store.NeedsYou || !problem.Is(err, problem.SecretUnreadable) {
			t.Fatalf("byte %d flipped: %v", i, err)
		}
	}
	for i := 6; i < len(whole); i++ {
		damage(whole[:i])
		if _, err := h.tokens.openGrant(h.reread(box)); Classify(err).State != store.NeedsYou {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	damage(rows[1].Value) // that of another row
	if _, err := h.reopened(); err != nil {
		t.Errorf("the start was refused: %v", err)
	}
	_, _, err = h.tokens.Access(context.Background(), box.ID)
	wantProblem(t, err, problem.SecretUnreadable)
	h.access(eve)
	for _, u := range h.status().Keys {
		for _, k := range u.Kinds {
			if k.What == "mailboxes" && k.Unreadable != 1 {
				t.Errorf("%d unreadable, want 1", k.Unreadable)
			}
		}
	}
	h.addKey(true)
	if r := h.rotate(); r.Unreadable != 1 || r.Done != r.Total-1 {
		t.Errorf("rotated %+v", r)
	}
	damage(whole)
	h.access(box)
}
