package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var partitions = []rule{{
	Rule: Rule{
		ID: "partition-locks-parent", Category: Lock, Severity: Warning,
		Title:   "a partition locks its parent",
		What:    "A partition whose parent was there before the revision is created, dropped, or detached without CONCURRENTLY.",
		Why:     "CREATE TABLE … PARTITION OF, DROP TABLE of a partition and DETACH PARTITION take ACCESS EXCLUSIVE on the parent: all queries of all partitions wait.",
		Safe:    "Create it as a plain table with a check that fits its bound and attach it with SQL of your own, which locks less; detach it with DETACH PARTITION … CONCURRENTLY (PostgreSQL 14) before it is dropped.",
		Engines: []Engine{onPostgres},
		Bad:     `m.CreateTable("events_2027", op.PartitionOf("events", "FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"))`,
		Good:    `m.CreateTable("events_2027", op.Column("id", "bigint"), op.Column("at", "timestamptz"), op.Check("events_2027_at", "at >= '2027-01-01' AND at < '2028-01-01'"))`,
	},
	step: func(r *run, operation op.Operation) {
		var partition *schema.Partition
		switch o := operation.(type) {
		case *op.CreateTable:
			partition = o.Table.Partition
		case *op.DropTable:
			if table := r.existing(o.Name); table != nil {
				partition = table.Partition
			}
		case *op.Exec:
			for _, s := range r.statements(o) {
				parent, part := s.partitionOf("DETACH", r.Server.Dialect)
				if part.Name != "" && !s.has("CONCURRENTLY") && !r.makes(parent) {
					r.find(parent.String(), fmt.Sprintf("all queries of %s wait while %s is detached", parent, part), "detach it with CONCURRENTLY, outside of the transaction (PostgreSQL 14), or run it with --lock-timeout")
				}
			}
		}
		if partition != nil && r.existing(partition.Of) != nil {
			r.findIn(partition.Of, operation.Subject().String(), fmt.Sprintf("all queries of %s wait for its partition %s", partition.Of, operation.Subject()), "attach or detach it on its own, and run it with --lock-timeout")
		}
	},
}, {
	Rule: Rule{
		ID: "attach-partition-scans", Category: Scan, Severity: Danger,
		Title:   "a partition is read from end to end when it is attached",
		What:    "A step in SQL attaches a partition that no check keeps within its bound.",
		Why:     "Every row is tried against the bound, under ACCESS EXCLUSIVE on the partition, and the same is done to the default partition.",
		Safe:    "Add a check that says what the bound says with `.NotValid()`, validate it, attach the partition, and drop the check.",
		Engines: []Engine{onPostgres},
		Bad:     `m.Exec("ALTER TABLE events ATTACH PARTITION archived_orders FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')").NoSchemaChange()`,
		Good: `m.AddConstraint("archived_orders", op.Check("bound", "created_at IS NOT NULL AND created_at >= '2027-01-01' AND created_at < '2028-01-01'").NotValid())
m.ValidateConstraint("archived_orders", op.CheckConstraint, "bound")
m.Exec("ALTER TABLE events ATTACH PARTITION archived_orders FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')").NoSchemaChange()`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		parent, part := s.partitionOf("ATTACH", r.Server.Dialect)
		part = r.bare(part)
		if part.Name == "" || r.makes(part) {
			return
		}
		table := r.state.Table(part)
		checked := table != nil && slices.ContainsFunc(table.Checks, func(c *schema.Check) bool { return !c.NotValid && !isNotNullCheck(c.Expr) })
		if !checked {
			r.findIn(part, part.String(), fmt.Sprintf("nobody can use %s while every row is tried against its bound in %s", part, parent),
				"add a check that says what the bound says with .NotValid(), validate it, and attach it then")
		}
	}),
}, {
	Rule: Rule{
		ID: "drop-partition", Category: Destructive, Severity: Danger,
		Title:   "a partition is dropped or emptied",
		What:    "A step in SQL is ALTER TABLE … DROP PARTITION or TRUNCATE PARTITION.",
		Why:     "All rows of the partition are lost, and a downgrade does not bring them back.",
		Safe:    "Exchange the partition with an empty table first, and keep that table for as long as somebody may ask for it.",
		Engines: []Engine{onMySQL},
		Bad:     `m.Exec("ALTER TABLE orders DROP PARTITION p2019").NoSchemaChange()`,
		Good:    `m.Exec("ALTER TABLE orders EXCHANGE PARTITION p2019 WITH TABLE archived_orders").NoSchemaChange()`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		if s.is("ALTER TABLE") && (s.hasAll("DROP", "PARTITION") || s.hasAll("TRUNCATE", "PARTITION")) {
			r.find("", "all rows of the partition are lost: "+s.short(), "exchange it with an empty table first, and keep that table")
		}
	}),
}, {
	Rule: Rule{
		ID: "partitioning-copies-table", Category: Rewrite, Severity: Danger,
		Title:   "another partitioning copies the table",
		What:    "A step in SQL is ALTER TABLE … PARTITION BY, REMOVE PARTITIONING, REORGANIZE PARTITION, COALESCE PARTITION or REBUILD PARTITION.",
		Why:     "The rows are copied, and nobody can write to the table meanwhile.",
		Safe:    "Run it while nobody writes, or copy in the background with a tool such as gh-ost. ADD PARTITION of a RANGE or LIST takes a moment.",
		Engines: []Engine{onMySQL},
		Bad:     `m.Exec("ALTER TABLE orders PARTITION BY HASH (id) PARTITIONS 8").NoSchemaChange()`,
		Good:    `m.Exec("ALTER TABLE orders ADD PARTITION (PARTITION p2027 VALUES LESS THAN (2028))").NoSchemaChange()`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		if s.is("ALTER TABLE") && !r.makes(r.target(s)) && (s.hasAll("PARTITION", "BY") || s.hasAll("REMOVE", "PARTITIONING") || s.hasAll("REORGANIZE", "PARTITION") ||
			s.hasAll("COALESCE", "PARTITION") || s.hasAll("REBUILD", "PARTITION")) {
			r.find("", "the rows are copied, and nobody can write meanwhile: "+s.short(), "run it while nobody writes")
		}
	}),
}}

