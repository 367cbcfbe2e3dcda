package message

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
)

// corpus opens one of the collections of real and hostile input that lie beside the project.
func corpus(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "corpora", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is not beside the project in shared/corpora: nothing to measure", name)
	}
	check(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// archive reads the files of a .tar.gz.
func archive(t *testing.T, name string) map[string][]byte {
	t.Helper()
	if testing.Short() {
		t.Skip("thousands of mails are left out of a short run")
	}
	unzipped, err := gzip.NewReader(corpus(t, name))
	check(t, err)
	files := map[string][]byte{}
	for r := tar.NewReader(unzipped); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		check(t, err)
		if h.Typeflag == tar.TypeReg {
			files[h.Name], err = io.ReadAll(r)
			check(t, err)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// isMail leaves out what a corpus holds beside mails.
func isMail(name string) bool {
	switch path.Ext(name) {
	case ".eml", ".msg", ".raw":
		return true
	}
	return strings.Contains(name, "mimekit/messages/body")
}

// figures are what reading a collection gave.
type figures struct {
	mails, shown, clean, comparable int
	lost, lostByLibrary, hidden     []string
	worst                           time.Duration
	worstName                       string
}

func (f *figures) log(t *testing.T, took time.Duration) {
	t.Helper()
	t.Logf("%d mails in %v, 0 panics, %.1f %% shown, %.1f %% without a defect, slowest %v (%s)", f.mails, took.Round(time.Millisecond),
		100*float64(f.shown)/float64(f.mails), 100*float64(f.clean)/float64(f.mails), f.worst.Round(time.Microsecond), path.Base(f.worstName))
	t.Logf("bodies lost: %d of %d with text, by the corpus's own expectations or another reader (go-message alone loses %d)", len(f.lost), f.comparable, len(f.lostByLibrary))
}

func (f *figures) read(name string, raw []byte, expected string) {
	start := time.Now()
	p := Parse(raw)
	if took := time.Since(start); took > f.worst {
		f.worst, f.worstName = took, name
	}
	f.mails++
	if p.Text != "" || p.HTML != "" || len(p.Parts) > 0 || isEmptyMail(raw) {
		f.shown++
	} else {
		f.hidden = append(f.hidden, name)
	}
	if len(p.Defects) == 0 {
		f.clean++
	}
	ours, library := p.Text+" "+p.HTML, libraryText(raw)
	if loses(library, expected, p.Text) {
		f.lostByLibrary = append(f.lostByLibrary, name)
	}
	if loses(ours, expected, library) {
		f.lost = append(f.lost, name)
	}
	if len(words(expected+" "+library+" "+p.Text)) > 0 {
		f.comparable++
	}
}

// loses reports whether most of the words that should be in text are not.
func loses(text, expected, other string) bool {
	want := words(cmp.Or(expected, other))
	return len(want) > 0 && share(want, words(text)) < 0.5
}

// isEmptyMail reports whether a mail is nothing but a header, or a header and a boundary.
func isEmptyMail(raw []byte) bool {
	raw = bytes.ReplaceAll(bytes.TrimSpace(raw), []byte("\r\n"), []byte("\n"))
	_, body, ok := bytes.Cut(raw, []byte("\n\n"))
	if !ok {
		return true
	}
	for line := range bytes.Lines(body) {
		line = bytes.TrimSpace(line)
		if _, isField := parseField(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("--")) && !isField {
			return false
		}
	}
	return true
}

// libraryText is what go-message shows of a mail.
func libraryText(raw []byte) string {
	e, err := gomessage.Read(bytes.NewReader(raw))
	if err != nil && e == nil {
		return ""
	}
	var text strings.Builder
	depth := 0
	_ = e.Walk(func(where []int, e *gomessage.Entity, err error) error {
		if depth++; len(where) > maxDepth || depth > maxParts || e == nil {
			return io.EOF
		}
		kind, params, _ := e.Header.ContentType()
		disposition, dispParams, _ := e.Header.ContentDisposition()
		if (kind == "text/plain" || kind == "text/html") && disposition != "attachment" && params["name"]+dispParams["filename"] == "" {
			b, _ := io.ReadAll(e.Body)
			s := strings.ToValidUTF8(string(b), " ")
			if kind == "text/html" {
				s = textOf(s, false)
			}
			text.WriteString(s + "\n")
		}
		return nil
	})
	return text.String()
}

// stalwartText is the text that the expectations of the Stalwart files hold.
func stalwartText(file []byte) string {
	var want struct {
		TextBody []int `json:"text_body"`
		Parts    []struct {
			Body json.RawMessage
		}
	}
	if json.Unmarshal(file, &want) != nil {
		return ""
	}
	var text strings.Builder
	for _, i := range want.TextBody {
		var body struct{ Text, Html string }
		if i < len(want.Parts) && json.Unmarshal(want.Parts[i].Body, &body) == nil {
			text.WriteString(body.Text + "\n" + textOf(body.Html, false) + "\n")
		}
	}
	return text.String()
}

// words returns the set of words of three letters and more.
func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(w) > 2 && strings.IndexFunc(w, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
			set[w] = true
		}
	}
	return set
}

// share is how much of want is in have.
func share(want, have map[string]bool) float64 {
	found := 0
	for w := range want {
		if have[w] {
			found++
		}
	}
	return float64(found) / float64(len(want))
}

func TestOddMailKeepsItsBodies(t *testing.T) {
	t.Parallel()
	files := archive(t, "odd-mail.tar.gz")
	var f figures
	start := time.Now()
	for name, raw := range files {
		if isMail(name) {
			f.read(name, raw, stalwartText(files[strings.TrimSuffix(name, ".eml")+".json"]))
		}
	}
	f.log(t, time.Since(start))
	if len(f.lost) > 2 || f.shown < f.mails {
		t.Errorf("lost: %s; not shown: %s", strings.Join(f.lost, " "), strings.Join(f.hidden, " "))
	}
}

func TestRealMailIsShown(t *testing.T) {
	t.Parallel()
	var f figures
	start := time.Now()
	for name, raw := range archive(t, "spamassassin.tar.gz") {
		if isMail(name) {
			f.read(name, raw, "")
		}
	}
	f.log(t, time.Since(start))
	if f.mails != 6046 || f.shown < f.mails || len(f.lost) > 0 {
		t.Errorf("lost: %s; not shown: %s", strings.Join(f.lost, " "), strings.Join(f.hidden, " "))
	}
}

func TestEveryFileOfTheCorpusCanBeRead(t *testing.T) {
	for name, raw := range archive(t, "odd-mail.tar.gz") {
		p := Parse(raw) // also what is no mail at all
		for _, part := range p.Parts {
			_, r, err := OpenPart(raw, part.Index)
			if err != nil {
				t.Fatalf("%s: part %d: %v", name, part.Index, err)
			}
			if n, _ := io.Copy(io.Discard, r); n != part.Size {
				t.Errorf("%s: part %d has %d bytes, was said to have %d", name, part.Index, n, part.Size)
			}
		}
	}
}
