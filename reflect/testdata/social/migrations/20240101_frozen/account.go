// Package frozen is a copy of the models as they were once. It is no source of models.
package frozen

// Account is what an account was.
type Account struct {
	ID       string `bun:"type:char(26),pk"`
	Username string
}
