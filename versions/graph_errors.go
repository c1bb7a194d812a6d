package versions

import (
	"fmt"
	"strings"
)

// UnknownRevisionError says that no revision, label or symbol answers to an identifier.
type UnknownRevisionError struct {
	Identifier string
	// Table is the version table that has the identifier in a row; empty if a user wrote it.
	Table string
	// Similar lists revisions and labels whose spelling is close.
	Similar []string
}

// Error names the identifier and the way out.
func (e *UnknownRevisionError) Error() string {
	if e.Table != "" {
		return fmt.Sprintf("the database is at revision %q (table %s), which no revision file has: restore the file, "+
			"or set the database's revision with \"retort stamp --purge REVISION\"", e.Identifier, e.Table)
	}
	text := fmt.Sprintf("there is no revision or label %q", e.Identifier)
	if len(e.Similar) > 0 {
		text += "; did you mean " + strings.Join(e.Similar, " or ") + "?"
	}
	return text
}

// AmbiguousError says that an identifier is the beginning of several revisions' IDs.
type AmbiguousError struct {
	Identifier string
	Candidates []string
}

// Error lists the candidates.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q is the beginning of several revisions: %s; write more of it", e.Identifier, list(e.Candidates))
}

// MultipleHeadsError says that an identifier that needs one head found several.
type MultipleHeadsError struct {
	Identifier string
	Heads      []string
}

// Error lists the heads and the ways out.
func (e *MultipleHeadsError) Error() string {
	return fmt.Sprintf("%q means one head, and there are %d: %s; name one of them, write LABEL@head or REVISION@head for one "+
		"branch, \"heads\" for all, join them with \"retort merge heads\", or put yours after the others with \"retort rebase\"", e.Identifier, len(e.Heads), list(e.Heads))
}

// NotInBranchError says that a revision is not in the lineage that an identifier asks for.
type NotInBranchError struct {
	Revision string
	Branch   string
}

// Error names both.
func (e *NotInBranchError) Error() string {
	return fmt.Sprintf("revision %q is not in branch %q", e.Revision, e.Branch)
}

// IdentifierError says that an identifier is malformed or has no meaning where it is used.
type IdentifierError struct {
	Identifier string
	Reason     string
}

// Error names the identifier and the reason.
func (e *IdentifierError) Error() string {
	return fmt.Sprintf("%q is not a revision identifier here: %s", e.Identifier, e.Reason)
}

// RelativeError says that a relative identifier leads out of the graph.
type RelativeError struct {
	Identifier string
	Wanted     int // steps
	Possible   int // steps
}

// Error names the steps that there are.
func (e *RelativeError) Error() string {
	return fmt.Sprintf("%q asks for %s, and there are only %d", e.Identifier, counted(e.Wanted, "step"), e.Possible)
}

// DirectionError says that a relative identifier leads the wrong way.
type DirectionError struct {
	Identifier string
	Direction  Direction
}

// Error names the other command.
func (e *DirectionError) Error() string {
	other := map[Direction]string{Up: "downgrade", Down: "upgrade"}[e.Direction]
	return fmt.Sprintf("%q leads the other way: use \"retort %s %s\"", e.Identifier, other, e.Identifier)
}

// AmbiguousWalkError says that a relative identifier comes to a fork.
type AmbiguousWalkError struct {
	Identifier string
	// At is where the ways part; it is empty if that is the base.
	At         string
	Candidates []string
}

// Error lists the ways.
func (e *AmbiguousWalkError) Error() string {
	at := e.At
	if at == "" {
		at = "base"
	}
	return fmt.Sprintf("%q is ambiguous: from %s it can go to %s; name the revision, or narrow it with LABEL@ or REVISION@ before the number",
		e.Identifier, at, list(e.Candidates))
}

// AmbiguousCurrentError says that an identifier is relative to the database's revision, and it has several.
type AmbiguousCurrentError struct {
	Identifier string
	Current    []string
}

// Error lists the current revisions.
func (e *AmbiguousCurrentError) Error() string {
	return fmt.Sprintf("%q is relative to the database's revision, and it is at %d: %s; narrow it with LABEL@ or REVISION@ before the number",
		e.Identifier, len(e.Current), list(e.Current))
}

// DowngradeTargetError says that the database is not above the target of a downgrade.
type DowngradeTargetError struct {
	Target  string
	Current []string
}

// Error names the target and where the database is.
func (e *DowngradeTargetError) Error() string {
	at := list(e.Current)
	if at == "" {
		at = "base"
	}
	return fmt.Sprintf("cannot downgrade to %s: it is not before the database's revision (%s)", e.Target, at)
}

// NotAncestorError says that the beginning of a range is not before its end.
type NotAncestorError struct {
	From, To string
}

// Error names both.
func (e *NotAncestorError) Error() string {
	return fmt.Sprintf("revision %s is not an ancestor of %s", e.From, e.To)
}

// OverlapError says that two revisions are asked for of which one implies the other.
type OverlapError struct {
	Revision string
	Implied  string
}

// Error names both.
func (e *OverlapError) Error() string {
	return fmt.Sprintf("revision %s comes before %s and is implied by it: name only %s", e.Implied, e.Revision, e.Revision)
}

// NotHeadError says that a new revision would follow one that has been followed already.
type NotHeadError struct {
	Revision string
	Children []string
}

