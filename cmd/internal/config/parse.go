package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/retort-db/retort/cmd/internal/suggest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// Error is one mistake in a configuration file.
type Error struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Error returns "retort.yaml:3: text".
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text) }

// Errors are all mistakes in a configuration file, in the order of the lines.
type Errors []*Error

// Error returns one line for each mistake.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single mistakes, for errors.As.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, one := range e {
		out[i] = one
	}
	return out
}

// Parse reads the content of a configuration file. What is wrong with it is reported all at once, as [Errors].
func Parse(file string, source []byte) (*Config, error) {
	p := &parser{file: display(file), config: Default(filepath.Dir(file))}
	p.config.File = file
	var document yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(string(source)))
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return p.config, nil // an empty file
	case err != nil:
		return nil, Errors{syntaxError(p.file, err)}
	}
	p.document(&document)
	if len(p.errors) > 0 {
		slices.SortStableFunc(p.errors, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
		return nil, p.errors
	}
	return p.config, nil
}

// syntaxError takes the line out of the message of the YAML library.
func syntaxError(file string, err error) *Error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if n, _ := fmt.Sscanf(text, "line %d:", &line); n == 1 {
		_, text, _ = strings.Cut(text, ": ")
	}
	return &Error{File: file, Line: line, Text: text}
}

type parser struct {
	file   string
	config *Config
	errors Errors
}

func (p *parser) fail(node *yaml.Node, format string, args ...any) {
	p.errors = append(p.errors, &Error{File: p.file, Line: node.Line, Text: fmt.Sprintf(format, args...)})
}

// keys are the keys of the file, in the order of the documentation.
var keys = []struct {
	name string
	read func(p *parser, key string, node *yaml.Node)
}{
	{"url", func(p *parser, key string, node *yaml.Node) { p.config.URL = p.url(key, node) }},
	{"databases", (*parser).databases},
	{"models", func(p *parser, key string, node *yaml.Node) { p.config.Models = p.some(key, node) }},
	{"migrations", func(p *parser, key string, node *yaml.Node) { p.config.Migrations = p.some(key, node) }},
	{"dialects", (*parser).dialects},
	{"schemas", func(p *parser, key string, node *yaml.Node) { p.config.Schemas = p.texts(key, node) }},
	{"foreign_keys", func(p *parser, key string, node *yaml.Node) {
		p.config.ForeignKeys = reflect.ForeignKeyMode(p.oneOf(key, node, "all", "declared", "none"))
	}},
	{"types", (*parser).types},
	{"naming", (*parser).naming},
	{"renames", func(p *parser, key string, node *yaml.Node) {
		p.config.Renames = Renames(p.oneOf(key, node, "flag", "ask", "accept", "never"))
	}},
	{"online", func(p *parser, key string, node *yaml.Node) {
		p.config.Online = p.oneOf(key, node, "true", "false") == "true"
	}},
	{"exclude", (*parser).exclude},
	{"scratch_url", func(p *parser, key string, node *yaml.Node) { p.config.ScratchURL = p.url(key, node) }},
	{"version_table", func(p *parser, key string, node *yaml.Node) { p.config.VersionTable = p.name(key, node) }},
	{"history_table", func(p *parser, key string, node *yaml.Node) { p.config.HistoryTable = p.name(key, node) }},
	{"wait", func(p *parser, key string, node *yaml.Node) { p.duration(key, node, &p.config.Wait) }},
	{"lock_timeout", func(p *parser, key string, node *yaml.Node) { p.duration(key, node, &p.config.LockTimeout) }},
	{"statement_timeout", func(p *parser, key string, node *yaml.Node) { p.duration(key, node, &p.config.StatementTimeout) }},
	{"file_template", (*parser).fileTemplate},
	{"header", (*parser).header},
	{"hooks", (*parser).hooks},
	{"build_tags", func(p *parser, key string, node *yaml.Node) { p.config.BuildTags = p.texts(key, node) }},
	{"lint", (*parser).lint},
}

// Keys returns the names of all keys.
func Keys() []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = key.name
	}
	return names
}

