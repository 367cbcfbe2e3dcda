package courier

import (
	"embed"
	"html"
	"slices"
	"strconv"
	"strings"

	"postroom/problem"
)

//go:embed words
var wordFiles embed.FS

// occasion is what is known of an event.
type occasion struct {
	event  Event
	link   bool     // its mail holds a link for the recipient alone
	awaits bool     // somebody waits for it: rather twice than never
	own    []string // variables beside those that every mail has
}

// occasions are all events, in the order in which people see them.
var occasions = []occasion{
	{Invitation, true, true, []string{"by", "link"}},
	{PasswordReset, true, true, []string{"by", "link"}},
	{ConnectLink, true, true, []string{"by", "link", "address"}},
	{MailboxNeedsYou, false, false, []string{"address", "title", "action"}},
	{MailboxSilent, false, false, []string{"address", "usual", "since"}},
	{SecretExpires, false, false, []string{"provider", "days", "expires"}},
	{Test, false, false, []string{"by"}},
}

func occasionOf(e Event) (occasion, error) {
	i := slices.IndexFunc(occasions, func(o occasion) bool { return o.event == e })
	if i < 0 {
		return occasion{}, problem.New(problem.NotFound, "There is no such mail: "+string(e))
	}
	return occasions[i], nil
}

// variables are the names that a wording of o may use.
func (o occasion) variables() []string { return append([]string{"name", "postroom"}, o.own...) }

// wording is the original text, as it stands in words/.
func (o occasion) wording(language string) Wording {
	if !slices.Contains(Languages(), language) {
		language = "en"
	}
	raw, err := wordFiles.ReadFile("words/" + language + "/" + string(o.event) + ".txt")
	if err != nil {
		return Wording{Event: o.event, Language: language} // a test opens every one
	}
	head, body, _ := strings.Cut(string(raw), "\n\n")
	w := Wording{Event: o.event, Language: language, Subject: strings.TrimPrefix(head, "Subject: ")}
	var text, rich []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(body), "\n\n") {
		if label, target, ok := buttonIn(paragraph); ok {
			text = append(text, label+":\n"+target)
			rich = append(rich, button(label, target))
			continue
		}
		text = append(text, paragraph)
		rich = append(rich, "<p>"+html.EscapeString(paragraph)+"</p>")
	}
	w.Text = strings.Join(text, "\n\n") + "\n"
	w.HTML = page(strings.Join(rich, "\n"))
	return w
}

// buttonIn reads a paragraph of the form [label](target).
func buttonIn(paragraph string) (label, target string, ok bool) {
	inner, ok := strings.CutPrefix(paragraph, "[")
	if !ok {
		return "", "", false
	}
	label, target, ok = strings.Cut(inner, "](")
	return label, strings.TrimSuffix(target, ")"), ok
}

func button(label, target string) string {
	return `<p style="margin:24px 0"><a href="` + target + `" style="display:inline-block;padding:11px 20px;border-radius:8px;background:#3152b4;color:#ffffff;font-weight:600;text-decoration:none">` +
		html.EscapeString(label) + "</a></p>"
}

// page is the plain frame of every mail: no picture, nothing to load.
func page(content string) string {
	return `<div style="max-width:560px;margin:0 auto;padding:24px;font-family:system-ui,-apple-system,'Segoe UI',Arial,sans-serif;font-size:15px;line-height:1.55;color:#1a1d23">` +
		"\n" + content + "\n" +
		`<p style="margin-top:32px;padding-top:12px;border-top:1px solid #e2e5eb;font-size:12px;color:#5c636e">Postroom · {{postroom}}</p>` + "\n</div>\n"
}

// expiry says when a secret ends that has so many days left.
func expiry(days, language string) string {
	n, err := strconv.Atoi(days)
	german := language == "de"
	switch {
	case err != nil || n <= 0:
		if german {
			return "ist abgelaufen"
		}
		return "has expired"
	case n == 1:
		if german {
			return "läuft morgen ab"
		}
		return "expires tomorrow"
	case german:
		return "läuft in " + days + " Tagen ab"
	}
	return "expires in " + days + " days"
}

// rhythm says how much mail comes that usually is so many a day.
func rhythm(perDay, language string) string {
	n, err := strconv.Atoi(perDay)
	german := language == "de"
	switch {
	case (err != nil || n <= 0) && german:
		return "ab und zu eine E-Mail"
	case err != nil || n <= 0:
		return "a mail now and then"
	case n == 1 && german:
		return "etwa eine E-Mail am Tag"
	case n == 1:
		return "about one mail a day"
	case german:
		return "etwa " + perDay + " E-Mails am Tag"
	}
	return "about " + perDay + " mails a day"
}
