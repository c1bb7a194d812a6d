package introspect

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/schema"
)

type tableRow struct {
	ID            int64         `json:"id"`
	Persistence   string        `json:"persistence"`
	Tablespace    string        `json:"tablespace"`
	Method        string        `json:"method"`
	Options       []string      `json:"options"`
	ToastOptions  []string      `json:"toast_options"`
	IsPartitioned bool          `json:"is_partitioned"`
	IsPartition   bool          `json:"is_partition"`
	PartitionBy   *string       `json:"partition_by"`
	Bound         *string       `json:"bound"`
	Parents       []schema.Name `json:"parents"`
	RowSecurity   bool          `json:"row_security"`
	ForcedRows    bool          `json:"forced_rows"`
	ReplicaID     string        `json:"replica_identity"`
}

const readTablesSQL = `
	SELECT c.oid::int8 AS id, c.relpersistence::text AS persistence, s.spcname AS tablespace, m.amname AS method,
		c.reloptions AS options, t.reloptions AS toast_options,
		c.relkind = 'p' AS is_partitioned, c.relispartition AS is_partition,
		CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_by,
		CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS bound,
		(SELECT json_agg(json_build_object('schema', pn.nspname, 'name', p.relname) ORDER BY i.inhseqno)
			FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
			WHERE i.inhrelid = c.oid) AS parents,
		c.relrowsecurity AS row_security, c.relforcerowsecurity AS forced_rows, c.relreplident::text AS replica_identity
	FROM pg_class c
	LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
	LEFT JOIN pg_am m ON m.oid = c.relam
	LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
	WHERE c.oid IN (SELECT unnest($1::text::oid[]))`

func (r *postgresReader) readTables(ctx context.Context) error {
	r.tables = map[int64]*schema.Table{}
	for _, object := range r.objects {
		if !object.isTable() {
			continue
		}
		table := &schema.Table{
			Name:    r.name(object.Namespace, object.Name),
			Comment: object.Comment,
			Foreign: object.foreign(),
		}
		r.tables[object.ID] = table
		r.out.Tables.Add(table)
	}
	subjects := r.subjects("table", (*catalogObject).isTable)
	return detailsOf(ctx, r, "read the tables", readTablesSQL, subjects, r.fillTable)
}

func (r *postgresReader) fillTable(row *tableRow) error {
	table := r.tables[row.ID]
	if row.Persistence == "u" {
		table.Options.Set(schema.OptionUnlogged, "")
	}
	if row.Tablespace != "" {
		table.Options.Set(schema.OptionTablespace, row.Tablespace)
	}
	if row.Method != "" && row.Method != "heap" {
		table.Options.Set(schema.OptionAccessMethod, row.Method)
	}
	for _, option := range row.ToastOptions {
		row.Options = append(row.Options, "toast."+option)
	}
	setStorage(&table.Options, row.Options)
	switch {
	case row.ForcedRows && row.RowSecurity:
		table.Options.Set(schema.OptionRowSecurity, "FORCE")
	case row.RowSecurity:
		table.Options.Set(schema.OptionRowSecurity, "ENABLE")
	}
	switch row.ReplicaID {
	case "f":
		table.Options.Set(schema.OptionReplicaIdentity, "FULL")
	case "n":
		table.Options.Set(schema.OptionReplicaIdentity, "NOTHING")
	}

	for i, parent := range row.Parents {
		row.Parents[i] = r.name(parent.Schema, parent.Name)
	}
	if !row.IsPartition {
		table.Inherits = row.Parents
	}
	if !row.IsPartition && !row.IsPartitioned {
		return nil
	}
	if row.IsPartition != (row.Bound != nil) || row.IsPartitioned != (row.PartitionBy != nil) {
		return &vanishedError{object: "table " + table.Name.String()}
	}
	table.Partition = &schema.Partition{}
	if row.IsPartitioned {
		table.Partition.By = *row.PartitionBy
	}
	if row.IsPartition {
		table.Partition.Bound = *row.Bound
		if len(row.Parents) > 0 {
			table.Partition.Of = row.Parents[0]
		}
	}
	return nil
}

type columnRow struct {
	Table       int64
	Number      int
	Name        string
	Type        string
	NotNull     bool
	HasDefault  bool
	Default     *string
	Generated   string
	Identity    string
	Collation   string
	CollationIn string
	Comment     string
	Storage     string
	Compression string
	Statistics  int
	Options     textList
	Inherited   bool
}

