package auth

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postroom/problem"
	"postroom/store"
)

var (
	guid   = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	domain = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])$`)
)

// tidy takes off what copying from a portal brings along.
func tidy(p store.Provider) store.Provider {
	for _, field := range []*string{
		&p.Name, &p.Authority, &p.Tenant, &p.ClientID, &p.IMAPHost, &p.SMTPHost, &p.CAPEM,
		&p.AuthorizeURL, &p.TokenURL, &p.RevokeURL,
	} {
		*field = strings.TrimSpace(*field)
	}
	p.Scopes = strings.Join(strings.Fields(p.Scopes), " ")
	p.AllowedTenants, p.AllowedAddresses = listed(p.AllowedTenants), listed(p.AllowedAddresses)
	if p.SASL == "" {
		p.SASL = store.XOAUTH2
	}
	if p.Kind != store.KindMicrosoft {
		p.Preset = cmp.Or(p.Preset, PresetGeneric)
		return p
	}
	p.Preset, p.Cloud = cmp.Or(p.Preset, PresetMicrosoft), cmp.Or(p.Cloud, CloudGlobal)
	p.Authority = strings.TrimRight(p.Authority, "/")
	if p.Scopes == "" {
		cloud, _ := PresetOf(PresetMicrosoft, p.Cloud)
		p.Scopes = cloud.Scopes
	}
	return p
}

// listed makes one form of a list that people type with spaces, commas or a line for each.
func listed(s string) string {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r <= ' ' || r == ',' || r == ';' })
	slices.Sort(fields)
	return strings.Join(slices.Compact(fields), " ")
}

// validProvider says what is wrong with a provider's settings, or nil.
func validProvider(p store.Provider, secrets ...Secret) error {
	checks := []func() string{
		func() string { return wrongName(p) },
		func() string { return wrongPreset(p) },
		func() string { return wrongAuthority(p) },
		func() string { return wrongEndpoints(p) },
		func() string { return wrongTenant(p) },
		func() string { return wrongClient(p) },
		func() string { return wrongScopes(p) },
		func() string { return wrongHost("The IMAP server", p.IMAPHost) },
		func() string { return wrongHost("The SMTP server", p.SMTPHost) },
		func() string { return wrongMail(p) },
		func() string { return wrongPolicy(p) },
	}
	for _, secret := range secrets {
		checks = append(checks, func() string { return wrongSecret(p, secret) })
	}
	for _, check := range checks {
		if wrong := check(); wrong != "" {
			return problem.New(problem.Invalid, wrong)
		}
	}
	return nil
}

func wrongName(p store.Provider) string {
	if p.Name == "" || len(p.Name) > 100 {
		return "The provider needs a name of at most 100 bytes."
	}
	if p.Kind != store.KindMicrosoft && p.Kind != store.KindGeneric {
		return "The kind is microsoft or generic."
	}
	return ""
}

func wrongPreset(p store.Provider) string {
	preset, ok := PresetOf(p.Preset, p.Cloud)
	if !ok || preset.Kind != p.Kind {
		return "The preset is none that Postroom has for this kind of provider and cloud."
	}
	return ""
}

func wrongAuthority(p store.Provider) string {
	if p.Authority == "" && p.TokenURL != "" {
		return "" // endpoints by hand
	}
	u, err := url.Parse(p.Authority)
	switch {
	case !plainAddress(p.Authority, u, err):
		return "The authority is an address like https://login.microsoftonline.com, without ? and #."
	case !safeEndpoint(u):
		return "The authority must begin with https://."
	case p.Kind == store.KindMicrosoft && u.Path != "":
		return "The authority is the address without the tenant: the tenant has its own field."
	}
	return ""
}

// plainAddress reports whether an address is nothing but that: no password, no question.
func plainAddress(address string, u *url.URL, err error) bool {
	return err == nil && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" && !strings.ContainsAny(address, " ?#")
}

// wrongEndpoints looks at the addresses that are entered by hand where a service publishes no metadata.
func wrongEndpoints(p store.Provider) string {
	switch {
	case p.Kind == store.KindMicrosoft && p.AuthorizeURL+p.TokenURL+p.RevokeURL != "":
		return "Microsoft's addresses follow from its authority and tenant: leave those by hand empty."
	case (p.AuthorizeURL == "") != (p.TokenURL == ""):
		return "By hand, both addresses are needed: where people sign in (authorize) and where tokens come from (token)."
	}
	for _, address := range []string{p.AuthorizeURL, p.TokenURL, p.RevokeURL} {
		u, err := url.Parse(address)
		if address != "" && (!plainAddress(address, u, err) || !safeEndpoint(u)) {
			return "An address of the sign-in service begins with https:// and has no ? and #."
		}
	}
	return ""
}

// safeEndpoint reports whether a secret may be sent to u: over TLS, or within this machine.
func safeEndpoint(u *url.URL) bool {
	return u.Scheme == "https" && u.Host != "" || u.Scheme == "http" && loopback(u.Hostname())
}

func onLoopback(address string) bool {
	u, err := url.Parse(address)
	return err == nil && loopback(u.Hostname())
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func wrongTenant(p store.Provider) string {
	if p.Kind == store.KindGeneric {
		if p.Tenant != "" {
			return "Only Microsoft has tenants."
		}
		return ""
	}
	switch p.Tenant {
	case "common", "organizations", "consumers":
		return ""
	}
	if guid.MatchString(p.Tenant) || domain.MatchString(p.Tenant) {
		return ""
	}
	return "The tenant is its ID, one of its domains, or common, organizations or consumers."
}

func wrongClient(p store.Provider) string {
	if p.ClientID == "" || len(p.ClientID) > 300 || strings.ContainsFunc(p.ClientID, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "The client ID is needed, without spaces."
	}
	return ""
}

func wrongSecret(p store.Provider, secret Secret) string {
	switch {
	case len(secret) > 4000, strings.ContainsFunc(secret.Reveal(), func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "The client secret has no spaces or line breaks."
	case strings.Contains(p.Authority, "//login.microsoftonline.") && guid.MatchString(secret.Reveal()):
		return "That is the secret's ID. Copy the other column, its Value."
	}
	return ""
}

// wrongScopes insists on what the flow cannot do without. Microsoft gives a token for one resource,
// so all scopes that are not OpenID's must share their prefix.
func wrongScopes(p store.Provider) string {
	scopes := strings.Fields(p.Scopes)
	if len(scopes) == 0 {
		return "The scopes are needed: they say what Postroom asks for."
	}
	if !hasScope(scopes, "openid") && p.TokenURL == "" {
		return "The scopes must include openid: it tells whose mailbox it is."
	}
	if p.Kind == store.KindGeneric {
		return ""
	}
	if !hasScope(scopes, "offline_access") {
		return "The scopes must include offline_access: without it the connection ends within the hour."
	}
	resource := ""
	for _, s := range mailScopes(p) {
		i := strings.LastIndex(s, "/")
		if i < 0 {
			return "The scope " + s + " lacks its resource: write https://outlook.office.com/" + s + "."
		}
		if resource != "" && !strings.EqualFold(resource, s[:i]) {
			return "All mail scopes must belong to one resource: a token cannot be for two."
		}
		resource = s[:i]
	}
	for _, need := range []string{"IMAP.AccessAsUser.All", "SMTP.Send"} {
		if !hasScope(scopes, need) {
			return "The scopes must include " + need + "."
		}
	}
	return ""
}

func wrongHost(what, hostport string) string {
	host, port, err := net.SplitHostPort(hostport)
	n, nerr := strconv.ParseUint(port, 10, 16)
	if err != nil || nerr != nil || n == 0 || host == "" || len(host) > 253 || strings.ContainsAny(host, " /@\\?#\t\r\n") {
		return what + " is a host and a port, like mail.example.org:993."
	}
	return ""
}

func wrongMail(p store.Provider) string {
	if p.SMTPTLS != "starttls" && p.SMTPTLS != "tls" {
		return "SMTP speaks TLS at once (tls) or after STARTTLS (starttls)."
	}
	if p.SASL != store.XOAUTH2 && p.SASL != store.OAUTHBearer {
		return "The mail servers take the token by XOAUTH2 or by OAUTHBEARER."
	}
	if p.FilesSent != store.SentByServer && p.FilesSent != store.SentByClient {
		return "Either the server files sent mail, or Postroom does."
	}
	if _, err := trustRoots(p.CAPEM); err != nil {
		return "The CA certificate is not in PEM form."
	}
	return ""
}

// mostMailboxes is the largest limit on a user's mailboxes that makes sense to set.
const mostMailboxes = 1000

// wrongPolicy looks at who may connect.
func wrongPolicy(p store.Provider) string {
	for _, tenant := range strings.Fields(p.AllowedTenants) {
		if p.Kind != store.KindMicrosoft || !guid.MatchString(tenant) {
			return "An allowed tenant is a Microsoft tenant's ID, like 72f988bf-86f1-41af-91ab-2d7cd011db47."
		}
	}
	for _, address := range strings.Fields(p.AllowedAddresses) {
		local, host, ok := strings.Cut(address, "@")
		if !ok || !domain.MatchString(host) || strings.ContainsAny(local, "@/\\") {
			return "Who may connect is a list of addresses and domains, like ada@example.org or @example.org."
		}
	}
	switch {
	case p.MailboxesPerUser < 0, p.MailboxesPerUser > mostMailboxes:
		return "The number of mailboxes for each person is 0 (no limit) to 1000."
	case p.SecretExpiresAt < 0, p.SecondExpiresAt < 0:
		return "A secret expires on a date, or on none that is known."
	}
	return ""
}
