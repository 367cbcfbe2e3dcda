package auth

import (
	"slices"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// allowedTenant holds an account against the tenants that a provider lets in, by their id: names and
// addresses are claims that an account makes about itself.
func allowedTenant(p store.Provider, who identity) error {
	tenants := strings.Fields(strings.ToLower(p.AllowedTenants))
	if len(tenants) == 0 || slices.Contains(tenants, strings.ToLower(who.tenant)) {
		return nil
	}
	return problem.New(problem.NotAllowed, "Accounts of this organisation are not let in here (tenant "+plainText(who.tenant, 60)+").")
}

// allowedNames leaves of a mailbox's names those that a provider lets be connected; one of them must
// open the mailbox, so that none counts by being claimed.
func allowedNames(p store.Provider, names []string) ([]string, error) {
	may := strings.Fields(strings.ToLower(p.AllowedAddresses))
	if len(may) == 0 {
		return names, nil
	}
	var allowed []string
	for _, name := range names {
		lower := strings.ToLower(name)
		domain := lower[strings.LastIndex(lower, "@")+1:]
		if slices.Contains(may, lower) || slices.Contains(may, "@"+domain) {
			allowed = append(allowed, name)
		}
	}
	if len(allowed) == 0 {
		return nil, problem.New(problem.NotAllowed, "Not among the addresses that are let in here: "+plainText(strings.Join(names, ", "), 300)+".")
	}
	return allowed, nil
}
