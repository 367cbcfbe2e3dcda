package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"postroom/store"
)

// What a person does with the key ring, by `postroom secrets`. The file is changed on this machine
// alone: with several replicas it is copied to the others before the next step.

// KeyStatus is how the key ring stands.
type KeyStatus struct {
	Keys    []KeyUse // of the file, and those that values name and the file lacks
	Refused string   // why a changed key file was not taken; empty when there is none such
}

// Status counts what each key seals. With check it opens every value.
func (k *Keys) Status(ctx context.Context, check bool) (KeyStatus, error) {
	r := k.latest()
	uses, err := keysInUse(ctx, k.store)
	if err != nil {
		return KeyStatus{}, err
	}
	for _, id := range r.ids {
		if !slices.ContainsFunc(uses, func(u KeyUse) bool { return u.ID == id }) {
			uses = append(uses, KeyUse{ID: id})
		}
	}
	for i := range uses {
		u := &uses[i]
		u.Primary, u.InFile = u.ID == r.primary, r.has(u.ID)
		if check {
			if err := r.openAll(ctx, k.store, u); err != nil {
				return KeyStatus{}, err
			}
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return KeyStatus{Keys: uses, Refused: k.refuse}, nil
}

// openAll opens every value of a key and counts those that do not open. What lives for minutes may be
// replaced while it is looked at, and counts as well when it does not open.
func (r *ring) openAll(ctx context.Context, st *store.Store, u *KeyUse) error {
	for _, c := range store.SealedColumns() {
		bad := int64(0)
		err := eachSealed(ctx, st, c, 0, u.ID, func(rows []store.SealedRow) error {
			for _, row := range rows {
				if _, err := r.Decrypt(row.Value, whereOf(c, row).bytes()); err != nil {
					bad++
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(u.Kinds, func(k KindUse) bool { return k.What == c.What }); i >= 0 && !c.Fleeting {
			u.Kinds[i].Unreadable = bad
		}
	}
	return nil
}

// eachSealed calls f with the values of a column, some at a time; see store.SealedRows.
func eachSealed(ctx context.Context, st *store.Store, c store.SealedColumn, otherThan, key int64, f func([]store.SealedRow) error) error {
	const some = 100
	after := ""
	for {
		rows, err := st.SealedRows(ctx, c, otherThan, key, after, some)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		if err := f(rows); err != nil {
			return err
		}
		after = rows[len(rows)-1].ID
	}
}

// Add makes a new key that opens but does not seal yet, unless primary says so, and returns its id.
func (k *Keys) Add(ctx context.Context, primary bool) (id int64, err error) {
	err = changeKeyset(k.path, func(m *keyset.Manager) error {
		made, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return err
		}
		id = int64(made)
		if primary {
			return m.SetPrimary(made)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("key file %s: %w", k.path, err)
	}
	k.latest()
	return id, k.addChecks(ctx)
}

// MakePrimary has a key of the file seal what is new from now on.
func (k *Keys) MakePrimary(id int64) error {
	if !k.latest().has(id) {
		return fmt.Errorf("key %d is not in key file %s", id, k.path)
	}
	err := changeKeyset(k.path, func(m *keyset.Manager) error { return m.SetPrimary(uint32(id)) })
	if err != nil {
		return fmt.Errorf("key file %s: %w", k.path, err)
	}
	k.latest()
	return nil
}

// Forget takes a key that seals nothing any more out of the file. It refuses the primary one, and one
// that is in use, naming what it seals.
func (k *Keys) Forget(ctx context.Context, id int64) error {
	r := k.latest()
	switch {
	case !r.has(id):
		return fmt.Errorf("key %d is not in key file %s", id, k.path)
	case r.primary == id:
		return fmt.Errorf("key %d is the primary one: make another one primary and rotate first", id)
	}
	if err := k.unused(ctx, id); err != nil {
		return err
	}
	// The file last: a value that was sealed meanwhile, by a replica whose file is older, keeps its key.
	if err := changeKeyset(k.path, func(m *keyset.Manager) error {
		if err := k.unused(ctx, id); err != nil {
			return err
		}
		return m.Delete(uint32(id))
	}); err != nil {
		return fmt.Errorf("key file %s: %w", k.path, err)
	}
	return k.store.Tx(ctx, func(tx *store.Tx) error { return tx.ForgetKeyCheck(id) })
}

func (k *Keys) unused(ctx context.Context, id int64) error {
	uses, err := keysInUse(ctx, k.store)
	if err != nil {
		return err
	}
	for _, u := range uses {
		if u.ID == id {
			return fmt.Errorf("key %d is in use (%s): run `postroom secrets rotate` first", id, u)
		}
	}
	return nil
}

// sealCheck seals the check value with one key of the file, which need not be the primary one.
func sealCheck(handle *keyset.Handle, id int64) (store.Sealed, error) {
	m := keyset.NewManagerFromHandle(handle)
	if err := m.SetPrimary(uint32(id)); err != nil {
		return nil, err
	}
	with, err := m.Handle()
	if err != nil {
		return nil, err
	}
	a, err := aead.New(with)
	if err != nil {
		return nil, err
	}
	return a.Encrypt([]byte(keyCheckWords), keyCheckAt().bytes())
}

// LoseKey gives up everything that a key seals, because the key is lost for good: each mailbox needs its
// owner to sign in again, client secrets have to be entered again. path is the key file, which may be
// missing; a key that it holds and that opens is not lost, and refused.
func LoseKey(ctx context.Context, st *store.Store, path string, id int64) (KeyUse, error) {
	if handle, err := readKeyset(path); err == nil {
		r, err := newRing(handle)
		if err != nil {
			return KeyUse{}, fmt.Errorf("key file %s: %w", path, err)
		}
		checks, err := st.KeyChecks(ctx)
		if err != nil {
			return KeyUse{}, err
		}
		if check := checks[id]; r.has(id) && (check == nil || r.opens(check)) {
			return KeyUse{}, fmt.Errorf("key %d is in key file %s: it is not lost; rotate and forget it", id, path)
		}
	}
	uses, err := keysInUse(ctx, st)
	if err != nil {
		return KeyUse{}, err
	}
	i := slices.IndexFunc(uses, func(u KeyUse) bool { return u.ID == id })
	if i < 0 {
		return KeyUse{}, fmt.Errorf("no value names key %d", id)
	}
	for _, c := range store.SealedColumns() {
		err = errors.Join(err, eachSealed(ctx, st, c, 0, id, func(rows []store.SealedRow) error {
			return st.Tx(ctx, func(tx *store.Tx) error { return tx.LoseSealed(c, rows, lostGrant()) })
		}))
	}
	if err != nil {
		return KeyUse{}, fmt.Errorf("give up what key %d seals: %w", id, err)
	}
	return uses[i], st.Tx(ctx, func(tx *store.Tx) error { return tx.ForgetKeyCheck(id) })
}
