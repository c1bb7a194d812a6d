package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// Kinds of objects, in the order in which reports show them.
var objectKinds = []string{"table", "enum", "domain", "composite type", "sequence", "view", "function", "trigger", "extension", "statistics"}

// compareAll returns what differs on one engine between before and after, which operations have led to.
func compareAll(before, after *schema.Schema, l *lineage) []Object {
	today := l.today(before)
	var out []Object
	present := map[schema.Name]bool{} // tables of before that are still there, perhaps under another name
	for name, d := range l.tables {
		if d != nil && after.Table(name) != nil {
			present[d.was] = true
		}
	}
	for table := range after.Tables.All() {
		old := before.Table(table.Name)
		if present[table.Name] {
			old = nil
		}
		if o, differs := compareTable(old, today, table, l.tables[table.Name]); differs {
			out = append(out, o)
		}
	}
	for table := range before.Tables.All() {
		if !present[table.Name] && after.Table(table.Name) == nil {
			out = append(out, Object{Kind: "table", Name: table.Name.String(), Change: Dropped, Values: oneValue(tableWords(table), ""), Parts: wholeTable(table, Dropped)})
		}
	}
	out = append(out, compareOthers(before, after, l)...)
	slices.SortStableFunc(out, func(a, b Object) int {
		return cmp.Or(cmp.Compare(slices.Index(objectKinds, a.Kind), slices.Index(objectKinds, b.Kind)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func oneValue(before, after string) []Value {
	if before == "" && after == "" {
		return nil
	}
	plain := strings.NewReplacer(gonePrefix, "", betweenPrefix, "")
	return []Value{{Before: plain.Replace(before), After: plain.Replace(after)}}
}

// wholeTable returns the parts of a table that came or went.
func wholeTable(t *schema.Table, change Change) []Part {
	var out []Part
	for _, part := range partsOf(t) {
		values := oneValue("", part.words)
		if change == Dropped {
			values = oneValue(part.words, "")
		}
		out = append(out, Part{Kind: part.kind, Name: part.name, Change: change, Values: values})
	}
	return out
}

// part is a column, constraint or index in words.
type part struct{ kind, name, words string }

// partsOf lists what a table consists of, in the order in which reports show it.
func partsOf(t *schema.Table) []part {
	var out []part
	for _, c := range t.Columns {
		out = append(out, part{"column", c.Name, columnWords(c)})
	}
	if k := t.PrimaryKey; k != nil {
		out = append(out, part{"primary key", k.Name, primaryKeyWords(k)})
	}
	for _, u := range t.Uniques {
		out = append(out, part{"unique", u.Name, uniqueWords(u)})
	}
	for _, f := range t.ForeignKeys {
		out = append(out, part{"foreign key", f.Name, foreignKeyWords(f)})
	}
	for _, c := range t.Checks {
		out = append(out, part{"check", c.Name, checkWords(c)})
	}
	for _, e := range t.Exclusions {
		out = append(out, part{"exclusion", e.Name, exclusionWords(e)})
	}
	for _, i := range t.Indexes {
		out = append(out, part{"index", i.Name, indexWords(i)})
	}
	return out
}

// key tells a part from the others of its table. There is one primary key, and an unnamed constraint is what it says.
func (p part) key() string {
	switch {
	case p.kind == "primary key":
		return p.kind
	case p.name == "":
		return p.kind + "\x00\x00" + p.words
	}
	return p.kind + "\x00" + p.name
}

// compareTable compares a table with what it was under its present name. Replaced is the table that had the name and is
// gone, or nil.
func compareTable(replaced *schema.Table, today *schema.Schema, now *schema.Table, d *descent) (Object, bool) {
	o := Object{Kind: "table", Name: now.Name.String(), Change: Added}
	if d == nil || d.was == (schema.Name{}) {
		o.Values, o.Parts = oneValue("", tableWords(now)), wholeTable(now, Added)
		if replaced != nil {
			o.Change = Replaced
			o.Parts = append(wholeTable(replaced, Dropped), o.Parts...)
		}
		return o, true
	}
	was := today.Table(now.Name)
	if was == nil {
		return o, false // not reached: today has every table that is not new
	}
	o.Change = Changed
	if d.was != now.Name {
		o.Change, o.Was = Renamed, d.was.String()
	}
	if a, b := tableWords(was), tableWords(now); a != b {
		o.Values = oneValue(a, b)
	}
	o.compareParts(was, now, d)
	return o, o.Change == Renamed || len(o.Parts) > 0 || len(o.Values) > 0
}

func (o *Object) compareParts(was, now *schema.Table, d *descent) {
	old := map[string]part{}
	for _, p := range partsOf(was) {
		old[p.key()] = p
	}
	seen := map[string]bool{}
	for _, p := range partsOf(now) {
		former := p
		if p.kind != "column" && d.parts[p.name] != "" {
			former.name = d.parts[p.name]
		}
		before, known := old[former.key()]
		if p.kind == "column" && d.columns[p.name] == "" {
			known = known && !d.dropped[p.name]
		}
		if known {
			seen[former.key()] = true
		}
		changed := Part{Kind: p.kind, Name: p.name, Values: oneValue(before.words, p.words)}
		switch {
		case p.kind == "column" && d.columns[p.name] == "" && d.dropped[p.name]:
			changed.Change, changed.Values = Replaced, oneValue(old["column\x00"+gonePrefix+p.name].words, p.words)
			seen["column\x00"+gonePrefix+p.name] = true
		case !known:
			changed.Change, changed.Values = Added, oneValue("", p.words)
		case p.kind == "column" && d.columns[p.name] != "" && d.columns[p.name] != p.name:
			changed.Change, changed.Was = Renamed, d.columns[p.name]
		case p.kind != "column" && former.name != p.name && p.name != "":
			changed.Change, changed.Was = Renamed, former.name
		case before.words != p.words:
			changed.Change = Changed
		default:
			o.Unchanged++
			continue
		}
		o.Parts = append(o.Parts, changed)
	}
	for _, p := range partsOf(was) {
		if !seen[p.key()] {
			name := strings.TrimPrefix(p.name, gonePrefix)
			o.Parts = append(o.Parts, Part{Kind: p.kind, Name: name, Change: Dropped, Values: oneValue(p.words, "")})
		}
	}
	slices.SortStableFunc(o.Parts, func(a, b Part) int { return cmp.Compare(partRank(a.Kind), partRank(b.Kind)) })
}

func partRank(kind string) int {
	return slices.Index([]string{"column", "primary key", "unique", "foreign key", "check", "exclusion", "index"}, kind)
}

// other is a free-standing object in words.
type other struct {
	name  schema.Name
	words string
}

func othersOf(s *schema.Schema) map[string][]other {
	out := map[string][]other{}
	add := func(kind string, name schema.Name, words string) { out[kind] = append(out[kind], other{name, words}) }
	for e := range s.Enums.All() {
		quoted := make([]string, len(e.Values))
		for i, value := range e.Values {
			quoted[i] = "'" + value + "'"
		}
		add("enum", e.Name, list(quoted)+tail("", nil, e.Comment))
	}
	for d := range s.Domains.All() {
		words := columnWords(&schema.Column{Type: d.Type, NotNull: d.NotNull, Default: d.Default, Collation: d.Collation, Comment: d.Comment})
		for _, check := range d.Checks {
			words += " CHECK " + checkWords(check)
		}
		add("domain", d.Name, words)
	}
	for c := range s.Composites.All() {
		fields := make([]string, len(c.Fields))
		for i, field := range c.Fields {
			fields[i] = field.Name + " " + field.Type
		}
		add("composite type", c.Name, list(fields)+tail("", nil, c.Comment))
	}
	for q := range s.Sequences.All() {
		words := q.Type + identityWords(&schema.Identity{Start: q.Start, Increment: q.Increment, Min: q.Min, Max: q.Max, Cache: q.Cache, Cycle: q.Cycle})
		add("sequence", q.Name, strings.TrimSpace(words)+tail("", nil, q.Comment))
	}
	for v := range s.Views.All() {
		words := v.Definition
		if v.Materialized {
			words = "MATERIALIZED " + words
		}
		add("view", v.Name, words+tail("", v.Options, v.Comment))
	}
	for f := range s.Functions.All() {
		add("function", f.Name, f.Definition+tail("", nil, f.Comment))
	}
	for t := range s.Triggers.All() {
		add("trigger", t.Name, t.Definition+tail(t.Enabled, nil, t.Comment))
	}
	for e := range s.Extensions.All() {
		add("extension", schema.Name{Name: e.Name}, strings.TrimSpace(e.Schema+" "+e.Version))
	}
	for s := range s.Statistics.All() {
		add("statistics", s.Name, s.Definition+tail("", nil, s.Comment))
	}
	return out
}

func compareOthers(before, after *schema.Schema, l *lineage) []Object {
	old, now := othersOf(before), othersOf(after)
	var out []Object
	for _, kind := range objectKinds[1:] {
		was := map[schema.Name]other{}
		for _, one := range old[kind] {
			was[one.name] = one
		}
		for _, one := range now[kind] {
			former := one.name
			if renamed, ok := l.others[kind][one.name]; ok {
				former = renamed
			}
			o := Object{Kind: kind, Name: one.name.String(), Change: Changed, Values: oneValue(was[former].words, one.words)}
			same := false
			switch before, known := was[former]; {
			case !known:
				o.Change = Added
			case former != one.name:
				o.Change, o.Was = Renamed, former.String()
			default:
				same = before.words == one.words
			}
			delete(was, former)
			if !same {
				out = append(out, o)
			}
		}
		for _, one := range old[kind] {
			if _, left := was[one.name]; left {
				out = append(out, Object{Kind: kind, Name: one.name.String(), Change: Dropped, Values: oneValue(one.words, "")})
			}
		}
	}
	return out
}
