package reflect

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jinzhu/inflection"
)

// judge decides which structs are models.
type judge struct {
	source  *moduleSource
	want    *modelList
	exclude []string

	junctions     map[string]string         // table names of m2m options, with the field that says so
	targets       map[typeKey]string        // targets of rel options, likewise
	embeddedBy    map[typeKey][]*structInfo // who embeds a struct anonymously
	prefixedBy    map[typeKey]string        // who has a struct in an embed: field
	withBaseModel map[string]bool           // packages of which some struct embeds bun.BaseModel
	evidence      map[typeKey]string        // remembered
}

func newJudge(source *moduleSource, want *modelList, exclude []string) *judge {
	j := &judge{
		source: source, want: want, exclude: exclude,
		junctions: map[string]string{}, targets: map[typeKey]string{}, embeddedBy: map[typeKey][]*structInfo{},
		prefixedBy: map[typeKey]string{}, withBaseModel: map[string]bool{}, evidence: map[typeKey]string{},
	}
	for _, s := range source.structs {
		if s.baseModel != nil {
			j.withBaseModel[s.importPath] = true
		}
		excluded := j.excluded(s) != ""
		for _, field := range s.fields {
			where := s.name + "." + field.name
			_, isRelation := field.tag.get("rel")
			junction, isM2M := field.tag.get("m2m")
			_, isEmbed := field.tag.get("embed")
			switch {
			case excluded:
			case field.embedded:
				j.embeddedBy[field.ref] = append(j.embeddedBy[field.ref], s)
			case isEmbed:
				addOnce(j.prefixedBy, field.ref, where)
			case isM2M:
				addOnce(j.junctions, junction, where)
				addOnce(j.targets, field.ref, where)
			case isRelation:
				addOnce(j.targets, field.ref, where)
			}
		}
	}
	return j
}

// addOnce keeps the first mention of a thing.
func addOnce[K comparable](mentions map[K]string, thing K, where string) {
	if mentions[thing] == "" {
		mentions[thing] = where
	}
}

// candidate judges one struct. What has nothing to do with bun is not worth showing.
func (j *judge) candidate(s *structInfo) (Candidate, bool) {
	c := Candidate{
		ImportPath: s.importPath, PackageName: s.packageName, TypeName: s.name, File: s.file, Line: s.line, Fields: s.lines,
	}
	if j.want.types[s.key()] {
		c.Taken, c.Reason = true, "listed in the configuration"
		return c, true
	}
	if !j.want.all && !j.want.packages[s.importPath] {
		return c, false
	}
	evidence := j.evidenceFor(s)
	if evidence == "" {
		c.Reason = j.whyNot(s)
		return c, c.Reason != ""
	}
	if reason := j.rejection(s); reason != "" {
		c.Reason = reason
		return c, true
	}
	c.Taken, c.Reason = true, evidence
	return c, true
}

// evidenceFor says why a struct is a table, or returns "".
func (j *judge) evidenceFor(s *structInfo) string {
	if known, found := j.evidence[s.key()]; found {
		return known
	}
	j.evidence[s.key()] = "" // of a struct that embeds itself
	found := j.findEvidence(s)
	j.evidence[s.key()] = found
	return found
}

func (j *judge) findEvidence(s *structInfo) string {
	if s.definedFrom != (typeKey{}) {
		if base := j.source.byKey[s.definedFrom]; base != nil {
			return j.evidenceFor(base)
		}
		return ""
	}
	if s.baseModel != nil {
		return "embeds bun.BaseModel"
	}
	if field := j.source.primaryKey(s, 0); field != "" {
		return "has the primary key field " + field
	}
	if where := j.junctions[tableName(s)]; where != "" {
		return "junction table of " + where
	}
	if where := j.targets[s.key()]; where != "" {
		return "target of the relation " + where
	}
	return ""
}

// whyNot explains the absence of a struct that has bun tags.
func (j *judge) whyNot(s *structInfo) string {
	if where := j.prefixedBy[s.key()]; where != "" {
		return "only part of a table, embedded by " + where
	}
	for _, field := range s.fields {
		if field.hasBunTag {
			return "has bun tags, but neither bun.BaseModel nor a pk field, and no relation leads to it"
		}
	}
	return ""
}

