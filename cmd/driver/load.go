package driver

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// load turns the models and the revisions into schemas.
func load(config Config, set *versions.Set, dir string, request *protocol.LoadRequest, out *channel) error {
	if request == nil {
		return fmt.Errorf("the request to load says nothing about what")
	}
	var result protocol.LoadResult
	for _, dialect := range request.Dialects {
		loaded, err := loadDialect(config, set, dir, request, dialect)
		if err != nil {
			return err
		}
		result.Dialects = append(result.Dialects, loaded)
	}
	return out.result(result)
}

func loadDialect(config Config, set *versions.Set, dir string, request *protocol.LoadRequest, dialect protocol.DialectOptions) (protocol.Loaded, error) {
	loaded := protocol.Loaded{Dialect: dialect.Dialect}
	if request.Models {
		models := make([]any, len(config.Models))
		for i, model := range config.Models {
			models[i] = model.Value
		}
		described, diagnostics, err := reflect.Models(dialect.Dialect, dialect.Reflect, models...)
		if err != nil {
			return loaded, err
		}
		loaded.Models, loaded.Diagnostics = described, diagnostics
	}
	if request.Replay != nil {
		replayed, opaque, err := versions.Replay(set, dialect.Dialect, *request.Replay)
		if err != nil {
			return loaded, err
		}
		loaded.Replayed, loaded.Opaque = replayed, opaque
	}
	all := set.All()
	state := loaded.Replayed.Clone()
	for _, id := range request.Operations {
		at := slices.IndexFunc(all, func(revision versions.Revision) bool { return revision.ID == id })
		if at < 0 {
			continue
		}
		recorded, err := record(all[at], dir, dialect)
		if err != nil {
			return loaded, err
		}
		// What does not fit is found by whoever replays the operations, with a better message.
		if state != nil {
			recorded.Effects = effects(state, recorded.Upgrade)
			recorded.DowngradeEffects = effects(state.Clone(), recorded.Downgrade)
		}
		loaded.Revisions = append(loaded.Revisions, recorded)
	}
	return loaded, nil
}

// effects carries operations out on a schema, and returns it as it is after each one whose effect is a Go function.
func effects(state *schema.Schema, operations []op.Operation) map[int]*schema.Schema {
	var out map[int]*schema.Schema
	for at, operation := range operations {
		if err := operation.Apply(state); err != nil {
			return out
		}
		if !inGo(operation) {
			continue
		}
		if out == nil {
			out = map[int]*schema.Schema{}
		}
		out[at] = state.Clone()
	}
	return out
}

// inGo reports whether the effect of an operation on the schema is a Go function.
func inGo(operation op.Operation) bool {
	switch o := operation.(type) {
	case *op.Exec:
		return o.Effect != nil
	case *op.Run:
		return o.Effect != nil
	case op.Custom:
		return true
	}
	return false
}

func record(revision versions.Revision, dir string, dialect protocol.DialectOptions) (protocol.Recorded, error) {
	recorded := protocol.Recorded{ID: revision.ID, Transaction: revision.Transaction}
	up, places, _, err := operations(revision, dialect, versions.Up)
	if err != nil {
		return recorded, err
	}
	down, _, irreversible, err := operations(revision, dialect, versions.Down)
	if err != nil {
		return recorded, err
	}
	recorded.Upgrade, recorded.Downgrade, recorded.Irreversible = up, down, irreversible
	named(places, dir)
	recorded.Places = places
	recorded.Lost = lost(slices.Concat(up, down))
	return recorded, nil
}
