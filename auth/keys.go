package auth

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"postroom/problem"
	"postroom/store"
)

const keyCheckWords = "postroom key check"

// Keys seals secrets before they are stored and opens them again. It is a Tink keyset of AES-256-GCM
// keys: the primary one seals, all of them open, and each sealed value names its key.
//
// The file may change while we run: it is looked at before each sealing, and when a value names a key
// that is not known. A new one is taken when it opens all that is in use; else the old one serves on.
type Keys struct {
	store *store.Store
	path  string
	Log   *slog.Logger // told when a new key file is taken or not; set before use, or nil

	mu     sync.Mutex
	ring   *ring
	seen   os.FileInfo // the file as it was looked at last, taken or not
	refuse string      // why it was not taken; empty when it was
}

// OpenKeys reads the key file at path and makes sure that it opens what this database holds; when it
// does not, the error is a *KeyTrouble. The first start of an empty database makes the file (created
// is true: tell the operator to back it up). A database that holds sealed values never gets a new key
// by itself: without the old one its grants are lost, and that is for a person to decide.
func OpenKeys(ctx context.Context, st *store.Store, path string) (keys *Keys, created bool, err error) {
	keys = &Keys{store: st, path: path}
	err = keys.load(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		if err := nothingSealed(ctx, st, path); err != nil {
			return nil, false, err
		}
		if _, err := makeKeyset(path); err != nil {
			return nil, false, fmt.Errorf("make key file %s: %w", path, err)
		}
		created = true
		err = keys.load(ctx)
	}
	if err != nil {
		return nil, false, err
	}
	return keys, created, keys.addChecks(ctx)
}

// Seal encrypts plain for one place and no other.
func (k *Keys) Seal(plain Secret, at Where) (store.Sealed, error) {
	sealed, err := k.latest().Encrypt([]byte(plain.Reveal()), at.bytes())
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", at.Table, at.Column, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for this place. Everything else is problem.SecretUnreadable, and
// errNoKey when it was sealed with a key that is not in our file.
func (k *Keys) Open(sealed store.Sealed, at Where) (Secret, error) {
	r := k.current()
	if id := keyOf(sealed); id != 0 && !r.has(id) {
		if r = k.latest(); !r.has(id) {
			return "", problem.Wrap(problem.SecretUnreadable, "", fmt.Errorf("open %s.%s of %s: %w (key %d)", at.Table, at.Column, at.Row, errNoKey, id))
		}
	}
	plain, err := r.Decrypt(sealed, at.bytes())
	if err != nil {
		return "", problem.Wrap(problem.SecretUnreadable, "", fmt.Errorf("open %s.%s of %s: %w", at.Table, at.Column, at.Row, err))
	}
	return Secret(plain), nil
}

// errNoKey tells a value whose key is missing here, which is for whoever runs this Postroom to mend,
// from one that is damaged.
var errNoKey = errors.New("its key is not in the key file")

func (k *Keys) current() *ring {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ring
}

// latest is the ring of the file as it is now, if that can be used.
func (k *Keys) latest() *ring {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(k.path)
	if err != nil || os.SameFile(info, k.seen) && info.ModTime().Equal(k.seen.ModTime()) && info.Size() == k.seen.Size() && info.Mode() == k.seen.Mode() {
		return k.ring
	}
	const enough = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), enough)
	defer cancel()
	r, err := k.read(ctx)
	var trouble *KeyTrouble
	switch {
	case errors.As(err, &trouble):
		k.seen, k.refuse = info, err.Error()
		k.tell(slog.LevelError, "the new key file is not taken; the one before it serves on", "file", k.path, "err", err)
	case err != nil: // the database does not answer: looked at again by the next who seals
		k.tell(slog.LevelWarn, "the new key file cannot be held against the database", "err", err)
	default:
		k.ring, k.seen, k.refuse = r, info, ""
		k.tell(slog.LevelInfo, "key file read again", "file", k.path, "primary", r.primary, "keys", len(r.ids))
	}
	return k.ring
}

func (k *Keys) tell(level slog.Level, words string, args ...any) {
	if k.Log != nil {
		k.Log.Log(context.Background(), level, words, args...)
	}
}

// load reads the file for the first time.
func (k *Keys) load(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(k.path)
	if err != nil {
		return fmt.Errorf("key file %s: %w", k.path, err)
	}
	r, err := k.read(ctx)
	if err != nil {
		return err
	}
	k.ring, k.seen = r, info
	return nil
}

// read reads the file and holds it against the database.
func (k *Keys) read(ctx context.Context) (*ring, error) {
	handle, err := readKeyset(k.path)
	if err != nil {
		return nil, &KeyTrouble{words: fmt.Sprintf("key file %s: %v", k.path, err)}
	}
	r, err := newRing(handle)
	if err != nil {
		return nil, &KeyTrouble{words: fmt.Sprintf("key file %s: %v", k.path, err)}
	}
	return r, r.fits(ctx, k.store, k.path)
}
