// Package protocol is what the command line and the driver, the program that is linked with the user's code, say to each
// other: one request in JSON on the driver's standard input, messages on its standard output. Each message is a line that
// begins with [Mark]; every other line was printed by the user's code.
package protocol

import (
	"encoding/json"
	"time"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// Version is the version of the protocol. It grows with every change, since both sides may be of different releases: the
// command line is what the user installed, the driver what the user's go.mod requires.
const Version = 2

// Mark begins a line that is a message. It is a control character that no program prints by accident.
const Mark = "\x1eretort "

// Command says what the driver is to do.
type Command string

// The commands.
const (
	Load      Command = "load" // models and revisions as schemas
	Upgrade   Command = "upgrade"
	Downgrade Command = "downgrade"
	Stamp     Command = "stamp"
	Current   Command = "current"
	Ensure    Command = "ensure-version"
	Script    Command = "script"
	History   Command = "history"
	Verify    Command = "verify"   // whether applied revisions have changed
	Rehearse  Command = "rehearse" // revisions up, down and up again in scratch space
)

// Request is what the driver reads.
type Request struct {
	Protocol int     `json:"protocol"`
	Command  Command `json:"command"`
	// Dir is the user's working directory, which paths in messages are relative to.
	Dir  string       `json:"dir,omitempty"`
	Load *LoadRequest `json:"load,omitempty"`
	Run  *RunRequest  `json:"run,omitempty"`
}

// LoadRequest asks for schemas.
type LoadRequest struct {
	Dialects []DialectOptions `json:"dialects"`
	// Models asks for the schema of the models.
	Models bool `json:"models,omitempty"`
	// Replay asks for the schema that the revisions up to these make; nil does not ask, an empty list means all heads.
	Replay *[]string `json:"replay,omitempty"`
	// Operations asks for the operations of these revisions, which are in the order in which they run.
	Operations []string `json:"operations,omitempty"`
}

// DialectOptions says how models are read for one engine.
type DialectOptions struct {
	Dialect schema.Dialect  `json:"dialect"`
	Reflect reflect.Options `json:"reflect"`
}

// RunRequest asks for something that works on a database.
type RunRequest struct {
	URL     string        `json:"url,omitempty"`
	Server  schema.Server `json:"server,omitzero"` // of Script, which has no database
	Targets []string      `json:"targets,omitempty"`
	Options Options       `json:"options"`
	Stamp   StampOptions  `json:"stamp,omitzero"`
	Down    bool          `json:"down,omitempty"` // of Script
	// Of says what a script is of: Stamp or Ensure; else of an upgrade or a downgrade.
	Of Command `json:"of,omitempty"`
	// Rehearse says what a rehearsal reads besides the default namespace and where it takes its database from.
	Rehearse RehearseOptions `json:"rehearse,omitzero"`
	Events   bool            `json:"events,omitempty"`
}

// Options are those of [versions.Options] that can be sent.
type Options struct {
	VersionTable schema.Name              `json:"version_table"`
	HistoryTable schema.Name              `json:"history_table"`
	Wait         time.Duration            `json:"wait,omitempty"`
	LockTimeout  time.Duration            `json:"lock_timeout,omitempty"`
	LockRetries  int                      `json:"lock_retries,omitempty"`
	Statement    time.Duration            `json:"statement_timeout,omitempty"`
	Transaction  versions.TransactionMode `json:"transaction,omitempty"`
	ToolVersion  string                   `json:"tool_version,omitempty"`
	DryRun       bool                     `json:"dry_run,omitempty"`
}

// StampOptions are those of [versions.StampOptions].
type StampOptions struct {
	Purge bool `json:"purge,omitempty"`
}

// RehearseOptions are those of a rehearsal. The revisions to try are the targets.
type RehearseOptions struct {
	Namespaces []string `json:"namespaces,omitempty"`
	// Scratch is a database that may be emptied (MySQL).
	Scratch string `json:"scratch,omitempty"`
}

// Message is one line of the driver. One of its fields is set; a result or an error is the last line.
type Message struct {
	// Started is the first message: the user's packages are initialised.
	Started bool            `json:"started,omitempty"`
	Event   *versions.Event `json:"event,omitempty"`
	// Text is a piece of a script.
	Text   *string         `json:"text,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  *Error          `json:"error,omitempty"`
}

// Error is a failure with what the command line needs to know about it.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Models holds the mistakes if the code is BadModels.
	Models []*reflect.ModelError `json:"models,omitempty"`
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Code is the kind of an error.
type Code string

// The codes.
const (
	Failed      Code = "failed"
	BadProtocol Code = "protocol"
	BadModels   Code = "models"
	Undecided   Code = "decision" // a flagged rename that nobody resolved
	Locked      Code = "locked"
	Unreachable Code = "database" // cannot be opened
	Unknown     Code = "unknown-revision"
	Interrupted Code = "interrupted"
)

// LoadResult is the answer to [Load], in the order of the request.
type LoadResult struct {
	Dialects []Loaded `json:"dialects"`
}

// Loaded is what was asked for one engine.
type Loaded struct {
	Dialect     schema.Dialect       `json:"dialect"`
	Models      *schema.Schema       `json:"models,omitempty"`
	Diagnostics []reflect.Diagnostic `json:"diagnostics,omitempty"`
	Replayed    *schema.Schema       `json:"replayed,omitempty"`
	Opaque      []versions.Opaque    `json:"opaque,omitempty"`
	Revisions   []Recorded           `json:"revisions,omitempty"`
}

// Recorded holds the operations of one revision.
type Recorded struct {
	ID        string  `json:"id"`
	Upgrade   op.List `json:"upgrade"`
	Downgrade op.List `json:"downgrade"`
	// Irreversible says why there is no way back; empty if there is.
	Irreversible string `json:"irreversible,omitempty"`
	// Lost describes the operations, of both directions, that hold Go functions or values that do not come along.
	Lost []string `json:"lost,omitempty"`
	// Places says where the operations of Upgrade are written, as far as that is known. Files are named as seen from the
	// request's directory.
	Places []*op.Place `json:"places,omitempty"`
	// Transaction is what the revision asks for, see [versions.Revision].
	Transaction versions.TransactionMode `json:"transaction,omitempty"`
	// Effects and DowngradeEffects hold the schema after those operations, by their index, whose effect on it is a Go
	// function and does not come over otherwise. They are known if the same request asks for a replay, of what comes before
	// the first revision of Operations. [Recorded.Restore] puts them back.
	Effects          map[int]*schema.Schema `json:"effects,omitempty"`
	DowngradeEffects map[int]*schema.Schema `json:"downgrade_effects,omitempty"`
}

// Restore gives the operations the effects that they had before they were sent.
func (r *Recorded) Restore() {
	restore(r.Upgrade, r.Effects)
	restore(r.Downgrade, r.DowngradeEffects)
}

func restore(operations op.List, effects map[int]*schema.Schema) {
	for at, after := range effects {
		if at >= len(operations) {
			continue
		}
		effect := func(s *schema.Schema) error {
			*s = *after.Clone()
			return nil
		}
		switch o := operations[at].(type) {
		case *op.Exec:
			o.Effect = effect
		case *op.Run:
			o.Effect = effect
		case *op.Unknown:
			o.Effect = effect
		}
	}
}

// CurrentResult is the answer to [Current].
type CurrentResult struct {
	Heads []string `json:"heads"`
}

// HistoryResult is the answer to [History].
type HistoryResult struct {
	Runs []versions.Entry `json:"runs"`
}

// VerifyResult is the answer to [Verify].
type VerifyResult struct {
	Changed []versions.Changed `json:"changed"`
}
