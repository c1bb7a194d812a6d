package reflect

import (
	"github.com/retort-db/retort/schema"
)

// fit leaves out of a table's constraints what the database does not have, so that one model serves several. What changes
// the meaning is reported.
func (r *reader) fit(m *model) {
	if r.server.Dialect == schema.Postgres {
		return
	}
	if key := m.table.PrimaryKey; key != nil {
		key.Include = nil
		r.fitDeferrable(&key.Deferrable, key.Origin)
	}
	for _, check := range m.table.Checks {
		check.NoInherit, check.NotValid, check.Comment = false, false, ""
		if check.NoEnforce && (r.server.Dialect == schema.SQLite || r.server.Flavor == schema.MariaDB) {
			check.NoEnforce = false
			r.leftOut(check.Origin, "not_enforced", "the check is enforced")
		}
	}
	for _, key := range m.table.ForeignKeys {
		r.fitForeignKey(key)
	}
}

func (r *reader) fitForeignKey(key *schema.ForeignKey) {
	key.NotValid, key.Comment = false, ""
	if r.server.Dialect == schema.MySQL {
		r.fitDeferrable(&key.Deferrable, key.Origin)
	}
	if key.NoEnforce {
		key.NoEnforce = false
		r.leftOut(key.Origin, "not_enforced", "the foreign key is enforced")
	}
	if key.Match != "" {
		key.Match = ""
		r.leftOut(key.Origin, "match", "a key with some NULLs is not checked")
	}
	if len(key.SetColumns) > 0 {
		key.SetColumns = nil
		r.leftOut(key.Origin, "set", "all columns of the key are set")
	}
}

func (r *reader) fitDeferrable(when *schema.Deferrable, origin schema.Origin) {
	if *when == schema.NotDeferrable {
		return
	}
	*when = schema.NotDeferrable
	r.leftOut(origin, "deferrable", "the constraint is checked at once")
}

// leftOut reports a refinement that the database does not have.
func (r *reader) leftOut(origin schema.Origin, what, instead string) {
	product := schema.Server{Dialect: r.server.Dialect, Flavor: r.server.Flavor}
	r.note(IgnoredDeclaration, Info, origin, product.String()+" has no "+what+" here: "+instead,
		"say which database it is for, such as postgres."+what+", or do without it")
}
