package server

import (
	"strings"
	"testing"
	"time"

	"postroom/problem"
)

func TestTokensHoldForAboutAnHourAndForOneMail(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 10, 0, 0, time.UTC)
	tk := &tokens{key: []byte("k"), now: func() time.Time { return now }}
	token := tk.issue("01USER", 4294967297, true)
	if got, err := tk.read(token); err != nil || got != (pass{"01USER", 4294967297, true}) {
		t.Fatalf("%+v %v", got, err)
	}
	now = now.Add(19 * time.Minute)
	if again := tk.issue("01USER", 4294967297, true); again != token {
		t.Error("the document would be loaded anew within the same half hour")
	}
	now = now.Add(50 * time.Minute)
	if _, err := tk.read(token); err != nil {
		t.Errorf("after 69 minutes: %v", err)
	}
	now = now.Add(11 * time.Minute)
	if _, err := tk.read(token); !problem.Is(err, problem.NotFound) {
		t.Errorf("after 80 minutes: %v", err)
	}
}

func TestTokensThatWereTouchedAreNone(t *testing.T) {
	tk := &tokens{key: []byte("k"), now: time.Now}
	other := &tokens{key: []byte("other"), now: time.Now}
	token := tk.issue("01USER", 4294967297, false)
	parts := strings.Split(token, ".")
	bad := []string{"", ".", "....", token + "x", token[:len(token)-1], other.issue("01USER", 4294967297, false)}
	for i := range parts {
		changed := append([]string(nil), parts...)
		changed[i] += "1"
		bad = append(bad, strings.Join(changed, "."))
	}
	for _, b := range bad {
		if p, err := tk.read(b); err == nil {
			t.Errorf("%q gives %+v", b, p)
		}
	}
}
