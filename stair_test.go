package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The order of docs/architecture.md: each package may import only those on lower steps.
var stair = map[string]int{
	"postroom/problem": 0, "postroom/message": 0, "postroom/frontend": 0, "postroom/simulator": 0,
	"postroom/store": 1, "postroom/auth": 2, "postroom/mailbox": 3, "postroom/courier": 3, "postroom/server": 4,
}

func TestImportsGoDownOnly(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		from, ok := step(f[0])
		if !ok {
			continue // main and what drives the binary from outside
		}
		seen++
		for _, imp := range f[1:] {
			to, ours := step(imp)
			if ours && to >= from && room(imp) != room(f[0]) {
				t.Errorf("%s imports %s, which does not stand below it", f[0], imp)
			}
			if room(imp) == "postroom/simulator" && room(f[0]) != room(imp) {
				t.Errorf("%s imports the simulator; only main and tests may", f[0])
			}
		}
	}
	if seen < len(stair) {
		t.Errorf("only %d packages of the stair were found", seen)
	}
}

// step is where a package or its top-level folder stands.
func step(path string) (int, bool) {
	n, ok := stair[room(path)]
	return n, ok
}

// room is a package's top-level folder.
func room(path string) string {
	parts := strings.SplitN(path, "/", 3)
	if len(parts) < 2 {
		return path
	}
	return parts[0] + "/" + parts[1]
}