func (p *parser) document(document *yaml.Node) {
	root := document
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return
	}
	if root.Kind != yaml.MappingNode {
		p.fail(root, "the file must be a list of keys and values, such as \"url: sqlite:app.db\"")
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if line, twice := seen[key.Value]; twice {
			p.fail(key, "%s is given twice, first on line %d", key.Value, line)
			continue
		}
		seen[key.Value] = key.Line
		p.key(key, resolveAlias(value))
	}
}

func resolveAlias(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode && node.Alias != nil {
		return node.Alias
	}
	return node
}

func (p *parser) key(key, value *yaml.Node) {
	for _, known := range keys {
		if known.name == key.Value {
			known.read(p, key.Value, value)
			return
		}
	}
	p.fail(key, "unknown key %q%s", key.Value, suggest.Sentence(key.Value, Keys()))
}

// text reads a scalar. Numbers and so on are taken as they are written.
func (p *parser) text(key string, node *yaml.Node) string {
	node = resolveAlias(node)
	if node.Kind != yaml.ScalarNode {
		p.fail(node, "%s must be one value, not %s", key, kindName(node))
		return ""
	}
	if node.Tag == "!!null" || strings.TrimSpace(node.Value) == "" {
		p.fail(node, "%s has no value", key)
		return ""
	}
	return node.Value
}

// texts reads a list of scalars, or one scalar as a list of one.
func (p *parser) texts(key string, node *yaml.Node) []string {
	if node.Kind != yaml.SequenceNode {
		text := p.text(key, node)
		if text == "" {
			return nil
		}
		return []string{text}
	}
	out := []string{}
	for _, item := range node.Content {
		if text := p.text(key, item); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// some is texts for lists that must not be empty.
func (p *parser) some(key string, node *yaml.Node) []string {
	out := p.texts(key, node)
	if node.Kind == yaml.SequenceNode && len(node.Content) == 0 {
		p.fail(node, "%s is empty; leave the key out for the default", key)
	}
	return out
}

func (p *parser) oneOf(key string, node *yaml.Node, values ...string) string {
	text := p.text(key, node)
	if text != "" && !slices.Contains(values, text) {
		p.fail(node, "%s cannot be %q%s", key, text, suggest.Sentence(text, values))
	}
	return text
}

func (p *parser) url(key string, node *yaml.Node) Text {
	text := Text{Value: p.text(key, node), Line: node.Line}
	if text.Value == "" {
		return text
	}
	if strings.Count(strings.ReplaceAll(text.Value, "$${", ""), "${") > strings.Count(text.Value, "}") {
		p.fail(node, "%s has ${ without a closing }", key)
		return text
	}
	if !strings.Contains(text.Value, "${") {
		if _, err := introspect.DialectOf(text.Value); err != nil {
			p.fail(node, "%s: %v", key, err)
		}
	}
	return text
}

func (p *parser) name(key string, node *yaml.Node) string {
	text := p.text(key, node)
	if name := schema.ParseName(text); text != "" && name.Name == "" {
		p.fail(node, "%s: %q is no table name", key, text)
	}
	return text
}

func (p *parser) dialects(key string, node *yaml.Node) {
	var dialects []schema.Dialect
	items := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		items = node.Content
	}
	for _, item := range items {
		text := p.text(key, item)
		if text == "" {
			continue
		}
		dialect, err := schema.ParseDialect(text)
		if err != nil {
			p.fail(item, "%s: unknown dialect %q%s", key, text, suggest.Sentence(text, []string{"postgres", "mysql", "sqlite"}))
			continue
		}
		if slices.Contains(dialects, dialect) {
			p.fail(item, "%s: %s is given twice", key, dialect)
			continue
		}
		dialects = append(dialects, dialect)
	}
	p.config.Dialects = dialects
}

func (p *parser) exclude(key string, node *yaml.Node) {
	p.config.Exclude = p.texts(key, node)
	for _, pattern := range p.config.Exclude {
		if _, err := path.Match(pattern, ""); err != nil {
			p.fail(node, "%s: %q is no pattern: %v", key, pattern, err)
		}
	}
}

func (p *parser) duration(key string, node *yaml.Node, into *time.Duration) {
	text := p.text(key, node)
	if text == "" {
		return
	}
	duration, err := time.ParseDuration(text)
	if err != nil || duration <= 0 {
		p.fail(node, "%s: %q is no duration; write it as 30s or 5m", key, text)
		return
	}
	*into = duration
}

func (p *parser) types(key string, node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		p.fail(node, "%s must map Go types to SQL types, such as \"github.com/shopspring/decimal.Decimal: numeric\"", key)
		return
	}
	p.config.Types = map[string]reflect.Types{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		goType, value := node.Content[i].Value, resolveAlias(node.Content[i+1])
		if !strings.Contains(path.Base(goType), ".") {
			p.fail(node.Content[i], "%s: %q is no Go type; write it with its import path, as in github.com/google/uuid.UUID", key, goType)
			continue
		}
		p.config.Types[goType] = p.sqlTypes(key+": "+goType, value)
	}
}

