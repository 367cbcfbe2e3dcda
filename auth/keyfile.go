package auth

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gofrs/flock"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

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

func keysetBytes(handle *keyset.Handle) ([]byte, error) {
	var raw bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&raw)); err != nil {
		return nil, fmt.Errorf("write keyset: %w", err)
	}
	return raw.Bytes(), nil
}

// makeKeyset writes a new keyset to path, which must not exist: whole and durable, or not at all.
func makeKeyset(path string) (*keyset.Handle, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	raw, err := keysetBytes(handle)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	tmp, err := writeBeside(path, raw)
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp)
	if err := os.Link(tmp, path); err != nil { // never replaces a file, as a rename would
		return nil, err
	}
	return handle, syncDir(dir)
}

// changeKeyset lets change work on the keyset at path and replaces the file by what comes of it: whole
// and durable, or not at all, with the owner and mode that it had. One process does so at a time.
func changeKeyset(path string, change func(*keyset.Manager) error) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	lock := flock.New(path + ".lock")
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	defer func() { _ = lock.Unlock() }()
	handle, err := readKeyset(path)
	if err != nil {
		return err
	}
	manager := keyset.NewManagerFromHandle(handle)
	if err := change(manager); err != nil {
		return err
	}
	if handle, err = manager.Handle(); err != nil {
		return err
	}
	raw, err := keysetBytes(handle)
	if err != nil {
		return err
	}
	return replaceFile(path, raw)
}

// replaceFile puts raw in the place of the file at path.
func replaceFile(path string, raw []byte) error {
	old, err := os.Stat(path)
	if err != nil {
		return err
	}
	tmp, err := writeBeside(path, raw)
	if err != nil {
		return err
	}
	defer os.Remove(tmp) // fails once it has its new name
	if owner, ok := old.Sys().(*syscall.Stat_t); ok {
		if err := os.Chown(tmp, int(owner.Uid), int(owner.Gid)); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	if err := os.Chmod(tmp, old.Mode().Perm()&0o700); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// writeBeside writes raw to a new file in path's folder, readable by us alone, and has it on the disk
// when it returns.
func writeBeside(path string, raw []byte) (name string, err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = tmp.Write(raw)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return "", errors.Join(err, os.Remove(tmp.Name()))
	}
	return tmp.Name(), nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
