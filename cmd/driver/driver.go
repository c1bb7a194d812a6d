// Package driver is the half of the command line that is linked with the user's code: a generated main package calls [Main]
// with the user's models and revisions. It is not an API; programs that want to run revisions call package versions.
package driver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/versions"
)

// Config is what the generated main package found in the user's code.
type Config struct {
	Models    []Model
	Revisions []*versions.Set
}

// Model is a struct type. Value is a nil pointer to it.
type Model struct {
	Value      any
	ImportPath string
	TypeName   string
}

// Main answers the request on standard input and exits. Whatever the user's code prints from here on goes to standard
// error; what it printed before is told apart by the command line.
func Main(config Config) {
	out := &channel{w: bufio.NewWriter(os.Stdout)}
	os.Stdout = os.Stderr
	out.send(protocol.Message{Started: true})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := answer(ctx, config, os.Stdin, out)
	stop()
	if err != nil {
		out.send(protocol.Message{Error: describe(err)})
	}
	if out.err != nil {
		fmt.Fprintln(os.Stderr, "retort: the answer could not be written:", out.err)
	}
	if err != nil || out.err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// channel writes messages. An error stays, and later messages are dropped.
type channel struct {
	w   *bufio.Writer
	err error
}

func (c *channel) send(message protocol.Message) {
	if c.err != nil {
		return
	}
	encoded, err := json.Marshal(message)
	if err == nil {
		// The line end before the mark closes a line that the user's code left open.
		_, err = fmt.Fprintf(c.w, "\n%s%s\n", protocol.Mark, encoded)
	}
	if err == nil {
		err = c.w.Flush()
	}
	c.err = err
}

func (c *channel) result(value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	c.send(protocol.Message{Result: encoded})
	return nil
}

func answer(ctx context.Context, config Config, in io.Reader, out *channel) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, stack())
		}
	}()
	var request protocol.Request
	if err := json.NewDecoder(in).Decode(&request); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	if request.Protocol != protocol.Version {
		return &protocol.Error{Code: protocol.BadProtocol, Message: fmt.Sprintf(
			"this retort speaks protocol %d, the one that your go.mod requires speaks %d: install the same version, or run it as \"go tool retort\"",
			request.Protocol, protocol.Version)}
	}
	set := merged(config.Revisions, request.Dir)
	if request.Command == protocol.Load {
		return load(config, set, request.Dir, request.Load, out)
	}
	return run(ctx, set, request.Command, request.Run, out)
}

// merged puts the revisions of several packages into one set. Their files get the names that the user knows them by.
func merged(sets []*versions.Set, dir string) *versions.Set {
	all := &versions.Set{}
	for _, set := range sets {
		if set == nil {
			continue
		}
		for _, revision := range set.All() {
			revision.File = relative(revision.File, dir)
			all.Add(revision)
		}
		for _, hooks := range set.Hooks() {
			all.Hook(hooks)
		}
	}
	return all
}

// relative names a file as seen from dir, unless that is no shorter.
func relative(file, dir string) string {
	if dir == "" || file == "" {
		return file
	}
	short, err := filepath.Rel(dir, file)
	if err != nil || len(short) >= len(file) {
		return file
	}
	return short
}

func describe(err error) *protocol.Error {
	var ready *protocol.Error
	if errors.As(err, &ready) {
		return ready
	}
	out := &protocol.Error{Code: protocol.Failed, Message: err.Error()}
	var models reflect.ModelErrors
	var open *introspect.OpenError
	var unknown *versions.UnknownRevisionError
	var decision *versions.DecisionError
	var lock *versions.LockError
	switch {
	case errors.As(err, &models):
		out.Code, out.Models = protocol.BadModels, models
	case errors.As(err, &open):
		out.Code = protocol.Unreachable
	case errors.As(err, &unknown):
		out.Code = protocol.Unknown
	case errors.As(err, &decision):
		out.Code = protocol.Undecided
	case errors.As(err, &lock):
		out.Code = protocol.Locked
	case errors.Is(err, context.Canceled):
		out.Code, out.Message = protocol.Interrupted, "interrupted: "+err.Error()
	}
	return out
}

// operations records a direction, with the places of its steps, and says why there is none.
func operations(revision versions.Revision, dialect protocol.DialectOptions, direction versions.Direction) (op.List, []*op.Place, string, error) {
	list, places, err := revision.OperationsAt(dialect.Dialect, direction)
	if err == nil {
		return list, places, "", nil
	}
	var irreversible *versions.IrreversibleError
	if errors.As(err, &irreversible) {
		return nil, nil, irreversible.Error(), nil
	}
	return nil, nil, "", err
}

// named gives the files of places the names that they have as seen from dir.
func named(places []*op.Place, dir string) {
	for _, place := range places {
		place.File = relative(place.File, dir)
		named(place.Steps, dir)
	}
}
