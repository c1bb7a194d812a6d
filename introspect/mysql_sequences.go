package introspect

import (
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/schema"
)

// mysqlSequence is a sequence of MariaDB, as far as the list of tables tells.
type mysqlSequence struct{ name, comment string }

func (n *mysqlNamespace) addSequence(name, engine, comment string) {
	n.sequences = append(n.sequences, mysqlSequence{name, comment})
	if engine != "" && !strings.EqualFold(engine, "InnoDB") && n.wanted == nil {
		n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: "engine of sequence", Name: n.name(n.database, name).String()})
	}
}

// readSequences reads MariaDB's sequences, all in one query: each is a table of one row. If one of them fails, that is a
// problem, and the others are read singly.
func (n *mysqlNamespace) readSequences() error {
	if len(n.sequences) == 0 || n.wanted != nil {
		return nil
	}
	types, err := n.sequenceTypes()
	if err != nil {
		return err
	}
	read, err := n.sequencesOf(n.sequences, types)
	if err != nil && isMySQLLost(n.ctx, err) {
		return err
	}
	if err != nil {
		if read, err = n.readSequencesSingly(types); err != nil {
			return err
		}
	}
	for _, sequence := range read {
		n.out.Sequences.Add(sequence)
	}
	return nil
}

func (n *mysqlNamespace) readSequencesSingly(types map[string]string) ([]*schema.Sequence, error) {
	var out []*schema.Sequence
	for _, sequence := range n.sequences {
		read, err := n.sequencesOf([]mysqlSequence{sequence}, types)
		switch {
		case err == nil:
			out = append(out, read...)
		case isMySQLLost(n.ctx, err):
			return nil, err
		case !isMySQLGone(err): // one that was dropped meanwhile is none
			n.objectProblem("sequence", sequence.name, err.Error())
		}
	}
	return out, nil
}

// sequenceTypes returns the types, by name, of sequences that have one: those of MariaDB 11.5 and later. All others are of
// the type bigint.
func (n *mysqlNamespace) sequenceTypes() (map[string]string, error) {
	types := map[string]string{}
	if !n.server.Version.AtLeast(11, 5, 0) {
		return types, nil
	}
	err := n.each("SELECT SEQUENCE_NAME, DATA_TYPE FROM information_schema.SEQUENCES WHERE SEQUENCE_SCHEMA = ?",
		[]any{n.database}, func(rows *sql.Rows) error {
			var name, kind string
			err := rows.Scan(&name, &kind)
			types[name] = kind
			return err
		})
	if err != nil && !isMySQLLost(n.ctx, err) {
		return types, nil // what made it fail is told where the sequence is read
	}
	return types, err
}

func (n *mysqlNamespace) sequencesOf(sequences []mysqlSequence, types map[string]string) ([]*schema.Sequence, error) {
	parts := make([]string, len(sequences))
	for i, sequence := range sequences {
		parts[i] = fmt.Sprintf("SELECT %d, start_value, minimum_value, maximum_value, increment, cache_size, cycle_option FROM %s.%s",
			i, quoteMySQL(n.database), quoteMySQL(sequence.name))
	}
	var out []*schema.Sequence
	err := n.each(strings.Join(parts, " UNION ALL "), nil, func(rows *sql.Rows) error {
		var at int
		var numbers mysqlSequenceNumbers
		var cycle bool
		if err := rows.Scan(&at, &numbers.start, &numbers.least, &numbers.most, &numbers.increment, &numbers.cache, &cycle); err != nil {
			return err
		}
		found := sequences[at]
		sequence := &schema.Sequence{Name: n.name(n.database, found.name), Cycle: cycle, Comment: found.comment}
		if kind := types[found.name]; kind != "" && kind != "bigint" {
			sequence.Type = kind
		}
		if err := numbers.apply(sequence); err != nil {
			n.objectProblem("sequence", found.name, err.Error())
			return nil
		}
		out = append(out, sequence)
		return nil
	})
	return out, err
}

// mysqlSequenceNumbers are the numbers of a sequence as text: those of a bigint unsigned may be larger than an int64 holds.
type mysqlSequenceNumbers struct{ start, least, most, increment, cache string }

// mysqlSequenceCache is the cache of a sequence that does not name one.
const mysqlSequenceCache = "1000"

// apply sets the numbers that are not those of CREATE SEQUENCE for the sequence's type and direction.
func (s mysqlSequenceNumbers) apply(sequence *schema.Sequence) error {
	least, most := mysqltext.SequenceBounds(sequence.Type)
	start := s.least
	if strings.HasPrefix(s.increment, "-") {
		start = s.most
		if !strings.HasSuffix(sequence.Type, "unsigned") {
			most = "-1"
		}
	} else {
		least = "1"
	}
	for _, number := range []struct {
		field        **int64
		value, usual string
	}{
		{&sequence.Start, s.start, start}, {&sequence.Min, s.least, least}, {&sequence.Max, s.most, most},
		{&sequence.Increment, s.increment, "1"}, {&sequence.Cache, s.cache, mysqlSequenceCache},
	} {
		if number.value == number.usual {
			continue
		}
		value, err := strconv.ParseInt(number.value, 10, 64)
		if err != nil {
			return fmt.Errorf("its number %s is beyond %d, the largest that is supported", number.value, int64(math.MaxInt64))
		}
		*number.field = &value
	}
	return nil
}
