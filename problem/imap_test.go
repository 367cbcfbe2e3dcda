package problem

import "testing"

func TestWhatIMAPServersSayHasAName(t *testing.T) {
	for text, want := range map[string]struct {
		code Code
		who  Who
	}{
		"User is authenticated but not connected.":                         {NotConnected, Admin},
		"AUTHENTICATE failed.":                                             {IMAPRefused, You},
		"[AUTHENTICATIONFAILED] Invalid credentials (Failure)":             {IMAPRefused, You},
		"Invalid credentials (Failure)":                                    {IMAPRefused, You},
		"LOGIN failed.":                                                    {IMAPRefused, You},
		"Logon failure: unknown user name or bad password.":                {IMAPRefused, You},
		"Request is throttled. Suggested Backoff Time: 92415 milliseconds": {Throttled, Wait},
		"AccountThrottled":                                                 {Throttled, Wait},
		"Session invalidated - AccessTokenExpired":                         {MailServerDown, Wait},
		"Server Unavailable. 15":                                           {MailServerDown, Wait},
		"[UNAVAILABLE] Temporary System Error":                             {MailServerDown, Wait},
		"[SERVERBUG] Internal server error":                                {MailServerDown, Wait},
		"Internal server error":                                            {MailServerDown, Wait},
		"[ALERT] Too many simultaneous connections. (Failure)":             {MailServerDown, Wait},
		"Maximum number of connections from user+IP exceeded":              {MailServerDown, Wait},
		"Connection closed. 14":                                            {MailServerDown, Wait},
		"Connection is closed. 13":                                         {MailServerDown, Wait},
		"[OVERQUOTA] Quota exceeded":                                       {MailboxFull, You},
		"Maximum size of appendable message has been exceeded":             {MailTooLarge, You},
		"[TRYCREATE] No such mailbox":                                      {FolderGone, You},
		"[NONEXISTENT] Unknown Mailbox: X":                                 {FolderGone, You},
		"Sent doesn't exist.":                                              {FolderGone, You},
		"Mailbox already exists":                                           {ServerRefused, You},
		"Folder name is reserved":                                          {ServerRefused, You},
		"Some of the requested messages no longer exist.":                  {ServerRefused, Wait},
		"[BADCHARSET (US-ASCII)] The specified charset is not supported.":  {ServerRefused, Wait},
		"Command Argument Error. 11":                                       {ServerRefused, You},
		"Command Error. 10":                                                {ServerRefused, You},
		"Command received in Invalid state.":                               {ServerRefused, You},
		"Something that nobody has heard.":                                 {ServerRefused, You},
		"<script>alert(1)</script>":                                        {ServerRefused, You},
	} {
		p := IMAP(text)
		if p.Code != want.code || p.Who != want.who || p.Raw != text {
			t.Errorf("%q: %s for %s, want %s for %s", text, p.Code, p.Who, want.code, want.who)
		}
	}
}

func TestPersonalAccountsAreToldHowToSwitchIMAPOn(t *testing.T) {
	for _, text := range []string{"User is authenticated but not connected.", "AUTHENTICATE failed."} {
		p := IMAP(text).Personal()
		if p.Who != You || p.Entry != personalIMAP.ID || p.Raw != text || p.Message("ada@outlook.com") != "" {
			t.Errorf("%+v", p)
		}
	}
	if p := IMAP("Server Unavailable. 15").Personal(); p.Code != MailServerDown {
		t.Errorf("%+v", p)
	}
	if p := (*Problem)(nil).Personal(); p != nil {
		t.Errorf("%+v", p)
	}
}
