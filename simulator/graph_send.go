package simulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// mostGraph is the largest request that Graph reads.
const mostGraph = 4 << 20

// graphSendMail takes a mail from an app (POST /v1.0/users/{user}/sendMail). In which order Microsoft
// looks at things is unproved.
func (s *Simulator) graphSendMail(w http.ResponseWriter, r *http.Request) {
	user := r.PathValue("user")
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	t, known, expired := s.appAccess(token)
	switch _, delegated := s.access(token); {
	case delegated, known && t.audience != s.GraphURL() && t.audience != graphResource:
		s.refuseGraph(w, r, "audience", user)
		return
	case !known, expired:
		s.refuseGraph(w, r, "expired", user)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, mostGraph+1))
	if err != nil || len(body) > mostGraph {
		s.refuseGraph(w, r, "length", user)
		return
	}
	from := s.graphUser(user, t.tenant)
	if name := s.graphRefusal(t, from, user); name != "" {
		s.refuseGraph(w, r, name, user)
		return
	}
	m, wrong := readGraphMail(r.Header.Get("Content-Type"), body, from, s.opts.Now())
	switch {
	case wrong != "":
		s.refuseGraph(w, r, wrong, m.unresolved)
		return
	case m.from != "" && !from.owns(m.from):
		s.refuseGraph(w, r, "sendas", user)
		return
	}
	lost, isLost := s.faults.value(GraphLost, from.scopes()...)
	if !isLost || lost != "dropped" {
		s.take(from, transaction{from: from.Address, to: m.to, unsaved: m.unsaved}, m.raw)
	}
	if isLost {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("request-id", traceID())
	w.WriteHeader(http.StatusAccepted)
}

// graphUser finds a user of the tenant by address, sign-in name or object id.
func (s *Simulator) graphUser(name string, t *Tenant) *account {
	a := s.account(name)
	if a == nil {
		s.mu.Lock()
		for _, other := range s.accounts {
			if strings.EqualFold(other.ObjectID, name) {
				a = other
			}
		}
		s.mu.Unlock()
	}
	if a == nil || a.tenant.ID != t.ID {
		return nil
	}
	return a
}

// graphRefusal is why the app may not send as the user, by name; "" when it may.
func (s *Simulator) graphRefusal(t appAccess, from *account, user string) string {
	scopes := appScopes(t.app, t.tenant)
	if from != nil {
		scopes = append([]string{keyOf(from.Address)}, scopes...)
	}
	if name, on := s.faults.value(GraphError, scopes...); on {
		return name
	}
	if !slices.Contains(t.roles, mailSendRole) {
		return "denied"
	}
	if from == nil {
		return "unknown"
	}
	if list, on := s.faults.value(GraphPolicy, appScopes(t.app, t.tenant)...); on {
		allowed := strings.FieldsFunc(strings.ToLower(list), func(r rune) bool { return r == ' ' || r == ',' })
		if !slices.Contains(allowed, keyOf(from.Address)) {
			return "raop"
		}
	}
	return ""
}

// graphMail is what a request says.
type graphMail struct {
	from       string // of its header; "" when it names none
	to         []string
	raw        []byte
	unsaved    bool
	unresolved string // the recipient that is none
}

// readGraphMail reads a request: base64 of MIME when it is text/plain, else JSON.
func readGraphMail(contentType string, body []byte, from *account, now time.Time) (m graphMail, wrong string) {
	if kind, _, _ := mime.ParseMediaType(contentType); kind == "text/plain" {
		raw, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(body)))
		if err != nil {
			return m, "base64"
		}
		m.raw = canonical(raw)
		m.from = addressIn(headerValue(raw, "From"))
		for _, name := range []string{"To", "Cc", "Bcc"} {
			m.to = append(m.to, addressesIn(headerValue(raw, name))...)
		}
	} else {
		var ask sendMailRequest
		if err := json.Unmarshal(body, &ask); err != nil {
			return m, "recipients"
		}
		m = ask.mail(from, now)
	}
	for _, to := range m.to {
		if _, err := mail.ParseAddress(to); err != nil {
			m.unresolved = to
			return m, "recipients"
		}
	}
	if len(m.to) == 0 {
		return m, "recipients"
	}
	return m, ""
}

// sendMailRequest is the JSON form.
type sendMailRequest struct {
	Message struct {
		Subject string
		Body    struct{ ContentType, Content string }
		From    *graphRecipient

		ToRecipients, CcRecipients, BccRecipients []graphRecipient
	}
	SaveToSentItems *bool
}

type graphRecipient struct {
	EmailAddress struct{ Address, Name string }
}

// mail writes the MIME that Exchange would.
func (q sendMailRequest) mail(from *account, now time.Time) graphMail {
	m := graphMail{unsaved: q.SaveToSentItems != nil && !*q.SaveToSentItems}
	sender := from.Address
	if q.Message.From != nil {
		m.from = q.Message.From.EmailAddress.Address
		sender = m.from
	}
	var lines []string
	for _, field := range []struct {
		name string
		list []graphRecipient
	}{{"To", q.Message.ToRecipients}, {"Cc", q.Message.CcRecipients}, {"Bcc", q.Message.BccRecipients}} {
		var written []string
		for _, r := range field.list {
			m.to = append(m.to, r.EmailAddress.Address)
			written = append(written, (&mail.Address{Name: r.EmailAddress.Name, Address: r.EmailAddress.Address}).String())
		}
		if len(written) > 0 && field.name != "Bcc" {
			lines = append(lines, field.name+": "+strings.Join(written, ", "))
		}
	}
	kind := "text/plain"
	if strings.EqualFold(q.Message.Body.ContentType, "HTML") {
		kind = "text/html"
	}
	lines = append(lines,
		"From: "+(&mail.Address{Name: from.Name, Address: sender}).String(), "Subject: "+encodedWord(q.Message.Subject),
		"Date: "+now.Format(time.RFC1123Z), "MIME-Version: 1.0",
		"Content-Type: "+kind+"; charset=utf-8", "Content-Transfer-Encoding: base64", "")
	content := base64.StdEncoding.EncodeToString([]byte(q.Message.Body.Content))
	for len(content) > 76 {
		lines, content = append(lines, content[:76]), content[76:]
	}
	m.raw = []byte(strings.Join(append(lines, content, ""), "\r\n"))
	return m
}

// addressesIn are the bare addresses of a field.
func addressesIn(value string) (all []string) {
	list, err := mail.ParseAddressList(value)
	if err != nil {
		if value != "" {
			return []string{value}
		}
		return nil
	}
	for _, a := range list {
		all = append(all, a.Address)
	}
	return all
}
