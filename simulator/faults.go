package simulator

import (
	"slices"
	"strings"
	"sync"
)

// Fault is something that can go wrong. Its value, where it takes one, is named in brackets.
type Fault string

// Faults of the sign-in service. A code is an AADSTS number without its prefix, such as "50173".
const (
	AuthorizeError Fault = "authorize.error" // [code] the sign-in ends with this error
	RedeemError    Fault = "redeem.error"    // [code] a code is refused
	RefreshError   Fault = "refresh.error"   // [code] a refresh is refused
	PolicyError    Fault = "policy"          // [code] sign-in and refresh are refused, until a sign-in that carries claims= clears it
	ClientError    Fault = "client.error"    // [code] the app is refused; scope may be its id
	TokenHTTP      Fault = "token.http"      // [429:seconds, 503, html, hang, or a delay such as 2s] what the token endpoint does instead
	TokenLife      Fault = "token.life"      // [duration] how long access tokens live
	TokenSize      Fault = "token.size"      // [bytes] how long access tokens are at least
	TokenAudience  Fault = "token.audience"  // [URL] tokens are for this resource, such as https://graph.microsoft.com
	RefreshOnce    Fault = "refresh.once"    // a refresh token works once, unlike at Microsoft
	RefreshNone    Fault = "refresh.none"    // answers to a refresh carry no new refresh token
	TokenLoop      Fault = "token.loop"      // [n] the refresh token that comes the n-th time within a minute is refused: a loop
	ScopeExtra     Fault = "scope.extra"     // [scopes] the answer lists these as well
	ScopeLess      Fault = "scope.less"      // [scopes] the answer and the token lack these
)

// Faults of IMAP.
const (
	IMAPRefuse      Fault = "imap.refuse"       // AUTHENTICATE is refused
	IMAPGmail       Fault = "imap.gmail"        // a refused AUTHENTICATE sends its JSON challenge first, as Gmail does
	NotConnected    Fault = "imap.notconnected" // signed in, but every command says "not connected"
	IMAPRollout     Fault = "imap.rollout"      // the front end of 2026: tcpproxy greeting, IMAP4rev2, no LSUB
	SpecialUse      Fault = "imap.specialuse"   // LIST carries special-use attributes
	PhantomFolder   Fault = "imap.phantom"      // [folder] listed, cannot be selected
	TabFolder       Fault = "imap.tabfolder"    // LIST has a folder with a tab in its unquoted name
	Throttle        Fault = "imap.throttle"     // [milliseconds] commands are throttled and the session is cut
	ConnectionLimit Fault = "imap.limit"        // [n] the connection after the n-th is "not connected"
	ConnectionDrop  Fault = "imap.drop"         // the connection is closed in place of a greeting
	Unavailable     Fault = "imap.unavailable"  // [no, bare] Server Unavailable. 15, as NO or as a bare line
	ByeStaysOpen    Fault = "imap.byeopen"      // after a BYE the connection is left open
	Silence         Fault = "imap.silence"      // commands get no answer at all
	IdleDeaf        Fault = "imap.idledeaf"     // IDLE says nothing of what happens
	SlowIMAP        Fault = "imap.slow"         // [duration] every command waits before its answer
	CutIMAP         Fault = "imap.cut"          // [command] the connection is closed when this command comes
	CopyUID         Fault = "imap.copyuid"      // [bare, empty, none] how MOVE and COPY spoil COPYUID
	SizeEstimate    Fault = "imap.size"         // [percent] how far off RFC822.SIZE is
	FetchRefused    Fault = "imap.fetch"        // [uid] a FETCH with this message in it is refused as a whole
	WholePartial    Fault = "imap.partial"      // BODY[]<0.n> answers with the whole message and without <0>
	AppendLimit     Fault = "imap.append"       // [bytes] larger appends are refused
	UglyStructure   Fault = "imap.structure"    // [1–10] BODYSTRUCTURE is malformed in one of ten ways seen
	StrayExpunge    Fault = "imap.stray"        // NOOP announces the expunge of a message never announced
)

// OAuthBearer is no fault but a mechanism that Exchange does not have: IMAP and SMTP take tokens by
// OAUTHBEARER (RFC 7628) as well, or with the value "only" by that alone. Its scope is "*".
const OAuthBearer Fault = "sasl.oauthbearer" // [only]

