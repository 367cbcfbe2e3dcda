package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"

	"golang.org/x/sync/errgroup"

	"postroom/auth"
	"postroom/courier"
	"postroom/frontend"
	"postroom/mailbox"
	"postroom/server"
	"postroom/store"
)

// app is a whole Postroom, built but not running.
type app struct {
	config    Config
	log       *slog.Logger
	store     *store.Store
	people    *auth.People
	providers *auth.Providers
	signIns   *auth.SignIns
	tokens    *auth.Tokens
	clients   *auth.HTTPClients
	connector *auth.Connector
	manager   *mailbox.Manager
	courier   *courier.Courier
	server    *server.Server
	listener  net.Listener
}

// newApp builds every room from the bottom up. What it opened is closed again when a later step fails.
func newApp(ctx context.Context, c Config) (a *app, err error) {
	built := &app{config: c, log: c.logger()}
	a = built
	defer func() {
		if err != nil {
			built.close()
		}
	}()
	if a.store, err = store.Open(ctx, store.Config{Database: c.Database, Dir: c.Data, Blobs: c.Blobs, Log: a.log}); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	keys, created, err := auth.OpenKeys(ctx, a.store, c.KeysFile)
	if err != nil {
		return nil, fmt.Errorf("open the key ring: %w", err)
	}
	keys.Log = a.log
	if created {
		a.log.Warn("made a new key ring: back it up, apart from the database; without it every mailbox has to be connected again", "file", c.KeysFile)
	}
	nets, err := c.nets()
	if err != nil {
		return nil, err
	}
	dial := guardedDial(nets)
	a.people = auth.NewPeople(a.store)
	a.clients = auth.NewHTTPClients(dial)
	connections := auth.Connections{
		Store: a.store, Keys: keys, HTTP: a.clients, Probe: mailbox.NewProbe(dial), Knock: mailbox.NewKnock(dial), PublicURL: c.PublicURL, Log: a.log,
	}
	a.providers = auth.NewProviders(connections)
	a.tokens = auth.NewTokens(connections)
	a.connector = auth.NewConnector(connections)
	a.signIns = auth.NewSignIns(connections, a.people)
	a.manager = mailbox.NewManager(mailbox.Config{Store: a.store, Tokens: a.tokens, Dial: dial, Log: a.log})
	a.courier = courier.New(courier.Config{Store: a.store, Keys: keys, HTTP: a.clients, Dial: dial, PublicURL: c.PublicURL, Log: a.log})
	if err := a.web(ctx, keys, dial); err != nil {
		return nil, err
	}
	if a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen); err != nil {
		return nil, fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	return a, nil
}

// web builds the top step.
func (a *app) web(ctx context.Context, keys *auth.Keys, dial dialer) error {
	passkeys, err := auth.NewPasskeys(a.store, a.config.PublicURL)
	if err != nil {
		return err
	}
	frameKey, err := frameKey(ctx, a.store, keys)
	if err != nil {
		return err
	}
	a.server, err = server.New(server.Config{
		Store: a.store, People: a.people, Sessions: auth.NewSessions(a.store, a.config.PublicURL, a.log),
		Connector: a.connector, Providers: a.providers, Courier: a.courier, Keys: keys, Sync: a.manager.SyncNow,
		Factors: auth.NewFactors(a.store, keys, a.people, a.config.PublicURL), Passkeys: passkeys, SignIns: a.signIns,
		FrameKey: frameKey, ImageClient: imageClient(dial), PublicURL: a.config.PublicURL, Version: version, Log: a.log,
		Dist: frontend.Dist, FrameFS: frontend.Frame,
	})
	if err != nil {
		return fmt.Errorf("build the server: %w", err)
	}
	return nil
}

// run serves until ctx ends or something breaks, and returns when all has ended.
func (a *app) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, run := range []func(context.Context) error{
		a.store.Run, a.tokens.Run, a.connector.Run, a.manager.Run, a.courier.Run,
		func(ctx context.Context) error { return a.server.Run(ctx, a.listener) },
	} {
		g.Go(func() error { return run(ctx) })
	}
	a.log.Info("serving", "address", a.config.PublicURL, "version", version)
	err := g.Wait()
	if errors.Is(err, context.Canceled) || errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	a.log.Info("stopped")
	return err
}

// close releases what newApp opened; it may be called on a half-built app.
func (a *app) close() {
	if a.listener != nil {
		a.listener.Close() // the server has closed it already when it ran
	}
	if a.clients != nil {
		a.clients.Close()
	}
	if a.store != nil {
		if err := a.store.Close(); err != nil {
			a.log.Error("close the store", "err", err)
		}
	}
}

// printSetupLink prints the link that makes the first administrator, as long as there is none.
func (a *app) printSetupLink(ctx context.Context, out io.Writer) error {
	token, open, err := a.people.SetupToken(ctx)
	if err != nil {
		return fmt.Errorf("make a set-up link: %w", err)
	}
	if !open {
		return nil
	}
	_, err = fmt.Fprintf(out, "\n  Set up this Postroom, once, at\n\n    %s/setup?token=%s\n\n", a.config.PublicURL, token)
	return err
}

// frameKey returns the key that signs the addresses of mail documents. It is made once and kept
// sealed, so that they stay good over a restart.
func frameKey(ctx context.Context, st *store.Store, keys *auth.Keys) ([]byte, error) {
	const name = "frame_key"
	kept, err := st.SealedSetting(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("read the frame key: %w", err)
	}
	if len(kept) > 0 {
		plain, err := keys.Open(kept, auth.SettingAt(name))
		if err != nil {
			return nil, fmt.Errorf("open the frame key: %w", err)
		}
		return []byte(plain.Reveal()), nil
	}
	plain := rand.Text() + rand.Text()
	sealed, err := keys.Seal(auth.Secret(plain), auth.SettingAt(name))
	if err != nil {
		return nil, fmt.Errorf("seal the frame key: %w", err)
	}
	if err := st.Tx(ctx, func(tx *store.Tx) error { return tx.SetSealedSetting(name, sealed) }); err != nil {
		return nil, fmt.Errorf("keep the frame key: %w", err)
	}
	return []byte(plain), nil
}
