package config

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/retort-db/retort/cmd/internal/suggest"
)

// Databases says which databases have the same schema: a list, or what a query or a command says. Without any the project
// has one database.
type Databases struct {
	List []Database
	// Query is run on the database of the project; its rows are what Database.Where is, or a name and that.
	Query string
	// Command prints the same, a line for each.
	Command []string
	Line    int // 0 if there are none
}

// Database is one of several.
type Database struct {
	Name string // may be empty
	// Where is a URL, or the name of a schema (PostgreSQL) or database (MySQL) on the server of the project's database.
	Where Text
}

// Several reports whether there are such databases.
func (d Databases) Several() bool { return d.Line > 0 }

// databases reads a list of databases, or a query or command that lists them.
func (p *parser) databases(key string, node *yaml.Node) {
	p.config.Databases.Line = node.Line
	if node.Kind == yaml.SequenceNode {
		if len(node.Content) == 0 {
			p.fail(node, "%s is empty; leave the key out if there is one database only", key)
		}
		for _, item := range node.Content {
			p.config.Databases.List = append(p.config.Databases.List, p.database(key, resolveAlias(item)))
		}
		return
	}
	if node.Kind != yaml.MappingNode {
		p.fail(node, "%s must be a list, or a query or a command that lists them, such as \"query: SELECT name FROM tenants\"", key)
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], resolveAlias(node.Content[i+1])
		switch name.Value {
		case "query":
			p.config.Databases.Query = p.text(key+": query", value)
		case "command":
			p.config.Databases.Command = p.command(key+": command", value)
		default:
			p.fail(name, "%s: unknown key %q%s", key, name.Value, suggest.Sentence(name.Value, []string{"query", "command"}))
		}
	}
	if (p.config.Databases.Query == "") == (p.config.Databases.Command == nil) && len(p.errors) == 0 {
		p.fail(node, "%s: give either a query or a command", key)
	}
}

func (p *parser) database(key string, node *yaml.Node) Database {
	if node.Kind != yaml.MappingNode {
		return Database{Where: Text{Value: p.text(key, node), Line: node.Line}}
	}
	var one Database
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], resolveAlias(node.Content[i+1])
		switch name.Value {
		case "name":
			one.Name = p.text(key+": name", value)
		case "url":
			one.Where = p.url(key+": url", value)
		case "schema":
			one.Where = Text{Value: p.text(key+": schema", value), Line: value.Line}
		default:
			p.fail(name, "%s: unknown key %q%s", key, name.Value, suggest.Sentence(name.Value, []string{"name", "url", "schema"}))
		}
	}
	if one.Where.Value == "" && len(p.errors) == 0 {
		p.fail(node, "%s: a database needs a url or a schema", key)
	}
	return one
}

// command reads a command as one text, split at spaces, or as a list of its words.
func (p *parser) command(key string, node *yaml.Node) []string {
	if node.Kind == yaml.SequenceNode {
		return p.texts(key, node)
	}
	return strings.Fields(p.text(key, node))
}

// Expanded returns a text of the key with its variables replaced.
func (c *Config) Expanded(key string, text Text, lookup func(string) (string, bool)) (string, error) {
	value, missing := expand(text.Value, lookup)
	if missing != "" {
		return "", &UnsetError{File: c.displayFile(), Line: text.Line, Key: key, Variable: missing}
	}
	return value, nil
}
