package problem

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/problems.md anew")

func TestTheDocumentationIsOfThisDictionary(t *testing.T) {
	const file = "../docs/problems.md"
	want := page()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/problems.md is stale: go test ./problem -update")
	}
}

// page is the dictionary as a document.
func page() string {
	var b strings.Builder
	b.WriteString(`# What can go wrong, and what to do

Postroom says what went wrong in plain words, who can mend it and how, and keeps the other side's own
words under “Details”. This page lists all of it; the app has it too, with a search, under
` + "`/help/problems`" + `. It is written by ` + "`go test ./problem -update`" + ` from the tables that Postroom itself
works by, so that it cannot be out of date.

**Who**: *you* are whoever uses the mailbox; *your administrator* is that of your Microsoft 365
organisation; *the operator* runs this Postroom; *nobody* means that it passes by itself.

`)
	for _, c := range Dictionary() {
		fmt.Fprintf(&b, "- [%s](#%s)\n", c.Title, c.ID)
	}
	for _, c := range Dictionary() {
		fmt.Fprintf(&b, "\n<a id=%q></a>\n\n## %s\n\n%s\n\n| it says | what it means | who | what to do |\n|---|---|---|---|\n", c.ID, c.Title, c.About)
		for _, l := range c.Lines {
			var anchors strings.Builder
			for _, id := range l.IDs {
				fmt.Fprintf(&anchors, "<a id=%q></a>", id)
			}
			fmt.Fprintf(&b, "| %s%s | %s | %s | %s |\n", &anchors, cell("`"+l.Says+"`"), cell(strings.TrimSpace(l.Title()+" "+l.Detail)), people[l.Mender()], remedy(l.Entry))
		}
	}
	return b.String()
}

var people = map[Who]string{You: "you", Admin: "your administrator", Operator: "the operator", Wait: "nobody"}

func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(cmp.Or(text, "–"))
}

func remedy(e Entry) string {
	parts := []string{cell(e.Advice())}
	if e.Where != "" {
		parts = append(parts, "*"+cell(e.Where)+"*")
	}
	for _, line := range e.Run {
		parts = append(parts, cell("`"+strings.ReplaceAll(line, "{mailbox}", "<mailbox>")+"`"))
	}
	return strings.Join(parts, "<br>")
}
