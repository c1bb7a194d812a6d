package driver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/retort-db/retort/cmd/internal/protocol"
	_ "github.com/retort-db/retort/introspect/sqlite"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/reflect"
	_ "github.com/retort-db/retort/reflect/sqlite"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

type user struct {
	ID   int64  `bun:",pk,autoincrement"`
	Name string `bun:"type:varchar(80),notnull"`
}

type broken struct {
	ID   int64   `bun:",pk"`
	Name string  `bun:"type:"`
	Next *broken `bun:"rel:belongs-to,join:nothing=id"`
}

func revisions() []*versions.Set {
	first, second := &versions.Set{}, &versions.Set{}
	first.Add(versions.Revision{ID: "a1", Upgrade: func(m *op.Migration) {
		m.CreateTable("users", op.Column("id", "integer").NotNull(), op.PrimaryKey("id"))
	}, Downgrade: func(m *op.Migration) { m.DropTable("users") }, File: "/srv/app/one/a1.go"})
	second.Add(versions.Revision{ID: "a2", Revises: versions.After("a1"), Upgrade: func(m *op.Migration) {
		m.Exec("ALTER TABLE users ADD x int")
	}, Downgrade: versions.Irreversible("no way back"), File: "/srv/app/two/a2.go"})
	return []*versions.Set{first, nil, second}
}

// ask sends a request and returns the messages.
func ask(t *testing.T, config Config, request protocol.Request) ([]protocol.Message, error) {
	t.Helper()
	encoded, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = answer(context.Background(), config, strings.NewReader(string(encoded)), &channel{w: bufio.NewWriter(&out)})
	var messages []protocol.Message
	for line := range strings.Lines(out.String()) {
		text, isMessage := strings.CutPrefix(line, protocol.Mark)
		if !isMessage {
			continue
		}
		var message protocol.Message
		if err := json.Unmarshal([]byte(text), &message); err != nil {
			t.Fatal(err)
		}
		messages = append(messages, message)
	}
	return messages, err
}

func TestOtherProtocol(t *testing.T) {
	_, err := ask(t, Config{}, protocol.Request{Protocol: protocol.Version + 1, Command: protocol.Load})
	var remote *protocol.Error
	if !errors.As(err, &remote) || remote.Code != protocol.BadProtocol {
		t.Fatalf("got %v", err)
	}
}

func TestLoad(t *testing.T) {
	config := Config{Models: []Model{{Value: (*user)(nil)}}, Revisions: revisions()}
	messages, err := ask(t, config, protocol.Request{Protocol: protocol.Version, Command: protocol.Load, Dir: "/srv/app", Load: &protocol.LoadRequest{
		Dialects: []protocol.DialectOptions{{Dialect: schema.SQLite}}, Models: true, Replay: &[]string{}, Operations: []string{"a1", "a2"},
	}})
	if err != nil || len(messages) != 1 {
		t.Fatalf("got %v, %v", messages, err)
	}
	var result protocol.LoadResult
	if err := json.Unmarshal(messages[0].Result, &result); err != nil {
		t.Fatal(err)
	}
	loaded := result.Dialects[0]
	if loaded.Models.Table(schema.Name{Name: "users"}) == nil || loaded.Replayed.Table(schema.Name{Name: "users"}) == nil {
		t.Errorf("models %v, replayed %v", loaded.Models, loaded.Replayed)
	}
	if len(loaded.Opaque) != 1 || loaded.Opaque[0].File != "two/a2.go" {
		t.Errorf("opaque %+v", loaded.Opaque)
	}
	if places := loaded.Revisions[0].Places; len(places) != 1 || !strings.HasSuffix(places[0].File, "driver_test.go") || places[0].Line == 0 {
		t.Errorf("places %+v", places)
	}
	if len(loaded.Revisions) != 2 || len(loaded.Revisions[0].Upgrade) != 1 {
		t.Errorf("revisions %+v", loaded.Revisions)
	}
}

// The effect of a step that is a Go function comes over as the schema after it.
func TestLoadEffects(t *testing.T) {
	set := &versions.Set{}
	set.Add(versions.Revision{ID: "b1", Revises: versions.After("a1"), Upgrade: func(m *op.Migration) {
		m.Exec("ALTER TABLE users ADD nick text").Changes(func(s *schema.Schema) error {
			table := s.Table(schema.Name{Name: "users"})
			table.Columns = append(table.Columns, &schema.Column{Name: "nick", Type: "text"})
			return nil
		})
		m.AlterColumn("users", "nick").NotNull()
	}, Downgrade: func(m *op.Migration) {
		m.AlterColumn("users", "nick").Null()
		m.Exec("ALTER TABLE users DROP nick").Changes(func(s *schema.Schema) error {
			table := s.Table(schema.Name{Name: "users"})
			table.Columns = table.Columns[:len(table.Columns)-1]
			return nil
		})
	}, File: "b1.go"})
	messages, err := ask(t, Config{Revisions: append(revisions()[:1], set)}, protocol.Request{Protocol: protocol.Version, Command: protocol.Load, Load: &protocol.LoadRequest{
		Dialects: []protocol.DialectOptions{{Dialect: schema.SQLite}}, Replay: &[]string{"a1"}, Operations: []string{"b1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var result protocol.LoadResult
	if err := json.Unmarshal(messages[0].Result, &result); err != nil {
		t.Fatal(err)
	}
	before, recorded := result.Dialects[0].Replayed, result.Dialects[0].Revisions[0]
	if _, err := op.Replay(before, recorded.Upgrade); err == nil {
		t.Fatal("the alteration fits without the effect: the test shows nothing")
	}
	recorded.Restore()
	after, err := op.Replay(before, recorded.Upgrade)
	if err != nil {
		t.Fatal(err)
	}
	again, err := op.Replay(after, recorded.Downgrade)
	if err != nil || again.Table(schema.Name{Name: "users"}).Column("nick") != nil {
		t.Errorf("downgraded to %+v, %v", again, err)
	}
}

func TestLoadBrokenModels(t *testing.T) {
	config := Config{Models: []Model{{Value: (*broken)(nil)}}}
	_, err := ask(t, config, protocol.Request{Protocol: protocol.Version, Command: protocol.Load, Load: &protocol.LoadRequest{
		Dialects: []protocol.DialectOptions{{Dialect: schema.SQLite}}, Models: true,
	}})
	var models reflect.ModelErrors
	if !errors.As(err, &models) {
		t.Fatalf("got %v", err)
	}
	if described := describe(err); described.Code != protocol.BadModels || len(described.Models) == 0 {
		t.Errorf("described as %+v", described)
	}
}

func TestRun(t *testing.T) {
	url := "sqlite:" + t.TempDir() + "/a.db"
	run := func(command protocol.Command, targets ...string) ([]protocol.Message, error) {
		return ask(t, Config{Revisions: revisions()[:1]}, protocol.Request{Protocol: protocol.Version, Command: command, Run: &protocol.RunRequest{URL: url, Targets: targets, Events: true}})
	}
	messages, err := run(protocol.Upgrade, "head")
	if err != nil || len(messages) < 2 || messages[0].Event == nil || string(messages[len(messages)-1].Result) != `{"heads":["a1"]}` {
		t.Fatalf("got %+v, %v", messages, err)
	}
	_, err = run(protocol.Downgrade, "nosuch")
	if described := describe(err); described.Code != protocol.Unknown {
		t.Errorf("described as %+v", described)
	}
	if _, err := run("dance"); err == nil {
		t.Error("no error for an unknown command")
	}
}
