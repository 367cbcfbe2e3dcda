package message

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAddressesAreReadTheWayPeopleWriteThem(t *testing.T) {
	for in, want := range map[string][]Address{
		`a@x.example`:                               {{"", "a@x.example"}},
		`Ada <a@x.example>, b@x.example`:            {{"Ada", "a@x.example"}, {"", "b@x.example"}},
		`"Lovelace, Ada" <a@x.example>`:             {{"Lovelace, Ada", "a@x.example"}},
		`Lovelace\, Ada <a@x.example>`:              {{`Lovelace\`, ""}, {"Ada", "a@x.example"}},
		`=?utf-8?q?L=C3=B6w?= <a@x.example>`:        {{"Löw", "a@x.example"}},
		`"=?utf-8?q?L=C3=B6w?=" <a@x.example>`:      {{"Löw", "a@x.example"}},
		`=?utf-8?q?a,b?= <a@x.example>`:             {{"a,b", "a@x.example"}},
		`a@x.example (Ada)`:                         {{"Ada", "a@x.example"}},
		`<a@x.example> (Ada)`:                       {{"Ada", "a@x.example"}},
		`Team: a@x.example, b@x.example;`:           {{"", "a@x.example"}, {"", "b@x.example"}},
		`undisclosed-recipients:;`:                  nil,
		`a@x.example; b@x.example`:                  {{"", "a@x.example"}, {"", "b@x.example"}},
		`<@relay.example:a@x.example>`:              {{"", "a@x.example"}},
		`a@x.example <a@x.example>`:                 {{"", "a@x.example"}},
		`'Ada' <a@x.example>`:                       {{"Ada", "a@x.example"}},
		`Ada a@x.example`:                           {{"Ada", "a@x.example"}},
		`Ada <a@x.example`:                          {{"Ada", "a@x.example"}},
		`"Ada <a@x.example>`:                        {{"Ada", "a@x.example"}},
		`Ada`:                                       {{"Ada", ""}},
		`mailto:a@x.example`:                        {{"", "a@x.example"}},
		`"evil@y.example" <a@x.example>`:            {{"evil@y.example", "a@x.example"}},
		`<a@x.example>, , <>`:                       {{"", "a@x.example"}},
		"J\xf6rg <j@x.example>":                     {{"Jörg", "j@x.example"}},
		"Ada\r\n\t<a@x.example>":                    {{"Ada", "a@x.example"}},
		`"a, evil@x.example"@y.example`:             {{"", "a, evil@x.example@y.example"}},
		`Ada (who (really) counts) <a@x.example>`:   {{"Ada", "a@x.example"}},
		`=?utf-8?q?Bcc:_x=40y?= <a@x.example>`:      {{"Bcc: x@y", "a@x.example"}},
		`=?utf-8?q?a=0D=0ABcc:_b?= <a@x.example>`:   {{"a  Bcc: b", "a@x.example"}},
		`=?utf-8?q?a?= =?utf-8?q?b?= <a@x.example>`: {{"ab", "a@x.example"}},
	} {
		if got := parseAddresses(unfold([]byte(in)), ""); !slices.Equal(got, want) {
			t.Errorf("%q\n got %+v\nwant %+v", in, got, want)
		}
	}
}

// net/mail is strict and right; what it reads we have to read alike.
func TestAddressesThatNetMailReadsAreReadAlike(t *testing.T) {
	atom := rapid.StringMatching(`[A-Za-z0-9!#$%&*+/^_-]{1,8}`)
	phrase := rapid.StringMatching(`[A-Za-z]{1,6}( [A-Za-z]{1,6}){0,2}`)
	quoted := rapid.StringMatching(`"[A-Za-z ,;:<>()@.]{1,12}"`)
	rapid.Check(t, func(t *rapid.T) {
		var list []string
		for range rapid.IntRange(1, 4).Draw(t, "count") {
			addr := atom.Draw(t, "local") + "@" + atom.Draw(t, "domain") + ".example"
			switch rapid.IntRange(0, 2).Draw(t, "form") {
			case 0:
				list = append(list, addr)
			case 1:
				list = append(list, phrase.Draw(t, "name")+" <"+addr+">")
			case 2:
				list = append(list, quoted.Draw(t, "quoted")+" <"+addr+">")
			}
		}
		value := strings.Join(list, ", ")
		want, err := mail.ParseAddressList(value)
		if err != nil {
			t.Skip("not for net/mail either")
		}
		var got, theirs []string
		for _, a := range parseAddresses([]byte(value), "") {
			got = append(got, fmt.Sprintf("%q %q", a.Name, a.Addr))
		}
		for _, a := range want {
			theirs = append(theirs, fmt.Sprintf("%q %q", strings.TrimSpace(a.Name), a.Address))
		}
		if !slices.Equal(got, theirs) {
			t.Fatalf("%s\n got %s\nwant %s", value, got, theirs)
		}
	})
}
