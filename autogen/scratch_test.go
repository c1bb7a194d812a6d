package autogen_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// editedShop is a database with two tables, and how its models have them.
func editedShop(t *testing.T, address string) (current, target *schema.Schema) {
	t.Helper()
	database := openAt(t, address)
	for _, statement := range []string{
		"CREATE TABLE shops (id bigint NOT NULL PRIMARY KEY, name varchar(40) DEFAULT 'x' NOT NULL)",
		"CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, shop_id bigint, CONSTRAINT items_shop FOREIGN KEY (shop_id) REFERENCES shops (id))",
	} {
		if _, err := database.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	current, err := introspect.Read(t.Context(), database, database.Dialect, introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	target = current.Clone()
	shops := target.Table(schema.Name{Name: "shops"})
	shops.Column("name").Default = "lower('Y')" // what the server makes of it, only the server knows
	if current.Server.Dialect == schema.MySQL {
		shops.Column("name").Default = "(lower('Y'))"
	}
	shops.Columns = append(shops.Columns, &schema.Column{Name: "note", Type: "varchar(20)"})
	target.Table(schema.Name{Name: "items"}).Columns = append(target.Table(schema.Name{Name: "items"}).Columns, &schema.Column{Name: "price", Type: "bigint"})
	return current, target
}

func openAt(t *testing.T, address string) *introspect.Database {
	t.Helper()
	database, err := introspect.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	return database
}

// outcome is a result in words.
func outcome(result *autogen.Result) string {
	proof := ""
	if result.Proof != nil {
		proof = strings.Join(slices.Concat([]string{result.Proof.String()}, result.Proof.Upgrade, result.Proof.Downgrade), "\n")
	}
	return lines(result.Plan.Operations) + "\n" + result.Unconfirmed + "\n" + proof
}

// TestConnectionLost cuts the connection in the middle of comparing and proving. The outcome is an error or, where the pool
// connects anew, the right one: never a plan that passes for unconfirmed, or a proof that passes for failed.
func TestConnectionLost(t *testing.T) {
	for _, engine := range servertest.Engines() {
		if engine == servertest.EngineSQLite {
			continue
		}
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			address := servertest.URL(t, engine)
			current, target := editedShop(t, address)
			run := func(cut servertest.Cut) (*servertest.Cutter, *autogen.Result, error) {
				cutter := servertest.NewCutter(t, address, cut)
				database, err := introspect.Open(t.Context(), cutter.URL)
				if err != nil {
					return cutter, nil, err
				}
				defer database.Close()
				result, err := autogen.Run(t.Context(), autogen.Input{
					Current: current, Target: target, Database: database, Diff: diff.Options{Renames: diff.NeverRename},
				})
				return cutter, result, err
			}
			whole, result, err := run(servertest.Cut{})
			if err != nil || !result.Proof.Holds() || len(result.Plan.Operations) != 3 {
				t.Fatalf("%v %s", err, outcome(result))
			}
			want := outcome(result)
			messages := whole.Messages()
			t.Logf("%d messages", messages)
			lost := 0
			for at := 1; at <= messages; at += 9 {
				for _, cut := range []servertest.Cut{{At: at}, {At: at + 4, Answered: true, Gone: true}} {
					_, result, err := run(cut)
					if err != nil {
						lost++
						if refused := (*autogen.TableError)(nil); errors.As(err, &refused) {
							t.Errorf("cut %+v passes for a refusal: %v", cut, err)
						}
						continue
					}
					if got := outcome(result); got != want {
						t.Errorf("cut %+v gives another outcome:\n%s\nwant:\n%s", cut, got, want)
					}
				}
			}
			if lost == 0 {
				t.Error("no cut was an error")
			}
		})
	}
}

// TestCancelledWhileProving ends the context at some statements; the error says so.
func TestCancelledWhileProving(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			address := servertest.URL(t, engine)
			current, target := editedShop(t, address)
			for _, rewriting := range []bool{false, true} {
				ctx, cancel := context.WithCancel(t.Context())
				input := autogen.Input{Current: current, Target: target, Database: openAt(t, address), Diff: diff.Options{Renames: diff.NeverRename}}
				if rewriting { // between the comparison and the proof
					input.Rewrite = func(*diff.Plan) error { cancel(); return nil }
				} else {
					cancel()
				}
				if result, err := autogen.Run(ctx, input); !errors.Is(err, context.Canceled) {
					t.Errorf("cancelled: %v, %v", result, err)
				}
				cancel()
			}
		})
	}
}

