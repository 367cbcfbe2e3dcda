package auth

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"postroom/problem"
	"postroom/store"
)

const (
	settingKeyCheck = "key_check"
	keyCheckWords   = "postroom key check"
)

// Keys seals secrets before they are stored and opens them again. It is a Tink keyset of AES-256-GCM
// keys: the primary one seals, all of them open, and each sealed value names its key.
type Keys struct {
	aead tink.AEAD
}

// OpenKeys reads the key file at path and makes sure that it is the one this database was sealed
// with. The first start of an empty database makes the file (created is true: tell the operator to
// back it up). A database that holds sealed values never gets a new key by itself: without the old
// one its grants are lost, and that is for a person to decide.
func OpenKeys(ctx context.Context, st *store.Store, path string) (keys *Keys, created bool, err error) {
	sealed, err := holdsSealed(ctx, st)
	if err != nil {
		return nil, false, fmt.Errorf("look for sealed values: %w", err)
	}
	handle, err := readKeyset(path)
	if errors.Is(err, fs.ErrNotExist) {
		if sealed {
			return nil, false, fmt.Errorf("key file %s is missing, but the database holds values sealed with it: restore the file from its backup", path)
		}
		handle, err = makeKeyset(path)
		created = true
	}
	if err != nil {
		return nil, false, fmt.Errorf("key file %s: %w", path, err)
	}
	a, err := aead.New(handle)
	if err != nil {
		return nil, false, fmt.Errorf("key file %s: %w", path, err)
	}
	keys = &Keys{aead: a}
	if err := keys.check(ctx, st, path); err != nil {
		return nil, false, err
	}
	return keys, created, nil
}

// holdsSealed reports whether anything in the database needs an existing key.
func holdsSealed(ctx context.Context, st *store.Store) (bool, error) {
	check, err := st.Setting(ctx, settingKeyCheck)
	if err != nil || check != "" {
		return check != "", err
	}
	providers, err := st.Providers(ctx)
	if err != nil {
		return false, err
	}
	for _, p := range providers {
		if len(p.ClientSecret) > 0 {
			return true, nil
		}
	}
	boxes, err := st.AllMailboxes(ctx)
	return len(boxes) > 0, err
}

// check opens the constant that the first start sealed, or seals it when this is the first start.
func (k *Keys) check(ctx context.Context, st *store.Store, path string) error {
	stored, err := st.Setting(ctx, settingKeyCheck)
	if err != nil {
		return fmt.Errorf("read key check: %w", err)
	}
	if stored == "" {
		return k.writeCheck(ctx, st)
	}
	sealed, err := base64.StdEncoding.DecodeString(stored)
	if err != nil {
		return fmt.Errorf("read key check: %w", err)
	}
	if words, err := k.Open(sealed, keyCheckAt()); err != nil || words != keyCheckWords {
		return fmt.Errorf("key file %s does not belong to this database: restore the file that was made with it", path)
	}
	return nil
}

func (k *Keys) writeCheck(ctx context.Context, st *store.Store) error {
	sealed, err := k.Seal(keyCheckWords, keyCheckAt())
	if err != nil {
		return err
	}
	err = st.Tx(ctx, func(tx *store.Tx) error {
		return tx.SetSetting(settingKeyCheck, base64.StdEncoding.EncodeToString(sealed))
	})
	if err != nil {
		return fmt.Errorf("store key check: %w", err)
	}
	return nil
}

// Seal encrypts plain for one place and no other.
func (k *Keys) Seal(plain Secret, at Where) (store.Sealed, error) {
	sealed, err := k.aead.Encrypt([]byte(plain.Reveal()), at.bytes())
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", at.Table, at.Column, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for this place. Everything else is problem.SecretUnreadable.
func (k *Keys) Open(sealed store.Sealed, at Where) (Secret, error) {
	plain, err := k.aead.Decrypt(sealed, at.bytes())
	if err != nil {
		return "", problem.Wrap(problem.SecretUnreadable, "", fmt.Errorf("open %s.%s of %s: %w", at.Table, at.Column, at.Row, err))
	}
	return Secret(plain), nil
}

// readKeyset refuses a file that others on this machine may read.
func readKeyset(path string) (*keyset.Handle, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("its mode %#o lets others read it: chmod 600 it", mode)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	return handle, nil
}

// makeKeyset writes a new keyset to path, which must not exist: whole and durable, or not at all.
func makeKeyset(path string) (*keyset.Handle, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&raw)); err != nil {
		return nil, fmt.Errorf("write keyset: %w", err)
	}
	return handle, writeOnce(path, raw.Bytes())
}

// writeOnce makes the file path with these bytes, readable by us alone. It never replaces a file.
func writeOnce(path string, raw []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".keys-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if _, err := tmp.Write(raw); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
