package versions

import (
	"context"
	"errors"
	"slices"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// knowledge is what the runner knows of the database's schema. Reading a catalog takes time, and most revisions create
// tables or add to those that an earlier revision of the same run created; so only what is needed and not known yet is
// read, and what revisions do is followed by applying their operations.
type knowledge struct {
	state *schema.Schema
	known map[schema.Name]bool
	// complete is set if everything was read.
	complete bool
}

func newKnowledge(server schema.Server) *knowledge {
	return &knowledge{state: schema.New(server), known: map[schema.Name]bool{}}
}

// forget drops what is known.
func (k *knowledge) forget() { *k = *newKnowledge(k.state.Server) }

// learn reads what the operations need.
func (k *knowledge) learn(ctx context.Context, q introspect.Querier, operations []op.Operation) error {
	needs := needsOf(k.state.Server.Dialect, operations)
	if k.complete {
		return nil
	}
	if needs.everything {
		return k.learnAll(ctx, q, needs.namespaces)
	}
	missing := slices.DeleteFunc(needs.tables, func(name schema.Name) bool { return k.known[name] })
	if len(missing) == 0 {
		return nil
	}
	read, err := introspect.Read(ctx, q, k.state.Server.Dialect, introspect.Options{Tables: missing, Namespaces: needs.namespaces})
	if err != nil {
		return err
	}
	k.state.DefaultNamespace = read.DefaultNamespace
	for table := range read.Tables.All() {
		k.state.Tables.Add(table)
	}
	for enum := range read.Enums.All() {
		k.state.Enums.Add(enum)
	}
	for domain := range read.Domains.All() {
		k.state.Domains.Add(domain)
	}
	for composite := range read.Composites.All() {
		k.state.Composites.Add(composite)
	}
	for sequence := range read.Sequences.All() {
		k.state.Sequences.Add(sequence)
	}
	for trigger := range read.Triggers.All() {
		k.state.Triggers.Add(trigger)
	}
	for _, name := range missing {
		k.known[name] = true
	}
	if len(partitionedIndexes(k.state, operations)) > 0 { // which partitions there are, only the whole catalog tells
		return k.learnAll(ctx, q, needs.namespaces)
	}
	return nil
}

// partitionedIndexes are the partitioned tables on which operations build an index concurrently, which is done partition by
// partition.
func partitionedIndexes(state *schema.Schema, operations []op.Operation) []schema.Name {
	var out []schema.Name
	for _, operation := range flat(operations) {
		create, ok := operation.(*op.CreateIndex)
		if !ok || !create.Concurrently {
			continue
		}
		if table := state.Table(create.Table); table != nil && table.Partition != nil && table.Partition.By != "" {
			out = append(out, create.Table)
		}
	}
	return out
}

// addPartitions adds the partitions of a table, and theirs.
func addPartitions(state *schema.Schema, of schema.Name, to map[schema.Name]bool) {
	for table := range state.Tables.All() {
		if table.Partition != nil && table.Partition.Of == of && !to[table.Name] {
			to[table.Name] = true
			addPartitions(state, table.Name, to)
		}
	}
}

func (k *knowledge) learnAll(ctx context.Context, q introspect.Querier, namespaces []string) error {
	read, err := introspect.Read(ctx, q, k.state.Server.Dialect, introspect.Options{Namespaces: namespaces})
	if err != nil {
		return err
	}
	k.state, k.complete = read, true
	return nil
}

// compile returns the statements of the operations. What did not fit the little that was read is tried again with all.
func (k *knowledge) compile(ctx context.Context, q introspect.Querier, server schema.Server, operations []op.Operation) ([]ddl.Statement, error) {
	statements, err := ddl.Compile(server, relevant(k.state, operations), operations)
	var misfit *op.EffectError
	if !errors.As(err, &misfit) || k.complete {
		return statements, err
	}
	if err := k.learnAll(ctx, q, needsOf(server.Dialect, operations).namespaces); err != nil {
		return nil, err
	}
	return ddl.Compile(server, k.state, operations)
}

// follow brings the knowledge up to date after operations were carried out.
func (k *knowledge) follow(operations []op.Operation) {
	if slices.ContainsFunc(operations, isOpaque) || k.outpaced(operations) {
		k.forget()
		return
	}
	// The state is nobody else's, so nothing is copied: a long history would spend its time on that.
	for _, operation := range operations {
		if err := operation.Apply(k.state); err != nil {
			k.forget()
			return
		}
	}
	for _, operation := range flat(operations) {
		k.known[operation.Subject()] = true
		if rename, ok := operation.(*op.RenameTable); ok {
			k.known[rename.To] = true
		}
	}
}

// outpaced reports whether SQLite changed the text of views or triggers along, which operations know nothing of.
func (k *knowledge) outpaced(operations []op.Operation) bool {
	return k.state.Server.Dialect == schema.SQLite && k.state.Views.Len()+k.state.Triggers.Len() > 0 &&
		slices.ContainsFunc(flat(operations), func(operation op.Operation) bool { return !isAddition(operation) })
}

// needs is what has to be known of a schema before operations can be compiled.
type needs struct {
	tables     []schema.Name
	namespaces []string
	everything bool
}

// needsOf looks the needs of operations up. A table that they create need not be read.
func needsOf(dialect schema.Dialect, operations []op.Operation) needs {
	var n needs
	created := map[schema.Name]bool{}
	for _, operation := range flat(operations) {
		for _, name := range tablesOfOperation(operation) {
			if name.Schema != "" && !slices.Contains(n.namespaces, name.Schema) {
				n.namespaces = append(n.namespaces, name.Schema)
			}
			if create, ok := operation.(*op.CreateTable); ok && !create.IfNotExists {
				created[name] = true
			}
			if !created[name] && !slices.Contains(n.tables, name) {
				n.tables = append(n.tables, name)
			}
		}
		if created[operation.Subject()] {
			continue
		}
		// Dropping or changing a column or table concerns the keys of other tables that refer to it: MySQL and SQLite have
		// to restate those. PostgreSQL has to know the tables only where a type changes that they use.
		n.everything = n.everything || standsAlone(operation) || dialect != schema.Postgres && !isAddition(operation)
	}
	slices.Sort(n.namespaces)
	return n
}

// isAddition reports whether an operation adds to a schema, or leaves it, and changes nothing that other objects rely on.
func isAddition(operation op.Operation) bool {
	switch operation.(type) {
	case *op.CreateTable, *op.AddColumn, *op.CreateIndex, *op.DropIndex, *op.AddConstraint, *op.ValidateConstraint,
		*op.Exec, *op.Insert, *op.Run, *op.Backfill, *op.Irreversible, *op.CreateNamespace, *op.CreateExtension, *op.CreateEnum:
		return true
	}
	return false
}

// standsAlone reports whether an operation changes an object that belongs to no table.
func standsAlone(operation op.Operation) bool {
	switch operation.(type) {
	case *op.AlterEnum, *op.DropEnum, *op.RenameEnum, *op.CreateDomain, *op.DropDomain, *op.CreateComposite, *op.DropComposite,
		*op.CreateSequence, *op.DropSequence, *op.AlterSequence, *op.RenameSequence, *op.DropNamespace,
		*op.DropExtension, *op.CreateStatistic, *op.DropStatistic, *op.CreateView, *op.DropView, *op.CreateFunction, *op.DropFunction,
		*op.CreateTrigger, *op.DropTrigger:
		return true
	}
	_, custom := operation.(op.Custom)
	return custom
}

// tablesOfOperation returns the tables that an operation touches.
func tablesOfOperation(operation op.Operation) []schema.Name {
	if standsAlone(operation) {
		return nil
	}
	switch o := operation.(type) {
	case *op.Exec, *op.Run, *op.Irreversible, *op.CreateNamespace, *op.CreateExtension, *op.CreateEnum:
		return nil
	case *op.RenameTable:
		return []schema.Name{o.From, o.To}
	case *op.AddConstraint:
		if o.ForeignKey != nil && o.ForeignKey.RefTable != o.Table {
			return []schema.Name{o.Table, o.ForeignKey.RefTable}
		}
	}
	return []schema.Name{operation.Subject()}
}

// flat returns the operations with those of batches in their place.
func flat(operations []op.Operation) []op.Operation {
	out := make([]op.Operation, 0, len(operations))
	stack := [][]op.Operation{operations}
	for len(stack) > 0 {
		top := len(stack) - 1
		if len(stack[top]) == 0 {
			stack = stack[:top]
			continue
		}
		operation := stack[top][0]
		stack[top] = stack[top][1:]
		if batch, ok := operation.(*op.Batch); ok {
			stack = append(stack, batch.Operations)
			continue
		}
		out = append(out, operation)
	}
	return out
}

// relevant returns the part of a schema that matters to the operations: their tables, those that refer to them or that
// they refer to, and all that stands alone. It is small, for compiling and for keeping with an unfinished run, and shares
// its objects with the schema.
func relevant(state *schema.Schema, operations []op.Operation) *schema.Schema {
	wanted := map[schema.Name]bool{}
	for _, operation := range flat(operations) {
		if standsAlone(operation) {
			return state
		}
		for _, name := range tablesOfOperation(operation) {
			wanted[name] = true
		}
	}
	near := map[schema.Name]bool{}
	for _, name := range partitionedIndexes(state, operations) {
		addPartitions(state, name, near)
	}
	for table := range state.Tables.All() {
		for _, key := range table.ForeignKeys {
			if wanted[table.Name] {
				near[key.RefTable] = true
			}
			if wanted[key.RefTable] {
				near[table.Name] = true
			}
		}
	}
	out := *state
	out.Tables = schema.Objects[*schema.Table]{}
	for table := range state.Tables.All() {
		if wanted[table.Name] || near[table.Name] {
			out.Tables.Add(table)
		}
	}
	return &out
}