// sqlTypes reads one SQL type for all dialects, or one for each.
func (p *parser) sqlTypes(key string, node *yaml.Node) reflect.Types {
	types := reflect.Types{}
	if node.Kind != yaml.MappingNode {
		text := p.text(key, node)
		for _, dialect := range schema.Dialects {
			types[dialect] = text
		}
		return types
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		dialect, err := schema.ParseDialect(name.Value)
		if err != nil {
			p.fail(name, "%s: unknown dialect %q%s", key, name.Value, suggest.Sentence(name.Value, []string{"postgres", "mysql", "sqlite"}))
			continue
		}
		types[dialect] = p.text(key+": "+name.Value, node.Content[i+1])
	}
	return types
}

func (p *parser) naming(key string, node *yaml.Node) {
	templates := map[string]*string{
		"primary_key": &p.config.Naming.PrimaryKey, "unique": &p.config.Naming.Unique, "foreign_key": &p.config.Naming.ForeignKey,
		"check": &p.config.Naming.Check, "exclusion": &p.config.Naming.Exclusion, "index": &p.config.Naming.Index, "enum": &p.config.Naming.Enum,
	}
	if node.Kind != yaml.MappingNode {
		p.fail(node, "%s must map kinds of objects to templates, such as \"index: ix_{table}_{columns}\"", key)
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		kind, value := node.Content[i], node.Content[i+1]
		template, known := templates[kind.Value]
		if !known {
			p.fail(kind, "%s: unknown kind %q%s", key, kind.Value, suggest.Sentence(kind.Value, slices.Sorted(maps.Keys(templates))))
			continue
		}
		*template = p.text(key+": "+kind.Value, value)
		if !strings.Contains(*template, "{table}") {
			p.fail(value, "%s: %s must contain {table}, or names would collide", key, kind.Value)
		}
	}
}

func (p *parser) fileTemplate(key string, node *yaml.Node) {
	p.config.FileTemplate = p.text(key, node)
	if err := render.CheckFileTemplate(p.config.FileTemplate); err != nil && p.config.FileTemplate != "" {
		p.fail(node, "%v", err)
	}
}

func (p *parser) header(key string, node *yaml.Node) {
	p.config.Header = p.text(key, node)
	if err := render.CheckHeader(p.config.Header); err != nil {
		p.fail(node, "%s: %v", key, err)
	}
}

func (p *parser) hooks(key string, node *yaml.Node) {
	if node.Kind != yaml.SequenceNode {
		p.fail(node, "%s must be a list of commands, such as \"- gofumpt -w {file}\"", key)
		return
	}
	for _, item := range node.Content {
		p.hook(key, resolveAlias(item))
	}
}

// hook reads a command as one text, split at spaces, or as a list of its words.
func (p *parser) hook(key string, node *yaml.Node) {
	command := p.command(key, node)
	if len(command) == 0 {
		return
	}
	p.config.Hooks = append(p.config.Hooks, Hook{Name: strings.Join(command, " "), Command: command, Line: node.Line})
}

func kindName(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return "this"
}
