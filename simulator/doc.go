// Package simulator is a small Microsoft 365 for one machine: sign-in pages and tokens, IMAP
// and SMTP submission, and sendMail of Microsoft Graph, with the texts and habits of the real service.
//
// It exists for two readers. Tests build the product against it, because no test may depend on
// a tenant at Microsoft. The demo shows the product with it, because nobody should need an Azure
// account to look at a web mail. Everything listens on loopback, every page says SIMULATED, and
// every secret is made at start.
//
// It shares no code with the client side: its reader of tokens, its UTF-7 and its header reader are
// its own, so that both ends cannot be wrong together. It imports nothing else of this module.
//
// # Using it
//
//	sim, err := simulator.New(simulator.Options{})
//	go sim.Run(ctx) // Run returns when ctx ends and everything it started has ended
//	sim.AddUser(simulator.User{Address: "ada@contoso.example", Name: "Ada Lovelace"})
//	app, err := sim.AddApp(simulator.App{Name: "Postroom", RedirectURIs: []string{…}})
//	sim.Deliver("ada@contoso.example", "", raw, nil, time.Time{})
//
// # Faults
//
// What can go wrong in a tenant is a [Fault], set for an address, a tenant's domain or id, an
// app's id, or "*" for all of them. See the constants for what each does and which value it takes.
//
// # Microsoft Graph
//
// An app signs in as itself with client credentials, at its tenant's own endpoint and for
// [Simulator.GraphURL]/.default, and posts to /v1.0/users/{address}/sendMail, as JSON or as base64 of
// MIME. It needs the application permission Mail.Send: [App.Roles], or the switch [GraphMailSend].
//
// # Control API
//
// The same over HTTP, on a listener of its own ([Simulator.ControlURL]). Bodies are JSON.
//
//	GET    /state                                               tenants, apps, users, addresses, faults; no secrets
//	GET    /refreshes                                           how often each address's refresh tokens were used, by address
//	POST   /users     {address,name,password,language,aliases}  add a user
//	POST   /deliver   {address,folder,raw,flags}                file a message; answers {uid}
//	GET    /mailbox?address=…                                   folders with UIDs and flags
//	POST   /remove    {address,folder,uids}                     expunge, as another client would
//	POST   /flag      {address,folder,uid,flags}                set flags, as another client would
//	POST   /faults    {scope,fault,value,times}                 switch a fault on; times 0 means until cleared
//	DELETE /faults?scope=…&fault=…                              switch it off; without fault all of the scope's
//	POST   /expire    {address}                                 end the access tokens of an address and cut its sessions
//	POST   /revoke    {address}                                 "revoke all sessions": refresh tokens end with AADSTS50173
//	POST   /validity  {address,folder}                          change UIDVALIDITY, as after a restore
//	POST   /secrets   {app}                                     another client secret for an app; answers {secret}
//	POST   /secrets/expire {app,secret}                         a client secret expires (AADSTS7000222); without secret all do
//	POST   /keys/roll                                           a new signing key
package simulator
