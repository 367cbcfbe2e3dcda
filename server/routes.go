package server

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"postroom/store"
)

// routes is everything that this server answers.
func (s *Server) routes(c Config) ([]route, error) {
	var (
		doors    = &doors{s, c.People, c.Sessions, c.Factors, c.Passkeys, c.SignIns, c.Courier}
		setup    = &setup{c.People, doors}
		account  = &account{doors, c.Store}
		signIns  = &signInProviders{c.SignIns}
		session  = &session{c.People, c.Sessions, doors, Session{PublicURL: origin(s.public), RedirectURI: c.Providers.RedirectURI(), Version: c.Version}}
		users    = &users{c.Store, c.People, c.Factors}
		provider = &providers{c.Providers, c.Store, c.Now}
		post     = &post{c.Courier, origin(s.public)}
		invite   = &invitations{c.Store, c.People, doors, post}
		reset    = &resets{c.People, post}
		log      = &auditLog{c.Store}
		email    = &email{c.Courier, c.Store}
		link     = &links{c.Store, c.Connector, c.Sessions, post}
		connect  = &connect{s, c.Store, c.Connector, c.Sessions}
		box      = &mailboxes{c.Store, c.Connector, c.Sessions, c.Sync}
		well     = &health{c.Store, c.Now}
		fleet    = &fleet{c.Store, c.Sync}
		tokens   = &tokens{c.FrameKey, c.Now, c.Store}
		mail     = &messages{c.Store, tokens}
		act      = &act{c.Store}
		out      = &outgoing{composer: &composer{c.Store, c.Now}, store: c.Store}
		upload   = &uploads{c.Store}
		file     = &attachments{c.Store}
		image    = newImages(c.ImageClient, tokens)
		events   = &events{store: c.Store, sessions: c.Sessions, closing: s.closing, pulse: c.pulse}
	)
	doc, err := newDocuments(c.Store, tokens, c.FrameFS, s.public)
	if err != nil {
		return nil, err
	}
	app, err := newApp(c.Dist, s.public)
	if err != nil {
		return nil, err
	}
	return []route{
		answers(Public, "GET /api/problems", "Everything that can go wrong, with what to do", dictionary),

		answers(Public, "GET /api/setup", "Whether the first administrator is still to be made", setup.state),
		answers(Public, "POST /api/setup", "Make the first administrator and sign in", setup.finish),
		answers(Public, "POST /api/session", "Sign in", session.open),
		answers(Member, "GET /api/session", "Who is signed in", session.show),
		does(Public, "DELETE /api/session", "Sign out", session.close),

		answers(Public, "GET /api/session/ways", "How people can sign in here", doors.ways),
		answers(Public, "POST /api/session/second", "Enter the code of the second step", doors.second),
		answers(Public, "POST /api/session/passkey/begin", "Begin to sign in with a passkey", doors.beginPasskey),
		answers(Public, "POST /api/session/passkey", "Sign in with a passkey", doors.passkey),
		answers(Public, "POST /api/session/elsewhere", "Begin to sign in with a service", doors.elsewhere),
		orNull(answers(Public, "GET /api/session/problem", "Why the last sign-in with a service failed; told once", doors.problem)),
		raw(Public, "GET /auth/callback", "The way back from a service that people sign in with", "", doors.callback),

		answers(Member, "GET /api/account", "One's own account and its ways to sign in", account.show),
		answers(Member, "PATCH /api/account", "Change one's own name", account.rename),
		does(Member, "POST /api/account/proof", "Prove again who one is", account.prove),
		does(Member, "POST /api/account/password", "Set one's own password", account.password),
		answers(Member, "POST /api/account/authenticator", "Begin to add an authenticator app", account.enrol),
		answers(Member, "POST /api/account/authenticator/confirm", "Let it count, by one of its codes", account.confirm),
		does(Member, "DELETE /api/account/authenticator", "Remove the authenticator app", account.dropAuthenticator),
		answers(Member, "POST /api/account/recovery", "Make new recovery codes", account.recovery),
		answers(Member, "POST /api/account/passkeys/begin", "Begin to add a passkey", account.beginPasskey),
		answers(Member, "POST /api/account/passkeys", "Add a passkey", account.addPasskey),
		does(Member, "PATCH /api/account/passkeys/{id}", "Rename a passkey", account.renamePasskey),
		does(Member, "DELETE /api/account/passkeys/{id}", "Remove a passkey", account.dropPasskey),
		answers(Member, "POST /api/account/identities", "Begin to link an account that signs one in", account.link),
		does(Member, "DELETE /api/account/identities/{id}", "Unlink it", account.unlink),
		answers(Member, "GET /api/account/browsers", "Where one is signed in", account.browsers),
		does(Member, "DELETE /api/account/browsers", "Sign all other browsers out", account.signOutOthers),
		does(Member, "DELETE /api/account/browsers/{id}", "Sign a browser out", account.signOut),

		answers(Public, "POST /api/invitation", "Whom an invitation's link is for", invite.show),
		answers(Public, "POST /api/invitation/accept", "Accept an invitation and sign in", invite.accept),
		does(Public, "POST /api/reset", "Ask for a link that sets a new password", reset.ask),
		answers(Public, "POST /api/reset/link", "Whose password a link sets", reset.show),
		does(Public, "POST /api/reset/password", "Set a new password by a link", reset.finish),

		answers(Manager, "GET /api/invitations", "Who was invited, and what became of it", invite.list),
		answers(Manager, "POST /api/invitations", "Invite somebody", invite.add),
		answers(Manager, "POST /api/invitations/{id}/again", "Make a new link for an invitation", invite.again),
		does(Manager, "DELETE /api/invitations/{id}", "Withdraw an invitation", invite.withdraw),

		answers(Manager, "GET /api/users", "Everyone who may sign in", users.list),
		answers(Admin, "POST /api/users", "Let somebody sign in", users.add),
		answers(Admin, "PATCH /api/users/{id}", "Change somebody's name, role, password, or shut them out", users.change),
		does(Admin, "DELETE /api/users/{id}", "Remove somebody with their mailboxes", users.remove),
		does(Admin, "DELETE /api/users/{id}/factors", "Take somebody's second step and passkeys away", users.resetFactors),
		answers(Admin, "POST /api/users/{id}/reset", "Make a link that sets somebody's password", reset.issue),

		answers(Admin, "GET /api/admin/sign-in-providers", "Services that people may sign in with", signIns.list),
		answers(Admin, "POST /api/admin/sign-in-providers", "Enter a service", signIns.add),
		answers(Admin, "PUT /api/admin/sign-in-providers/{id}", "Change a service", signIns.change),
		does(Admin, "DELETE /api/admin/sign-in-providers/{id}", "Forget a service", signIns.remove),

		answers(Admin, "GET /api/audit", "Who did what", log.list),

		answers(Member, "GET /api/providers", "Where mailboxes can be connected", provider.choices),
		answers(Admin, "GET /api/admin/providers", "App registrations", provider.list),
		answers(Admin, "GET /api/admin/providers/presets", "What providers that we know start with", provider.presets),
		answers(Admin, "POST /api/admin/providers", "Enter an app registration", provider.add),
		streams(Admin, "POST /api/admin/providers/test", "Try an app registration before it is saved", provider.try),
		answers(Admin, "POST /api/admin/providers/{id}/consent", "A link by which an organisation's administrator approves it", provider.consent),
		answers(Admin, "PUT /api/admin/providers/{id}", "Change an app registration", provider.change),
		answers(Admin, "GET /api/admin/keys", "The key ring: which key seals how much", (&keyring{c.Keys}).show),

		does(Admin, "DELETE /api/admin/providers/{id}", "Forget an app registration", provider.remove),

		answers(Admin, "GET /api/admin/email", "How Postroom sends mail of its own", email.show),
		answers(Admin, "PUT /api/admin/email", "Set up how Postroom sends mail of its own", email.save),
		does(Admin, "DELETE /api/admin/email", "Send no mail of Postroom's own any more", email.forget),
		answers(Admin, "POST /api/admin/email/test", "Try e-mail settings, saved or not, without sending", email.test),
		answers(Admin, "POST /api/admin/email/send-test", "Send a test mail", email.sendTest),
		answers(Admin, "GET /api/admin/email/templates", "What Postroom's own mails say", email.templates),
		does(Admin, "PUT /api/admin/email/templates/{event}/{language}", "Keep an own wording of a mail", email.saveTemplate),
		does(Admin, "DELETE /api/admin/email/templates/{event}/{language}", "Go back to a mail's original wording", email.resetTemplate),
		answers(Admin, "GET /api/admin/email/logs", "What became of Postroom's own mails", email.log),
		answers(Admin, "GET /api/admin/email/logs/{id}", "One of Postroom's own mails", email.mail),

		answers(Member, "POST /api/mailboxes/connect", "Begin to connect a mailbox", connect.begin),
		orNull(answers(Member, "GET /api/mailboxes/connect/problem", "Why the last trip to a sign-in page led nowhere; told once", connect.problem)),
		answers(Member, "GET /api/connect/attempts/{id}", "How far a sign-in is on its way to become a mailbox", connect.attempt),
		does(Member, "POST /api/connect/attempts/{id}/answer", "Answer what an attempt asks", connect.answer),
		answers(Manager, "GET /api/links", "Connect links, and how far each has led", link.list),
		answers(Manager, "POST /api/links", "Make connect links", link.add),
		answers(Manager, "POST /api/links/{id}/renew", "Make a connect link anew", link.renew),
		does(Manager, "DELETE /api/links/{id}", "Take a connect link back", link.remove),
		answers(Member, "POST /api/links/open", "What a connect link is for", link.open),
		answers(Member, "POST /api/links/follow", "Begin to connect what a link is for", link.follow),
		answers(Member, "POST /api/connect/attempts/{id}/again", "Begin anew what an attempt was begun with", connect.again),
		raw(Public, "GET /oauth/callback", "The way back from a provider's sign-in page", "", provider.consentAnswer(connect.callback)),

		answers(Member, "GET /api/mailboxes", "Connected mailboxes with their folders", box.list),
		does(Member, "POST /api/mailboxes/{id}/sync", "Look for new mail now", box.sync),
		does(Member, "POST /api/mailboxes/{id}/pause", "Leave a mailbox alone: nothing is fetched or sent", box.pause),
		does(Member, "POST /api/mailboxes/{id}/resume", "Go on with a paused mailbox", box.resume),
		does(Member, "POST /api/mailboxes/{id}/check-sending", "See now whether a receive-only mailbox may send", box.checkSending),
		answers(Member, "PATCH /api/mailboxes/{id}", "Change how far back a mailbox is fetched", box.change),
		answers(Member, "GET /api/mailboxes/{id}/health", "How a mailbox has fared in the last 30 days", well.show),
		raw(Member, "GET /api/mailboxes/{id}/health.txt", "The same as a text, without secrets", "text/plain", well.report),
		answers(Manager, "GET /api/admin/mailboxes", "How all mailboxes fare; never their mail", fleet.list),
		does(Manager, "POST /api/admin/mailboxes/{id}/sync", "Look for new mail in somebody's mailbox now", fleet.sync),
		answers(Member, "POST /api/mailboxes/{id}/reconnect", "Begin to connect a mailbox again", box.reconnect),
		answers(Member, "POST /api/mailboxes/{id}/disconnect", "Give a mailbox's connection up; its mail here stays or goes", box.disconnect),

		answers(Member, "GET /api/folders/{id}/messages", "A stretch of a folder, newest first", mail.list),
		answers(Member, "GET /api/search", "Mails by their words", mail.search),
		answers(Member, "GET /api/messages/{id}", "One mail", mail.show),
		answers(Member, "GET /api/threads/{id}", "Mails that answer one another, oldest first", mail.thread),
		raw(Member, "GET /api/messages/{id}/source", "A mail as it came", "message/rfc822", file.source),
		raw(Member, "GET /api/messages/{id}/attachments/{index}", "A file of a mail", "application/octet-stream", file.one),

		answers(Member, "POST /api/messages/act", "Do something to mails", act.do),
		answers(Member, "GET /api/actions/failed", "What the mail server would not do", act.failed),
		does(Member, "DELETE /api/actions/failed/{id}", "Dismiss a failed action", act.dismiss),

		takesFile(answers(Member, "POST /api/uploads", "Give a file for a mail to come", upload.add)),
		does(Member, "DELETE /api/uploads/{id}", "Take a file back", upload.remove),

		upTo(8<<20, answers(Member, "POST /api/outgoing", "Send a mail", out.send)),
		answers(Member, "GET /api/outgoing", "Mails on their way", out.list),
		answers(Member, "GET /api/outgoing/{id}", "A mail on its way", out.show),
		answers(Member, "POST /api/outgoing/{id}/retry", "Send a failed mail again", out.retry),
		answers(Member, "POST /api/outgoing/{id}/resolve", "An unconfirmed mail was sent after all", out.resolve),
		does(Member, "DELETE /api/outgoing/{id}", "Take a mail back that has not been sent", out.cancel),

		raw(Member, "GET /api/events", "The feed of changes", "text/event-stream", events.stream),

		raw(Capability, "GET /m/{token}/body", "", "", doc.body),
		raw(Capability, "GET /m/{token}/part/{index}", "", "", doc.part),
		raw(Capability, "GET /m/{token}/image", "", "", image.one),

		raw(Open, "GET /healthz", "", "", s.health),
		raw(Open, "GET /*", "", "", app.serve),
		raw(Open, "HEAD /*", "", "", app.serve),
	}, nil
}

// health says that this server can serve: it is up, and its database answers.
func (s *Server) health(c echo.Context, _ store.User) error {
	ctx, done := context.WithTimeout(c.Request().Context(), 3*time.Second)
	defer done()
	if err := s.store.Ping(ctx); err != nil {
		return fmt.Errorf("ask database: %w", err)
	}
	return c.String(http.StatusOK, "ok")
}
