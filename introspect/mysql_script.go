package introspect

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// mysqlNoRoom are the numbers of errors by which a server says that its disk or its memory is full.
var mysqlNoRoom = []string{"1021", "1026", "1030", "1037", "1041", "1114", "1135"}

// mysqlNoRoomWithin is how an error of another number says so (Can't create table … (errno: 135 "No more room in record file")):
// ENOSPC of the system, HA_ERR_RECORD_FILE_FULL and HA_ERR_INDEX_FILE_FULL of the storage engine.
var mysqlNoRoomWithin = regexp.MustCompile(`(?i)\b(?:errno|errcode): (?:28|135|136)\b`)

// refuses leaves out what is about the connection, about the statement's end before its time, or about the server's room.
func (mysqlEngine) refuses(ctx context.Context, err error) bool {
	return !isMySQLLost(ctx, err) && !mysqlNoRoomWithin.MatchString(err.Error()) &&
		!slices.ContainsFunc(mysqlNoRoom, func(number string) bool { return isMySQLError(err, number) })
}

// tame refuses what names a database of the server, since nothing of that would be taken back.
func (mysqlEngine) tame(ctx context.Context, scratch *Scratch, script string) (string, error) {
	names, err := queryNames(ctx, scratch.Conn, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA")
	if err != nil {
		return "", fmt.Errorf("list the databases: %w", err)
	}
	databases := map[string]bool{}
	for _, name := range names {
		databases[strings.ToLower(name)] = true
	}
	script = withoutDelimiters(script)
	open := withoutVersionComments(script)
	for _, statement := range scriptStatements(schema.MySQL, open) {
		switch first, second := statement.word(0), statement.word(1); {
		case first == "USE":
			return "", statement.refused(open, "it leaves scratch space for another database")
		case second == "DATABASE" || second == "SCHEMA":
			return "", statement.refused(open, "scratch space is one database")
		}
		for n, token := range statement.tokens[:max(0, len(statement.tokens)-1)] {
			name, ok := token.Ident()
			qualifier := ok && statement.tokens[n+1].Is(".") && (n == 0 || !statement.tokens[n-1].Is("."))
			if qualifier && databases[strings.ToLower(name)] && !strings.EqualFold(name, "information_schema") {
				return "", statement.refused(open, "it names database "+name+" of this server, which is no scratch space")
			}
		}
	}
	return script, nil
}
