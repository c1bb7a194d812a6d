// Package config reads retort.yaml.
package config

import (
	"path/filepath"
	"time"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

// FileName is the name of the configuration file.
const FileName = "retort.yaml"

// Config is what a project says about itself. [Default] fills what the file leaves out.
type Config struct {
	// File is the path of the file that was read, empty if there is none.
	File string
	// Dir is the directory that relative paths in the file start from: that of the file, or the module's root.
	Dir string

	// URL is the database as the file has it, with variables unexpanded; [Config.DatabaseURL] expands it.
	URL Text
	// Databases are those that have the schema, if there are several.
	Databases Databases
	// ScratchURL is a database that may be emptied, for servers that grant no scratch space.
	ScratchURL Text

	// Models are package patterns ("./models/...") or single types ("./models.User"). Empty means the whole module.
	Models []string
	// Migrations are the directories of revision files. A new revision without a parent goes to the first.
	Migrations []string
	// Dialects are the engines that revisions are written for. Empty means that of the URL.
	Dialects []schema.Dialect
	// Schemas are read besides the default namespace.
	Schemas []string

	ForeignKeys reflect.ForeignKeyMode
	Types       map[string]reflect.Types
	Renames     Renames
	// Online writes revisions so that others can read and write while they run.
	Online bool
	// Exclude are patterns of table names that Retort leaves alone: "audit_*", "legacy.*".
	Exclude []string

	VersionTable string
	HistoryTable string
	// Wait is how long to wait for another run; the others are limits of statements, 0 if there is none.
	Wait             time.Duration
	LockTimeout      time.Duration
	StatementTimeout time.Duration

	// LintFailOn is what lint fails on if no flag says otherwise, Lint what the project says about the rules.
	LintFailOn lint.Policy
	Lint       lint.Project

	FileTemplate string
	// Header is text for the top of each new file, such as a license.
	Header    string
	Hooks     []Hook
	BuildTags []string
	// Naming is how objects without a name are named.
	Naming reflect.Naming
}

// Text is a value that may contain ${VARIABLES}, with the place where it stands.
type Text struct {
	Value string
	Line  int
}

// Renames says what becomes of a likely rename.
type Renames string

// The ways to treat likely renames.
const (
	RenamesFlag   Renames = "flag"   // write drop and add, flagged
	RenamesAsk    Renames = "ask"    // ask on a terminal, otherwise flag
	RenamesAccept Renames = "accept" // rename without asking
	RenamesNever  Renames = "never"  // drop and add
)

// Hook is a command that runs after a revision file was written. "{file}" in it stands for the file's path.
type Hook struct {
	Name    string
	Command []string
	Line    int
}

// Default returns the configuration of a project without a file: SQLite in ./retort.db, models under the module,
// revisions in ./migrations.
func Default(dir string) *Config {
	return &Config{
		Dir:          dir,
		URL:          Text{Value: "sqlite:retort.db"},
		Migrations:   []string{"migrations"},
		ForeignKeys:  reflect.ForeignKeysAll,
		Renames:      RenamesFlag,
		VersionTable: "retort_version",
		HistoryTable: "retort_history",
		Wait:         5 * time.Minute,
	}
}

// MigrationDirs returns the directories of revision files as absolute paths.
func (c *Config) MigrationDirs() []string {
	dirs := make([]string, len(c.Migrations))
	for i, dir := range c.Migrations {
		dirs[i] = c.Path(dir)
	}
	return dirs
}

// Path makes a path of the configuration absolute.
func (c *Config) Path(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.Dir, filepath.FromSlash(path))
}
