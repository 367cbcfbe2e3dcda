package problem

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var validID = regexp.MustCompile(`^[a-z0-9_]+(-[a-z0-9]+)*$`)

// jargon has no place in a title, and little elsewhere: the raw text holds it.
var jargon = regexp.MustCompile(`AADSTS|OAuth|invalid_|XOAUTH2|IMAP|HTTP|refresh token|access token|STOREDRV|\d{3,}`)

func TestEveryLineOfTheDictionaryHelpsSomebody(t *testing.T) {
	seen := map[string]bool{}
	for _, chapter := range Dictionary() {
		if chapter.Title == "" || chapter.About == "" || len(chapter.Lines) == 0 {
			t.Errorf("chapter %q is empty", chapter.ID)
		}
		for _, line := range chapter.Lines {
			if !slices.Contains(line.IDs, line.ID) {
				t.Errorf("%s is not found under its own id", line.ID)
			}
			for _, id := range line.IDs {
				if seen[id] || !validID.MatchString(id) {
					t.Errorf("%s: not an id, or there twice", id)
				}
				seen[id] = true
			}
			sensible(t, line.Entry)
		}
	}
	t.Logf("%d ids", len(seen))
}

func sensible(t *testing.T, e Entry) {
	p := e.Problem(nil).WithRaw("the raw text")
	if !slices.Contains(Codes(), e.Code) || p.Title == "" || e.Says == "" {
		t.Errorf("%s: %+v", e.ID, p)
	}
	if jargon.MatchString(p.Title) {
		t.Errorf("%s: jargon in %q", e.ID, p.Title)
	}
	if !slices.Contains([]Who{You, Admin, Operator, Wait}, p.Who) || p.Action == "" {
		t.Errorf("%s: who %q does what: %q", e.ID, p.Who, p.Action)
	}
	for _, sentence := range []string{p.Title, p.Detail, p.Action} {
		if sentence != "" && !strings.ContainsAny(sentence[len(sentence)-1:], ".?") {
			t.Errorf("%s: %q is no sentence", e.ID, sentence)
		}
	}
	message := p.Message("ada@contoso.example")
	wanted := p.Who == Admin || p.Who == Operator || p.Who == You && e.Ask != ""
	if wanted != (message != "") {
		t.Errorf("%s: for %s, message %q", e.ID, p.Who, message)
	}
	if wanted && (!strings.Contains(message, p.Title) || !strings.Contains(message, "the raw text") || !strings.Contains(message, "ada@contoso.example") || strings.Contains(message, "{")) {
		t.Errorf("%s: message\n%s", e.ID, message)
	}
	if p.Who == Admin && e.Ask == "" && codeEntry(e.Code).Ask == "" {
		t.Errorf("%s: what is the administrator asked for?", e.ID)
	}
	if found, ok := EntryOf(e.ID); !ok || found.ID != e.ID {
		t.Errorf("%s is not found", e.ID)
	}
}

func TestAMessageHoldsTheLineToRun(t *testing.T) {
	for _, c := range []struct {
		p     *Problem
		lines []string
	}{
		{SMTP(535, [3]int{5, 7, 139}, "SmtpClientAuthentication is disabled for the Tenant."),
			[]string{"Set-CASMailbox ada@contoso.example -SmtpClientAuthenticationDisabled $false", "Set-TransportConfig -SmtpClientAuthenticationDisabled $false"}},
		{SMTP(535, [3]int{5, 7, 139}, "SmtpClientAuthentication is disabled for the Mailbox."),
			[]string{"Set-CASMailbox ada@contoso.example -SmtpClientAuthenticationDisabled $false"}},
		{SMTP(554, [3]int{5, 2, 252}, "SendAsDenied"), []string{"Add-RecipientPermission <From address> -Trustee ada@contoso.example -AccessRights SendAs"}},
		{IMAP("User is authenticated but not connected."), []string{"Set-CASMailbox ada@contoso.example -ImapEnabled $true"}},
		{Graph(403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."),
			[]string{"Test-ApplicationAccessPolicy -Identity ada@contoso.example"}},
	} {
		message := c.p.Message("ada@contoso.example")
		for _, line := range append(c.lines, "Hello,", "Could you please", "Thank you!", c.p.Raw) {
			if !strings.Contains(message, line) {
				t.Errorf("%s lacks %q:\n%s", c.p.Entry, line, message)
			}
		}
	}
}

func TestAnAddressCannotBecomeACommand(t *testing.T) {
	p := SMTP(535, [3]int{5, 7, 139}, "SmtpClientAuthentication is disabled for the Mailbox.")
	for _, address := range []string{"", "a;Remove-Mailbox@x", "$(calc)@x.example", "a b@x.example", "a@x.example\nRemove-Mailbox b", "`x@y"} {
		if message := p.Message(address); !strings.Contains(message, "Set-CASMailbox <address of the mailbox> -Smtp") {
			t.Errorf("%q:\n%s", address, message)
		}
	}
}

func TestOwnAdviceKeepsItsMessage(t *testing.T) {
	p := New(ProviderDown, "").WithAction(Operator, "Look at the proxy.")
	if m := p.Message(""); !strings.Contains(m, "What helps: Look at the proxy.") {
		t.Errorf("%s", m)
	}
	if m := New(Reconnect, "").Message("ada@contoso.example"); m != "" {
		t.Errorf("you need nobody: %s", m)
	}
}

func TestProblemsStoredBeforeStillHaveAPlace(t *testing.T) {
	var p Problem
	if err := json.Unmarshal([]byte(`{"code":"smtp_disabled","title":"Sending over SMTP is switched off for this mailbox.","who":"admin","action":"Ask.","raw":"535"}`), &p); err != nil {
		t.Fatal(err)
	}
	if p.Place() != "/help/problems#smtp_disabled" || p.Message("") == "" {
		t.Errorf("%s: %s", p.Place(), p.Message(""))
	}
	p = Problem{Code: "gone_from_the_catalogue", Who: Admin, Entry: "gone-too", Title: "Old."}
	if p.Message("") == "" {
		t.Error("an old problem has no message")
	}
}
