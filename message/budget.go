package message

import (
	"strings"

	"golang.org/x/net/html"
)

// maxNodes bounds the tree that a parser may make of a mail. HTML can ask for far more elements than
// it has tags: formatting that is not closed is opened again in every paragraph that follows.
const maxNodes = 400_000

// affordable reports whether a parser makes at most maxNodes of src. It counts tokens, and wherever
// formatting may be opened again, all of it that was ever begun: more than a parser ever does.
func affordable(src string) bool {
	z := html.NewTokenizer(strings.NewReader(src))
	nodes, left := 0, false // left: a place was left, so that formatting may be opened again
	begun := map[string]int{}
	format := 1 // links: a new one ends the one before
	reopen := func() {
		if left {
			nodes += format
			left = false
		}
	}
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return true
		}
		raw := string(z.Raw())
		switch kind {
		case html.TextToken:
			reopen()
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			reopen()
			left = left || !isVoid(string(name))
			// A parser keeps no more than three of the same; the tags of links differ but are not kept.
			if isFormatting(string(name)) && string(name) != "a" && begun[raw] < 3 {
				begun[raw]++
				format++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if isFormatting(string(name)) && format > 8 {
				nodes += 8 // ending what is not the innermost copies what is between
			}
			left = true
		}
		if nodes++; nodes > maxNodes {
			return false
		}
	}
}

func isFormatting(name string) bool {
	switch name {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

func isVoid(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}
