package lab_test

import (
	"archive/tar"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	_ "modernc.org/sqlite"

	"postroom/lab"
)

const corpus = "../../shared/corpora/spamassassin.tar.gz"

// world is a running lab; without one the tests of this folder are skipped.
type world struct {
	t    *testing.T
	run  string // the lab's folder
	port int    // Postroom's, which the OAuth server knows as redirect address
	bin  string
}

func open(t *testing.T) *world {
	t.Helper()
	run := os.Getenv("LAB_RUN")
	if run == "" {
		t.Skip("LAB_RUN is not set: `make lab-test` starts the lab and runs this")
	}
	port, err := strconv.Atoi(os.Getenv("LAB_POSTROOM_PORT"))
	if err != nil {
		t.Fatalf("LAB_POSTROOM_PORT: %v", err)
	}
	bin, err := lab.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, run: run, port: port, bin: bin}
}

func (w *world) host(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return "localhost:" + v
	}
	return "localhost:" + fallback
}

func (w *world) start(data string) *lab.Process {
	return lab.Start(w.t, w.bin, "serve", data, w.port, "POSTROOM_ALLOW_NETS=127.0.0.0/8,::1/128")
}

// admin sets a new Postroom up and enters the lab as its provider, as the admin page does.
func (w *world) admin(p *lab.Process) (c *lab.Client, provider string) {
	w.t.Helper()
	token, err := p.SetupToken()
	if err != nil {
		w.t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(w.run, "tls", "ca.crt"))
	if err != nil {
		w.t.Fatal(err)
	}
	c = lab.NewClient(w.t, p.URL)
	c.Must("POST", "/api/setup", map[string]string{"token": token, "email": "root@example.test", "name": "Root", "password": "correct horse battery"}, nil)
	var made struct{ ID string }
	c.Must("POST", "/api/admin/providers", map[string]any{
		"name": "Lab", "kind": "generic", "authority": "http://127.0.0.1:" + os.Getenv("IDP_PORT"), "tenant": "",
		"clientId": "webmail", "clientSecret": "webmail-secret",
		"scopes":   "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
		"imapHost": w.host("IMAPS_PORT", "9993"), "smtpHost": w.host("SMTP_PORT", "9587"), "smtpTls": "starttls",
		"caPem": string(ca), "filesSent": "client", "disabled": false,
	}, &made)
	return c, made.ID
}

// filled puts the whole corpus into the user's Maildir, as a delivery agent would, unless an earlier
// test did, and returns how many mails the corpus has.
func (w *world) filled(name string) int {
	w.t.Helper()
	_, err := os.Stat(filepath.Join(w.run, "mail", name, "cur"))
	deliver := errors.Is(err, os.ErrNotExist)
	f, err := os.Open(corpus)
	if errors.Is(err, os.ErrNotExist) {
		w.t.Skipf("%s is not here: the corpus of real mail lies outside the project", corpus)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		w.t.Fatal(err)
	}
	uid, gid := w.owner()
	dir := filepath.Join(w.run, "mail", name)
	for _, sub := range []string{"", "tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			w.t.Fatal(err)
		}
		if err := os.Chown(filepath.Join(dir, sub), uid, gid); err != nil {
			w.t.Fatal(err)
		}
	}
	n := 0
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			w.t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, ".eml") {
			continue
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			w.t.Fatal(err)
		}
		n++
		if !deliver {
			continue
		}
		path := filepath.Join(dir, "new", fmt.Sprintf("%d.M%dP1.lab", 1700000000+n, n))
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			w.t.Fatal(err)
		}
		if err := os.Chown(path, uid, gid); err != nil {
			w.t.Fatal(err)
		}
	}
}

// owner is the system user whose mail Dovecot serves.
func (w *world) owner() (uid, gid int) {
	u, err := user.Lookup("mail")
	if err != nil {
		w.t.Fatal(err)
	}
	uid, _ = strconv.Atoi(u.Uid)
	gid, _ = strconv.Atoi(u.Gid)
	return uid, gid
}

// other is another mail program of the same person.
func (w *world) other(user string) *imapclient.Client {
	w.t.Helper()
	out, err := exec.Command("./gettoken.sh", user).Output()
	if err != nil {
		w.t.Fatalf("gettoken.sh: %v", err)
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(out, &token); err != nil {
		w.t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(w.run, "tls", "ca.crt"))
	if err != nil {
		w.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	c, err := imapclient.DialTLS(w.host("IMAPS_PORT", "9993"), &imapclient.Options{TLSConfig: &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: tls.VersionTLS12}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	if err := c.Authenticate(bearer{user, token.AccessToken}); err != nil {
		w.t.Fatalf("%s: authenticate: %v", user, err)
	}
	return c
}

type bearer struct{ user, token string }

func (b bearer) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + b.user + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

func (b bearer) Next([]byte) ([]byte, error) { return nil, errors.New("refused") }

// there is what the server has: folder and UID of each mail, with its flags.
func there(t *testing.T, c *imapclient.Client) map[string]string {
	t.Helper()
	all := map[string]string{}
	folders, err := c.List("", "*", nil).Collect()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		sel, err := c.Select(f.Mailbox, &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil {
			t.Fatalf("select %s: %v", f.Mailbox, err)
		}
		if sel.NumMessages == 0 {
			continue
		}
		var set imap.UIDSet
		set.AddRange(1, 0)
		msgs, err := c.Fetch(set, &imap.FetchOptions{UID: true, Flags: true}).Collect()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range msgs {
			has := map[imap.Flag]bool{}
			for _, fl := range m.Flags {
				has[fl] = true
			}
			all[place(f.Mailbox, uint32(m.UID))] = flags(has[imap.FlagSeen], has[imap.FlagFlagged], has[imap.FlagAnswered])
		}
	}
	return all
}

// here is what Postroom's database has of the same.
func here(t *testing.T, data, address string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "postroom.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT f.path, m.uid, m.seen, m.flagged, m.answered FROM messages m
		JOIN folders f ON f.id = m.folder_id JOIN mailboxes b ON b.id = m.mailbox_id
		WHERE b.address = ? AND m.gone_at = 0`, address)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var path string
		var uid uint32
		var seen, flagged, answered bool
		if err := rows.Scan(&path, &uid, &seen, &flagged, &answered); err != nil {
			t.Fatal(err)
		}
		if _, twice := all[place(path, uid)]; twice {
			t.Errorf("%s is here twice", place(path, uid))
		}
		all[place(path, uid)] = flags(seen, flagged, answered)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func place(folder string, uid uint32) string { return fmt.Sprintf("%s/%d", folder, uid) }

func flags(seen, flagged, answered bool) string {
	return fmt.Sprintf("seen=%t flagged=%t answered=%t", seen, flagged, answered)
}

// differences says where the two sides do not agree.
func differences(here, there map[string]string) []string {
	var out []string
	for k, v := range there {
		if here[k] != v {
			out = append(out, fmt.Sprintf("%s: there %q, here %q", k, v, here[k]))
		}
	}
	for k := range here {
		if _, ok := there[k]; !ok {
			out = append(out, k+": here, but not there")
		}
	}
	return out
}