// Faults of SMTP. A reply is a whole answer such as "451 4.7.0 Temporary server error. …", or a
// short name of one: see smtpReplies.
const (
	SMTPGreeting Fault = "smtp.greeting" // [reply] in place of the greeting
	SMTPAuth     Fault = "smtp.auth"     // [tenant, mailbox, criteria, basic, locked, refused, or reply] AUTH is refused
	SMTPMail     Fault = "smtp.mail"     // [reply] MAIL is refused
	SMTPRcpt     Fault = "smtp.rcpt"     // [reply] RCPT is refused
	SMTPData     Fault = "smtp.data"     // [reply] the mail is refused after its final dot
	SMTPLost     Fault = "smtp.lost"     // [taken, dropped] the connection ends after the final dot with no answer; the mail was taken or not
	SMTPSlow     Fault = "smtp.slow"     // [duration] the answer to the final dot is late; the mail is taken before
	SMTPCut      Fault = "smtp.cut"      // [command] the connection is closed when this command comes
	SMTPRewrite  Fault = "smtp.rewrite"  // [on, off] whether Message-ID is replaced; personal accounts do unless off
	SentLate     Fault = "smtp.sentlate" // [duration] how late the copy in Sent Items comes
	SentNone     Fault = "smtp.sentnone" // no copy in Sent Items
	SMTPRate     Fault = "smtp.rate"     // [n] messages a minute; what is over is delayed
	SendAsToo    Fault = "smtp.sendas"   // [addresses] the user may send as these, as after Add-RecipientPermission
	SMTPDaily    Fault = "smtp.daily"    // [n] recipients in 24 hours; the mail that goes over is refused
)

// Faults of Microsoft Graph. Scopes are the sender, its tenant or the app's id.
const (
	GraphMailSend Fault = "graph.mailsend" // [on, off] whether the app has the application permission Mail.Send; an App's Roles count otherwise
	GraphPolicy   Fault = "graph.policy"   // [addresses] an access policy: the app may send as these alone
	GraphError    Fault = "graph.error"    // [odata, raop, denied, sendas, quota, unknown, nomailbox, norest, base64, recipients, size, expired, audience, length, throttled:seconds, concurrency:seconds, busy] sendMail is refused
	GraphLost     Fault = "graph.lost"     // [taken, dropped] the connection ends with no answer; the mail was taken or not
)

// faults are the switches thrown at the moment.
type faults struct {
	mu sync.Mutex
	on map[string]map[Fault]*setting
}

type setting struct {
	Value string `json:"value"`
	Times int    `json:"times,omitempty"` // how often it still happens; 0 means until it is cleared
}

// Set switches a fault on for an address, a tenant's domain or id, an app's id, or "*".
func (s *Simulator) Set(scope string, f Fault, value string) { s.faults.set(scope, f, value, 0) }

// SetTimes is Set for the next n times that the fault would happen.
func (s *Simulator) SetTimes(scope string, f Fault, value string, n int) {
	s.faults.set(scope, f, value, n)
}

// Clear switches a fault off; an empty fault all that the scope has.
func (s *Simulator) Clear(scope string, f Fault) { s.faults.clear(scope, f) }

func (f *faults) set(scope string, name Fault, value string, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	scope = strings.ToLower(scope)
	if f.on == nil {
		f.on = map[string]map[Fault]*setting{}
	}
	if f.on[scope] == nil {
		f.on[scope] = map[Fault]*setting{}
	}
	f.on[scope][name] = &setting{value, times}
}

func (f *faults) clear(scope string, name Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	scope = strings.ToLower(scope)
	delete(f.on[scope], name)
	if name == "" || len(f.on[scope]) == 0 {
		delete(f.on, scope)
	}
}

// value tells whether a fault is on in one of the scopes, the closest first, and counts it as
// having happened.
func (f *faults) value(name Fault, scopes ...string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, scope := range scopes {
		on := f.on[scope][name]
		if on == nil {
			continue
		}
		if on.Times == 1 {
			delete(f.on[scope], name)
		} else if on.Times > 1 {
			on.Times--
		}
		return on.Value, true
	}
	return "", false
}

// has is value for a fault whose value says nothing.
func (f *faults) has(name Fault, scopes ...string) bool {
	_, ok := f.value(name, scopes...)
	return ok
}

// matching is has for a fault whose value must be this word.
func (f *faults) matching(name Fault, word string, scopes ...string) bool {
	f.mu.Lock()
	hit := slices.ContainsFunc(scopes, func(scope string) bool {
		on := f.on[scope][name]
		return on != nil && strings.EqualFold(on.Value, word)
	})
	f.mu.Unlock()
	return hit && f.has(name, scopes...)
}

// list copies all that is on, for the control API.
func (f *faults) list() map[string]map[Fault]setting {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := map[string]map[Fault]setting{}
	for scope, on := range f.on {
		all[scope] = map[Fault]setting{}
		for name, s := range on {
			all[scope][name] = *s
		}
	}
	return all
}
