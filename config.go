package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Config is everything that can be set from outside. This file is the only place that reads the
// environment: a flag beats a variable, a variable beats the default.
type Config struct {
	Listen    string   `env:"POSTROOM_LISTEN" default:"127.0.0.1:8080" help:"Address to serve on."`
	PublicURL string   `env:"POSTROOM_PUBLIC_URL" help:"Address that browsers use, such as https://mail.example.com. Default: http://localhost and the port."`
	Data      string   `env:"POSTROOM_DATA" default:"data" help:"Folder for database, keys and blobs."`
	Database  string   `env:"POSTROOM_DATABASE" help:"postgres://… for PostgreSQL. Default: a SQLite file in the data folder. POSTROOM_DATABASE_FILE names a file that holds it."`
	Blobs     string   `env:"POSTROOM_BLOBS" help:"Where large mails and uploads go, as a gocloud URL. Default: a folder in the data folder."`
	KeysFile  string   `env:"POSTROOM_KEYS_FILE" help:"Key ring that seals tokens and secrets. Default: keys/keyring.json in the data folder. Back it up, apart from the database."`
	AllowNets []string `env:"POSTROOM_ALLOW_NETS" help:"Internal networks that Postroom may connect to, as CIDR; by default it dials public addresses only."`
	LogLevel  string   `env:"POSTROOM_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"debug, info, warn or error."`
	LogFormat string   `env:"POSTROOM_LOG_FORMAT" default:"text" enum:"text,json" help:"text or json."`
}

// complete fills what follows from other settings and checks what can be wrong.
func (c *Config) complete() error {
	if file := os.Getenv("POSTROOM_DATABASE_FILE"); file != "" && c.Database == "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read POSTROOM_DATABASE_FILE: %w", err)
		}
		c.Database = strings.TrimSpace(string(text))
	}
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("POSTROOM_LISTEN %q: want host:port, such as 127.0.0.1:8080", c.Listen)
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://localhost:" + port
	}
	if err := c.checkPublicURL(); err != nil {
		return err
	}
	if c.KeysFile == "" {
		c.KeysFile = filepath.Join(c.Data, "keys", "keyring.json")
	}
	if _, err := c.nets(); err != nil {
		return err
	}
	return nil
}

func (c *Config) checkPublicURL() error {
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("POSTROOM_PUBLIC_URL %q: want https://host, without a path", c.PublicURL)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return fmt.Errorf("POSTROOM_PUBLIC_URL %q: http is for localhost only; Microsoft accepts no other redirect address without https", c.PublicURL)
	}
	c.PublicURL = u.Scheme + "://" + u.Host
	return nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// nets parses AllowNets.
func (c *Config) nets() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range c.AllowNets {
		p, err := netip.ParsePrefix(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("POSTROOM_ALLOW_NETS %q: want CIDR, such as 10.1.0.0/16", s)
		}
		out = append(out, p)
	}
	return out, nil
}

// logger writes to standard error.
func (c *Config) logger() *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opts))
}
