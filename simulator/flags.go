package simulator

import "strings"

// flags are a message's flags. Exchange has these six and no keywords of anybody's own.
type flags uint8

const (
	flagSeen flags = 1 << iota
	flagAnswered
	flagFlagged
	flagDeleted
	flagDraft
	flagMDNSent
)

// flagNames are in the order in which Exchange lists them.
var flagNames = []string{`\Seen`, `\Answered`, `\Flagged`, `\Deleted`, `\Draft`, `$MDNSent`}

// parseFlags reads flag names; those that Exchange does not keep are left out.
func parseFlags(names []string) flags {
	var f flags
	for _, name := range names {
		for i, known := range flagNames {
			if strings.EqualFold(name, known) {
				f |= 1 << i
			}
		}
	}
	return f
}

// names lists the flags that are set.
func (f flags) names() []string {
	names := []string{}
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

func (f flags) String() string { return "(" + strings.Join(f.names(), " ") + ")" }
