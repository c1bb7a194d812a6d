package review

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/schema"
)

// objects lists what differs, once for all engines.
func objects(in Input, engines []*engine) []Object {
	var out []Object
	type member struct {
		groups []schema.Dialect
		parts  [][]schema.Dialect
	}
	var members []*member
	for _, e := range engines {
		dialect := e.Server.Dialect
		for _, one := range compareAll(e.Before, e.after(), e.lineage) {
			e.locate(&one, in)
			at := slices.IndexFunc(out, func(o Object) bool { return o.Kind == one.Kind && o.Name == one.Name && o.Change == one.Change })
			if at < 0 {
				m := &member{groups: []schema.Dialect{dialect}}
				for range one.Parts {
					m.parts = append(m.parts, []schema.Dialect{dialect})
				}
				setEngines(one.Values, dialect)
				for i := range one.Parts {
					setEngines(one.Parts[i].Values, dialect)
				}
				out, members = append(out, one), append(members, m)
				continue
			}
			o, m := &out[at], members[at]
			m.groups = append(m.groups, dialect)
			o.Values = mergeValues(o.Values, one.Values, dialect)
			o.Revisions = union(o.Revisions, one.Revisions)
			for _, p := range one.Parts {
				same := slices.IndexFunc(o.Parts, func(other Part) bool {
					return other.Kind == p.Kind && other.Name == p.Name && other.Was == p.Was && other.Change == p.Change
				})
				if same < 0 {
					setEngines(p.Values, dialect)
					place := lastOf(o.Parts, p.Kind)
					o.Parts = slices.Insert(o.Parts, place, p)
					m.parts = slices.Insert(m.parts, place, []schema.Dialect{dialect})
					continue
				}
				m.parts[same] = append(m.parts[same], dialect)
				o.Parts[same].Values = mergeValues(o.Parts[same].Values, p.Values, dialect)
			}
		}
	}
	for i := range out {
		o, m := &out[i], members[i]
		o.Engines = only(m.groups, engines)
		settle(o.Values, m.groups)
		for n := range o.Parts {
			settle(o.Parts[n].Values, m.parts[n])
			if len(m.parts[n]) < len(m.groups) {
				o.Parts[n].Engines = m.parts[n]
			}
		}
	}
	// What only some engines have came behind.
	slices.SortStableFunc(out, func(a, b Object) int {
		return slices.Index(objectKinds, a.Kind) - slices.Index(objectKinds, b.Kind)
	})
	return out
}

// lastOf returns the place behind the last part of a kind, or at the end.
func lastOf(parts []Part, kind string) int {
	for i := len(parts) - 1; i >= 0; i-- {
		if partRank(parts[i].Kind) <= partRank(kind) {
			return i + 1
		}
	}
	return 0
}

func setEngines(values []Value, dialect schema.Dialect) {
	for i := range values {
		values[i].Engines = []schema.Dialect{dialect}
	}
}

// mergeValues adds the values of another engine, beside those that read the same.
func mergeValues(values, more []Value, dialect schema.Dialect) []Value {
	for _, v := range more {
		at := slices.IndexFunc(values, func(other Value) bool { return other.Before == v.Before && other.After == v.After })
		if at >= 0 {
			values[at].Engines = append(values[at].Engines, dialect)
			continue
		}
		v.Engines = []schema.Dialect{dialect}
		values = append(values, v)
	}
	return values
}

// settle leaves out the engines of a value that all of the group share.
func settle(values []Value, group []schema.Dialect) {
	for i := range values {
		if len(values[i].Engines) == len(group) {
			values[i].Engines = nil
		}
	}
}

// locate adds where in the models things are declared, how big a table is, and which revisions touch it.
func (e *engine) locate(o *Object, in Input) {
	name := schema.ParseName(o.Name)
	former := o.Name
	if o.Was != "" {
		former = o.Was
	}
	for at, source := range in.Revisions {
		if e.touched[name][at] || e.touched[schema.ParseName(former)][at] {
			o.Revisions = append(o.Revisions, source.ID)
		}
	}
	if o.Revisions == nil {
		o.Revisions = []string{} // only steps whose effect is stated touch it
	}
	if o.Kind == "enum" {
		o.Origin = originPlace(enumOrigin(e.Models, name))
	}
	if o.Kind != "table" {
		return
	}
	if size, known := in.Sizes[former]; known && o.Change != Added {
		o.Size = &size
	}
	o.Origin = originPlace(tableOrigin(e.Models, name))
	for i := range o.Parts {
		if p := &o.Parts[i]; p.Change != Dropped {
			p.Origin = originPlace(partOrigin(e.Models, name, p.Kind, p.Name))
		}
	}
}

// noteRenames puts what was assumed about renames beside the parts that it is about.
func (r *Report) noteRenames() {
	for _, a := range r.Assumptions {
		if a.Kind != UndecidedRename && a.Kind != RenameRefused {
			continue
		}
		score := ""
		if a.Score > 0 {
			score = fmt.Sprintf(" (%.2f)", a.Score)
		}
		from, to := "perhaps renamed to "+a.To+score, "perhaps renamed from "+a.Object+score
		if a.Kind == RenameRefused {
			from, to = "not taken for a rename to "+a.To+score, "not taken for a rename of "+a.Object+score
		}
		for i := range r.Objects {
			o := &r.Objects[i]
			for n := range o.Parts {
				p := &o.Parts[n]
				switch o.Name + "." + p.Name {
				case a.Object:
					note(p, Dropped, from)
				case a.To:
					note(p, Added, to)
				}
			}
		}
	}
}

func note(p *Part, change Change, text string) {
	if p.Kind == "column" && p.Change == change {
		p.Note = text
	}
}
