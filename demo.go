package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"postroom/auth"
	"postroom/simulator"
	"postroom/store"
)

// demoCommand runs Postroom beside a simulated Microsoft 365. Only rows differ from the real thing:
// a provider whose endpoints lie on this machine, and people to sign in as.
type demoCommand struct{ Config }

// The demo's people have one password, printed at start. The demo serves this machine only.
const (
	demoPassword = "postroom-demo"
	demoProvider = "Outlook"
	demoApp      = "Postroom"
	demoSignIn   = "Microsoft"
)

var demoPeople = []auth.NewPerson{
	{Email: "ada@contoso.example", Name: "Ada Lovelace", Role: store.RoleAdmin},
	{Email: "grace@contoso.example", Name: "Grace Hopper", Role: store.RoleMember},
	{Email: "linus@contoso.example", Name: "Linus Weber", Role: store.RoleMember},
}

// Run serves until the context ends.
func (c *demoCommand) Run(ctx context.Context, out io.Writer) error {
	if err := c.complete(); err != nil {
		return err
	}
	if host, _, _ := net.SplitHostPort(c.Listen); !loopback(host) {
		return fmt.Errorf("POSTROOM_LISTEN %q: the demo's passwords are known, so that it listens on this machine only, such as 127.0.0.1:8080", c.Listen)
	}
	c.AllowNets = append(c.AllowNets, "127.0.0.0/8", "::1/128")
	sim, err := newDemoSimulator(c.Config)
	if err != nil {
		return err
	}
	a, err := newApp(ctx, c.Config)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.prepareDemo(ctx, sim); err != nil {
		return fmt.Errorf("prepare the demo: %w", err)
	}
	greet(out, c.PublicURL, sim.ControlURL())
	return runBeside(ctx, sim, a)
}

// runBeside stops the simulator last: a worker that is signing off still finds its server.
func runBeside(ctx context.Context, sim *simulator.Simulator, a *app) error {
	simCtx, stopSim := context.WithCancel(context.WithoutCancel(ctx))
	var g errgroup.Group
	g.Go(func() error { return sim.Run(simCtx) })
	err := a.run(ctx)
	stopSim()
	if simErr := g.Wait(); err == nil && simErr != nil {
		err = fmt.Errorf("simulator: %w", simErr)
	}
	return err
}

// newDemoSimulator opens the simulated tenant with its people, their mail and our registration.
func newDemoSimulator(c Config) (*simulator.Simulator, error) {
	sim, err := simulator.New(simulator.Options{Dir: filepath.Join(c.Data, "simulator"), Log: c.logger()})
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	if err := fillDemo(sim, auth.RedirectURI(c.PublicURL), auth.SignInRedirectURI(c.PublicURL)); err != nil {
		sim.Close()
		return nil, fmt.Errorf("fill the simulator: %w", err)
	}
	return sim, nil
}

// prepareDemo adds the people and keeps the provider's row at the simulator's present addresses.
func (a *app) prepareDemo(ctx context.Context, sim *simulator.Simulator) error {
	users, err := a.store.CountUsers(ctx)
	if err != nil {
		return err
	}
	if users == 0 {
		for _, p := range demoPeople {
			p.Password = demoPassword
			if _, err := a.people.Add(ctx, p); err != nil {
				return fmt.Errorf("add %s: %w", p.Name, err)
			}
		}
	}
	registered, ok := sim.App(demoApp)
	if !ok {
		return fmt.Errorf("the simulator has no app registration %q", demoApp)
	}
	p := auth.Preset(store.KindMicrosoft)
	kept, err := a.providers.List(ctx)
	if err != nil {
		return err
	}
	for _, k := range kept {
		if k.Name == demoProvider {
			p = k
		}
	}
	p.Name, p.Authority, p.Tenant, p.ClientID = demoProvider, sim.Authority(), "organizations", registered.ID
	p.IMAPHost, p.SMTPHost, p.CAPEM = sim.IMAPAddr(), sim.SMTPAddr(), sim.CAPEM()
	if _, err = a.providers.Save(ctx, p, auth.Secret(registered.Secret)); err != nil {
		return err
	}
	return a.prepareSignIn(ctx, sim, registered)
}

// prepareSignIn lets people sign in with the simulated Microsoft too, once they have linked an account.
func (a *app) prepareSignIn(ctx context.Context, sim *simulator.Simulator, registered simulator.App) error {
	p := store.SignInProvider{Name: demoSignIn, Kind: store.KindMicrosoft}
	kept, err := a.signIns.List(ctx)
	if err != nil {
		return err
	}
	for _, k := range kept {
		if k.Name == demoSignIn {
			p = k
		}
	}
	p.Authority, p.Tenant, p.ClientID, p.CAPEM = sim.Authority(), "organizations", registered.ID, sim.CAPEM()
	_, err = a.signIns.Save(ctx, p, auth.Secret(registered.Secret))
	return err
}

func greet(out io.Writer, url, control string) {
	fmt.Fprintf(out, "\n  Postroom, beside a simulated Microsoft 365\n\n    %s\n\n", url)
	for _, p := range demoPeople {
		role := ""
		if p.Role == store.RoleAdmin {
			role = "   (administrator)"
		}
		fmt.Fprintf(out, "    %-24s %s%s\n", p.Email, demoPassword, role)
	}
	fmt.Fprintf(out, "\n  What can go wrong is switched on at %s (simulator/doc.go says how).", control)
	fmt.Fprintf(out, "\n  Sign in, press “Connect Outlook mailbox”, choose the same person, accept.\n  Stop with Ctrl-C; the next start goes on where this one stopped.\n\n")
}

// fillDemo gives a new simulator its people, their mail and our registration; one that has them
// learns the addresses that sign-ins come back to, which may have changed with the port.
func fillDemo(sim *simulator.Simulator, redirectURIs ...string) error {
	if err := sim.Seed(); err != nil {
		return err
	}
	registered, known := sim.App(demoApp)
	if !known {
		registered = simulator.App{Name: demoApp}
	}
	registered.RedirectURIs = redirectURIs
	_, err := sim.AddApp(registered)
	return err
}
