package introspect

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
)

// mysqlShown is an object of which SHOW CREATE tells more than the catalog: the statement as the server would write it
// under the default sql_mode, or why it did not.
type mysqlShown struct {
	kind, name string // "TABLE", "orders"
	statement  string
	err        error
}

// mysqlShowConnections is how many connections of a pool ask at the same time, where a text may not hold several statements.
const mysqlShowConnections = 4

// mysqlShowBytes bounds the text that asks for several objects. Servers take 16 MiB and more unless told otherwise.
const mysqlShowBytes = 1 << 19

// show fills in the statements of the objects; what concerns one object is its err. All go in one text with as many
// results, if the connection takes several statements (multiStatements=true, as in what [Open] opens). If not, a few
// connections of a pool share the work; a single connection or transaction asks for one after the other.
func (n *mysqlNamespace) show(objects []*mysqlShown) error {
	for len(objects) > 1 && !n.singly {
		done, err := n.showTogether(objects)
		if err != nil {
			return err
		}
		objects = objects[done:]
	}
	pool, isPool := n.q.(*sql.DB)
	if !isPool || len(objects) < 2*mysqlShowConnections {
		for _, object := range objects {
			if err := n.showOne(n.ctx, n.q, object); err != nil {
				return err
			}
		}
		return nil
	}
	return n.showInParallel(pool, objects)
}

// showTogether asks for as many of the objects as a text holds, and returns how many of them are done. An object that
// fails ends the results, and is done.
func (n *mysqlNamespace) showTogether(objects []*mysqlShown) (done int, err error) {
	var text strings.Builder
	asked := objects[:0:0]
	for _, object := range objects {
		if text.Len() > mysqlShowBytes {
			break
		}
		if text.Len() > 0 {
			text.WriteString("; ")
		}
		text.WriteString(n.showQuery(object))
		asked = append(asked, object)
	}
	rows, err := n.q.QueryContext(n.ctx, text.String())
	if err != nil && isMySQLSyntax(err) {
		n.singly = true
		return 0, nil
	}
	if err != nil {
		return n.showFailed(asked, 0, err)
	}
	defer rows.Close()
	for done < len(asked) {
		if asked[done].statement, err = scanStatement(rows); err != nil {
			return n.showFailed(asked, done, err)
		}
		done++
		if done < len(asked) && !rows.NextResultSet() {
			err := rows.Err()
			if err == nil {
				err = fmt.Errorf("%d results for %d statements", done, len(asked))
			}
			return n.showFailed(asked, done, err)
		}
	}
	return done, rows.Err()
}

// showFailed notes the error of the object with which a text of several ended. One whose statement was given up for
// another's is asked once more, on its own.
func (n *mysqlNamespace) showFailed(asked []*mysqlShown, failed int, err error) (done int, lost error) {
	if isMySQLLost(n.ctx, err) {
		return failed, err
	}
	if isMySQLDeadlock(err) {
		return failed + 1, n.showOne(n.ctx, n.q, asked[failed])
	}
	asked[failed].fail(err)
	return failed + 1, nil
}

func (n *mysqlNamespace) showInParallel(pool *sql.DB, objects []*mysqlShown) error {
	ctx, cancel := context.WithCancelCause(n.ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	for first := range mysqlShowConnections {
		group.Go(func() {
			for at := first; at < len(objects); at += mysqlShowConnections {
				if err := n.showOne(ctx, pool, objects[at]); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// showOne asks for one object, again if the server gave the statement up for another's.
func (n *mysqlNamespace) showOne(ctx context.Context, q Querier, object *mysqlShown) error {
	query := n.showQuery(object)
	var err error
	for range 4 {
		object.statement, err = queryStatement(ctx, q, query)
		if err == nil || !isMySQLDeadlock(err) {
			break
		}
	}
	if err == nil {
		return nil
	}
	if isMySQLLost(ctx, err) {
		return err
	}
	object.fail(err)
	return nil
}

func queryStatement(ctx context.Context, q Querier, query string) (string, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	return scanStatement(rows)
}

func (n *mysqlNamespace) showQuery(object *mysqlShown) string {
	return n.underDefaultMode("SHOW CREATE " + object.kind + " " + quoteMySQL(n.database) + "." + quoteMySQL(object.name))
}

func (s *mysqlShown) fail(err error) {
	s.err = fmt.Errorf("definition of %s %s: %w", strings.ToLower(s.kind), s.name, err)
}

// scanStatement returns the statement in a result of SHOW CREATE: the column whose name says so, of a routine the third one.
// It is empty where the role may not see it.
func scanStatement(rows *sql.Rows) (string, error) {
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var statement sql.NullString
	targets := make([]any, len(columns))
	for i, column := range columns {
		if strings.HasPrefix(column, "Create ") || column == "SQL Original Statement" {
			targets[i] = &statement
			continue
		}
		targets[i] = new(sql.RawBytes)
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return "", err
		}
	}
	return statement.String, rows.Err()
}
