package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Search compares words after folding, and both databases are given the same folded words: in lower
// case and without accents. Chinese, Japanese and Korean are written without spaces between words, so
// that their runs are cut into overlapping pairs of characters; the last character of a run also stands
// alone, which lets the search for one character find every place that it is in.

// longestToken is the longest word that is kept, in characters. Longer ones are no words.
const longestToken = 64

// token is a folded word or a pair of characters. loose is a single character from the end of a run.
type token struct {
	text  string
	loose bool
}

// fold cuts a text into at most most tokens.
func fold(text string, most int) []token {
	f := folder{most: most}
	for _, r := range norm.NFKC.String(text) {
		if len(f.tokens) >= most {
			break
		}
		f.rune(r)
	}
	f.endWord()
	f.endRun()
	return f.tokens[:min(len(f.tokens), most)]
}

// folder is a fold under way.
type folder struct {
	most   int
	tokens []token
	word   strings.Builder
	length int  // of word, in characters
	last   rune // last character of a run of pairs; 0 outside
}

func (f *folder) rune(r rune) {
	switch {
	case inPairs(r):
		f.endWord()
		if f.last != 0 {
			f.tokens = append(f.tokens, token{text: string([]rune{f.last, r})})
		}
		f.last = r
	case isMark(r): // an accent that has no composed form
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		f.endRun()
		f.letter(r)
	default:
		f.endRun()
		f.endWord()
	}
}

// letter adds a letter to the word, folded.
func (f *folder) letter(r rune) {
	if f.length >= longestToken {
		return
	}
	f.length++
	if r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		f.word.WriteByte(byte(r))
		return
	}
	if s, ok := spelled[unicode.ToLower(r)]; ok {
		f.word.WriteString(s)
		return
	}
	for _, d := range norm.NFD.String(string(r)) {
		if !isMark(d) {
			f.word.WriteRune(unicode.ToLower(d))
		}
	}
}

func (f *folder) endWord() {
	if f.length == 0 {
		return
	}
	if f.word.Len() > 0 {
		f.tokens = append(f.tokens, token{text: f.word.String()})
	}
	f.word.Reset()
	f.length = 0
}

func (f *folder) endRun() {
	if f.last != 0 {
		f.tokens = append(f.tokens, token{text: string(f.last), loose: true})
	}
	f.last = 0
}

// inPairs says whether a character belongs to a script that is searched by pairs.
func inPairs(r rune) bool {
	return r >= 0x1100 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー')
}

// isMark says whether a character is an accent, a vowel point or the like, which people leave out when
// they search. Marks of other scripts are parts of their words.
func isMark(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36F: // Latin, Greek, Cyrillic
		return true
	case 0x591 <= r && r <= 0x5C7, 0x64B <= r && r <= 0x65F, r == 0x670: // Hebrew, Arabic
		return unicode.Is(unicode.Mn, r)
	}
	return false
}

// spelled are letters that do not decompose, as they are written without their sign.
var spelled = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ı': "i",
	'ŧ': "t", 'ŋ': "n", 'ς': "σ",
}
