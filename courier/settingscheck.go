package courier

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postroom/auth"
	"postroom/message"
	"postroom/store"
)

var (
	guid   = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	domain = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])$`)
)

// Cloud is one of Microsoft's clouds.
type Cloud struct{ Name, Authority, Graph string }

// Clouds are those whose endpoints are known; with “custom” they are entered by hand.
func Clouds() []Cloud {
	return []Cloud{
		{"global", "https://login.microsoftonline.com", "https://graph.microsoft.com"},
		{"gcchigh", "https://login.microsoftonline.us", "https://graph.microsoft.us"},
		{"dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"},
		{"china", "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"},
	}
}

const customCloud = "custom"

// complete takes off what copying brings along, fills in what follows, and empties what does not belong
// to the kind.
func complete(s store.Sender) store.Sender {
	out := store.Sender{Kind: s.Kind, Language: s.Language, Version: s.Version, Address: strings.TrimSpace(s.Address)}
	if out.Language == "" {
		out.Language = "en"
	}
	switch s.Kind {
	case store.SenderSMTP:
		out.Name, out.Host, out.Port, out.TLS, out.Auth = oneLine(s.Name), strings.TrimSpace(s.Host), s.Port, s.TLS, s.Auth
		out.CAPEM = strings.TrimSpace(s.CAPEM)
		if s.Auth == store.AuthBasic {
			out.Username = strings.TrimSpace(s.Username)
		}
	case store.SenderMicrosoft:
		out.Cloud, out.Tenant, out.ClientID, out.SecretExpiresAt = s.Cloud, strings.TrimSpace(s.Tenant), strings.TrimSpace(s.ClientID), s.SecretExpiresAt
		out.Authority, out.Graph = endpoints(s)
	case store.SenderMailbox:
		out.MailboxID = s.MailboxID
	}
	return out
}

func endpoints(s store.Sender) (authority, graph string) {
	for _, c := range Clouds() {
		if c.Name == s.Cloud {
			return c.Authority, c.Graph
		}
	}
	return strings.TrimRight(strings.TrimSpace(s.Authority), "/"), strings.TrimRight(strings.TrimSpace(s.Graph), "/")
}

// wrongSender says what is wrong with complete settings, or "".
func wrongSender(s store.Sender, secret auth.Secret) string {
	if !slices.Contains(Languages(), s.Language) {
		return "The language is en or de."
	}
	_, err := message.Compose(message.Draft{From: message.Address{Name: s.Name, Addr: s.Address}, To: []message.Address{{Addr: s.Address}}})
	if err != nil {
		return "The sender's address is not an e-mail address."
	}
	switch s.Kind {
	case store.SenderSMTP:
		return wrongSMTP(s)
	case store.SenderMicrosoft:
		return wrongMicrosoft(s, secret)
	case store.SenderMailbox:
		return ""
	}
	return "The kind is smtp, microsoft or mailbox."
}

func wrongSMTP(s store.Sender) string {
	switch {
	case s.Host == "" || len(s.Host) > 253 || strings.ContainsAny(s.Host, " :/@\\?#\t\r\n"):
		return "The server is a host name, like smtp.example.org, without a port."
	case s.Port < 1 || s.Port > 65535:
		return "The port is a number from 1 to 65535; usual are 587 and 465."
	case s.TLS != store.TLSNone && s.TLS != store.TLSStartTLS && s.TLS != store.TLSImplicit:
		return "TLS is starttls, tls or none."
	case s.Auth != store.AuthNone && s.Auth != store.AuthBasic:
		return "The authentication is none or basic."
	case s.Auth == store.AuthBasic && (s.Username == "" || strings.ContainsAny(s.Username, "\r\n\x00")):
		return "A user name is needed."
	case s.Auth == store.AuthBasic && s.TLS == store.TLSNone && !loopback(s.Host):
		return "A password does not travel without TLS: choose STARTTLS or TLS."
	}
	return ""
}

func wrongMicrosoft(s store.Sender, secret auth.Secret) string {
	known := slices.ContainsFunc(Clouds(), func(c Cloud) bool { return c.Name == s.Cloud })
	switch {
	case !known && s.Cloud != customCloud:
		return "The cloud is global, gcchigh, dod, china or custom."
	case !safe(s.Authority) || !safe(s.Graph):
		return "Sign-in service and Graph are addresses like https://login.microsoftonline.com, without a path."
	case slices.Contains([]string{"common", "organizations", "consumers"}, strings.ToLower(s.Tenant)):
		return "An app that sends by itself belongs to one tenant: enter the tenant's ID or domain, not “" + s.Tenant + "” (Microsoft would answer AADSTS9001023)."
	case !guid.MatchString(s.Tenant) && !domain.MatchString(s.Tenant):
		return "The tenant is its ID, like 8eaef023-2b34-4da1-9baa-8bc8c9d6a490, or one of its domains."
	case !guid.MatchString(s.ClientID):
		return "The client ID is the app registration's Application (client) ID, like 11111111-2222-3333-4444-555555555555."
	case len(secret) > 4000, strings.ContainsFunc(secret.Reveal(), func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "The client secret has no spaces or line breaks."
	case guid.MatchString(secret.Reveal()):
		return "That is the secret's ID. Copy the other column, its Value."
	}
	return ""
}

// safe reports whether a secret may be sent to address: over TLS, or within this machine.
func safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