// Error names the revision and the way out.
func (e *NotHeadError) Error() string {
	return fmt.Sprintf("revision %s is not a head (followed by %s): give --splice to begin a new branch there", e.Revision, list(e.Children))
}

// DuplicateError says that several revisions have one ID.
type DuplicateError struct {
	ID     string
	Places []string // file:line
}

// Error names the ID and the files.
func (e *DuplicateError) Error() string {
	return fmt.Sprintf("revision %q is there more than once: %s", e.ID, strings.Join(e.Places, " and "))
}

// DuplicateLabelError says that a label is used twice, or is also a revision's ID.
type DuplicateLabelError struct {
	Label  string
	First  string // revision
	Second string // revision
	Places []string
}

// Error names the label and the revisions.
func (e *DuplicateLabelError) Error() string {
	if e.First == e.Label && e.Second == e.Label {
		return fmt.Sprintf("label %q is the ID of the same revision, which names its branch already (%s): leave the label out", e.Label, e.Places[0])
	}
	if e.First == e.Label {
		return fmt.Sprintf("label %q of revision %s is another revision's ID (%s)", e.Label, e.Second, strings.Join(e.Places, ", "))
	}
	return fmt.Sprintf("label %q of revision %s is already that of revision %s (%s)", e.Label, e.Second, e.First, strings.Join(e.Places, ", "))
}

// MissingRevisionError says that a revision follows or depends on one that is not there.
type MissingRevisionError struct {
	Revision string
	Place    string
	Missing  string
	// Dependency is set if it depends on the missing one, rather than follows it.
	Dependency bool
	// Candidates are the revisions that a dependency may mean, if it is the beginning of several IDs.
	Candidates []string
	// Into is the revision that the missing one has become part of, if it was squashed.
	Into string
}

// Error names both, and the file.
func (e *MissingRevisionError) Error() string {
	verb := "follows"
	if e.Dependency {
		verb = "depends on"
	}
	if e.Into != "" {
		return fmt.Sprintf("revision %s (%s) %s %q, which has become part of %s: let it follow %s, which \"retort rebase\" does",
			e.Revision, e.Place, verb, e.Missing, e.Into, e.Into)
	}
	if len(e.Candidates) > 0 {
		return fmt.Sprintf("revision %s (%s) %s %q, which is the beginning of several revisions: %s; write more of it",
			e.Revision, e.Place, verb, e.Missing, list(e.Candidates))
	}
	return fmt.Sprintf("revision %s (%s) %s %q, and there is no such revision: restore its file, or change the reference", e.Revision, e.Place, verb, e.Missing)
}

// ReplacedError says that a revision is there although it has become part of another, or has become part of two.
type ReplacedError struct {
	ID     string
	By     string
	Places []string // file:line
}

// Error names both and the files.
func (e *ReplacedError) Error() string {
	return fmt.Sprintf("revision %q has become part of %s and is there besides, so that its steps would run twice: remove one of %s",
		e.ID, e.By, strings.Join(e.Places, " and "))
}

// SquashedError says that a revision has become part of another one.
type SquashedError struct {
	Revision string
	Into     string
	// Table is the version table that has the revision in a row; empty if a user wrote it.
	Table string
}

// Error names both and the way out.
func (e *SquashedError) Error() string {
	if e.Table == "" {
		return fmt.Sprintf("revision %s has become part of %s: name %s", e.Revision, e.Into, e.Into)
	}
	return fmt.Sprintf("the database is at revision %q (table %s), which has become part of %s: first upgrade it to %s with the files "+
		"from before they were squashed; if it has all that is in %s already, \"retort stamp --purge %s\" says so",
		e.Revision, e.Table, e.Into, e.Into, e.Into, e.Into)
}

// CycleError says that revisions come before themselves.
type CycleError struct {
	// Revisions is the way around, beginning and ending at different revisions; a single one refers to itself.
	Revisions []string
	Places    []string
	// Dependency is set if the way goes through a DependsOn.
	Dependency bool
}

// Error shows the way around.
func (e *CycleError) Error() string {
	kind := "follows"
	if e.Dependency {
		kind = "depends on"
	}
	if len(e.Revisions) == 1 {
		return fmt.Sprintf("revision %s %s itself (%s)", e.Revisions[0], kind, strings.Join(e.Places, ", "))
	}
	return fmt.Sprintf("revisions come before themselves: %s (%s)", joinWay(e.Revisions), strings.Join(e.Places, ", "))
}

// joinWay writes the way around a cycle.
func joinWay(revisions []string) string {
	return strings.Join(revisions, " -> ") + " -> " + revisions[0]
}

// InvalidIDError says that a revision's ID or label cannot be used.
type InvalidIDError struct {
	ID     string
	Place  string
	Reason string
}

// Error names the ID and the reason.
func (e *InvalidIDError) Error() string {
	if e.Place == "" {
		return fmt.Sprintf("%q cannot be the ID or label of a revision: %s", e.ID, e.Reason)
	}
	return fmt.Sprintf("%q cannot be the ID or label of a revision: %s (%s)", e.ID, e.Reason, e.Place)
}

// maxListed is how many names an error shows before it only counts.
const maxListed = 8

// counted returns "1 step" and "2 steps".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func list(names []string) string {
	if len(names) <= maxListed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:maxListed], ", "), len(names)-maxListed)
}
