package simulator

import (
	"net/http"
	"net/url"
	"strings"
)

// adminConsent asks an administrator whether an app may have what it wants of everyone in the
// organisation. At common Microsoft has no such page.
func (h *signIn) adminConsent(w http.ResponseWriter, r *http.Request) {
	at, ok := h.sim.endpoint(r)
	if !ok || at.name == "common" || at.name == "consumers" {
		h.refusePage(w, h.sim.failure(90002, subject{tenant: at.name}), "")
		return
	}
	// No code is asked for: what newFlow finds wrong with that does not count.
	f, failed := h.sim.newFlow(r, at)
	if f == nil {
		h.refusePage(w, failed, "")
		return
	}
	h.sim.keep(f)
	var accounts []User
	for _, a := range h.sim.candidates(at) {
		accounts = append(accounts, a.User)
	}
	h.show(w, http.StatusOK, "adminconsent.html", f.redirect, page{Title: "Permissions requested for your organisation", Tenant: at.name, Flow: f.id,
		AppName: f.app.Name, Accounts: accounts, Can: inWords(f.scope)})
}

// answerAdminConsent takes the answer. Once accepted, nobody in the administrator's organisation is
// asked again.
func (h *signIn) answerAdminConsent(w http.ResponseWriter, r *http.Request) {
	f := h.sim.resume(r)
	admin := h.sim.account(r.PostFormValue("username"))
	if f == nil || admin == nil || !f.at.admits(admin) {
		h.refusePage(w, h.sim.failure(50089, subject{}), "")
		return
	}
	f.user = admin
	answer := url.Values{"admin_consent": {"True"}, "tenant": {admin.tenant.ID}, "scope": {f.asked}}
	if !strings.EqualFold(r.PostFormValue("action"), "accept") {
		text, _, _, _ := h.sim.description(h.sim.failure(65004, f.about()))
		answer.Set("error", "consent_required")
		answer.Set("error_description", text)
		h.answer(w, r, f, answer)
		return
	}
	for _, a := range h.sim.members(admin.tenant) {
		h.sim.consent(a, f.app.ID, f.scope.all())
	}
	h.answer(w, r, f, answer)
}

// members are the accounts of a tenant.
func (s *Simulator) members(t *Tenant) []*account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*account
	for _, a := range s.accounts {
		if a.tenant == t {
			list = append(list, a)
		}
	}
	return list
}
