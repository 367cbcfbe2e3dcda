package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postroom/store"
)

// KeyTrouble says why Postroom must not run with the keys that it has: it would take every mailbox for
// broken. It is for the person who starts it.
type KeyTrouble struct{ words string }

func (e *KeyTrouble) Error() string { return e.words }

// KeyUse is what one key seals.
type KeyUse struct {
	ID      int64
	Primary bool // it seals what is new
	InFile  bool
	Kinds   []KindUse // those of which there are any
}

// KindUse is how many values of a kind a key seals.
type KindUse struct {
	Kind       string // "mailboxes.grant": its table and what auth calls the column
	What       string // for people, in the plural: "mailboxes", "client secrets"
	N          int64
	Unreadable int64 // of them, those that do not open; counted only when asked for
	fleeting   bool
}

// N is how many values there are in all.
func (u KeyUse) N() (n int64) {
	for _, k := range u.Kinds {
		n += k.N
	}
	return n
}

// lasting is u without what lives for minutes.
func (u KeyUse) lasting() KeyUse {
	u.Kinds = slices.DeleteFunc(slices.Clone(u.Kinds), func(k KindUse) bool { return k.fleeting })
	return u
}

// String is "mailboxes: 12, client secrets: 2".
func (u KeyUse) String() string {
	var words []string
	for _, k := range u.Kinds {
		words = append(words, fmt.Sprintf("%s: %d", k.What, k.N))
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// keysInUse lists every key that a value names, in the order of their ids.
func keysInUse(ctx context.Context, st *store.Store) ([]KeyUse, error) {
	counts, err := st.CountSealed(ctx)
	if err != nil {
		return nil, fmt.Errorf("count sealed values: %w", err)
	}
	var uses []KeyUse
	for _, c := range counts {
		i := slices.IndexFunc(uses, func(u KeyUse) bool { return u.ID == c.KeyID })
		if i < 0 {
			i, uses = len(uses), append(uses, KeyUse{ID: c.KeyID})
		}
		uses[i].Kinds = append(uses[i].Kinds, KindUse{Kind: c.Column.Table + "." + c.Column.Name, What: c.Column.What, N: c.N, fleeting: c.Column.Fleeting})
	}
	slices.SortFunc(uses, func(a, b KeyUse) int { return int(a.ID - b.ID) })
	return uses, nil
}

// fits makes sure that every key in use is in the ring and is the right one; else it names them in a
// *KeyTrouble. Values that live for minutes need no key.
func (r *ring) fits(ctx context.Context, st *store.Store, path string) error {
	uses, err := keysInUse(ctx, st)
	if err != nil {
		return err
	}
	checks, err := st.KeyChecks(ctx)
	if err != nil {
		return err
	}
	var wrong []string
	for _, u := range uses {
		if u = u.lasting(); u.N() == 0 {
			continue
		}
		why := ""
		switch check := checks[u.ID]; {
		case !r.has(u.ID):
			why = "is not in it"
		case check != nil && !r.opens(check):
			why = "is in it, but is another key under the same number"
		case check == nil:
			proved, err := r.proved(ctx, st, u.ID)
			if err != nil {
				return err
			}
			if !proved {
				why = "is in it, but opens nothing"
			}
		}
		if why != "" {
			wrong = append(wrong, fmt.Sprintf("key %d (%s) %s", u.ID, u, why))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return &KeyTrouble{fmt.Sprintf("key file %s does not belong to this database: %s. Restore the file from its backup. "+
		"A key that is lost for good is given up, with all that it seals, by: postroom secrets forget KEY --lose", path, strings.Join(wrong, "; "))}
}

// proved opens some values of a key that has no check value yet.
func (r *ring) proved(ctx context.Context, st *store.Store, id int64) (bool, error) {
	const some = 20
	for _, c := range store.SealedColumns() {
		rows, err := st.SealedRows(ctx, c, 0, id, "", some)
		if err != nil {
			return false, err
		}
		for _, row := range rows {
			if _, err := r.Decrypt(row.Value, whereOf(c, row).bytes()); err == nil {
				return true, nil
			}
		}
	}
	return false, nil
}

// nothingSealed refuses a new key file to a database that needs another one.
func nothingSealed(ctx context.Context, st *store.Store, path string) error {
	uses, err := keysInUse(ctx, st)
	if err != nil {
		return err
	}
	var words []string
	for _, u := range uses {
		if u = u.lasting(); u.N() > 0 {
			words = append(words, fmt.Sprintf("key %d (%s)", u.ID, u))
		}
	}
	if len(words) == 0 {
		return nil
	}
	return &KeyTrouble{fmt.Sprintf("key file %s is missing, and with it %s. Restore the file from its backup. "+
		"A key that is lost for good is given up, with all that it seals, by: postroom secrets forget KEY --lose", path, strings.Join(words, "; "))}
}

// addChecks gives every key of the ring its check value.
func (k *Keys) addChecks(ctx context.Context) error {
	checks, err := k.store.KeyChecks(ctx)
	if err != nil {
		return err
	}
	handle, err := readKeyset(k.path)
	if err != nil {
		return err
	}
	for _, id := range k.current().ids {
		if checks[id] != nil {
			continue
		}
		sealed, err := sealCheck(handle, id)
		if err != nil {
			return fmt.Errorf("seal check value of key %d: %w", id, err)
		}
		if err := k.store.Tx(ctx, func(tx *store.Tx) error { return tx.AddKeyCheck(sealed) }); err != nil {
			return err
		}
	}
	return nil
}
