package diff

import (
	"strings"

	"github.com/retort-db/retort/schema"
)

// noteUnread collects the objects that one side's reader could not read. Nothing follows from their absence, or from what
// else is missing of them, so they are left out on the other side too, and named.
func (c *comparison) noteUnread() {
	c.unread = map[string]bool{}
	for _, side := range []*schema.Schema{c.from, c.to} {
		for _, problem := range side.Problems {
			c.unread[problem.Object] = true
		}
	}
}

// isUnread reports whether a reader could not read the object of that kind and name. Problems name a function without its
// arguments, and call enums, domains and composite types types.
func (c *comparison) isUnread(kind string, name schema.Name) bool {
	if len(c.unread) == 0 {
		return false
	}
	bare, _, _ := strings.Cut(name.String(), "(")
	return c.unread[kind+" "+name.String()] || kind == "function" && c.unread["function "+bare] || c.unread["type "+name.String()]
}