// rejection says why a struct that could be a table is not taken for one, or returns "".
func (j *judge) rejection(s *structInfo) string {
	switch {
	case s.definedFrom != (typeKey{}):
		return fmt.Sprintf("defined from %s, which has the same table", s.definedFrom.name)
	case s.baseModel != nil && s.baseModel.ddl == "-":
		return `says ddl:"-"`
	case s.extends != "":
		return fmt.Sprintf("extends %s, which describes the table", s.extends)
	}
	if reason := j.excluded(s); reason != "" {
		return reason
	}
	if reason := unusable(s); reason != "" {
		return reason
	}
	_, isTarget := j.targets[s.key()]
	_, isJunction := j.junctions[tableName(s)]
	if isTarget || isJunction {
		return ""
	}
	if by := j.abstractFor(s); by != "" {
		return "only serves to be embedded, by " + by
	}
	if s.baseModel == nil && j.withBaseModel[s.importPath] && s.looksLikePayload() {
		return "has json tags and no bun tags, unlike the models of its package, and its primary key is only embedded"
	}
	return ""
}

// abstractFor returns a model that embeds the struct, if the struct names no table of its own.
func (j *judge) abstractFor(s *structInfo) string {
	if s.baseModel != nil && s.baseModel.tag.tableName() != "" {
		return ""
	}
	for _, by := range j.embeddedBy[s.key()] {
		if by.extends == "" && by != s {
			return by.name
		}
	}
	return ""
}

// excluded says why the structs of a package are no models unless somebody lists it, or returns "".
func (j *judge) excluded(s *structInfo) string {
	directory := strings.TrimPrefix(strings.TrimPrefix(s.importPath, j.source.modulePath), "/")
	for _, pattern := range j.exclude {
		pattern = strings.TrimPrefix(pattern, "./")
		prefix, isTree := strings.CutSuffix(pattern, "...")
		prefix = strings.TrimSuffix(prefix, "/")
		matched, _ := path.Match(pattern, directory)
		if matched || isTree && (prefix == "" || directory == prefix || strings.HasPrefix(directory, prefix+"/")) {
			return "excluded by " + pattern
		}
	}
	if j.want.packages[s.importPath] {
		return ""
	}
	for _, element := range strings.Split(directory, "/") {
		switch {
		case slices.Contains([]string{"migrations", "migration", "migrate", "sqlmigration"}, element):
			return "in migrations, which hold frozen copies of models"
		case strings.HasPrefix(element, "mock"):
			return "in mocks"
		}
	}
	return ""
}

// unusable says why generated code cannot refer to a struct, or returns "".
func unusable(s *structInfo) string {
	first, _ := utf8.DecodeRuneInString(s.name)
	switch {
	case s.packageName == "main":
		return "in package main, which cannot be imported"
	case s.generic:
		return "generic: a type without parameters has to be made of it"
	case !unicode.IsUpper(first):
		return "unexported, so that no other package can refer to it"
	}
	return ""
}

// tableName returns the table that bun gives a struct.
func tableName(s *structInfo) string {
	if s.baseModel != nil {
		if name := s.baseModel.tag.tableName(); name != "" {
			return name
		}
	}
	return inflection.Plural(underscore(s.name))
}

// underscore writes a Go name as bun does: an underscore before a capital that follows or precedes a small letter.
func underscore(name string) string {
	isSmall := func(i int) bool { return i < len(name) && name[i] >= 'a' && name[i] <= 'z' }
	var out strings.Builder
	for i := range len(name) {
		c := name[i]
		if c < 'A' || c > 'Z' {
			out.WriteByte(c)
			continue
		}
		if i > 0 && i+1 < len(name) && (isSmall(i-1) || isSmall(i+1)) {
			out.WriteByte('_')
		}
		out.WriteByte(c + 'a' - 'A')
	}
	return out.String()
}