func (row *columnRow) fields() []any {
	return []any{
		&row.Table, &row.Number, &row.Name, &row.Type, &row.NotNull, &row.HasDefault, &row.Default, &row.Generated,
		&row.Identity, &row.Collation, &row.CollationIn, &row.Comment, &row.Storage, &row.Compression, &row.Statistics,
		&row.Options, &row.Inherited,
	}
}

// The fields of composite types are columns of a relation too.
var readColumnsSQL = `
	SELECT a.attrelid::int8, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
		f.adbin IS NOT NULL, pg_get_expr(f.adbin, f.adrelid), a.attgenerated::text, a.attidentity::text,
		coalesce(co.collname::text, ''), coalesce(cn.nspname::text, ''),
		coalesce(` + commentOf("'pg_class'::regclass", "a.attrelid", "a.attnum") + `, ''),
		CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text ELSE '' END, {compression},
		coalesce(a.attstattarget, -1), to_json(a.attoptions)::text, NOT a.attislocal
	FROM pg_attribute a
	JOIN pg_type t ON t.oid = a.atttypid
	LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
	LEFT JOIN pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
	LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
	WHERE a.attrelid IN (SELECT unnest($1::text::oid[])) AND a.attnum > 0 AND NOT a.attisdropped
	ORDER BY a.attrelid, a.attnum`

func (r *postgresReader) readColumns(ctx context.Context) error {
	r.columns = map[columnKey]*schema.Column{}
	query := strings.ReplaceAll(readColumnsSQL, "{compression}", r.since(14, "a.attcompression::text", "''"))
	subjects := r.subjects("table", (*catalogObject).isTable)
	return detailsOf(ctx, r, "read the columns", query, subjects, r.addColumn)
}

func (r *postgresReader) addColumn(row *columnRow) error {
	table := r.tables[row.Table]
	column := &schema.Column{
		Name:      row.Name,
		Type:      row.Type,
		NotNull:   row.NotNull,
		Collation: r.collation(row.CollationIn, row.Collation),
		Comment:   row.Comment,
	}
	if row.HasDefault && row.Default == nil {
		return &vanishedError{object: "table " + table.Name.String()}
	}
	switch {
	case row.HasDefault && row.Generated != "":
		column.Generated = &schema.Generated{Expr: trimParens(*row.Default), Stored: row.Generated == "s"}
	case row.HasDefault:
		column.Default = *row.Default
	}
	switch row.Identity {
	case "a":
		column.Identity = &schema.Identity{Kind: schema.IdentityAlways}
	case "d":
		column.Identity = &schema.Identity{Kind: schema.IdentityByDefault}
	}
	setColumnOptions(column, row)
	table.Columns = append(table.Columns, column)
	r.columns[columnKey{row.Table, row.Number}] = column
	return nil
}

func setColumnOptions(column *schema.Column, row *columnRow) {
	storage := map[string]string{"p": "PLAIN", "e": "EXTERNAL", "x": "EXTENDED", "m": "MAIN"}[row.Storage]
	if storage != "" {
		column.Options.Set(schema.OptionStorage, storage)
	}
	compression := map[string]string{"p": "pglz", "l": "lz4"}[row.Compression]
	if compression != "" {
		column.Options.Set(schema.OptionCompression, compression)
	}
	if row.Statistics >= 0 {
		column.Options.Set(schema.OptionStatistics, strconv.Itoa(row.Statistics))
	}
	if row.Inherited {
		column.Options.Set(schema.OptionInherited, "")
	}
	setStorage(&column.Options, row.Options)
}

// serverParameter begins an entry of pg_attribute.attoptions that the server itself keeps for every column (seen since
// 15.20). It is no setting: each new column has a number of its own, SET and RESET leave it, and pg_dump leaves it out.
const serverParameter = "pg_attver="

func isServerParameter(parameter string) bool { return strings.HasPrefix(parameter, serverParameter) }

// setStorage records storage parameters, sorted: their order in the catalog is that in which they were set.
func setStorage(options *schema.Options, parameters []string) {
	parameters = slices.DeleteFunc(slices.Sorted(slices.Values(parameters)), isServerParameter)
	if len(parameters) > 0 {
		options.Set(schema.OptionWith, strings.Join(parameters, ", "))
	}
}

// collation returns a collation's name as package ddl expects it: bare if the server finds it without a schema, which
// may contain dots ("en_US.utf8"), else `"schema"."name"`.
func (r *postgresReader) collation(namespace, name string) string {
	if name == "" || namespace == "pg_catalog" || r.name(namespace, name).Schema == "" {
		return name
	}
	return quotePostgres(namespace) + "." + quotePostgres(name)
}
