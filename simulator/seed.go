package simulator

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
	"time"
)

//go:embed seed
var seedFiles embed.FS

// demoTenant is where the people of the demo are at home.
const demoTenant = "contoso.example"

// Seed fills an empty simulator with the demo: a tenant, three people, a mailbox that two of them share, and their mail, the newest of
// it from an hour ago. A simulator that has people already is left as it is.
func (s *Simulator) Seed() error {
	s.mu.Lock()
	inhabited := len(s.accounts) > 0
	s.mu.Unlock()
	if inhabited {
		return nil
	}
	if _, err := s.AddTenant(Tenant{Domain: demoTenant, Name: "Contoso"}); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	for _, u := range []User{
		{Address: "ada@" + demoTenant, Name: "Ada Lovelace", Aliases: []string{"a.lovelace@" + demoTenant, "team@" + demoTenant}, SendAs: []string{"office@" + demoTenant}},
		{Address: "grace@" + demoTenant, Name: "Grace Hopper"},
		{Address: "linus@" + demoTenant, Name: "Linus Weber", Language: "de"},
		{Address: "office@" + demoTenant, Name: "Office", Shared: true, FullAccess: []string{"ada@" + demoTenant, "grace@" + demoTenant}},
	} {
		if _, err := s.AddUser(u); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	now := s.opts.Now()
	old, err := oldMails(now)
	if err != nil {
		return fmt.Errorf("seed: read old mails: %w", err)
	}
	made, err := madeMails(now)
	if err != nil {
		return fmt.Errorf("seed: read made mails: %w", err)
	}
	mails := append(old, made...)
	slices.SortStableFunc(mails, func(a, b seedMail) int { return a.at.Compare(b.at) })
	for _, m := range mails {
		if _, err := s.Deliver(m.to+"@"+demoTenant, m.folder, redate(m.raw, m.at), m.flags, m.at); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	return nil
}

// seedMail is a mail of the demo and where it goes.
type seedMail struct {
	to, folder string
	at         time.Time
	flags      []string
	raw        []byte
}

// oldSpan is how far back the old mails reach.
const oldSpan = 75 * 24 * time.Hour

// oldMails places the real mails of seed/mails.tar.gz. They keep their order; their dates move to
// the last weeks, closer together the newer they are. Ada has all of them, the others some.
func oldMails(now time.Time) ([]seedMail, error) {
	files, err := unpack("seed/mails.tar.gz")
	if err != nil {
		return nil, err
	}
	var mails []seedMail
	for i, f := range files {
		share := float64(len(files)-i) / float64(len(files)) // 1 for the oldest
		age := time.Duration(math.Pow(share, 1.6)*float64(oldSpan)) + time.Hour
		m := seedMail{to: "ada", folder: "inbox", raw: f.raw, at: now.Add(-age).Truncate(time.Second)}
		m.settle(i, share < 0.1, strings.HasSuffix(f.name, "-junk.eml"))
		mails = append(mails, m)
		switch i % 8 {
		case 0:
			m.to = "grace"
			mails = append(mails, m)
		case 4:
			m.to = "linus"
			mails = append(mails, m)
		}
	}
	return mails, nil
}

// settle gives the i-th old mail its folder and flags: most are read, some are answered, flagged or
// archived.
func (m *seedMail) settle(i int, recent, unwanted bool) {
	if unwanted {
		m.folder = "junk"
		return
	}
	if !recent || i%3 == 0 {
		m.flags = append(m.flags, `\Seen`)
	}
	if i%23 == 7 {
		m.flags = append(m.flags, `\Flagged`)
	}
	switch {
	case recent:
	case i%5 == 2:
		m.folder = "archive"
	case i%17 == 3:
		m.flags = append(m.flags, `\Answered`)
	}
}

// packed is a file of an archive.
type packed struct {
	name string
	raw  []byte
}

// unpack reads an embedded tar.gz.
func unpack(name string) ([]packed, error) {
	zipped, err := seedFiles.Open(name)
	if err != nil {
		return nil, err
	}
	defer zipped.Close()
	unzipped, err := gzip.NewReader(zipped)
	if err != nil {
		return nil, err
	}
	var files []packed
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		raw, err := io.ReadAll(archive)
		if err != nil {
			return nil, err
		}
		files = append(files, packed{header.Name, raw})
	}
}

// seedHeader says where a made mail goes: "X-Seed: ada inbox 26h seen flagged". There is one for
// each copy, on top of the mail.
const seedHeader = "X-Seed: "

// madeMails reads the mails of seed/made.
func madeMails(now time.Time) ([]seedMail, error) {
	names, err := fs.Glob(seedFiles, "seed/made/*.eml")
	if err != nil {
		return nil, err
	}
	var mails []seedMail
	for _, name := range names {
		raw, err := seedFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var copies []seedMail
		for bytes.HasPrefix(raw, []byte(seedHeader)) {
			line, rest, _ := bytes.Cut(raw, []byte("\n"))
			m, err := parseSeed(strings.TrimPrefix(string(line), seedHeader), now)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			copies = append(copies, m)
			raw = rest
		}
		for _, m := range copies {
			m.raw = raw
			mails = append(mails, m)
		}
	}
	return mails, nil
}

func parseSeed(line string, now time.Time) (seedMail, error) {
	words := strings.Fields(line)
	if len(words) < 3 {
		return seedMail{}, fmt.Errorf("%q is no place", line)
	}
	age, err := time.ParseDuration(words[2])
	if err != nil {
		return seedMail{}, err
	}
	m := seedMail{to: words[0], folder: words[1], at: now.Add(-age).Truncate(time.Second)}
	for _, flag := range words[3:] {
		m.flags = append(m.flags, `\`+flag)
	}
	return m, nil
}

// redate gives a mail another Date and leaves all else as it is. A mail without a message id was
// never meant to have a date either.
func redate(raw []byte, at time.Time) []byte {
	raw = canonical(raw)
	date := []byte("Date: " + at.UTC().Format(time.RFC1123Z) + "\r\n")
	header, body := splitMessage(raw)
	var out bytes.Buffer
	dated := headerValue(header, "Message-ID") == ""
	for _, f := range fieldsOf(header) {
		switch {
		case !strings.EqualFold(f.name, "Date"):
			out.Write(f.line)
		case !dated:
			out.Write(date)
			dated = true
		}
	}
	if !dated {
		out.Write(date)
	}
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}
