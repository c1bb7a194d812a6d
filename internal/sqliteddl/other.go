package sqliteddl

import "strings"

// ParseVirtual parses a CREATE VIRTUAL TABLE statement. An error is a [*SyntaxError].
func ParseVirtual(text string) (*Virtual, error) { return parse(text, (*scanner).virtual) }

func (s *scanner) virtual() (*Virtual, error) {
	if err := s.expect("VIRTUAL", "TABLE"); err != nil {
		return nil, err
	}
	s.accept("IF", "NOT", "EXISTS")
	name, err := s.qualified("the table's name")
	if err != nil {
		return nil, err
	}
	if err := s.expect("USING"); err != nil {
		return nil, err
	}
	virtual := &Virtual{Name: name, Using: s.rest()}
	virtual.Module, err = s.name("a module")
	return virtual, err
}

// IsVirtual reports whether a stored statement begins with CREATE VIRTUAL TABLE, as SQLite itself writes these words.
func IsVirtual(text string) bool {
	const words = "CREATE VIRTUAL TABLE "
	return len(text) > len(words) && strings.EqualFold(text[:len(words)], words)
}

// ParseView parses a CREATE VIEW statement. An error is a [*SyntaxError].
func ParseView(text string) (*View, error) { return parse(text, (*scanner).view) }

func (s *scanner) view() (*View, error) {
	s.acceptTemp()
	if err := s.expect("VIEW"); err != nil {
		return nil, err
	}
	s.accept("IF", "NOT", "EXISTS")
	name, err := s.qualified("the view's name")
	if err != nil {
		return nil, err
	}
	view := &View{Name: name}
	if s.is("(") {
		if view.Columns, err = s.columnList(); err != nil {
			return nil, err
		}
	}
	if err := s.expect("AS"); err != nil {
		return nil, err
	}
	if s.done() {
		return nil, s.unexpected("a query")
	}
	view.Query = s.rest()
	return view, nil
}

// ParseTrigger parses the head of a CREATE TRIGGER statement. An error is a [*SyntaxError].
func ParseTrigger(text string) (*Trigger, error) { return parse(text, (*scanner).trigger) }

func (s *scanner) trigger() (*Trigger, error) {
	s.acceptTemp()
	if err := s.expect("TRIGGER"); err != nil {
		return nil, err
	}
	s.accept("IF", "NOT", "EXISTS")
	name, err := s.qualified("the trigger's name")
	if err != nil {
		return nil, err
	}
	trigger := &Trigger{Name: name, Timing: s.timing()}
	if err := s.event(trigger); err != nil {
		return nil, err
	}
	if err := s.expect("ON"); err != nil {
		return nil, err
	}
	trigger.Table, err = s.qualified("the table's name")
	return trigger, err
}

func (s *scanner) timing() string {
	switch {
	case s.accept("AFTER"):
		return "AFTER"
	case s.accept("INSTEAD", "OF"):
		return "INSTEAD OF"
	}
	s.accept("BEFORE")
	return "BEFORE"
}

func (s *scanner) event(trigger *Trigger) error {
	for _, event := range []string{"INSERT", "DELETE", "UPDATE"} {
		if s.accept(event) {
			trigger.Event = event
		}
	}
	if trigger.Event == "" {
		return s.unexpected("INSERT, UPDATE or DELETE")
	}
	if !s.accept("OF") {
		return nil
	}
	for {
		column, err := s.name("a column")
		if err != nil {
			return err
		}
		trigger.Columns = append(trigger.Columns, column)
		if !s.accept(",") {
			return nil
		}
	}
}
