package server

import (
	"strings"
	"testing"

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