// partitionOf returns the parent and the partition of ALTER TABLE … ATTACH or DETACH PARTITION.
func (s statement) partitionOf(verb string, dialect schema.Dialect) (parent, part schema.Name) {
	if !s.is("ALTER TABLE") {
		return parent, part
	}
	at := slices.IndexFunc(s, func(token sqltext.Token) bool { return token.Is(verb) })
	if at < 0 || at+2 >= len(s) || !s[at+1].Is("PARTITION") {
		return parent, part
	}
	return s.nameAt(s.behind("ALTER TABLE", "IF EXISTS", "ONLY"), dialect), s.nameAt(at+2, dialect)
}

// nameAt returns the name that stands at a place, folded as the server folds it.
func (s statement) nameAt(at int, dialect schema.Dialect) schema.Name {
	identifier := func(at int) string {
		if at >= len(s) {
			return ""
		}
		name, _ := s[at].Ident()
		if dialect == schema.Postgres && s[at].Kind == sqltext.Word {
			return strings.ToLower(name)
		}
		return name
	}
	first := identifier(at)
	if first != "" && at+1 < len(s) && s[at+1].Text == "." {
		return schema.Name{Schema: first, Name: identifier(at + 2)}
	}
	return schema.Name{Name: first}
}

// behind is the place behind the words, and behind each of the phrases that may follow them.
func (s statement) behind(words string, optional ...string) int {
	at := len(strings.Fields(words))
	for _, phrase := range optional {
		if at < len(s) && s[at:].is(phrase) {
			at += len(strings.Fields(phrase))
		}
	}
	return at
}

// target is the table that a statement is about, or the zero name.
func (r *run) target(s statement) schema.Name {
	for _, form := range []struct {
		words    string
		optional []string
	}{
		{"ALTER TABLE", []string{"IF EXISTS", "ONLY"}},
		{"TRUNCATE", []string{"TABLE", "ONLY"}},
		{"DELETE FROM", []string{"ONLY"}},
		{"UPDATE", []string{"LOW_PRIORITY", "IGNORE", "ONLY", "OR REPLACE", "OR IGNORE", "OR ABORT", "OR FAIL", "OR ROLLBACK"}},
		{"INSERT INTO", nil},
		{"LOCK", []string{"TABLE", "TABLES", "ONLY"}},
		{"OPTIMIZE TABLE", nil},
		{"REFRESH MATERIALIZED VIEW", []string{"CONCURRENTLY"}},
		{"VACUUM FULL", []string{"VERBOSE"}},
		{"CLUSTER", []string{"VERBOSE"}},
		{"REINDEX TABLE", nil},
	} {
		if s.is(form.words) {
			return r.bare(s.nameAt(s.behind(form.words, form.optional...), r.Server.Dialect))
		}
	}
	return schema.Name{}
}
