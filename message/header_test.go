package message

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

func TestEncodedWordsAreReadHoweverBroken(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                     "plain",
		"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=":               "Grüße",
		"=?UTF-8?B?R3LDvMOfZQ==?=":                  "Grüße",
		"=?utf-8?b?R3LDvMOfZQ?=":                    "Grüße", // no padding
		"=?utf-8?q?a?= =?utf-8?q?b?=":               "ab",
		"=?utf-8?q?a?=\t  =?utf-8?q?b?= c":          "ab c",
		"x =?utf-8?q?a?= y":                         "x a y",
		"=?utf-8?q?=C3?= =?utf-8?q?=BC?=":           "ü", // a character cut in two
		"=?iso-8859-1*de?q?Gr=FC=DFe?=":             "Grüße",
		"=?iso-2022-jp?B?GyRCJF4kXyRgGyhC?=":        "まみむ",
		"=?gb2312?B?xOO6ww==?=":                     "你好",
		"=?nonsense?q?a=20b?=":                      "a b",
		"=?utf-8?q?with spaces inside?=":            "with spaces inside",
		"=?utf-8?q?never ends":                      "=?utf-8?q?never ends",
		"=?utf-8?x?what?=":                          "=?utf-8?x?what?=",
		"=??q?a?=":                                  "=??q?a?=",
		"=?utf-8?q?=E4?=":                           "ä", // said UTF-8, is windows-1252
		"Gr\xfc\xdfe":                               "Grüße",
		"Gr\xc3\xbc\xc3\x9fe":                       "Grüße",
		"=?utf-8?q?a=0D=0ABcc:_x?=":                 "a  Bcc: x",
		"=?utf-8?q?zero=00width?=":                  "zero width",
		"\x1b$B$^$_$`\x1b(B":                        "まみむ",
		"=?=?=?=?utf-8?q?a?=":                       "=?=?=?a",
		"(=?utf-8?q?a?=)":                           "(a)",
		"=?utf-8?q?a?=b":                            "ab",
		"=?utf-7?q?Gr+APwA3w-e?=":                   "Grüße",
		strings.Repeat("=?utf-8?q?a?= ", 3) + "end": "aaa end",
	} {
		if got := decodeWords([]byte(in), ""); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestCharsetsOfAllKindsAreRead(t *testing.T) {
	type encoder interface{ String(string) (string, error) }
	for label, c := range map[string]struct {
		enc  encoder
		text string
	}{
		"gb2312":          {simplifiedchinese.GBK.NewEncoder(), "你好，世界"},
		"GB18030":         {simplifiedchinese.GB18030.NewEncoder(), "你好𠀀"},
		"hz-gb-2312":      {simplifiedchinese.HZGB2312.NewEncoder(), "你好"},
		"big5":            {traditionalchinese.Big5.NewEncoder(), "繁體中文"},
		"iso-2022-jp":     {japanese.ISO2022JP.NewEncoder(), "日本語テスト"},
		"Shift_JIS":       {japanese.ShiftJIS.NewEncoder(), "日本語テスト"},
		"cp932":           {japanese.ShiftJIS.NewEncoder(), "日本語テスト"},
		"euc-jp":          {japanese.EUCJP.NewEncoder(), "日本語テスト"},
		"ks_c_5601-1987":  {korean.EUCKR.NewEncoder(), "한국어 메일"},
		"euc-kr":          {korean.EUCKR.NewEncoder(), "한국어 메일"},
		"koi8-r":          {charmap.KOI8R.NewEncoder(), "Привет, мир"},
		"koi8-u":          {charmap.KOI8U.NewEncoder(), "Привіт"},
		"windows-1251":    {charmap.Windows1251.NewEncoder(), "Привет, мир"},
		"cp1251":          {charmap.Windows1251.NewEncoder(), "Привет, мир"},
		"windows-1250":    {charmap.Windows1250.NewEncoder(), "Příliš žluťoučký"},
		"windows-1253":    {charmap.Windows1253.NewEncoder(), "Καλημέρα"},
		"windows-1255":    {charmap.Windows1255.NewEncoder(), "שלום"},
		"windows-1256":    {charmap.Windows1256.NewEncoder(), "مرحبا"},
		"iso-8859-1":      {charmap.Windows1252.NewEncoder(), "Grüße “quoted”"},
		"\"ISO-8859-15\"": {charmap.ISO8859_15.NewEncoder(), "10 €"},
		"iso-8859-2":      {charmap.ISO8859_2.NewEncoder(), "Łódź"},
		"tis-620":         {charmap.Windows874.NewEncoder(), "สวัสดี"},
		"macintosh":       {charmap.Macintosh.NewEncoder(), "Grüße"},
		"cp437":           {charmap.CodePage437.NewEncoder(), "Grüße ░"},
		"utf-16le":        {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder(), "Grüße"},
		"utf-16":          {unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), "Grüße"},
	} {
		encoded, err := c.enc.String(c.text)
		check(t, err)
		if got := decodeCharset(label, []byte(encoded)); got != c.text {
			t.Errorf("%s: got %q, want %q", label, got, c.text)
		}
	}
	for label, c := range map[string][2]string{
		"iso-2022-kr":  {"\x1b$)C\x0eGQ19>n\x0f!", "한국어!"},
		"utf-7":        {"Gr+APwA3w-e 1+-1", "Grüße 1+1"},
		"us-ascii":     {"Grüße", "Grüße"},             // wrong: it is UTF-8
		"iso-8859-1":   {"Grüße", "Grüße"},             // the same
		"utf-8":        {"Gr\xfc\xdfe", "Grüße"},       // wrong: it is windows-1252
		"utf8":         {"Grüße \xff", "Grüße \uFFFD"}, // mostly right
		"no such":      {"Gr\xfc\xdfe", "Grüße"},
		"":             {"\xef\xbb\xbfGrüße", "Grüße"},
		"windows-1252": {"\xff\xfeG\x00", "G"},
	} {
		if got := decodeCharset(label, []byte(c[0])); got != c[1] {
			t.Errorf("%s: got %q, want %q", label, got, c[1])
		}
	}
}

