package message

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the expectations in testdata/mails anew")

func TestMailsAreReadAsBefore(t *testing.T) {
	mails, err := filepath.Glob("testdata/mails/*.eml")
	check(t, err)
	if len(mails) == 0 {
		t.Fatal("testdata/mails is empty")
	}
	for _, name := range mails {
		t.Run(filepath.Base(name), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			check(t, err)
			var got bytes.Buffer
			e := json.NewEncoder(&got)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			check(t, e.Encode(Parse(raw)))
			golden := strings.TrimSuffix(name, ".eml") + ".json"
			if *update {
				check(t, os.WriteFile(golden, got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(golden)
			check(t, err)
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("read otherwise than before:\n%s\nwas:\n%s", got.Bytes(), want)
			}
		})
	}
}
