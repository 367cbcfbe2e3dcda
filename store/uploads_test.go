package store

import (
	"bytes"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"postroom/problem"
)

// noise returns bytes that do not compress.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b)
	return b
}

func TestAnUploadIsKeptForItsOwner(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		u, err := st.PutUpload(t.Context(), ada.user.ID, "../../a.pdf", "application/pdf", bytes.NewReader([]byte("%PDF")), 100)
		check(t, err)
		equal(t, "size", u.Size, 4)
		_, err = st.Upload(t.Context(), bob.user.ID, u.ID)
		wantProblem(t, err, problem.NotFound)
		again, err := st.Upload(t.Context(), ada.user.ID, u.ID)
		check(t, err)
		equal(t, "upload", again, u)
		r, err := st.OpenUpload(t.Context(), again)
		check(t, err)
		data, err := io.ReadAll(r)
		check(t, err)
		check(t, r.Close())
		equal(t, "bytes", string(data), "%PDF")
	})
}

func TestTooLargeAnUploadLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	st, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	defer st.Close()
	ada := newPerson(t, st, "ada")
	_, err = st.PutUpload(t.Context(), ada.user.ID, "big", "x/y", bytes.NewReader(noise(5000)), 4999)
	wantProblem(t, err, problem.TooLarge)
	equal(t, "files", len(files(t, filepath.Join(dir, "blobs"))), 0)
	u, err := st.PutUpload(t.Context(), ada.user.ID, "fits", "x/y", bytes.NewReader(noise(5000)), 5000)
	check(t, err)
	equal(t, "size", u.Size, 5000)
	equal(t, "files", len(files(t, filepath.Join(dir, "blobs"))), 1)
}

func files(t testing.TB, dir string) (all []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	check(t, err)
	return all
}

func TestUpkeepDeletesWhatNothingNames(t *testing.T) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			c, dir, url := newClock(), t.TempDir(), ""
			if database == "postgres" {
				url = newPostgres(t)
			}
			st, err := Open(t.Context(), Config{Database: url, Dir: dir, Now: c.now})
			check(t, err)
			defer st.Close()
			ada := newPerson(t, st, "ada")
			blobs := func() int { return len(files(t, filepath.Join(dir, "blobs"))) }

			m := ada.mail("INBOX", "photos")
			m.Source, err = st.Keep(t.Context(), noise(1<<20))
			check(t, err)
			ada.add(t, "INBOX", m)
			_, err = st.Keep(t.Context(), noise(1<<20+1)) // its transaction never came
			check(t, err)
			_, err = st.PutUpload(t.Context(), ada.user.ID, "a", "x/y", bytes.NewReader([]byte("a")), 10)
			check(t, err)
			equal(t, "blobs", blobs(), 3)

			check(t, st.upkeep(t.Context()))
			equal(t, "blobs while they are young", blobs(), 3)
			c.advance(49 * time.Hour)
			check(t, st.upkeep(t.Context()))
			equal(t, "blobs that are named", blobs(), 1)

			tx(t, st, func(tx *Tx) error { return tx.Vanish(ada.folders["INBOX"], []uint32{m.UID}) })
			check(t, st.upkeep(t.Context()))
			equal(t, "blobs of mail that may turn up", blobs(), 1)
			c.advance(25 * time.Hour)
			check(t, st.upkeep(t.Context()))
			equal(t, "blobs", blobs(), 0)
			var rows int64
			check(t, st.db.read.Model(&Message{}).Count(&rows).Error)
			equal(t, "messages", rows, 0)
			index := map[string]string{"sqlite": "message_fts_docsize", "postgres": "message_words"}[database]
			check(t, st.db.read.Table(index).Count(&rows).Error)
			equal(t, "entries in the index of words", rows, 0)

			again, err := st.Keep(t.Context(), noise(1<<20))
			check(t, err)
			m = ada.mail("INBOX", "photos again")
			m.Source = again
			id := ada.add(t, "INBOX", m)[0].ID
			_, err = st.Raw(t.Context(), ada.user.ID, id)
			check(t, err)
		})
	}
}

func TestWhatAKilledProcessLeftIsSwept(t *testing.T) {
	dir := t.TempDir()
	st, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	defer st.Close()
	kept, err := st.Keep(t.Context(), noise(1<<20))
	check(t, err)
	folder := filepath.Dir(filepath.Join(dir, "blobs", kept.key))
	left, young := filepath.Join(folder, "a.18f.tmp"), filepath.Join(folder, "b.18f.tmp")
	for _, f := range []string{left, young, filepath.Join(dir, "blobs", kept.key)} {
		check(t, os.WriteFile(f, nil, 0o600))
		if f != young {
			old := time.Now().Add(-3 * keepBlobs)
			check(t, os.Chtimes(f, old, old))
		}
	}
	check(t, st.upkeep(t.Context()))
	equal(t, "files", len(files(t, filepath.Join(dir, "blobs"))), 2)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Fatal("a temporary file was left")
	}
}

func TestContentThatIsBeingDeletedIsKeptUnderAnotherKey(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		raw := noise(1 << 20)
		first, err := st.Keep(t.Context(), raw)
		check(t, err)
		tx(t, st, func(tx *Tx) error {
			return tx.db.Model(&blobRow{}).Where("blob_key = ?", first.key).Update("doomed", true).Error
		})
		second, err := st.Keep(t.Context(), raw)
		check(t, err)
		if first.key == second.key {
			t.Fatal("a doomed blob was used again")
		}
	})
}