// TestRoles works out a plan as roles that may do less and less. Without scratch space the text decides; that is said once,
// with the right that is missing.
func TestRoles(t *testing.T) {
	roles := map[string][]struct {
		name        string
		grants      []string
		unconfirmed string // what is said; "" if the plan is confirmed and proved
	}{
		servertest.EnginePostgres: {
			{"may create schemas, and nothing in public", []string{"GRANT CREATE ON DATABASE @db TO @role"}, ""},
			{"may create in public, and no schemas", []string{"GRANT CREATE, USAGE ON SCHEMA public TO @role"}, "the role needs CREATE on database"},
			{"may connect only", []string{"REVOKE ALL ON SCHEMA public FROM PUBLIC"}, "the role needs CREATE on database"},
		},
		servertest.EngineMySQL: {
			{"may create databases", []string{"GRANT ALL ON *.* TO @role"}, ""},
			{"may create scratch databases alone", []string{"GRANT ALL ON @db.* TO @role", "GRANT ALL ON `retort\\_scratch\\_%`.* TO @role"}, ""},
			{"may change its own database", []string{"GRANT ALL ON @db.* TO @role"}, "GRANT ALL ON `retort"},
			{"may connect and read", []string{"GRANT SELECT ON @db.* TO @role"}, "GRANT ALL ON `retort"},
		},
	}
	for _, engine := range servertest.Engines() {
		for n, role := range roles[engine] {
			t.Run(engine+" "+role.name, func(t *testing.T) {
				address := servertest.URL(t, engine)
				current, target := editedShop(t, address)
				limited := limitedRole(t, address, n, role.grants)
				result, err := autogen.Run(t.Context(), autogen.Input{
					Current: current, Target: target, Database: openAt(t, limited), Diff: diff.Options{Renames: diff.NeverRename},
				})
				if err != nil {
					t.Fatal(err)
				}
				if len(result.Plan.Operations) != 3 {
					t.Errorf("plan:\n%s", lines(result.Plan.Operations))
				}
				switch {
				case role.unconfirmed == "":
					if result.Unconfirmed != "" || result.Proof == nil || !result.Proof.Holds() {
						t.Errorf("unconfirmed: %s, proof: %v", result.Unconfirmed, result.Proof)
					}
				case !strings.Contains(result.Unconfirmed, role.unconfirmed), result.Proof == nil, result.Proof.Skipped != result.Unconfirmed:
					t.Errorf("unconfirmed: %s\nproof: %v\nwant both to say %q", result.Unconfirmed, result.Proof, role.unconfirmed)
				}
			})
		}
	}
}

// limitedRole makes a role with some rights, and returns the URL with which it connects.
func limitedRole(t *testing.T, address string, number int, grants []string) string {
	t.Helper()
	database := openAt(t, address)
	current, create := "SELECT current_database()", "CREATE ROLE @role LOGIN PASSWORD 'secret'"
	if database.Dialect == schema.MySQL {
		current, create = "SELECT DATABASE()", "CREATE USER @role IDENTIFIED BY 'secret'"
	}
	var name string
	if err := database.QueryRowContext(t.Context(), current).Scan(&name); err != nil {
		t.Fatal(err)
	}
	role := fmt.Sprintf("role_%d_%s", number, name[max(0, len(name)-16):])
	execute := func(ctx context.Context, statement string) {
		t.Helper()
		if _, err := database.ExecContext(ctx, strings.NewReplacer("@db", name, "@role", role).Replace(statement)); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
	execute(t.Context(), create)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if database.Dialect == schema.Postgres {
			execute(ctx, "DROP OWNED BY @role")
			execute(ctx, "DROP ROLE @role")
			return
		}
		execute(ctx, "DROP USER @role")
	})
	for _, grant := range grants {
		execute(t.Context(), grant)
	}
	_, rest, _ := strings.Cut(address, "@")
	scheme, _, _ := strings.Cut(address, "://")
	return scheme + "://" + role + ":secret@" + rest
}
