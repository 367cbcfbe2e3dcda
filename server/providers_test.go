package server

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"postroom/store"
)

func TestSecretsOfProvidersGoInAndNeverComeOut(t *testing.T) {
	h := startHouse(t)
	root := h.guest("root", store.RoleAdmin)
	const secret = "canary-client-secret-wxyz"
	form := ProviderForm{ProviderSettings: ProviderSettings{Name: "Outlook", Kind: store.KindMicrosoft, ClientID: "11111111-2222-3333-4444-555555555555"}, ClientSecret: secret, Unproved: true}
	p := want[Provider](t, root.ask("POST", "/api/admin/providers", form), 200)
	if p.First.Hint != "wxyz" || p.Authority != "https://login.microsoftonline.com" || p.IMAPHost != "outlook.office365.com:993" || p.First.SetAt == 0 || !p.First.InUse || p.Second.Set {
		t.Errorf("%+v", p)
	}
	form.ClientSecret, form.Name, form.Version = "", "Microsoft", p.Version
	changed := want[Provider](t, root.ask("PUT", "/api/admin/providers/"+p.ID, form), 200)
	if changed.First.Hint != "wxyz" || changed.Version != p.Version+1 || changed.Name != "Microsoft" {
		t.Errorf("%+v", changed)
	}
	wantProblem(t, root.ask("PUT", "/api/admin/providers/"+p.ID, form), 409, "conflict")
	form.Version, form.Tenant = changed.Version, "another.example"
	wantProblem(t, root.ask("PUT", "/api/admin/providers/"+p.ID, form), 422, "invalid")
	seen := string(root.ask("GET", "/api/admin/providers", nil).body) + string(root.ask("GET", "/api/providers", nil).body) + h.log.String()
	if strings.Contains(seen, secret) || strings.Contains(seen, "sealed") {
		t.Error("the secret came out")
	}
	want[struct{}](t, root.ask("DELETE", "/api/admin/providers/"+p.ID, nil), 204)
	wantProblem(t, root.ask("DELETE", "/api/admin/providers/"+p.ID, nil), 404, "not_found")
}

func TestPresetsFillTheForm(t *testing.T) {
	h := startHouse(t)
	presets := want[[]ProviderSettings](t, h.guest("root", store.RoleAdmin).ask("GET", "/api/admin/providers/presets", nil), 200)
	seen := map[string]ProviderSettings{}
	for _, p := range presets {
		seen[p.Preset+p.Cloud] = p
	}
	if len(seen) != 8 || seen["microsoftgcchigh"].Authority != "https://login.microsoftonline.us" || seen["google"].SMTPTLS != "tls" || seen["fastmail"].TokenURL == "" {
		t.Errorf("%+v", presets)
	}
	wantProblem(t, h.guest("max", store.RoleManager).ask("GET", "/api/admin/providers/presets", nil), 403, "forbidden")
}

func TestAProvidersTestTellsOfEachStep(t *testing.T) {
	h := startHouse(t)
	root := h.guest("root", store.RoleAdmin)
	form := labForm()
	form.Authority = "http://127.0.0.1:1"
	got := root.ask("POST", "/api/admin/providers/test", TrialForm{ProviderForm: form})
	if got.status != 200 || got.header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("%d %s", got.status, got.header)
	}
	var steps []string
	for line := range strings.Lines(string(got.body)) {
		var s TrialStep
		check(t, json.Unmarshal([]byte(line), &s))
		steps = append(steps, s.Name+" "+string(s.Outcome))
	}
	if strings.Join(steps, ", ") != "settings ok, reach failed, discovery skipped, secret skipped, second skipped, imap failed, smtp failed" {
		t.Errorf("steps %s", steps)
	}
	if strings.Contains(string(got.body), form.ClientSecret) {
		t.Error("the secret came back")
	}
	list := want[[]Provider](t, root.ask("GET", "/api/admin/providers", nil), 200)
	if len(list) != 0 {
		t.Error("a test stores something")
	}
}

func TestTheAnswerOfAnOrganisationsAdministratorHasAPageOfItsOwn(t *testing.T) {
	h := startHouse(t)
	root, nobody := h.guest("root", store.RoleAdmin), h.nobody()
	form := ProviderForm{ProviderSettings: ProviderSettings{Name: "Outlook", Kind: store.KindMicrosoft, ClientID: "11111111-2222-3333-4444-555555555555"}, ClientSecret: "a-long-enough-secret", Unproved: true}
	p := want[Provider](t, root.ask("POST", "/api/admin/providers", form), 200)
	away := want[Away](t, root.ask("POST", "/api/admin/providers/"+p.ID+"/consent", nil), 200)
	link, err := url.Parse(away.URL)
	check(t, err)
	state := link.Query().Get("state")
	answer := func(values url.Values) string {
		values.Set("state", state)
		return "/oauth/callback?" + values.Encode()
	}
	granted := url.Values{"admin_consent": {"True"}, "tenant": {"72f988bf-86f1-41af-91ab-2d7cd011db47"}}
	if got := root.ask("GET", answer(granted), nil); got.status != 302 || got.header.Get("Location") != "/settings/providers?approved="+p.ID {
		t.Errorf("an admin goes to %s", got.header.Get("Location"))
	}
	page := nobody.ask("GET", answer(granted), nil)
	if page.status != 200 || !strings.Contains(string(page.body), "Postroom is approved.") || !strings.HasPrefix(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %s", page.status, page.body)
	}
	page = nobody.ask("GET", answer(url.Values{"error": {"consent_required"}, "error_description": {"AADSTS65004: <script>User declined"}}), nil)
	if page.status != 409 || !strings.Contains(string(page.body), "was not approved") || strings.Contains(string(page.body), "<script>") {
		t.Errorf("%d %s", page.status, page.body)
	}
	state = "consent.forged"
	if page = nobody.ask("GET", answer(granted), nil); page.status != 400 || strings.Contains(string(page.body), "approved.") {
		t.Errorf("%d %s", page.status, page.body)
	}
}

func TestASecretsDaysAreCounted(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	for days, after := range map[int64]time.Duration{0: time.Hour, 1: 25 * time.Hour, 30: 30*24*time.Hour + time.Minute, -1: -time.Minute, -2: -25 * time.Hour} {
		s := wireSlot("abcd", 1, now.Add(after).UnixMilli(), true, now)
		if s.DaysLeft == nil || *s.DaysLeft != days {
			t.Errorf("%v: %v days", after, s.DaysLeft)
		}
	}
	if wireSlot("abcd", 1, 0, true, now).DaysLeft != nil || wireSlot("", 0, now.UnixMilli(), true, now).DaysLeft != nil {
		t.Error("days of a date that nobody noted")
	}
}
