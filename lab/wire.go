package lab

// What the tests read of the JSON API.

type Addr struct {
	Name string `json:"name,omitempty"`
	Addr string `json:"addr"`
}

type Mailbox struct {
	ID       string   `json:"id"`
	Address  string   `json:"address"`
	State    string   `json:"state"`
	Problem  *Problem `json:"problem"`
	CanSend  bool     `json:"canSend"`
	Folders  []Folder `json:"folders"`
	Progress struct {
		Done  int64 `json:"done"`
		Total int64 `json:"total"`
	} `json:"sync"`
}

type Folder struct {
	ID     string `json:"id"`
	Path   string `json:"path"`
	Role   string `json:"role"`
	Total  int64  `json:"total"`
	Unread int64  `json:"unread"`
}

type Row struct {
	ID          string `json:"id"`
	Folder      string `json:"folder"`
	Thread      string `json:"thread"`
	Subject     string `json:"subject"`
	From        []Addr `json:"from"`
	Seen        bool   `json:"seen"`
	Flagged     bool   `json:"flagged"`
	Attachments int    `json:"attachments"`
}

type Message struct {
	Row
	MessageID string `json:"messageId"`
	Text      string `json:"text"`
	FrameURL  string `json:"frameUrl"`
	Files     []struct {
		Index int    `json:"index"`
		Name  string `json:"name"`
		URL   string `json:"url"`
	} `json:"attachmentsList"`
}

type Outgoing struct {
	ID          string   `json:"id"`
	State       string   `json:"state"`
	ConfirmedAt int64    `json:"confirmedAt"`
	Problem     *Problem `json:"problem"`
}

// Mailboxes lists the mailboxes of the signed-in person.
func (c *Client) Mailboxes() []Mailbox {
	c.t.Helper()
	var out []Mailbox
	c.Must("GET", "/api/mailboxes", nil, &out)
	return out
}

// Mailbox returns the mailbox with this address, or fails.
func (c *Client) Mailbox(address string) Mailbox {
	c.t.Helper()
	for _, m := range c.Mailboxes() {
		if m.Address == address {
			return m
		}
	}
	c.t.Fatalf("no mailbox %s", address)
	return Mailbox{}
}

// Folder returns the mailbox's folder with this role or path, or fails.
func (m Mailbox) Folder(c *Client, name string) Folder {
	c.t.Helper()
	for _, f := range m.Folders {
		if f.Role == name || f.Path == name {
			return f
		}
	}
	c.t.Fatalf("%s has no folder %s", m.Address, name)
	return Folder{}
}

// Rows lists a whole folder, page by page.
func (c *Client) Rows(folder string) []Row {
	c.t.Helper()
	var all []Row
	for {
		var page struct {
			Total    int64 `json:"total"`
			Messages []Row `json:"messages"`
		}
		c.Must("GET", "/api/folders/"+folder+"/messages?limit=200&offset="+itoa(len(all)), nil, &page)
		all = append(all, page.Messages...)
		if len(page.Messages) == 0 || int64(len(all)) >= page.Total {
			return all
		}
	}
}
