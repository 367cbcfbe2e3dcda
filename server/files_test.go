package server

import (
	"bufio"
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestHostileFileNamesBecomeHarmless(t *testing.T) {
	for name, want := range map[string]string{
		"report.pdf":                         "report.pdf",
		"../../etc/passwd":                   "passwd",
		`..\..\windows\win.ini`:              "win.ini",
		"a\r\nSet-Cookie: x=y.txt":           "aSet-Cookie_ x=y.txt",
		"nul\x00byte.txt":                    "nulbyte.txt",
		"evil\u202Efdp.exe":                  "evilfdp.exe",
		"\u200e\u2066x.txt":                  "x.txt",
		"Übersicht für März.docx":            "Übersicht für März.docx",
		"日本語.txt":                            "日本語.txt",
		`quo"te;semi.txt`:                    "quo_te_semi.txt",
		"":                                   "file",
		"...":                                "file",
		"/":                                  "file",
		" . . ":                              "file",
		"\xff\xfe.txt":                       "txt",
		".bashrc":                            "bashrc",
		strings.Repeat("é", 300) + ".tar.gz": strings.Repeat("é", 73) + ".gz",
	} {
		if got := fileName(name); got != want {
			t.Errorf("fileName(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzFileNameIsAlwaysHarmless(f *testing.F) {
	f.Add("../../etc/passwd")
	f.Add("a\r\nb\u202e.txt")
	f.Fuzz(func(t *testing.T, name string) {
		got := fileName(name)
		if got == "" || len(got) > 150 || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\"\r\n\x00") || got[0] == '.' {
			t.Errorf("%q became %q", name, got)
		}
		header := disposition("attachment", name)
		for _, r := range header {
			if r < ' ' || r > unicode.MaxASCII-1 {
				t.Fatalf("header %q", header)
			}
		}
		how, params, err := mime.ParseMediaType(header)
		if err != nil || how != "attachment" || params["filename"] != got {
			t.Errorf("%q: header %q reads %v %v", name, header, params, err)
		}
	})
}

func TestWhatMayBeShownIsToldByItsBytes(t *testing.T) {
	for body, want := range map[string]string{
		"\x89PNG\r\n\x1a\n....":            "image/png",
		"\xff\xd8\xff\xe0....":             "image/jpeg",
		"GIF89a/*<script>*/":               "image/gif",
		"RIFF\x10\x00\x00\x00WEBPVP8 ":     "image/webp",
		"%PDF-1.7":                         "application/pdf",
		"just words":                       "text/plain; charset=utf-8",
		"<html><script>alert(1)</script>":  "",
		"<svg xmlns=x onload=alert(1)>":    "text/plain; charset=utf-8",
		"<?xml version='1.0'?><svg/>":      "",
		"\x00\x01\x02\x03\x04\x05\x06\x07": "",
		"PK\x03\x04":                       "",
	} {
		typ, ok := sniff(bufio.NewReader(strings.NewReader(body)))
		if ok != (want != "") || ok && typ != want {
			t.Errorf("%q: %s %v, want %q", body, typ, ok, want)
		}
	}
}

func TestDownloadsNeverHaveATypeThatABrowserRuns(t *testing.T) {
	for claimed, want := range map[string]string{
		"application/pdf":          "application/pdf",
		"image/png":                "image/png",
		"application/vnd.ms-excel": "application/vnd.ms-excel",
		"text/csv":                 "text/csv",
		"text/html":                "application/octet-stream",
		`text/html; x="`:           "application/octet-stream",
		"TEXT/HTML":                "application/octet-stream",
		"image/svg+xml":            "application/octet-stream",
		"application/xhtml+xml":    "application/octet-stream",
		"application/vnd.x+xml":    "application/octet-stream",
		"message/rfc822":           "application/octet-stream",
		"multipart/related":        "application/octet-stream",
		"text/javascript":          "application/octet-stream",
		"":                         "application/octet-stream",
		"a\r\nb":                   "application/octet-stream",
	} {
		if got := savedType(claimed); got != want {
			t.Errorf("savedType(%q) = %q, want %q", claimed, got, want)
		}
	}
}
