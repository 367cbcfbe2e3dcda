package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"postroom/auth"
	"postroom/simulator"
	"postroom/store"
)

// town is what the simulator's process tells of itself.
type town struct {
	Authority string
	Control   string
	AppID     string
	Secret    string
	Grants    map[string]string // refresh tokens by address
}

// playSimulator is a tenant with users who have all consented, at which a refresh token works once.
func playSimulator(ctx context.Context, o order, words *bufio.Scanner, answers *json.Encoder) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	sim, err := simulator.New(simulator.Options{TokenLife: time.Duration(o.Life) * time.Second})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- sim.Run(ctx) }()
	t, err := settle(sim, o.Users)
	if err == nil {
		err = answers.Encode(t)
	}
	for err == nil && words.Scan() { // until the other side closes
	}
	stop()
	return errors.Join(err, <-ended)
}

func settle(sim *simulator.Simulator, users int) (town, error) {
	t := town{Authority: sim.Authority(), Control: sim.ControlURL(), Grants: map[string]string{}}
	if _, err := sim.AddTenant(simulator.Tenant{Domain: "contoso.example", Name: "Contoso"}); err != nil {
		return t, err
	}
	app, err := sim.AddApp(simulator.App{Name: "Postroom", RedirectURIs: []string{"http://localhost/oauth/callback"}})
	if err != nil {
		return t, err
	}
	t.AppID, t.Secret = app.ID, app.Secret
	sim.Set("*", simulator.RefreshOnce, "")
	for i := range users {
		address := fmt.Sprintf("user%05d@contoso.example", i)
		if _, err := sim.AddUser(simulator.User{Address: address, Name: "Somebody"}); err != nil {
			return t, err
		}
		tokens, err := sim.Grant(address, app.ID)
		if err != nil {
			return t, err
		}
		t.Grants[address] = tokens.Refresh
	}
	return t, nil
}

// world is a database with connected mailboxes, and the simulated tenant that they belong to.
type world struct {
	order
	store *store.Store
	keys  *auth.Keys
	sim   *process
	town  town
	drop  func() error
}

func newWorld(ctx context.Context, server string, mailboxes, life int) (w *world, err error) {
	w = &world{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.Dir, err = os.MkdirTemp("", "postroom-bench-*"); err != nil {
		return w, err
	}
	w.KeyFile = filepath.Join(w.Dir, "keys", "keyring.json")
	if w.Database, w.drop, err = makeDatabase(ctx, server); err != nil {
		return w, err
	}
	if w.sim, err = start(ctx, "simulator", order{Users: mailboxes, Life: life}); err != nil {
		return w, err
	}
	if err = w.sim.hear(&w.town); err != nil {
		return w, fmt.Errorf("simulator: %w", err)
	}
	if w.store, w.keys, err = w.open(ctx, false); err != nil {
		return w, err
	}
	return w, w.connect(ctx)
}

// close ends the world; it may be called on half a one.
func (w *world) close() error {
	var err error
	if w.store != nil {
		err = errors.Join(err, w.store.Close())
	}
	if w.sim != nil {
		err = errors.Join(err, w.sim.end())
	}
	if w.drop != nil {
		err = errors.Join(err, w.drop())
	}
	return errors.Join(err, os.RemoveAll(w.Dir))
}

// open opens the database that an order names, as a Postroom or a command does.
func (o order) open(ctx context.Context, beside bool) (*store.Store, *auth.Keys, error) {
	dir, err := os.MkdirTemp(o.Dir, "process-*")
	if err != nil {
		return nil, nil, err
	}
	st, err := store.Open(ctx, store.Config{Database: o.Database, Dir: dir, Beside: beside})
	if err != nil {
		return nil, nil, err
	}
	keys, _, err := auth.OpenKeys(ctx, st, o.KeyFile)
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return st, keys, nil
}

// connect stores a provider and the mailboxes, as if each owner had signed in.
func (w *world) connect(ctx context.Context) error {
	provider := auth.Preset(store.KindMicrosoft)
	provider.ID, provider.Version, provider.Authority, provider.Tenant, provider.ClientID = store.NewID(), 1, w.town.Authority, "organizations", w.town.AppID
	var err error
	provider.ClientSecret, err = w.keys.Seal(auth.Secret(w.town.Secret), auth.Where{Table: "providers", Column: "client_secret", Row: provider.ID, Version: 1})
	if err != nil {
		return err
	}
	owner := store.User{ID: store.NewID(), Email: "owner@postroom.example", Name: "Owner", Role: store.RoleMember}
	err = w.store.Tx(ctx, func(tx *store.Tx) error { return errors.Join(tx.AddUser(&owner), tx.AddProvider(&provider)) })
	if err != nil {
		return err
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(w.town.Grants)), 500) {
		err := w.store.Tx(ctx, func(tx *store.Tx) error {
			for _, address := range some {
				if err := w.add(tx, owner, provider, address); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("add mailboxes: %w", err)
		}
	}
	return nil
}

func (w *world) add(tx *store.Tx, owner store.User, provider store.Provider, address string) error {
	box := store.Mailbox{
		ID: store.NewID(), UserID: owner.ID, ProviderID: provider.ID, Address: address, Login: address, ObjectID: address,
		State: store.Connected, GrantVersion: 1, GrantedAt: w.store.Now(),
	}
	var err error
	box.Grant, err = w.keys.Seal(auth.Secret(w.town.Grants[address]), auth.Where{Table: "mailboxes", Column: "grant", Row: box.ID, Owner: owner.ID, Version: 1})
	if err != nil {
		return err
	}
	return tx.AddMailbox(&box)
}

// calls is how often the simulator was asked to renew.
func (w *world) calls(ctx context.Context) (n int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.town.Control+"/refreshes", nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("ask simulator: %w", err)
	}
	defer resp.Body.Close()
	var counts map[string]int
	if err := json.NewDecoder(resp.Body).Decode(&counts); err != nil {
		return 0, fmt.Errorf("ask simulator: %w", err)
	}
	for _, c := range counts {
		n += c
	}
	return n, nil
}

func makeDatabase(ctx context.Context, server string) (address string, drop func() error, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, errors.New("the PostgreSQL URL cannot be read")
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", nil, err
	}
	name := "postroom_bench_" + strings.ToLower(store.NewID())
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, errors.Join(fmt.Errorf("make database: %w", err), db.Close())
	}
	u.Path = "/" + name
	return u.String(), func() error {
		_, err := db.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		return errors.Join(err, db.Close())
	}, nil
}

// tokens are those of a Postroom on the database, whose upkeep and wake-ups run until stop is called.
func tokens(ctx context.Context, st *store.Store, keys *auth.Keys) (t *auth.Tokens, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	clients := auth.NewHTTPClients((&net.Dialer{}).DialContext)
	t = auth.NewTokens(auth.Connections{Store: st, Keys: keys, HTTP: clients, PublicURL: "http://localhost", Log: quiet()})
	done := make(chan struct{}, 2)
	go func() { _ = st.Run(ctx); done <- struct{}{} }()
	go func() { _ = t.Run(ctx); done <- struct{}{} }()
	return t, func() {
		cancel()
		<-done
		<-done
		clients.Close()
	}
}