func TestParametersAreReadHoweverWritten(t *testing.T) {
	for in, want := range map[string]string{
		`attachment; filename=a.pdf`:                                                    "a.pdf",
		`attachment; filename="a b.pdf"`:                                                "a b.pdf",
		`attachment; filename=a b.pdf`:                                                  "a b.pdf",
		`attachment; FILENAME = "a.pdf" ; size=3`:                                       "a.pdf",
		`attachment; filename="a\"b.pdf"`:                                               `a"b.pdf`,
		`attachment; filename="C:\dir\a.pdf"`:                                           `C:\dir\a.pdf`,
		`attachment; filename="a;b.pdf"`:                                                "a;b.pdf",
		`attachment; filename*=utf-8''Men%C3%BC.pdf`:                                    "Menü.pdf",
		`attachment; filename*=iso-8859-1'de'Men%FC.pdf`:                                "Menü.pdf",
		`attachment; filename*0="a"; filename*1="b.pdf"`:                                "ab.pdf",
		`attachment; filename*1*="%BC.pdf"; filename*0*=utf-8''Men%C3`:                  "Menü.pdf",
		`attachment; filename*0*=utf-8''%e2%82%ac; filename*1=" x.pdf"; filename=e.pdf`: "€ x.pdf",
		`attachment; filename="=?utf-8?B?TWVuw7wucGRm?="`:                               "Menü.pdf",
		`attachment; filename==?utf-8?Q?Men=C3=BC.pdf?=`:                                "Menü.pdf",
		`attachment; filename="never ends.pdf`:                                          "never ends.pdf",
		`attachment;; filename=a.pdf;`:                                                  "a.pdf",
		`attachment filename="a b.pdf"; size=3`:                                         "a b.pdf",
		"attachment; filename=\"Men\xfc.pdf\"":                                          "Menü.pdf",
	} {
		if _, params := parseParams([]byte(in)); params["filename"] != want {
			t.Errorf("%s: got %q, want %q", in, params["filename"], want)
		}
	}
}

func TestDatesAreReadHoweverWritten(t *testing.T) {
	for in, want := range map[string]string{
		"Mon, 2 Nov 2026 10:15:00 +0100":                "2026-11-02T09:15:00Z",
		"2 Nov 2026 10:15 +0100":                        "2026-11-02T09:15:00Z",
		"Mon, 2 Nov 2026 10:15:00 +0100 (CET)":          "2026-11-02T09:15:00Z",
		"Mon, 02 Nov 26 10:15:00 EST":                   "2026-11-02T15:15:00Z",
		"Mon, 2 Nov 2026 10:15:00 GMT":                  "2026-11-02T10:15:00Z",
		"Monday, November 2, 2026 10:15:00 PST":         "2026-11-02T18:15:00Z",
		"Mon Nov  2 10:15:00 2026":                      "2026-11-02T10:15:00Z",
		"2-Nov-2026 10:15:00 +0000":                     "2026-11-02T10:15:00Z",
		"Mon, 2 Nov 2026 10.15.00 +0000":                "2026-11-02T10:15:00Z",
		"2 Nov 1999":                                    "1999-11-02T00:00:00Z",
		"Thu, 1 Jan 0001 00:00:00 +0000":                "",
		"yesterday":                                     "",
		"":                                              "",
		strings.Repeat("2 Nov 2026 ", 1000):             "",
		"Mon, 2 Nov 2026 10:15:00 +0100 and more words": "2026-11-02T09:15:00Z",
	} {
		got := ""
		if d := parseDate(in); !d.IsZero() {
			got = d.UTC().Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%.40q: got %q, want %q", in, got, want)
		}
	}
}

func TestFileNamesAreSafe(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd":                 "passwd",
		`..\..\boot.ini`:                   "boot.ini",
		"a\x00b\r\n.txt":                   "ab.txt",
		"invoice\u202egpj.exe":             "invoicegpj.exe",
		"CON":                              "_CON",
		"con.txt":                          "_con.txt",
		"/":                                "",
		"..":                               "",
		" . ":                              "",
		`a<b>:"|?*.txt`:                    "a_b______.txt",
		strings.Repeat("ä", 3000) + ".pdf": strings.Repeat("ä", 100) + ".pdf",
		"Menü.pdf":                         "Menü.pdf",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%.40q: got %q, want %q", in, got, want)
		}
	}
}
