package main

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/auth"
	"postroom/mailbox"
	"postroom/problem"
	"postroom/store"
)

// A provider's test goes where a form says, as anybody with an admin's session may make it: through
// the guard, like everything else, and with the same words for every internal address.
func TestRow18AProvidersTestReachesNothingInternal(t *testing.T) {
	st, err := store.Open(t.Context(), store.Config{Dir: t.TempDir(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	dial := guardedDial(nil)
	clients := auth.NewHTTPClients(dial)
	defer clients.Close()
	providers := auth.NewProviders(auth.Connections{Store: st, HTTP: clients, Knock: mailbox.NewKnock(dial), Log: slog.New(slog.DiscardHandler)})
	words := map[string][]string{}
	for _, host := range []string{"127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "0.0.0.0", "2130706433", "0x7f000001", "localhost"} {
		p, _ := auth.PresetOf(auth.PresetMicrosoft, auth.CloudGlobal)
		p.ClientID, p.Authority, p.IMAPHost, p.SMTPHost = "11111111-2222-3333-4444-555555555555", "https://"+host, host+":993", host+":587"
		providers.Trial(t.Context(), p, auth.Entered{First: "a~client.secret-value_0123456789"}, func(s auth.TrialStep) {
			switch {
			case s.Name != "reach" && s.Name != "imap" && s.Name != "smtp":
			case s.Problem == nil:
				t.Errorf("%s: %s is %s", host, s.Name, s.Outcome)
			case s.Problem.Code == problem.AddressBlocked:
				words[s.Name] = append(words[s.Name], s.Problem.Title+s.Problem.Detail+s.Problem.Action+s.Problem.Raw)
			case !strings.HasPrefix(host, "0x") && !strings.HasPrefix(host, "2130"): // names, where a resolver does not read them as numbers
				t.Errorf("%s: %s: %v", host, s.Name, s.Problem)
			}
		})
	}
	for step, said := range words {
		if slices.Sort(said); len(said) < 12 || len(slices.Compact(said)) != 1 {
			t.Errorf("%s says different things: %q", step, slices.Compact(said))
		}
	}
}
