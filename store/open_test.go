package store

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

func TestASecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	_, err = Open(t.Context(), Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "in use by another Postroom process") {
		t.Fatalf("got %v", err)
	}
	check(t, first.Close())
	again, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	check(t, again.Close())
}

func TestAFolderWithAnOddNameHoldsADatabase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "my mail? 100% #1 & more")
	st, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	check(t, st.Ping(t.Context()))
	for _, name := range []string{"postroom.db", "postroom.db-wal"} {
		info, err := os.Stat(filepath.Join(dir, name))
		check(t, err)
		equal(t, name+" is private", info.Mode().Perm(), 0o600)
	}
	check(t, st.Close())
}

func TestAnUnknownDatabaseIsRefusedWithoutItsPassword(t *testing.T) {
	for _, url := range []string{"mysql://u:hunter2@h/d", "postgres://u:hunter2@h:port/d", "postgres://u:hunter2@127.0.0.1:1/d"} {
		_, err := Open(t.Context(), Config{Database: url, Dir: t.TempDir()})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v", err)
		}
	}
}

func TestReadersCannotWrite(t *testing.T) {
	st := openTest(t, "", newClock())
	if err := st.db.read.Exec("DELETE FROM users").Error; err == nil {
		t.Fatal("a reader has written")
	}
}

func TestASettingThatDoesNotHoldIsNoticed(t *testing.T) {
	// In memory there is no write-ahead log.
	db := sql.OpenDB(sqliteConnector{path: ":memory:", writes: true})
	defer db.Close()
	err := db.PingContext(t.Context())
	if err == nil || !strings.Contains(err.Error(), "journal_mode") {
		t.Fatalf("got %v", err)
	}
}

func TestADatabaseOfANewerPostroomIsRefused(t *testing.T) {
	dir := t.TempDir()
	st, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	check(t, st.db.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)").Error)
	check(t, st.Close())
	_, err = Open(t.Context(), Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "newer Postroom") {
		t.Fatalf("got %v", err)
	}
}

func TestOpeningAgainKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	st, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	ada := newPerson(t, st, "ada")
	ada.add(t, "INBOX", ada.mail("INBOX", "kept"))
	check(t, st.Close())
	ada.st, err = Open(t.Context(), Config{Dir: dir})
	check(t, err)
	defer ada.st.Close()
	equal(t, "inbox", ada.subjects(t, "INBOX"), "kept")
	ada.add(t, "INBOX", ada.mail("INBOX", "more"))
	equal(t, "inbox", ada.subjects(t, "INBOX"), "more kept")
}

// What a power cut leaves of the write-ahead log holds whole transactions, in their order: the counts,
// the rows, the words and the feed agree, whatever the last of them is.
func TestAPowerCutLeavesWholeTransactions(t *testing.T) {
	dir := t.TempDir()
	st, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	defer st.Close()
	check(t, st.db.write.Exec("PRAGMA wal_autocheckpoint = 0").Error)
	ada := newPerson(t, st, "ada")
	check(t, st.db.write.Exec("PRAGMA wal_checkpoint(TRUNCATE)").Error)
	for range 20 {
		ada.add(t, "INBOX", ada.mail("INBOX", "m"), ada.mail("INBOX", "m"))
	}
	main, wal := read(t, dir, "postroom.db"), read(t, dir, "postroom.db-wal")
	for range 30 {
		cut := t.TempDir()
		check(t, os.WriteFile(filepath.Join(cut, "postroom.db"), main, 0o600))
		check(t, os.WriteFile(filepath.Join(cut, "postroom.db-wal"), wal[:rand.IntN(len(wal))], 0o600))
		after, err := Open(t.Context(), Config{Dir: cut})
		check(t, err)
		p := *ada
		p.st = after
		page := p.page(t, "INBOX")
		equal(t, "mails of whole transactions", page.Total%2, 0)
		equal(t, "rows", int64(len(page.Messages)), page.Total)
		found, err := after.Search(t.Context(), p.user.ID, Search{Text: "body"})
		check(t, err)
		equal(t, "found", int64(len(found)), page.Total)
		var broken string
		check(t, after.db.read.Raw("PRAGMA integrity_check").Scan(&broken).Error)
		equal(t, "integrity", broken, "ok")
		check(t, after.Close())
	}
}

func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	check(t, err)
	return b
}

func TestRunEndsWithItsContext(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- st.Run(ctx) }()
		cancel()
		check(t, <-done)
	})
}

// run runs a store until the test ends.
func run(t testing.TB, st *Store) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- st.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		check(t, <-done)
	})
}

func wait(t testing.TB, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(20 * time.Second):
		t.Fatal("waited in vain for " + what)
	}
}

func TestReplicasWakeOneAnother(t *testing.T) {
	url, c := newPostgres(t), newClock()
	one, two := openTest(t, url, c), openTest(t, url, c)
	run(t, one)
	run(t, two)
	ada := newPerson(t, one, "ada")
	woken, stop := two.WatchUser(ada.user.ID)
	defer stop()
	// Listening may begin after the first of these, and then wakes everyone anyway.
	ada.add(t, "INBOX", ada.mail("INBOX", "one"))
	wait(t, "the first wake-up", woken)
	ada.add(t, "INBOX", ada.mail("INBOX", "two"))
	wait(t, "the second wake-up", woken)
}

func TestReplicasMayStartTogetherOnAnEmptyDatabase(t *testing.T) {
	newPostgres(t) // skips without a server
	name := "postroom_" + strings.ToLower(NewID())
	url, err := createPostgres(name, "template0")
	check(t, err)
	defer func() { check(t, dropPostgres(name)) }()
	var g errgroup.Group
	for range 3 {
		dir := t.TempDir()
		g.Go(func() error {
			st, err := Open(t.Context(), Config{Database: url, Dir: dir})
			if err != nil {
				return err
			}
			return st.Close()
		})
	}
	check(t, g.Wait())
}

func TestALostListenerComesBackAndWakesEveryone(t *testing.T) {
	url, c := newPostgres(t), newClock()
	st := openTest(t, url, c)
	woken, stop := st.WatchUser("anybody")
	defer stop()
	run(t, st)
	wait(t, "listening", woken)
	check(t, st.db.write.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'").Error)
	wait(t, "listening again", woken)
}

func TestManyWakeUpsFitTheirNotifications(t *testing.T) {
	topics := make([]string, 2000)
	for i := range topics {
		topics[i] = userTopic(NewID())
	}
	sent := 0
	for _, p := range payloads("self", topics) {
		lines := strings.Split(p, "\n")
		equal(t, "sender", lines[0], "self")
		sent += len(lines) - 1
		if len(p) >= 8000 {
			t.Fatalf("%d bytes", len(p))
		}
	}
	equal(t, "topics", sent, len(topics))
}

func TestAPostgresServerThatHangsDoesNotHangPing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, Config{Database: "postgres://u@" + l.Addr().String() + "/d?sslmode=disable", Dir: t.TempDir()}); err == nil {
		t.Fatal("opened")
	}
}
