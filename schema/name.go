package schema

import (
	"cmp"
	"strings"
)

// Name identifies an object inside a database. Schema is empty for the default namespace.
type Name struct {
	Schema string `json:"schema,omitempty"`
	Name   string `json:"name"`
}

// ParseName splits "sales.orders" into its two parts. A text without a dot names an object of the default namespace. A
// part that contains a dot is written in double quotes, as [Name.String] does: `sales."odd.name"`.
func ParseName(text string) Name {
	first, rest := cutPart(text)
	if rest == "" {
		return Name{Name: first}
	}
	second, _ := cutPart(rest)
	return Name{Schema: first, Name: second}
}

func cutPart(text string) (part, rest string) {
	if !strings.HasPrefix(text, `"`) {
		part, rest, _ = strings.Cut(text, ".")
		return part, rest
	}
	var out strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			out.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '"' {
			out.WriteByte('"')
			i++
			continue
		}
		return out.String(), strings.TrimPrefix(text[i+1:], ".")
	}
	return text, ""
}

// String returns the name as people read it, "orders" or "sales.orders", in the form that [ParseName] reads. It is not
// SQL.
func (n Name) String() string {
	if n.Schema == "" {
		return formatPart(n.Name)
	}
	return formatPart(n.Schema) + "." + formatPart(n.Name)
}

func formatPart(part string) string {
	if strings.Contains(part, ".") || strings.HasPrefix(part, `"`) {
		return `"` + strings.ReplaceAll(part, `"`, `""`) + `"`
	}
	return part
}

// Compare orders names by namespace and then by name, for [slices.SortFunc].
func (n Name) Compare(other Name) int {
	return cmp.Or(cmp.Compare(n.Schema, other.Schema), cmp.Compare(n.Name, other.Name))
}

// Origin says where in the user's Go code an object was declared. It is zero for objects that were read from a database.
type Origin struct {
	Type  string `json:"type,omitempty"`  // Go type with its package name: "models.User"
	Field string `json:"field,omitempty"` // Go field, with the path of embedded structs: "Address.Street"
	File  string `json:"file,omitempty"`  // path relative to the module's root
	Line  int    `json:"line,omitempty"`
}

// String returns "models.User.Phone", or the type alone where no field is known.
func (o Origin) String() string {
	if o.Field == "" {
		return o.Type
	}
	return o.Type + "." + o.Field
}
