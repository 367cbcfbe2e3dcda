package auth

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
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
	for _, field := range []*string{&p.Name, &p.Authority, &p.Tenant, &p.ClientID, &p.IMAPHost, &p.SMTPHost, &p.CAPEM} {
		*field = strings.TrimSpace(*field)
	}
	p.Scopes = strings.Join(strings.Fields(p.Scopes), " ")
	if p.Kind == store.KindMicrosoft {
		p.Authority = strings.TrimRight(p.Authority, "/")
		if p.Scopes == "" {
			p.Scopes = MicrosoftScopes
		}
	}
	return p
}

// validProvider says what is wrong with a provider's settings, or nil.
func validProvider(p store.Provider, secret Secret) error {
	checks := []func() string{
		func() string { return wrongName(p) },
		func() string { return wrongAuthority(p) },
		func() string { return wrongTenant(p) },
		func() string { return wrongClient(p, secret) },
		func() string { return wrongScopes(p) },
		func() string { return wrongHost("The IMAP server", p.IMAPHost) },
		func() string { return wrongHost("The SMTP server", p.SMTPHost) },
		func() string { return wrongMail(p) },
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

func wrongAuthority(p store.Provider) string {
	u, err := url.Parse(p.Authority)
	switch {
	case err != nil, u.Host == "", u.User != nil, u.RawQuery != "", u.Fragment != "", strings.ContainsAny(p.Authority, " ?#"):
		return "The authority is an address like https://login.microsoftonline.com, without ? and #."
	case !safeEndpoint(u):
		return "The authority must begin with https://."
	case p.Kind == store.KindMicrosoft && u.Path != "":
		return "The authority is the address without the tenant: the tenant has its own field."
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

func wrongClient(p store.Provider, secret Secret) string {
	switch {
	case p.ClientID == "", len(p.ClientID) > 300, strings.ContainsFunc(p.ClientID, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "The client ID is needed, without spaces."
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
	if !hasScope(scopes, "openid") {
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
	if p.FilesSent != store.SentByServer && p.FilesSent != store.SentByClient {
		return "Either the server files sent mail, or Postroom does."
	}
	if _, err := trustRoots(p.CAPEM); err != nil {
		return "The CA certificate is not in PEM form."
	}
	return ""
}
