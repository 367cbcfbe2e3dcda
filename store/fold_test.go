package store

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFolding(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"Hello, World!":              "hello world",
		"Crème Brûlée":               "creme brulee",
		"Cre\u0300me":                "creme",
		"STRASSE Straße":             "strasse strasse",
		"Łódź Ærø Ísland":            "lodz aero island",
		"ΣΊΣΥΦΟΣ Σίσυφος":            "σισυφοσ σισυφοσ",
		"Ёлка Йод":                   "елка иод",
		"ﬁnance ①２":                  "finance 12",
		"don't re-open a_b":          "don t re open a b",
		"ada@contoso.example":        "ada contoso example",
		"日本語":                        "日本 本語 語",
		"日":                          "日",
		"請求書PDFを":                    "請求 求書 書 pdf を",
		"ｶﾀｶﾅ カタカナ":                  "カタ タカ カナ ナ カタ タカ カナ ナ",
		"が":                          "が",
		"안녕 하세요":                     "안녕 녕 하세 세요 요",
		"ราคา":                       "ราคา",
		"हिन्दी":                     "हिन्दी",
		"שָׁלוֹם":                    "שלום",
		"İstanbul ISTANBUL ıstanbul": "istanbul istanbul istanbul",
		"a\x00b \xff c":              "a b c",
		"😀 fun":                      "fun",
	} {
		var got []string
		for _, tok := range fold(text, 100) {
			got = append(got, tok.text)
		}
		equal(t, text, strings.Join(got, " "), want)
	}
}

func TestFoldingStopsAtItsLimits(t *testing.T) {
	equal(t, "words", len(fold(strings.Repeat("a ", 1000), 10)), 10)
	equal(t, "pairs", len(fold(strings.Repeat("語", 1000), 10)), 10)
	equal(t, "length", len(fold(strings.Repeat("x", 1000), 10)[0].text), longestToken)
}

// Both databases take folded words into their own languages without quoting them.
func FuzzFoldedWordsHoldNothingButLetters(f *testing.F) {
	for _, seed := range []string{"Crème", "日本語 text", "'; DROP \\ \" * : ( )", "\xff\x00ʼ՚＇"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, tok := range fold(text, 1000) {
			if tok.text == "" || !utf8.ValidString(tok.text) || strings.ContainsAny(tok.text, " \t\r\n\x00'\"\\*:()&|!<>-^{}+,") {
				t.Fatalf("%q folds to %q", text, tok.text)
			}
			for _, r := range tok.text {
				if 'A' <= r && r <= 'Z' {
					t.Fatalf("%q folds to %q", text, tok.text)
				}
			}
		}
	})
}
