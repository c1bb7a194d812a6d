package op

import "github.com/retort-db/retort/schema"

// Unknown stands for an operation of the user's own after a journey through JSON: only its description is left.
type Unknown struct {
	Name string `json:"name"`
	Text string `json:"text"`
	// Effect is what it does to a schema, where that came along by another way; nil if it is not known.
	Effect func(*schema.Schema) error `json:"-"`
}

// Kind returns the kind of the operation that it stands for.
func (o *Unknown) Kind() string { return o.Name }

// Subject returns the zero name.
func (o *Unknown) Subject() schema.Name { return schema.Name{} }

// String returns the operation's description.
func (o *Unknown) String() string { return o.Text }

// Apply carries the effect out. It fails if that was lost on the way.
func (o *Unknown) Apply(s *schema.Schema) error {
	if o.Effect != nil {
		return o.Effect(s)
	}
	return misfit(o, "its effect is known only to the program that defines it")
}

// Reverse fails for the same reason.
func (o *Unknown) Reverse(*schema.Schema) ([]Operation, error) {
	return nil, &IrreversibleError{Operation: o.Text, Reason: "it is known only to the program that defines it"}
}
