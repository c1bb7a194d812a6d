package driver

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/versions"
)

// load turns the models and the revisions into schemas.
func load(config Config, set *versions.Set, request *protocol.LoadRequest, out *channel) error {
	if request == nil {
		return fmt.Errorf("the request to load says nothing about what")
	}
	var result protocol.LoadResult
	for _, dialect := range request.Dialects {
		loaded, err := loadDialect(config, set, request, dialect)
		if err != nil {
			return err
		}
		result.Dialects = append(result.Dialects, loaded)
	}
	return out.result(result)
}

func loadDialect(config Config, set *versions.Set, request *protocol.LoadRequest, dialect protocol.DialectOptions) (protocol.Loaded, error) {
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
	for _, revision := range set.All() {
		if !slices.Contains(request.Operations, revision.ID) {
			continue
		}
		recorded, err := record(revision, dialect)
		if err != nil {
			return loaded, err
		}
		loaded.Revisions = append(loaded.Revisions, recorded)
	}
	return loaded, nil
}

func record(revision versions.Revision, dialect protocol.DialectOptions) (protocol.Recorded, error) {
	recorded := protocol.Recorded{ID: revision.ID}
	up, _, err := operations(revision, dialect, versions.Up)
	if err != nil {
		return recorded, err
	}
	down, irreversible, err := operations(revision, dialect, versions.Down)
	if err != nil {
		return recorded, err
	}
	recorded.Upgrade, recorded.Downgrade, recorded.Irreversible = up, down, irreversible
	return recorded, nil
}
