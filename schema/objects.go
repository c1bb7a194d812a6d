package schema

import (
	"encoding/json"
	"iter"
	"slices"
)

// Object is anything that stands for itself in a database: a table, an enum, a view and so on.
type Object interface {
	ObjectName() Name
}

// Objects is an ordered collection of objects with unique names. The zero value is empty and ready to use. Lookups
// take constant time. It is written to JSON as an array.
type Objects[T Object] struct {
	list  []T
	index map[Name]int
}

// Len returns the number of objects.
func (o *Objects[T]) Len() int { return len(o.list) }

// All yields the objects in their order. The collection must not be changed meanwhile.
func (o *Objects[T]) All() iter.Seq[T] { return slices.Values(o.list) }

// Get returns the object of that name, and whether there is one.
func (o *Objects[T]) Get(name Name) (T, bool) {
	at, ok := o.index[name]
	if !ok {
		var none T
		return none, false
	}
	return o.list[at], true
}

// Has reports whether there is an object of that name.
func (o *Objects[T]) Has(name Name) bool {
	_, ok := o.index[name]
	return ok
}

// Add appends objects. An object whose name is taken replaces the one that holds it, in its place.
func (o *Objects[T]) Add(objects ...T) {
	if o.index == nil {
		o.index = make(map[Name]int, len(objects))
	}
	for _, object := range objects {
		name := object.ObjectName()
		if at, taken := o.index[name]; taken {
			o.list[at] = object
			continue
		}
		o.index[name] = len(o.list)
		o.list = append(o.list, object)
	}
}

// Remove takes the object of that name out and reports whether it was there. It takes time in proportion to the number
// of objects; see [Objects.Filter] for removing many.
func (o *Objects[T]) Remove(name Name) bool {
	at, ok := o.index[name]
	if !ok {
		return false
	}
	o.list = slices.Delete(o.list, at, at+1)
	o.reindex()
	return true
}

// Filter keeps the objects for which keep returns true.
func (o *Objects[T]) Filter(keep func(T) bool) {
	o.list = slices.DeleteFunc(o.list, func(object T) bool { return !keep(object) })
	o.reindex()
}

// Refresh makes lookups right again after names of objects were changed in place.
func (o *Objects[T]) Refresh() { o.reindex() }

// Sort orders the objects by name.
func (o *Objects[T]) Sort() {
	slices.SortFunc(o.list, func(a, b T) int { return a.ObjectName().Compare(b.ObjectName()) })
	o.reindex()
}

// Clone returns a collection of copies, each made by clone.
func (o *Objects[T]) clone(clone func(T) T) Objects[T] {
	out := Objects[T]{list: make([]T, 0, len(o.list)), index: make(map[Name]int, len(o.list))}
	for _, object := range o.list {
		out.Add(clone(object))
	}
	return out
}

func (o *Objects[T]) reindex() {
	o.index = make(map[Name]int, len(o.list))
	for at, object := range o.list {
		o.index[object.ObjectName()] = at
	}
}

// MarshalJSON writes the objects as an array, in their order.
func (o Objects[T]) MarshalJSON() ([]byte, error) {
	if o.list == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(o.list)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (o *Objects[T]) UnmarshalJSON(data []byte) error {
	var list []T
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*o = Objects[T]{}
	o.Add(list...)
	return nil
}

// IsZero reports whether the collection is empty, for the omitzero option of encoding/json.
func (o Objects[T]) IsZero() bool { return len(o.list) == 0 }
