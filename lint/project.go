package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Project is what a project says about the rules. The zero value takes them as they are, without the optional ones.
type Project struct {
	// Ignore leaves rules out, by their ids.
	Ignore []string
	// Severities gives findings of rules another severity, by id, and turns optional rules on.
	Severities map[string]Severity
	// Except leaves rules out for some revision files, by id. A pattern is that of [path.Match] for the end of a file's path,
	// or of a directory's above it: "2019*.go", "migrations/legacy".
	Except map[string][]string
	// Types, Charsets and Engines say which types, character sets and MySQL storage engines may be used.
	Types, Charsets, Engines List
	// Names says what names must look like, by kind; see [NameKinds].
	Names map[string]*regexp.Regexp
}

// NameKinds are the kinds of names that a project may have a pattern for.
var NameKinds = []string{"table", "column", "index", "primary_key", "unique", "foreign_key", "check", "enum"}

// List is what may be used: anything that Allow has, or anything at all if it is empty, but for what Deny has. Case does not
// matter. An entry without arguments stands for a type with any: "varchar" for varchar(20).
type List struct{ Allow, Deny []string }

// permits reports whether the list lets a word be used.
func (l List) permits(word string) bool {
	same := func(entry string) bool {
		bare, _, _ := strings.Cut(word, "(")
		return strings.EqualFold(entry, word) || strings.EqualFold(entry, strings.TrimSpace(bare))
	}
	return (len(l.Allow) == 0 || slices.ContainsFunc(l.Allow, same)) && !slices.ContainsFunc(l.Deny, same)
}

// wants reports whether a rule looks at a file. The file is empty where there is none yet.
func (p Project) wants(rule Rule, file string) bool {
	if _, on := p.Severities[rule.ID]; rule.Optional && !on {
		return false
	}
	if slices.Contains(p.Ignore, rule.ID) {
		return false
	}
	return !slices.ContainsFunc(p.Except[rule.ID], func(pattern string) bool { return matches(strings.TrimSuffix(pattern, "/"), file) })
}

// matches reports whether a pattern is that of the end of a path, or of a directory's above it.
func matches(pattern, file string) bool {
	if file == "" {
		return false
	}
	parts := strings.Split(file, "/")
	for to := len(parts); to > 0; to-- {
		for from := range to {
			if matched, err := path.Match(pattern, strings.Join(parts[from:to], "/")); err == nil && matched {
				return true
			}
		}
	}
	return false
}

var policies = []rule{{
	Rule: Rule{
		ID: "forbidden-type", Category: Design, Severity: Warning,
		Title:   "a type that the project does without",
		What:    "A new column, or one that changes its type, has a type that `types` of the configuration does not permit.",
		Why:     "The project has agreed on it.",
		Safe:    "Take a type that is permitted, or change the list.",
		Engines: everywhere,
		Bad:     `m.AddColumn("users", op.Column("balance", "money"))`,
		Good:    `m.AddColumn("users", op.Column("balance", "numeric(12,2)"))`,
	},
	step: func(r *run, operation op.Operation) {
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			if column.Type != "" && !r.Project.Types.permits(column.Type) {
				r.find(columnOf(table, column.Name), "the project does without the type "+column.Type, "take a type that is permitted")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "forbidden-storage", Category: Design, Severity: Warning,
		Title:   "a character set or engine that the project does without",
		What:    "A table or column has a character set or storage engine that `charsets` or `engines` of the configuration does not permit.",
		Why:     "The project has agreed on it.",
		Safe:    "Take one that is permitted, or change the list.",
		Engines: []Engine{onMySQL},
		Bad:     `m.AddColumn("users", op.Column("nick", "varchar(20)").Charset("latin2"))`,
		Good:    `m.AddColumn("users", op.Column("nick", "varchar(20)").Charset("utf8mb4"))`,
	},
	step: func(r *run, operation op.Operation) {
		options := optionsOf(operation)
		table := operation.Subject()
		if charset := options.Value(schema.OptionCharset); charset != "" && !r.Project.Charsets.permits(charset) {
			r.find(table.String(), "the project does without the character set "+charset, "take one that is permitted")
		}
		if engine := options.Value(schema.OptionEngine); engine != "" && !r.Project.Engines.permits(engine) {
			r.find(table.String(), "the project does without the engine "+engine, "take one that is permitted")
		}
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			if column.Charset != "" && !r.Project.Charsets.permits(column.Charset) {
				r.find(columnOf(table, column.Name), "the project does without the character set "+column.Charset, "take one that is permitted")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "name-pattern", Category: Naming, Severity: Warning,
		Title:   "a name is not as the project wants it",
		What:    "A new name does not match the pattern that `names` of the configuration has for its kind.",
		Why:     "The project has agreed on it.",
		Safe:    "Choose a name that matches, or change the pattern.",
		Engines: everywhere,
		Bad:     `m.CreateIndex("users_phone", "users", "phone")`,
		Good:    `m.CreateIndex("ix_users_phone", "users", "phone")`,
	},
	step: func(r *run, operation op.Operation) {
		r.names(operation, func(kind, object, name string) {
			if pattern := r.Project.Names[kind]; pattern != nil && name != "" && !pattern.MatchString(name) {
				r.find(object, strings.ReplaceAll(kind, "_", " ")+" "+name+" does not match "+pattern.String(), "choose a name that matches")
			}
		})
	},
}}

// optionsOf returns the options that an operation gives a table.
func optionsOf(operation op.Operation) schema.Options {
	switch o := operation.(type) {
	case *op.CreateTable:
		return o.Table.Options
	case *op.AlterTable:
		return o.Set
	}
	return nil
}

// names calls look for each name that an operation brings.
func (r *run) names(operation op.Operation, look func(kind, object, name string)) {
	r.newNames(operation, look)
	constraints := func(table schema.Name, key *schema.PrimaryKey, unique *schema.Unique, foreign *schema.ForeignKey, check *schema.Check) {
		switch {
		case key != nil:
			look("primary_key", table.String(), key.Name)
		case unique != nil:
			look("unique", table.String(), unique.Name)
		case foreign != nil:
			look("foreign_key", table.String(), foreign.Name)
		case check != nil:
			look("check", table.String(), check.Name)
		}
	}
	switch o := operation.(type) {
	case *op.CreateTable:
		constraints(o.Table.Name, o.Table.PrimaryKey, nil, nil, nil)
		for _, one := range o.Table.Uniques {
			constraints(o.Table.Name, nil, one, nil, nil)
		}
		for _, one := range o.Table.ForeignKeys {
			constraints(o.Table.Name, nil, nil, one, nil)
		}
		for _, one := range o.Table.Checks {
			constraints(o.Table.Name, nil, nil, nil, one)
		}
		for _, one := range o.Table.Indexes {
			look("index", o.Table.Name.String(), one.Name)
		}
	case *op.AddConstraint:
		constraints(o.Table, o.PrimaryKey, o.Unique, o.ForeignKey, o.Check)
	case *op.RenameConstraint:
		look(strings.ReplaceAll(string(o.Type), " ", "_"), o.Table.String(), o.To)
	case *op.CreateIndex:
		look("index", o.Table.String(), o.Index.Name)
	case *op.RenameIndex:
		look("index", o.Table.String(), o.To)
	case *op.CreateEnum:
		look("enum", o.Enum.Name.String(), o.Enum.Name.Name)
	}
}
