package simulator

import (
	"strings"
)

// list answers LIST. Which folder is for what is not told: see SpecialUse.
func (c *imapConn) list(args *parser) (string, error) { return c.listAs("LIST", args) }

// lsub answers as if everything were subscribed.
func (c *imapConn) lsub(args *parser) (string, error) {
	if c.fault(IMAPRollout) {
		return "", refusal("BAD Command Argument Error")
	}
	return c.listAs("LSUB", args)
}

func (c *imapConn) subscribe(*parser) (string, error) { return "", nil }

func (c *imapConn) listAs(word string, args *parser) (string, error) {
	reference, err := args.folder()
	if err != nil {
		return "", err
	}
	pattern, err := args.folder()
	if err != nil {
		return "", err
	}
	if err := args.end(); err != nil {
		return "", err // RETURN (…) is unknown here
	}
	if pattern == "" {
		c.untagged(`%s (\Noselect) "/" ""`, word)
		return "", nil
	}
	specialUse := c.fault(SpecialUse)
	c.box.mu.Lock()
	defer c.box.mu.Unlock()
	for _, f := range c.box.folders {
		if matchName(strings.ToUpper(reference+pattern), strings.ToUpper(f.name)) {
			c.untagged(`%s (%s) "/" %s`, word, strings.Join(c.attributes(f, specialUse), " "), quoteName(f.name))
		}
	}
	if c.fault(TabFolder) {
		c.untagged("%s (\\HasNoChildren) \"/\" Odd\tname", word)
	}
	return "", nil
}

func (c *imapConn) attributes(f *folder, specialUse bool) []string {
	var attributes []string
	if f.role == roleInbox {
		attributes = append(attributes, `\Marked`)
	}
	children := `\HasNoChildren`
	for _, o := range c.box.folders {
		if strings.HasPrefix(o.name, f.name+"/") {
			children = `\HasChildren`
		}
	}
	attributes = append(attributes, children)
	if a := f.role.attribute(); specialUse && a != "" {
		attributes = append(attributes, a)
	}
	return attributes
}

func (c *imapConn) create(args *parser) (string, error) {
	name, err := args.folder()
	if err != nil {
		return "", err
	}
	return "", c.box.create(name)
}

func (c *imapConn) delete(args *parser) (string, error) {
	name, err := args.folder()
	if err != nil {
		return "", err
	}
	return "", c.box.delete(name)
}

func (c *imapConn) rename(args *parser) (string, error) {
	from, err := args.folder()
	if err != nil {
		return "", err
	}
	to, err := args.folder()
	if err != nil {
		return "", err
	}
	return "", c.box.rename(from, to)
}

// quoteName writes a folder's name, in quotes when an atom may not hold it.
func quoteName(name string) string {
	encoded := encodeName(name)
	if encoded != "" && !strings.ContainsAny(encoded, " (){%*\"\\]\t") {
		return encoded
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(encoded) + `"`
}

// matchName matches a LIST pattern: "*" is anything, "%" anything within one level.
func matchName(pattern, name string) bool {
	if pattern == "" {
		return name == ""
	}
	switch pattern[0] {
	case '*', '%':
		for i := 0; i <= len(name); i++ {
			if matchName(pattern[1:], name[i:]) {
				return true
			}
			if i < len(name) && pattern[0] == '%' && name[i] == '/' {
				return false
			}
		}
		return false
	}
	return name != "" && pattern[0] == name[0] && matchName(pattern[1:], name[1:])
}
