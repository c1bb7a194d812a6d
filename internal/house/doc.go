// Package house holds the test that guards the arrows between packages: who may import whom, and what a user's binary
// links. See docs/design.md.
package house
